import { FOREVER, MINUTE, type Parameter } from '../../model/index.js';

/**
 * How a rollout is done: `with NAME=VALUE,…` in an operation. One instance at a time, without a surge, is what a Kubernetes StatefulSet does;
 * minReady is its minReadySeconds.
 */
export const ROLLOUT_PARAMETERS: readonly Parameter[] = [
  {
    kind: 'number',
    name: 'maxUnavailable',
    default: 1,
    min: 0,
    integer: true,
    about: 'No instance is taken down while so many do not serve, whatever the reason.',
  },
  {
    kind: 'number',
    name: 'maxSurge',
    default: 0,
    min: 0,
    integer: true,
    about: 'Instances that may run beside those that they replace, until they serve.',
  },
  {
    kind: 'number',
    name: 'canary',
    default: 0,
    min: 0,
    max: 1,
    about: 'Share of the instances that are changed first and then watched; 0 for none.',
  },
  // Proposal: ten minutes show what crashes at once, not what leaks.
  { kind: 'duration', name: 'observe', default: 10 * MINUTE, about: 'How long the canary is watched.' },
  {
    kind: 'duration',
    name: 'minReady',
    default: 0,
    about: 'How long an instance must have served before it counts.',
  },
  // Kubernetes gives up after progressDeadlineSeconds, 600 s; here an instance whose data is copied may take far longer.
  {
    kind: 'duration',
    name: 'healthyWithin',
    default: FOREVER,
    about: 'An instance that does not serve so long after its start has failed its health check.',
  },
  {
    kind: 'number',
    name: 'badShare',
    default: 0,
    min: 0,
    max: 1,
    about: 'Chance that an instance crashes under the new version.',
  },
  {
    kind: 'text',
    name: 'bad',
    default: '',
    form: 'numbers from 1 joined by +, such as 1+3',
    pattern: /^([1-9]\d*(\+(?=.)|$))*$/,
    about: 'Instances that crash under it, by their place in the order in which they get it.',
  },
  {
    kind: 'duration',
    name: 'badAfter',
    default: FOREVER,
    about: 'How long after its start a bad instance crashes; never for the moment in which it should serve.',
  },
];
