import { LogHistogram } from '../../metrics/kernels/log-histogram.js';
import {
  constraintsText,
  FOREVER,
  type MachineSpec,
  type Micros,
  NONE,
  ParameterValues,
  ResourceSpace,
  toSeconds,
} from '../../model/index.js';
import type { Censored } from '../../workloads/formats/format.js';
import { formatNamed, formatOf } from '../../workloads/formats/index.js';
import { fileName } from '../../workloads/formats/text-file.js';
import type { TaskBatch, Trace } from '../../workloads/trace.js';
import type { UnsuccessfulEnd } from '../../workloads/trace-attempts.js';
import { assignSettings } from '../scenario/settings.js';
import { LoadOverTime } from './load-over-time.js';

/** Statistics of a trace file. Times are in seconds. */
export interface TraceProfile {
  readonly file: string;
  readonly format: string;
  readonly jobs: number;
  readonly tasks: number;
  readonly dropped: Readonly<Record<string, number>>;
  /** Number of rows that the reader changed, for each kind of change. */
  readonly adjusted: Readonly<Record<string, number>>;
  /** Machines of the trace; null if it has none. */
  readonly machines: { readonly count: number; readonly capacity: Readonly<Record<string, number>> } | null;
  /** Number of users; null if no job has one. */
  readonly users: number | null;
  readonly firstSubmission: number;
  readonly lastSubmission: number;
  /** When the last task ends if each starts when it is submitted; tasks without an end are left out. */
  readonly lastEnd: number;
  /** Jobs of which the trace shows only a part. */
  readonly censored: Readonly<Censored>;
  /** Attempts of all tasks by how they ended in the trace; null if it does not tell. */
  readonly attempts: Readonly<Record<AttemptEnd, number>> | null;
  readonly frameworks: readonly string[];
  readonly tasksPerJob: Spread;
  readonly duration: Spread;
  readonly gapBetweenJobs: Spread;
  /** Per task, in the unit of each resource. */
  readonly demand: Readonly<Record<string, Spread>>;
  /** Sum of the demands of all tasks, in the unit of each resource. */
  readonly totalDemand: Readonly<Record<string, number>>;
  /** Mean demand over time if each task starts when it is submitted; null if all are submitted at one instant. */
  readonly load: {
    readonly binSeconds: number;
    /** Per resource, in its unit, a value for each bin from the first submission. */
    readonly demand: Readonly<Record<string, readonly number[]>>;
  } | null;
  /** Sum of demand x duration, in unit-hours. Tasks without an end are left out. */
  readonly work: Readonly<Record<string, number>>;
  /** Tasks with a duration above their time limit. A run stops them there. */
  readonly overEstimate: number;
  /** Tasks that run forever and have no time limit. */
  readonly withoutEnd: number;
  /** Number of different constraints, and the ten that most tasks have. */
  readonly constraints: { readonly count: number; readonly mostFrequent: readonly CountedConstraint[] };
  /** Shares of tasks that carry each piece of information. */
  readonly with: Readonly<Record<Carried, number>>;
}

/** How an attempt ended in a trace. */
type AttemptEnd = 'finished' | UnsuccessfulEnd;

/** A constraint with the number of tasks that have it. */
interface CountedConstraint {
  /** In the form of the CSV column, such as `rack=r1|r2;cores>=8`. */
  readonly constraint: string;
  readonly tasks: number;
}

/** Constraints of a trace are listed up to this number, the most frequent ones first. */
const MOST_LISTED = 10;

/** Information that only some tasks carry. */
type Carried = 'estimate' | 'timeLimit' | 'usage' | 'constraint' | 'gang' | 'gpu' | 'dependencies';

