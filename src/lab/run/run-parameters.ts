import { FOREVER, type Parameter } from '../../model/index.js';

/** Parameters of the run itself. */
export const RUN_PARAMETERS: readonly Parameter[] = [
  {
    kind: 'duration',
    name: 'perJob',
    default: 0,
    about: 'Modelled decision time of a scheduler for each job that it considers.',
  },
  {
    kind: 'duration',
    name: 'perTask',
    default: 0,
    about: 'Modelled decision time of a scheduler for each pending task of those jobs.',
  },
  {
    kind: 'text',
    name: 'decisionTimes',
    default: '',
    form: 'framework:perJob+perTask, joined by commas, such as web:10s+5ms,batch:100ms+5ms',
    pattern: /^([^:,]+:[^:,+]+\+[^:,+]+(,(?!$)|$))*$/,
    about: 'Modelled decision times of some frameworks, instead of perJob and perTask.',
  },
  {
    kind: 'choice',
    name: 'simultaneous',
    default: 'merge',
    choices: ['merge', 'each'],
    about: 'Events at one instant: one scheduling pass after all of them, or one after each.',
  },
  {
    kind: 'choice',
    name: 'onRefusal',
    default: 'count',
    choices: ['count', 'stop'],
    about: 'An invalid decision of the policy is counted, or stops the run.',
  },
  {
    kind: 'number',
    name: 'remoteSlowdown',
    default: 1,
    min: 1,
    about: 'Factor for the run time of a task on a machine that it does not prefer.',
  },
  {
    kind: 'choice',
    name: 'speeds',
    default: 'hidden',
    choices: ['hidden', 'known'],
    about: 'Whether policies know the speeds of machines.',
  },
  {
    kind: 'duration',
    name: 'patience',
    default: FOREVER,
    about: 'A task that has not started within this time is abandoned.',
  },
];
