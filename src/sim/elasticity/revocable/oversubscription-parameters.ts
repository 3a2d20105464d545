import { fromSeconds, type Parameter } from '../../../model/index.js';

/** Oversubscription: room that tasks were given and do not use goes to tasks that may be stopped at any time. */
export const OVERSUBSCRIPTION_PARAMETERS: readonly Parameter[] = [
  {
    kind: 'text',
    name: 'revocable',
    default: 'none',
    form: 'none, or services joined by commas',
    pattern: /^[^,]+(,[^,]+)*$/,
    about: 'Services whose tasks may run in room that others were given and do not use.',
  },
  // Proposal: Borg keeps a margin above usage, too, and does not say how much.
  {
    kind: 'number',
    name: 'margin',
    default: 0.1,
    min: 0,
    max: 1,
    about: 'Share of what was given that is never given twice.',
  },
  // Mesos: oversubscribed_resources_interval of the agent.
  {
    kind: 'duration',
    name: 'interval',
    default: fromSeconds(15),
    about: 'From one look at the usage to the next.',
  },
  // Proposal.
  {
    kind: 'number',
    name: 'least',
    default: 0.05,
    min: 0,
    max: 1,
    about: 'More room is given only from this share of the machine on; less always.',
  },
];
