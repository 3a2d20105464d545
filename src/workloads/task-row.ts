import type { Micros } from '../model/index.js';

/**
 * The one internal form of a workload: rows in order of submission, each for `tasks` identical tasks of one job.
 * Consecutive rows with the same job name, framework and submit time belong to one job.
 *
 * What a master can know (job, framework, demand, estimate, priority, constraint, rule) and the truth that only the simulation
 * knows (duration, usage, point of failure) stand side by side here; the simulation keeps them apart.
 */
export interface TaskRow {
  readonly job: string | number;
  /** Index into `Trace.frameworks`. */
  readonly framework: number;
  readonly submit: Micros;
  readonly tasks: number;
  /** Quanta per task, one entry per dimension of the run's space. */
  readonly demand: ArrayLike<number>;
  readonly gpuCount: number;
  readonly gpuMilliEach: number;
  /** Index into `Trace.constraints`; 0 for none. */
  readonly constraint: number;
  /** The user's estimate of the run time; FOREVER when there is none. */
  readonly estimate: Micros;
  readonly priority: number;
  readonly gang: boolean;
  /** Index into `Trace.rules`; 0 for none. The rule of a job is that of its first row. */
  readonly rule: number;
  /** Truth: the run time; FOREVER for a service that runs to the end. */
  readonly duration: Micros;
  /** Truth: the first attempt fails after so long; FOREVER when it does not. */
  readonly failAfter: Micros;
  /** Truth: the share of the demand that is really used, per dimension, or undefined when the trace does not say. */
  readonly usage: ArrayLike<number> | undefined;
  /** Truth: index into `Trace.curves` of a curve that scales the usage over time; 0 for a flat one. */
  readonly curve: number;
}
