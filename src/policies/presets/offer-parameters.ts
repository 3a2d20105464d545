import { FOREVER, fromSeconds, InputError, type Parameter, type ParameterValues } from '../../model/index.js';
import type { OfferTerms } from '../policy.js';

/** The parameters of offers. The defaults are those of Mesos (allocation_interval 1 s, refuse_seconds 5, no offer_timeout). */
export const OFFER_PARAMETERS: readonly Parameter[] = [
  {
    kind: 'duration',
    name: 'interval',
    default: fromSeconds(1),
    about: 'Time between batches of allocation. With 0, every change causes an allocation.',
  },
  {
    kind: 'duration',
    name: 'hold',
    default: 0,
    about: 'How long a framework keeps unused resources of an offer before it declines them.',
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
    about: 'Time after which the master rescinds an unanswered offer.',
  },
];

/** Those that a real master decides. Its frameworks decide how long they hold offers, and for how long they refuse them. */
export const OFFERS_OF_MASTER: readonly string[] = ['interval', 'timeout'];

/** @throws InputError when a declined offer would be made again without end at one instant. */
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
      'with interval=0, hold=0 and refuse=0 a declined offer is made again at once, without end; set refuse or hold above 0',
    );
  }
  return terms;
}
