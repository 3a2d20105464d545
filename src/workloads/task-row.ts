import type { Micros } from '../model/index.js';
import type { EarlierAttempt, UnsuccessfulEnd } from './trace-attempts.js';
import type { UsageProfile } from './usage-profile.js';

/**
 * The internal form of a workload: rows in order of submission, each for `tasks` identical tasks of one job.
 * Consecutive rows with the same job name, framework and submit time belong to one job.
 *
 * A row has two kinds of fields. Some are available to a master (job, framework, demand, estimate, time limit,
 * priority, constraint, rule, speed class, user, group, queue, labels, deadline, dependencies). Others are hidden state of the simulation (duration, usage, attempts of the trace). The simulation keeps
 * them apart.
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
  /** The user's estimate of the run time; FOREVER without an estimate. */
  readonly estimate: Micros;
  /** The host stops the task after so long. When left out, that is the estimate. */
  readonly timeLimit?: Micros;
  readonly priority: number;
  readonly gang: boolean;
  /** Of a gang: with fewer running members it restarts as a whole; left out or 0 for all. That of a job is that of its first row. */
  readonly minimum?: number;
  /** Index into `Trace.rules`; 0 for none. The rule of a job is that of its first row. */
  readonly rule: number;
  /** Who submitted the job; left out when unknown. Its user, group, queue, labels and deadline are those of its first row. */
  readonly user?: string | undefined;
  readonly group?: string | undefined;
  readonly queue?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** When the job should be done; FOREVER when left out. */
  readonly deadline?: Micros;
  /** What the tasks wait for before they are submitted; left out when they wait for nothing. */
  readonly dependencies?: RowDependencies | undefined;
  /** The class of the tasks for the speeds of machines; left out when all are equal. */
  readonly speedClass?: string | undefined;
  /** Hidden: the run time on a machine of the reference type (speed 1); FOREVER for a service that runs to the end. */
  readonly duration: Micros;
  /** Hidden: time until the first attempt fails on a machine of the reference type, if it has not finished by then; FOREVER if it does not, or with `attempts`. */
  readonly failAfter: Micros;
  /** Hidden: the attempts of the trace before the last one, in order; left out when the trace has none. */
  readonly attempts?: readonly EarlierAttempt[] | undefined;
  /** Hidden: how the last attempt of the trace ended; left out when it finished. A run does not use it. */
  readonly ended?: UnsuccessfulEnd | undefined;
  /**
   * Hidden: the actually used share of the demand, per dimension, NaN for unknown; undefined if nothing is known. With `profile`, that
   * of its first step.
   */
  readonly usage: ArrayLike<number> | undefined;
  /** Hidden: the used shares over time; left out when they are constant. */
  readonly profile?: UsageProfile | undefined;
  /** Hidden: index into `Trace.curves` of a curve that scales the usage over time; 0 for constant usage. */
  readonly curve: number;
}

/**
 * What the tasks of a row wait for before they are submitted. Dependencies on tasks form a directed acyclic graph within one job.
 * A job that follows another one is submitted when that one has ended, or at its own submit time if that is later.
 */
export interface RowDependencies {
  /** The name of the row's tasks, for `after` of other rows of the job. Rows with one name count as one. */
  readonly task?: string | undefined;
  /** The tasks of the same job that must finish first. */
  readonly after?: readonly string[] | undefined;
  /** The job of an earlier row that must end first. That of a job is that of its first row. */
  readonly follows?: string | number | undefined;
  /** Time from that end to the submission; 0 when left out. */
  readonly thinkTime?: Micros | undefined;
}