/** The distribution of a quantity over jobs or tasks. */
export interface Spread {
  readonly mean: number;
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Reads a whole trace. @throws InputError for the first mistake in it. */
export async function profileTrace(
  path: string,
  formatName: string | undefined,
  set: Readonly<Record<string, string>>,
): Promise<TraceProfile> {
  const format = formatName === undefined ? await formatOf(path) : formatNamed(formatName);
  const [assigned] = assignSettings(set, [format]);
  const settings = new ParameterValues(format.parameters, assigned);
  const cluster = await format.describeCluster(path, settings);
  const space = new ResourceSpace(cluster.resources);
  // A run reads the machines, too, so that their mistakes are mistakes of the trace.
  const machines = await cluster.machines?.(space);
  const trace = format.open(path, space, settings);
  const sums = new Sums(space);
  for await (const batch of trace.batches())
    for (let row = 0; row < batch.length; row++) sums.add(batch, row);
  const { constrained, ...profile } = sums.result();
  return {
    file: fileName(path),
    format: format.name,
    dropped: { ...trace.dropped },
    adjusted: { ...trace.adjusted },
    frameworks: trace.frameworks.map((framework) => framework.name),
    machines:
      machines === undefined ? null : { count: machines.length, capacity: capacityOf(machines, space) },
    censored: { cutAtStart: null, cutAtEnd: null, neverStarted: null, ...trace.censored },
    ...profile,
    constraints: constraintsOf(constrained, trace),
  };
}

/** Equal constraints may have several numbers in a trace. */
function constraintsOf(
  tasks: ReadonlyMap<number, number>,
  { constraints }: Trace,
): TraceProfile['constraints'] {
  const counted = new Map<string, number>();
  for (const [number, count] of tasks) {
    const text = constraintsText(constraints[number]);
    counted.set(text, (counted.get(text) ?? 0) + count);
  }
  const sorted = [...counted].sort(([, a], [, b]) => b - a);
  return {
    count: counted.size,
    mostFrequent: sorted.slice(0, MOST_LISTED).map(([constraint, count]) => ({ constraint, tasks: count })),
  };
}

function capacityOf(machines: readonly MachineSpec[], space: ResourceSpace): Record<string, number> {
  const total = (d: number) => machines.reduce((sum, { capacity }) => sum + capacity[d], 0);
  return Object.fromEntries(space.kinds.map((kind, d) => [kind.name, total(d) / kind.quantaPerUnit]));
}

type OfRows = Omit<
  TraceProfile,
  'file' | 'format' | 'dropped' | 'adjusted' | 'frameworks' | 'machines' | 'censored' | 'constraints'
> & {
  /** Number of tasks by the number of their constraint. */
  readonly constrained: ReadonlyMap<number, number>;
};

class Sums {
  private readonly space: ResourceSpace;
  private readonly tasksPerJob = new LogHistogram();
  private readonly duration = new LogHistogram();
  private readonly gap = new LogHistogram();
  private readonly demand: LogHistogram[];
  private readonly work: Float64Array;
  private readonly total: Float64Array;
  private readonly load: LoadOverTime;
  private readonly users = new Set<string>();
  private readonly constrained = new Map<number, number>();
  private lastEnd: Micros = Number.NEGATIVE_INFINITY;
  private readonly carrying = {
    estimate: 0,
    timeLimit: 0,
    usage: 0,
    constraint: 0,
    gang: 0,
    gpu: 0,
    dependencies: 0,
  };
  private readonly attempts = { finished: 0, failed: 0, killed: 0, evicted: 0, lost: 0 };
  private tellsAttempts = false;
  private jobs = 0;
  private tasks = 0;
  private overEstimate = 0;
  private withoutEnd = 0;
  private first: Micros = Number.NaN;
  private last: Micros = Number.NaN;
  private job: string | number | undefined;
  private framework = NONE;
  private tasksOfJob = 0;

  constructor(space: ResourceSpace) {
    this.space = space;
    this.demand = space.names.map(() => new LogHistogram());
    this.work = new Float64Array(space.size);
    this.total = new Float64Array(space.size);
    this.load = new LoadOverTime(space.size);
  }

  add(batch: TaskBatch, row: number): void {
    const tasks = batch.tasks[row];
    this.countJob(batch, row);
    this.tasks += tasks;
    this.tasksOfJob += tasks;
    const duration = batch.duration[row];
    if (duration > batch.timeLimit[row]) this.overEstimate += tasks;
    else if (duration === FOREVER) this.withoutEnd += tasks;
    if (batch.estimate[row] !== FOREVER) this.carrying.estimate += tasks;
    if (batch.timeLimit[row] !== FOREVER) this.carrying.timeLimit += tasks;
    if (batch.dependencies[row] !== undefined) this.carrying.dependencies += tasks;
    this.countConstraint(batch.constraint[row], tasks);
    if (batch.gang[row] === 1) this.carrying.gang += tasks;
    if (batch.gpuCount[row] > 0) this.carrying.gpu += tasks;
    if (hasUsage(batch, row)) this.carrying.usage += tasks;
    const user = batch.user[row];
    if (user !== undefined) this.users.add(user);
    this.countLoad(batch, row);
    this.countAttempts(batch, row);
    for (let d = 0; d < batch.dims; d++)
      this.countDemand(d, batch.demand[row * batch.dims + d], duration, tasks);
    if (duration !== FOREVER) for (let task = 0; task < tasks; task++) this.duration.record(duration);
  }

  private countConstraint(constraint: number, tasks: number): void {
    if (constraint === 0) return;
    this.carrying.constraint += tasks;
    this.constrained.set(constraint, (this.constrained.get(constraint) ?? 0) + tasks);
  }

