import { FOREVER, fromSeconds, InputError, type Parameter, type ParameterValues } from '../../model/index.js';
import type { OfferTerms } from '../policy.js';

/** The knobs of offers as parameters; the defaults are those of Mesos (allocation_interval 1 s, refuse_seconds 5, no offer_timeout). */
export const OFFER_PARAMETERS: readonly Parameter[] = [
  {
    kind: 'duration',
    name: 'interval',
    default: fromSeconds(1),
    about: 'Time between batches of allocation; 0 allocates at every change.',
  },
  {
    kind: 'duration',
    name: 'hold',
    default: 0,
    about: 'How long a framework keeps what it does not use before it declines it.',
  },
  {
    kind: 'duration',
    name: 'refuse',
    default: fromSeconds(5),
    about: 'How long a declined machine is not offered to the framework again, unless more of it is free.',
  },
  {
    kind: 'duration',
    name: 'timeout',
    default: FOREVER,
    about: 'After how long the master takes back an offer that was not answered.',
  },
];

/** @throws InputError when an offer would be declined and made again for ever at one instant. */
export function offerTerms(settings: ParameterValues): OfferTerms {
  const terms = {
    interval: settings.number('interval'),
    hold: settings.number('hold'),
    refuse: settings.number('refuse'),
    timeout: settings.number('timeout'),
  };
  if (terms.interval === 0 && terms.refuse === 0 && terms.hold === 0) {
    throw new InputError(
      { field: 'refuse' },
      'with interval=0 and hold=0 a declined offer would come back at once, for ever; give refuse or hold',
    );
  }
  return terms;
}
