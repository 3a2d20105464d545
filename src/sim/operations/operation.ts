import type { FrameworkId, Micros, TaskShape } from '../../model/index.js';

/** What an operator does to a service while it runs. Times are counted from the start of the run. */
export type Operation = Rollout | Scaling;

interface OfService {
  readonly at: Micros;
  readonly framework: FrameworkId;
}

/**
 * Every instance of the service is changed, a few at a time. upgrade: it gets another version. reconfigure: it restarts where it is, under
 * another configuration. reshape: it asks for other amounts.
 */
export interface Rollout extends OfService {
  readonly kind: 'upgrade' | 'reconfigure' | 'reshape';
  /** The name of the new version; empty where it has none. */
  readonly version: string;
  /** What an instance asks for afterwards, made from what it asks for before; only of a reshape. */
  readonly reshaped: ((before: TaskShape) => TaskShape) | undefined;
  readonly terms: RolloutTerms;
}

/** The service has so many instances from then on. */
export interface Scaling extends OfService {
  readonly kind: 'scale';
  readonly instances: number;
}

/** How careful a rollout is; the words are those of Kubernetes where it has them. */
export interface RolloutTerms {
  /** It takes no instance down while so many do not serve, whatever the reason. */
  readonly maxUnavailable: number;
  /** So many may run beside those that they replace, until they serve. */
  readonly maxSurge: number;
  /** Share of the instances that are changed first and watched for `observe`; 0 for none. */
  readonly canary: number;
  readonly observe: Micros;
  /** An instance counts as serving when it has served for so long. */
  readonly minReady: Micros;
  /** An instance that does not serve so long after its start has failed; FOREVER for never. */
  readonly healthyWithin: Micros;
  readonly defects: Defects;
}

/** What is wrong with the new version: instances that crash, again and again, wherever they run. */
export interface Defects {
  /** Is the n-th instance that gets it (counted from 1) a bad one? */
  readonly isBad: (place: number) => boolean;
  /** A bad one crashes so long after its start; undefined for the moment in which it should begin to serve. */
  readonly after: Micros | undefined;
}
