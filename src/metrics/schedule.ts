import { type MachineState, NONE, toSeconds } from '../model/index.js';
import { ATTEMPT_ENDS } from './attempt-ends.js';
import type { LoggedJob, ScheduleLog } from './collectors/schedule-log.js';

/** Who ran where and when: jobs and the attempts of their tasks as columns. It is plain data. Times are seconds since the start of the run. */
export interface Schedule {
  /** All machines, in order of rank. */
  readonly machines: readonly ScheduledMachine[];
  /** Only the jobs of `attempts`, in order of submission. */
  readonly jobs: ScheduledJobs;
  /** In the order of their jobs, then of their starts. */
  readonly attempts: ScheduledAttempts;
  /** Machines in another state than `up`, as the master has it. Machine, state, and since when and until when it was in it. */
  readonly states: readonly (readonly [machine: number, state: MachineState, from: number, to: number])[];
  /** Attempts that were not kept, which are the shortest, and the sum of their times. */
  readonly leftOut: { readonly attempts: number; readonly seconds: number };
  /** Jobs of the run that started, and those of them that were backfilled, kept or not. */
  readonly startedJobs: number;
  readonly backfilledJobs: number;
}

/** A machine; its rack is null if it is in none. */
export interface ScheduledMachine {
  readonly name: string;
  readonly rack: string | null;
}

/** Columns of jobs. */
export interface ScheduledJobs {
  readonly name: readonly (string | number)[];
  /** Null where it is unknown. */
  readonly user: readonly (string | null)[];
  readonly framework: readonly string[];
  readonly submitted: Float64Array;
  readonly tasks: Int32Array;
  /** Amount of the first resource, of all tasks. */
  readonly size: Float64Array;
  /** 1 for a gang. */
  readonly gang: Uint8Array;
  /** 1 for a job that started while a job that was submitted earlier went on waiting for its first start. */
  readonly backfilled: Uint8Array;
}

/** Columns of attempts. */
export interface ScheduledAttempts {
  /** Index of the job. */
  readonly job: Int32Array;
  /** -1 for a job that never started. */
  readonly machine: Int32Array;
  readonly from: Float64Array;
  /** The end of the run if it did not end before. */
  readonly to: Float64Array;
  /** Index of ATTEMPT_ENDS. */
  readonly end: Uint8Array;
}

/** The schedule of an ended run. */
export function scheduleOf({
  cluster,
  attempts,
  states,
  leftOut,
  jobs: counts,
  start,
}: ScheduleLog): Schedule {
  const kept = [...new Set(attempts.map(({ job }) => job))].sort((a, b) => a.place - b.place);
  const indexes = new Map(kept.map((job, index) => [job, index]));
  const sorted = attempts.toSorted((a, b) => a.job.place - b.job.place || a.from - b.from);
  const since = (time: number) => toSeconds(time - start);
  const { quantaPerUnit } = cluster.space.kinds[0];
  const bytes = (holds: (job: LoggedJob) => boolean) => Uint8Array.from(kept, (job) => (holds(job) ? 1 : 0));
  return {
    machines: cluster.machines.specs.map(({ name, attributes }) => ({
      name,
      rack: attributes?.rack ?? null,
    })),
    jobs: {
      name: kept.map(({ name }) => name),
      user: kept.map(({ user }) => user ?? null),
      framework: kept.map(({ framework }) => cluster.frameworks[framework].name),
      submitted: Float64Array.from(kept, ({ submitted }) => since(submitted)),
      tasks: Int32Array.from(kept, ({ tasks }) => tasks),
      size: Float64Array.from(kept, ({ size }) => size / quantaPerUnit),
      gang: bytes(({ isGang }) => isGang),
      backfilled: bytes(({ isBackfilled }) => isBackfilled),
    },
    attempts: {
      job: Int32Array.from(sorted, ({ job }) => indexes.get(job) ?? NONE),
      machine: Int32Array.from(sorted, ({ machine }) => machine),
      from: Float64Array.from(sorted, ({ from }) => since(from)),
      to: Float64Array.from(sorted, ({ to }) => since(to)),
      end: Uint8Array.from(sorted, ({ end }) => ATTEMPT_ENDS.indexOf(end)),
    },
    states: states.map(({ machine, state, from, to }) => [machine, state, since(from), since(to)] as const),
    leftOut: { attempts: leftOut.attempts, seconds: toSeconds(leftOut.time) },
    startedJobs: counts.started,
    backfilledJobs: counts.backfilled,
  };
}
