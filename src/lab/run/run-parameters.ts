import { FOREVER, type Parameter } from '../../model/index.js';

/** Parameters of the run itself. */
export const RUN_PARAMETERS: readonly Parameter[] = [
  {
    kind: 'duration',
    name: 'perJob',
    default: 0,
    about: 'Modelled decision time: what a scheduler thinks about each job it looks at.',
  },
  {
    kind: 'duration',
    name: 'perTask',
    default: 0,
    about: 'Modelled decision time: what it thinks about each pending task of those jobs.',
  },
  {
    kind: 'text',
    name: 'decisionTimes',
    default: '',
    form: 'framework:perJob+perTask, joined by commas, such as web:10s+5ms,batch:100ms+5ms',
    pattern: /^([^:,]+:[^:,+]+\+[^:,+]+(,(?!$)|$))*$/,
    about: 'Modelled decision times of the jobs of some frameworks, in place of perJob and perTask.',
  },
  {
    kind: 'choice',
    name: 'simultaneous',
    default: 'merge',
    choices: ['merge', 'each'],
    about: 'Events of one instant: one pass after all of them, or a pass after each.',
  },
  {
    kind: 'choice',
    name: 'onRefusal',
    default: 'count',
    choices: ['count', 'stop'],
    about: 'A decision of the policy that cannot be carried out is counted, or stops the run.',
  },
  {
    kind: 'number',
    name: 'remoteSlowdown',
    default: 1,
    min: 1,
    about: 'So many times as long a task takes away from the machines that it prefers.',
  },
  {
    kind: 'duration',
    name: 'patience',
    default: FOREVER,
    about: 'A task that has waited for so long without a first start is abandoned.',
  },
];
