import { FOREVER, MINUTE, type Parameter } from '../../model/index.js';

/**
 * Settings of a rollout: `with NAME=VALUE,…` in an operation. By default it changes one instance at a time without a
 * surge, like a Kubernetes StatefulSet. minReady is the minReadySeconds of Kubernetes.
 */
export const ROLLOUT_PARAMETERS: readonly Parameter[] = [
  {
    kind: 'number',
    name: 'maxUnavailable',
    default: 1,
    min: 0,
    integer: true,
    about: 'Maximum number of instances that may be unavailable, for any reason, during the rollout.',
  },
  {
    kind: 'number',
    name: 'maxSurge',
    default: 0,
    min: 0,
    integer: true,
    about: 'Maximum number of extra instances that may start before the old ones stop.',
  },
  {
    kind: 'number',
    name: 'canary',
    default: 0,
    min: 0,
    max: 1,
    about: 'Share of the instances that are changed first and then observed; 0 for no canary.',
  },
  // Proposal: ten minutes reveal immediate crashes, but not slow leaks.
  { kind: 'duration', name: 'observe', default: 10 * MINUTE, about: 'How long the canary is observed.' },
  {
    kind: 'duration',
    name: 'minReady',
    default: 0,
    about: 'How long an instance must serve before it counts as available.',
  },
  // Kubernetes gives up after progressDeadlineSeconds, 600 s. Here a copy of the data may take far longer.
  {
    kind: 'duration',
    name: 'healthyWithin',
    default: FOREVER,
    about: 'An instance that does not serve within this time after its start fails its health check.',
  },
  {
    kind: 'number',
    name: 'badShare',
    default: 0,
    min: 0,
    max: 1,
    about: 'Probability that an instance crashes with the new version.',
  },
  {
    kind: 'text',
    name: 'bad',
    default: '',
    form: 'numbers from 1 joined by +, such as 1+3',
    pattern: /^([1-9]\d*(\+(?=.)|$))*$/,
    about: 'Instances that crash with the new version, by their position in the rollout.',
  },
  {
    kind: 'duration',
    name: 'badAfter',
    default: FOREVER,
    about: 'How long after its start a bad instance crashes; `never` means when it should begin to serve.',
  },
];
