import {
  type Constraint,
  FOREVER,
  type Micros,
  type PlacementRule,
  type ResourceSpace,
  toSeconds,
} from '../model/index.js';
import type { OpenTrace } from '../workloads/formats/format.js';
import { amountOfShare } from '../workloads/formats/usage-columns.js';
import type { TaskRow } from '../workloads/trace.js';
import type { UnsuccessfulEnd } from '../workloads/trace-attempts.js';

/** Amounts by resource, in the unit of each: cores, MiB, GPUs. */
export type Amounts = Readonly<Record<string, number>>;

/** A row of a trace: equal tasks of one job. Rows of one job follow each other. Times are seconds. */
export interface TraceRow {
  readonly job: string | number;
  readonly framework: string;
  readonly submit: number;
  readonly tasks: number;
  /** Of one task. */
  readonly demand: Amounts;
  /** Number of GPUs that share the demand for `gpus` equally; 0 without such a demand. */
  readonly gpuCount: number;
  /** The run time; Infinity for a service that runs to the end. */
  readonly duration: number;
  /** The user's estimate of the run time, and the limit at which a task is stopped; undefined without one. */
  readonly estimate: number | undefined;
  readonly timeLimit: number | undefined;
  readonly priority: number;
  /** Whether all tasks of the job start at one instant. */
  readonly gang: boolean;
  /** Of a gang: with fewer running tasks it restarts as a whole; undefined if it needs all of them. */
  readonly minimum: number | undefined;
  /** What a machine must satisfy: all of these; empty without a constraint. */
  readonly constraints: readonly Constraint[];
  /** Where tasks of the job may be with regard to each other and to other frameworks, and what they prefer; undefined without such a rule. */
  readonly rule: PlacementRule | undefined;
  readonly user: string | undefined;
  readonly group: string | undefined;
  readonly queue: string | undefined;
  readonly labels: Readonly<Record<string, string>> | undefined;
  /** When the job should be done. */
  readonly deadline: number | undefined;
  /** Name of the tasks for `after` of other rows, the tasks of the same job that must finish first, and the job that must end first. */
  readonly task: string | undefined;
  readonly after: readonly string[];
  readonly follows: string | number | undefined;
  /** Time from the end of that job to the submission. */
  readonly thinkTime: number;
  /** Class of the tasks for the speeds of machines; undefined if the trace has none. */
  readonly speedClass: string | undefined;
  /** The first attempt fails after this time; undefined if it does not, or with `attempts`. */
  readonly failAfter: number | undefined;
  /** The attempts before the last one, in order. */
  readonly attempts: readonly TraceAttempt[];
  /** How the last attempt ended, whose run time is `duration`. */
  readonly ended: 'finished' | UnsuccessfulEnd;
  /** What a task really used, in steps of time; a single step if that is constant, and none if nothing is known. */
  readonly usage: readonly TraceUsage[];
}

/** An attempt of a task before the last one. */
export interface TraceAttempt {
  readonly ran: number;
  readonly end: UnsuccessfulEnd;
}

/** What a task used from a time after its start, up to the next step or its end. */
export interface TraceUsage {
  readonly from: number;
  /** By resource; a resource of which nothing is known is left out. */
  readonly used: Amounts;
}

/** A row in seconds and in the units of resources. */
export function traceRowOf(row: TaskRow, { space, frameworks, constraints, rules }: OpenTrace): TraceRow {
  const { job, tasks, gpuCount, priority, gang, user, group, queue, labels, dependencies, speedClass } = row;
  return {
    job,
    framework: frameworks[row.framework].name,
    submit: toSeconds(row.submit),
    tasks,
    demand: amountsOf(row.demand, space),
    gpuCount,
    duration: toSeconds(row.duration),
    estimate: finite(row.estimate),
    timeLimit: finite(row.timeLimit ?? row.estimate),
    priority,
    gang,
    minimum: row.minimum || undefined,
    constraints: constraints[row.constraint],
    rule: rules?.[row.rule],
    user,
    group,
    queue,
    labels,
    deadline: finite(row.deadline ?? FOREVER),
    task: dependencies?.task,
    after: dependencies?.after ?? [],
    follows: dependencies?.follows,
    thinkTime: toSeconds(dependencies?.thinkTime ?? 0),
    speedClass,
    failAfter: finite(row.failAfter),
    attempts: (row.attempts ?? []).map(({ ran, end }) => ({ ran: toSeconds(ran), end })),
    ended: row.ended ?? 'finished',
    usage: usageOf(row, space),
  };
}

/** Amounts of a vector of the space, by resource. */
export function amountsOf(quanta: ArrayLike<number>, { kinds }: ResourceSpace): Amounts {
  return Object.fromEntries(kinds.map(({ name, quantaPerUnit }, d) => [name, quanta[d] / quantaPerUnit]));
}

function usageOf({ demand, usage, profile }: TaskRow, { kinds }: ResourceSpace): TraceUsage[] {
  const offsets = profile === undefined ? [0] : [...profile.offsets];
  const steps = offsets.map((offset, step) => {
    const shareOf = (d: number) =>
      profile === undefined ? (usage?.[d] ?? Number.NaN) : profile.shares[step * kinds.length + d];
    const known = kinds.flatMap(({ name, quantaPerUnit }, d) => {
      const share = shareOf(d);
      return Number.isNaN(share) ? [] : [[name, amountOfShare(share, demand[d] / quantaPerUnit)] as const];
    });
    return { from: toSeconds(offset), used: Object.fromEntries(known) };
  });
  return steps.some(({ used }) => Object.keys(used).length > 0) ? steps : [];
}

function finite(time: Micros): number | undefined {
  return time < FOREVER ? toSeconds(time) : undefined;
}
