import { LogHistogram } from '../../metrics/kernels/log-histogram.js';
import { FOREVER, type Micros, NONE, ParameterValues, ResourceSpace, toSeconds } from '../../model/index.js';
import { formatNamed, formatOf } from '../../workloads/formats/index.js';
import { fileName } from '../../workloads/formats/text-file.js';
import type { TaskBatch } from '../../workloads/trace.js';
import { assignSettings } from '../scenario/settings.js';

/** Statistics of a trace file. Times are in seconds. */
export interface TraceProfile {
  readonly file: string;
  readonly format: string;
  readonly jobs: number;
  readonly tasks: number;
  readonly dropped: Readonly<Record<string, number>>;
  /** Number of changes to rows, by what was changed. */
  readonly adjusted: Readonly<Record<string, number>>;
  readonly firstSubmission: number;
  readonly lastSubmission: number;
  readonly frameworks: readonly string[];
  readonly tasksPerJob: Spread;
  readonly duration: Spread;
  readonly gapBetweenJobs: Spread;
  /** Per task, in the unit of each resource. */
  readonly demand: Readonly<Record<string, Spread>>;
  /** Sum of demand x duration, in unit-hours. Tasks without an end are left out. */
  readonly work: Readonly<Record<string, number>>;
  /** Tasks with a duration above their time limit. A run stops them there. */
  readonly overEstimate: number;
  readonly withoutEnd: number;
  /** Shares of tasks that carry each piece of information. */
  readonly with: Readonly<Record<'estimate' | 'usage' | 'constraint' | 'gang' | 'gpu', number>>;
}

/** The distribution of a quantity over jobs or tasks. */
export interface Spread {
  readonly mean: number;
  readonly p50: number;
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
  const { resources } = await format.describeCluster(path, settings);
  const space = new ResourceSpace(resources);
  const trace = format.open(path, space, settings);
  const sums = new Sums(space);
  for await (const batch of trace.batches())
    for (let row = 0; row < batch.length; row++) sums.add(batch, row);
  return {
    file: fileName(path),
    format: format.name,
    dropped: { ...trace.dropped },
    adjusted: { ...trace.adjusted },
    frameworks: trace.frameworks.map((framework) => framework.name),
    ...sums.result(),
  };
}

class Sums {
  private readonly space: ResourceSpace;
  private readonly tasksPerJob = new LogHistogram();
  private readonly duration = new LogHistogram();
  private readonly gap = new LogHistogram();
  private readonly demand: LogHistogram[];
  private readonly work: Float64Array;
  private readonly carrying = { estimate: 0, usage: 0, constraint: 0, gang: 0, gpu: 0 };
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
  }

  add(batch: TaskBatch, row: number): void {
    const tasks = batch.tasks[row];
    this.countJob(batch, row);
    this.tasks += tasks;
    this.tasksOfJob += tasks;
    const duration = batch.duration[row];
    if (duration === FOREVER) this.withoutEnd += tasks;
    if (duration !== FOREVER && duration > batch.timeLimit[row]) this.overEstimate += tasks;
    if (batch.estimate[row] !== FOREVER) this.carrying.estimate += tasks;
    if (batch.constraint[row] !== 0) this.carrying.constraint += tasks;
    if (batch.gang[row] === 1) this.carrying.gang += tasks;
    if (batch.gpuCount[row] > 0) this.carrying.gpu += tasks;
    if (!Number.isNaN(batch.usage[row * batch.dims])) this.carrying.usage += tasks;
    for (let d = 0; d < batch.dims; d++)
      this.countDemand(d, batch.demand[row * batch.dims + d], duration, tasks);
    if (duration !== FOREVER) for (let task = 0; task < tasks; task++) this.duration.record(duration);
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

  private countDemand(dimension: number, amount: number, duration: Micros, tasks: number): void {
    for (let task = 0; task < tasks; task++) this.demand[dimension].record(amount);
    if (duration !== FOREVER) this.work[dimension] += amount * duration * tasks;
  }

  result(): Omit<TraceProfile, 'file' | 'format' | 'dropped' | 'adjusted' | 'frameworks'> {
    if (this.jobs > 0) this.tasksPerJob.record(this.tasksOfJob);
    const share = (count: number) => (this.tasks === 0 ? 0 : count / this.tasks);
    return {
      jobs: this.jobs,
      tasks: this.tasks,
      firstSubmission: toSeconds(this.first),
      lastSubmission: toSeconds(this.last),
      tasksPerJob: spread(this.tasksPerJob, 1),
      duration: spread(this.duration, 1e6),
      gapBetweenJobs: spread(this.gap, 1e6),
      demand: Object.fromEntries(
        this.space.kinds.map((kind, d) => [kind.name, spread(this.demand[d], kind.quantaPerUnit)]),
      ),
      work: Object.fromEntries(
        this.space.kinds.map((kind, d) => [kind.name, this.work[d] / kind.quantaPerUnit / 3.6e9]),
      ),
      overEstimate: this.overEstimate,
      withoutEnd: this.withoutEnd,
      with: {
        estimate: share(this.carrying.estimate),
        usage: share(this.carrying.usage),
        constraint: share(this.carrying.constraint),
        gang: share(this.carrying.gang),
        gpu: share(this.carrying.gpu),
      },
    };
  }
}

function spread(values: LogHistogram, unit: number): Spread {
  if (values.count === 0) return { mean: 0, p50: 0, p99: 0, max: 0 };
  return {
    mean: values.mean / unit,
    p50: values.quantile(0.5) / unit,
    p99: values.quantile(0.99) / unit,
    max: values.greatest / unit,
  };
}
