import type { FrameworkId, Micros, TaskShape } from '../../model/index.js';

/** An operator's change to a service while it runs. Times are relative to the start of the run. */
export type Operation = Rollout | Scaling;

interface OfService {
  readonly at: Micros;
  readonly framework: FrameworkId;
}

/**
 * Changes every instance of the service, a few at a time.
 * - upgrade: instances get another version.
 * - reconfigure: instances restart in place with another configuration.
 * - reshape: instances request other amounts of resources.
 */
export interface Rollout extends OfService {
  readonly kind: 'upgrade' | 'reconfigure' | 'reshape';
  /** Name of the new version; empty if there is none. */
  readonly version: string;
  /** Maps the old request of an instance to its new one; only for a reshape. */
  readonly reshaped: ((before: TaskShape) => TaskShape) | undefined;
  readonly terms: RolloutTerms;
}

/** Sets the number of instances of the service. */
export interface Scaling extends OfService {
  readonly kind: 'scale';
  readonly instances: number;
}

/** Settings of a rollout. The names follow Kubernetes where it has an equivalent. */
export interface RolloutTerms {
  /** The rollout stops no instance while this many do not serve, for any reason. */
  readonly maxUnavailable: number;
  /** Maximum number of extra instances that run beside the old ones until they serve. */
  readonly maxSurge: number;
  /** Share of the instances that are changed first and observed for `observe`; 0 for none. */
  readonly canary: number;
  readonly observe: Micros;
  /** An instance counts as available after it has served for this time. */
  readonly minReady: Micros;
  /** An instance that does not serve within this time after its start has failed; FOREVER for no limit. */
  readonly healthyWithin: Micros;
  readonly defects: Defects;
}

/** Defects of the new version. A bad instance crashes repeatedly on any machine. */
export interface Defects {
  /** Whether the instance at this position of the rollout (counted from 1) is bad. */
  readonly isBad: (place: number) => boolean;
  /** Time from the start of a bad instance to its crash; undefined: it crashes when it should begin to serve. */
  readonly after: Micros | undefined;
}