  private countJob(batch: TaskBatch, row: number): void {
    const isSameJob =
      this.job === batch.job[row] &&
      this.framework === batch.framework[row] &&
      this.last === batch.submit[row];
    if (!isSameJob) {
      if (this.jobs > 0) {
        this.tasksPerJob.record(this.tasksOfJob);
        this.gap.record(batch.submit[row] - this.last);
      }
      this.jobs++;
      this.tasksOfJob = 0;
      this.job = batch.job[row];
      this.framework = batch.framework[row];
    }
    if (Number.isNaN(this.first)) this.first = batch.submit[row];
    this.last = batch.submit[row];
  }

  private countAttempts(batch: TaskBatch, row: number): void {
    const [earlier, ended, tasks] = [batch.attempts[row], batch.ended[row], batch.tasks[row]];
    const failsFirst = batch.failAfter[row] !== FOREVER;
    if (earlier !== undefined || ended !== undefined || failsFirst) this.tellsAttempts = true;
    for (const { end } of earlier ?? []) this.attempts[end] += tasks;
    if (failsFirst) this.attempts.failed += tasks;
    this.attempts[ended ?? 'finished'] += tasks;
  }

  private countLoad(batch: TaskBatch, row: number): void {
    const { dims } = batch;
    const end = batch.submit[row] + Math.min(batch.duration[row], batch.timeLimit[row]);
    if (end !== FOREVER && end > this.lastEnd) this.lastEnd = end;
    const demand = batch.demand.subarray(row * dims, (row + 1) * dims);
    this.load.add(batch.submit[row], end, demand, batch.tasks[row]);
  }

  private countDemand(dimension: number, amount: number, duration: Micros, tasks: number): void {
    for (let task = 0; task < tasks; task++) this.demand[dimension].record(amount);
    this.total[dimension] += amount * tasks;
    if (duration !== FOREVER) this.work[dimension] += amount * duration * tasks;
  }

  result(): OfRows {
    if (this.jobs > 0) this.tasksPerJob.record(this.tasksOfJob);
    const load = this.load.series();
    const byKind = <T>(value: (d: number, quantaPerUnit: number) => T): Record<string, T> =>
      Object.fromEntries(this.space.kinds.map((kind, d) => [kind.name, value(d, kind.quantaPerUnit)]));
    const share = (count: number) => (this.tasks === 0 ? 0 : count / this.tasks);
    return {
      jobs: this.jobs,
      tasks: this.tasks,
      firstSubmission: toSeconds(this.first),
      lastSubmission: toSeconds(this.last),
      lastEnd: toSeconds(Math.max(this.last, this.lastEnd)),
      attempts: this.tellsAttempts ? this.attempts : null,
      users: this.users.size === 0 ? null : this.users.size,
      tasksPerJob: spread(this.tasksPerJob, 1),
      duration: spread(this.duration, 1e6),
      gapBetweenJobs: spread(this.gap, 1e6),
      demand: byKind((d, unit) => spread(this.demand[d], unit)),
      totalDemand: byKind((d, unit) => this.total[d] / unit),
      load:
        load === undefined
          ? null
          : {
              binSeconds: load.binSeconds,
              demand: byKind((d, unit) => load.means[d].map((mean) => mean / unit)),
            },
      work: byKind((d, unit) => this.work[d] / unit / 3.6e9),
      overEstimate: this.overEstimate,
      withoutEnd: this.withoutEnd,
      constrained: this.constrained,
      with: {
        estimate: share(this.carrying.estimate),
        timeLimit: share(this.carrying.timeLimit),
        usage: share(this.carrying.usage),
        constraint: share(this.carrying.constraint),
        gang: share(this.carrying.gang),
        gpu: share(this.carrying.gpu),
        dependencies: share(this.carrying.dependencies),
      },
    };
  }
}

/** Whether the row tells the usage of a resource. */
function hasUsage(batch: TaskBatch, row: number): boolean {
  if (batch.profile[row] !== undefined) return true;
  for (let d = 0; d < batch.dims; d++) if (batch.usage[row * batch.dims + d] >= 0) return true;
  return false;
}

function spread(values: LogHistogram, unit: number): Spread {
  if (values.count === 0) return { mean: 0, p10: 0, p50: 0, p90: 0, p99: 0, max: 0 };
  return {
    mean: values.mean / unit,
    p10: values.quantile(0.1) / unit,
    p50: values.quantile(0.5) / unit,
    p90: values.quantile(0.9) / unit,
    p99: values.quantile(0.99) / unit,
    max: values.greatest / unit,
  };
}
