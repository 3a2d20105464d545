import {
  type Constraint,
  FOREVER,
  type FrameworkSpec,
  fromSeconds,
  type PlacementRule,
  type ResourceSpace,
} from '../model/index.js';
import {
  batched,
  type LoadCurve,
  PLAIN_ROW,
  type RowDependencies,
  type TaskRow,
  type Trace,
  type UsageProfile,
} from './trace.js';
import type { UnsuccessfulEnd } from './trace-attempts.js';

/** Parts of a trace other than its rows. */
export interface TraceParts {
  readonly frameworks?: readonly FrameworkSpec[];
  /** Entry 0 is the empty conjunction. */
  readonly constraints?: readonly (readonly Constraint[])[];
  readonly rules?: readonly (PlacementRule | undefined)[];
  readonly curves?: readonly (LoadCurve | undefined)[];
}

/** The jobs that other rows follow. */
function followedBy(rows: readonly TaskRow[]): Set<string | number> {
  const names = rows.map(({ dependencies }) => dependencies?.follows);
  return new Set(names.filter((name) => name !== undefined));
}

/** A trace of rows in memory or from a generator. It can be opened repeatedly. */
export function traceOf(space: ResourceSpace, rows: Iterable<TaskRow>, parts: TraceParts = {}): Trace {
  return {
    space,
    frameworks: parts.frameworks ?? [{ name: 'default' }],
    constraints: parts.constraints ?? [[]],
    ...(parts.rules !== undefined && { rules: parts.rules }),
    curves: parts.curves ?? [undefined],
    ...(Array.isArray(rows) && { followed: followedBy(rows) }),
    batches: () => batched(rows, space.size),
  };
}

/**
 * A row in users' units: times in seconds, amounts in units (cores, MiB, GPUs). Omitted fields have the defaults of
 * PLAIN_ROW.
 */
export interface RowSketch {
  readonly job?: string | number;
  readonly framework?: number;
  readonly at?: number;
  readonly tasks?: number;
  readonly needs?: Readonly<Record<string, number>>;
  /** Number of GPU devices, and the share of each. */
  readonly gpus?: number;
  readonly gpuShare?: number;
  readonly constraint?: number;
  readonly estimate?: number;
  readonly timeLimit?: number;
  readonly user?: string;
  readonly group?: string;
  readonly queue?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly deadline?: number;
  readonly task?: string;
  readonly after?: readonly string[];
  readonly follows?: string | number;
  readonly thinkTime?: number;
  readonly speedClass?: string;
  readonly priority?: number;
  readonly gang?: boolean;
  readonly minimum?: number;
  readonly rule?: number;
  readonly runs?: number;
  readonly failsAfter?: number;
  /** Seconds and end of each attempt of the trace before the last one. */
  readonly attempts?: readonly (readonly [ran: number, end: UnsuccessfulEnd])[];
  /** Used share of the demand, per dimension. */
  readonly usage?: readonly number[];
  /** The same from each offset on, in seconds; the first is 0. */
  readonly profile?: readonly (readonly [offset: number, usage: readonly number[]])[];
  readonly curve?: number;
}

/** Rows from sketches, in the given order. Jobs without a name are called `job-0`, `job-1` and so on, by position. */
export function rowsOf(space: ResourceSpace, sketches: readonly RowSketch[]): TaskRow[] {
  return sketches.map((sketch, place) => {
    const gpus = sketch.gpus ?? 0;
    const share = sketch.gpuShare ?? 1;
    const needs = { ...sketch.needs, ...(gpus > 0 && { gpus: gpus * share }) };
    return {
      ...PLAIN_ROW,
      job: sketch.job ?? `job-${place}`,
      framework: sketch.framework ?? 0,
      submit: fromSeconds(sketch.at ?? 0),
      tasks: sketch.tasks ?? 1,
      demand: space.quanta(needs),
      gpuCount: gpus,
      gpuMilliEach: gpus > 0 ? Math.round(share * 1000) : 0,
      constraint: sketch.constraint ?? 0,
      estimate: fromSeconds(sketch.estimate ?? FOREVER),
      timeLimit: fromSeconds(sketch.timeLimit ?? sketch.estimate ?? FOREVER),
      user: sketch.user,
      group: sketch.group,
      queue: sketch.queue,
      dependencies: dependenciesOf(sketch),
      labels: sketch.labels,
      speedClass: sketch.speedClass,
      deadline: fromSeconds(sketch.deadline ?? FOREVER),
      priority: sketch.priority ?? 0,
      gang: sketch.gang ?? false,
      minimum: sketch.minimum ?? 0,
      rule: sketch.rule ?? 0,
      duration: fromSeconds(sketch.runs ?? 1),
      failAfter: fromSeconds(sketch.failsAfter ?? FOREVER),
      attempts: sketch.attempts?.map(([ran, end]) => ({ ran: fromSeconds(ran), end })),
      usage: sketch.profile?.[0][1] ?? sketch.usage,
      profile: profileOf(sketch),
      curve: sketch.curve ?? 0,
    };
  });
}

function profileOf({ profile }: RowSketch): UsageProfile | undefined {
  if (profile === undefined) return undefined;
  return {
    offsets: Float64Array.from(profile, ([offset]) => fromSeconds(offset)),
    shares: Float64Array.from(profile.flatMap(([, usage]) => usage)),
  };
}

function dependenciesOf({ task, after, follows, thinkTime }: RowSketch): RowDependencies | undefined {
  if (task === undefined && after === undefined && follows === undefined) return undefined;
  return { task, after, follows, thinkTime: fromSeconds(thinkTime ?? 0) };
}
