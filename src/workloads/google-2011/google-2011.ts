import { randomNormal } from 'd3-random';
import {
  type Constraint,
  DAY,
  InputError,
  type Micros,
  type Parameter,
  type ParameterValues,
  type ResourceSpace,
} from '../../model/index.js';
import type { MachineSource } from '../machines.js';
import { boundedPareto } from '../services/load-curves.js';
import type { Draw } from '../services/service.js';
import { PLAIN_ROW, TaskBatch, type TaskRow, type Trace } from '../trace.js';
import { jobSizes } from './job-sizes.js';
import {
  type LargestMachine,
  type MachineGroup,
  machineGroups,
  machineSource,
  PLATFORMS,
} from './machine-mix.js';
import { medianForWork } from './run-times.js';
import { drawShares, type TaskShares } from './task-shapes.js';

/**
 * A synthetic trace like the month of Google's 2011 cell (clusterdata-2011-2; Reiss et al., SoCC 2012). It has the
 * cell's machines, numbers of jobs and tasks, gaps, sizes and priorities, as far as these are published. Other values
 * are marked as proposals.
 */
export const GOOGLE_2011_PARAMETERS: readonly Parameter[] = [
  // Scales the experiment relative to the cell.
  {
    kind: 'number',
    name: 'scale',
    default: 1,
    min: 0.001,
    max: 100,
    about: 'Factor by which the numbers of machines, jobs and tasks of the cell are multiplied.',
  },
  // Published: more than 25 million tasks (Reiss et al., SoCC 2012).
  {
    kind: 'number',
    name: 'tasks',
    default: 25_000_000,
    min: 1,
    integer: true,
    about: 'Number of tasks, before scaling.',
  },
  // Published: about 670,000 jobs.
  {
    kind: 'number',
    name: 'jobs',
    default: 670_000,
    min: 1,
    integer: true,
    about: 'Number of jobs, before scaling.',
  },
  // Published: 29 days.
  { kind: 'number', name: 'days', default: 29, min: 0.01, max: 3650, about: 'Days that the trace covers.' },
  // Published: more than 2,000 jobs span the whole trace.
  {
    kind: 'number',
    name: 'spanningJobs',
    default: 2000,
    min: 0,
    integer: true,
    about: 'Number of jobs that run for the whole trace, before scaling.',
  },
  // Published: about 75 % of jobs have one task.
  {
    kind: 'number',
    name: 'oneTask',
    default: 0.75,
    min: 0,
    max: 0.99,
    about: 'Share of the jobs that have one task.',
  },
  // Proposal.
  {
    kind: 'number',
    name: 'largestJob',
    default: 20_000,
    min: 2,
    integer: true,
    about: 'Number of tasks of the largest jobs; it is multiplied by the square root of scale.',
  },
  // The Omega simulators fill their cells to about 60 % (Schwarzkopf et al., EuroSys 2013).
  {
    kind: 'number',
    name: 'load',
    default: 0.6,
    min: 0.01,
    max: 2,
    about: 'Average ratio of the requested cores to the cores of the cell.',
  },
  // Proposal. With the default load the median run time is about five minutes; "most jobs last minutes" is the
  // published part.
  {
    kind: 'number',
    name: 'jobSigma',
    default: 2,
    min: 0,
    max: 4,
    about: 'Sigma of the lognormal distribution of run times between jobs.',
  },
  // Proposal.
  {
    kind: 'number',
    name: 'taskSigma',
    default: 1.3,
    min: 0,
    max: 4,
    about: 'Sigma of the lognormal distribution of run times between the tasks of a job.',
  },
  // Published: about 6 % of tasks have hard constraints. The constraints are not published; here they exclude the
  // smallest platform.
  {
    kind: 'number',
    name: 'constrained',
    default: 0.06,
    min: 0,
    max: 1,
    about: 'Share of the jobs that may not run on platform A.',
  },
  // Proposal: capacities are published only as shares of the largest machine.
  { kind: 'number', name: 'cores', default: 32, min: 1, about: 'Cores of the largest machine.' },
  // Proposal.
  { kind: 'number', name: 'memGiB', default: 64, min: 1, about: 'Memory of the largest machine, GiB.' },
];

/** Resources that its tasks request. */
export const GOOGLE_2011_RESOURCES: readonly string[] = ['cpus', 'mem'];

/** Frameworks by the priorities of their jobs: 0-1 free, 9-11 production (google/cluster-data), the others batch. */
const FRAMEWORKS = [{ name: 'free' }, { name: 'batch' }, { name: 'production' }] as const;
const [FREE, BATCH, PRODUCTION] = [0, 1, 2];

/** Proposal: share of free jobs among the jobs that do not span the trace. */
const FREE_SHARE = 0.5;

const KEEPS_OFF_SMALLEST: Constraint = {
  attribute: 'platform',
  operator: 'equal',
  values: PLATFORMS.slice(1),
};

/** The machines of the cell, grouped by kind. */
export function google2011Groups(values: ParameterValues): MachineGroup[] {
  return machineGroups(values.number('scale'), largestMachine(values));
}

/** The machines of the cell. */
export function google2011Machines(values: ParameterValues): MachineSource {
  return machineSource('google-2011', google2011Groups(values));
}

/**
 * The jobs that are submitted before the horizon. Only a few numbers per job and one batch of tasks are in memory at a
 * time. The same seed gives the same trace.
 * @throws InputError when the parameters contradict each other.
 */
export function google2011(
  space: ResourceSpace,
  horizon: Micros,
  stream: (name: string) => Draw,
  values: ParameterValues,
): Trace {
  return {
    space,
    frameworks: FRAMEWORKS,
    constraints: [[], [KEEPS_OFF_SMALLEST]],
    curves: [undefined],
    batches: () => batches(space, horizon, stream, values),
  };
}

/** The jobs in order of submission, a few numbers each. Jobs that span the trace come first. */
interface Jobs {
  readonly spanning: number;
  readonly tasks: Int32Array;
  readonly submit: Float64Array;
  readonly shares: readonly TaskShares[];
  /** Median run time of a job's tasks. */
  readonly median: Float64Array;
}

function* batches(
  space: ResourceSpace,
  horizon: Micros,
  stream: (name: string) => Draw,
  values: ParameterValues,
): Generator<TaskBatch> {
  const span = spanOf(values);
  const largest = largestMachine(values);
  const jobs = drawJobs(values, stream);
  const kinds = stream('google-2011/kinds');
  const taskTime = randomNormal.source(stream('google-2011/task-times'))(0, values.number('taskSigma'));
  const row: Draft = { ...PLAIN_ROW, job: 0, framework: 0, submit: 0, demand: [], duration: 0 };
  let batch = new TaskBatch(space.size);
  for (let job = 0; job < jobs.tasks.length && jobs.submit[job] < horizon; job++) {
    const isSpanning = job < jobs.spanning;
    row.job = job + 1;
    row.submit = jobs.submit[job];
    row.demand = demandOf(jobs.shares[job], largest, space);
    setKind(row, isSpanning, kinds(), kinds());
    row.constraint = kinds() < values.number('constrained') ? 1 : 0;
    const left = span - row.submit;
    for (let task = jobs.tasks[job]; task > 0; task--) {
      row.duration = isSpanning ? span : runTime(jobs.median[job] * Math.exp(taskTime()), left);
      batch.push(row);
      if (!batch.isFull) continue;
      yield batch;
      batch = new TaskBatch(space.size);
    }
  }
  if (batch.length > 0) yield batch;
}

/** A row that is reused for each task, because a batch copies it at once. */
type Draft = { -readonly [field in keyof TaskRow]: TaskRow[field] };

function drawJobs(values: ParameterValues, stream: (name: string) => Draw): Jobs {
  const span = spanOf(values);
  const scale = values.number('scale');
  const sizes = sizesOf(values);
  const spanning = Math.min(sizes.length, Math.round(values.number('spanningJobs') * scale));
  const tasks = inRandomOrder(sizes, spanning, stream('google-2011/order'));
  const submit = new Float64Array(sizes.length);
  submit.set(submitTimes(sizes.length - spanning, span, stream('google-2011/arrivals')), spanning);
  const shapes = stream('google-2011/shapes');
  const shares = Array.from(sizes, () => drawShares(shapes));
  const jobTime = randomNormal.source(stream('google-2011/run-times'))(0, values.number('jobSigma'));
  const factor = Float64Array.from(sizes, () => Math.exp(jobTime()));
  const weight = Float64Array.from(tasks, (count, job) => count * shares[job].cpu);
  const passing = {
    weight: weight.subarray(spanning),
    factor: factor.subarray(spanning),
    left: submit.subarray(spanning).map((time) => span - time),
  };
  const resident = weight.subarray(0, spanning).reduce((sum, cpu) => sum + cpu, 0) * span;
  const work = workFor(values, resident, span) - resident;
  const median = medianForWork(passing, work, values.number('taskSigma'));
  return { spanning, tasks, submit, shares, median: factor.map((value) => value * median) };
}

function sizesOf(values: ParameterValues): Int32Array {
  const scale = values.number('scale');
  const scaled = (name: string) => Math.max(1, Math.round(values.number(name) * scale));
  return jobSizes({
    jobs: scaled('jobs'),
    tasks: scaled('tasks'),
    oneTask: values.number('oneTask'),
    // With a linear factor, the jobs of a small cell would be too small to hold its tasks.
    largest: Math.max(2, Math.round(values.number('largestJob') * Math.sqrt(scale))),
  });
}

/**
 * Work of all jobs, in shares of the largest machine times Micros. @throws InputError when the spanning jobs alone
 * exceed it.
 */
function workFor(values: ParameterValues, resident: number, span: Micros): number {
  const cell = google2011Groups(values).reduce((sum, { count, cpus }) => sum + count * cpus, 0);
  const load = values.number('load');
  const capacity = (span * cell) / values.number('cores');
  if (load * capacity > resident) return load * capacity;
  const alone = (resident / capacity).toFixed(3);
  throw InputError.expected(
    { field: 'load' },
    load,
    `more than the ${alone} of the jobs that span the trace`,
  );
}

function spanOf(values: ParameterValues): Micros {
  return Math.round(values.number('days') * DAY);
}

function largestMachine(values: ParameterValues): LargestMachine {
  return { cpus: values.number('cores'), mem: values.number('memGiB') * 1024 };
}

/**
 * Numbers of tasks, first of the jobs that span the trace, then of the others, each in random order. The spanning jobs
 * are an even sample of all sizes: `sizes` is divided into equal parts, and the middle of each part is taken.
 */
function inRandomOrder(sizes: Int32Array, spanning: number, draw: Draw): Int32Array {
  const part = (place: number) => Math.floor((place * spanning) / sizes.length + 0.5);
  const ordered = new Int32Array(sizes.length);
  let [resident, passing] = [0, spanning];
  sizes.forEach((size, job) => {
    ordered[part(job + 1) > part(job) ? resident++ : passing++] = size;
  });
  shuffle(ordered.subarray(0, spanning), draw);
  shuffle(ordered.subarray(spanning), draw);
  return ordered;
}

function shuffle(values: Int32Array, draw: Draw): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(draw() * (i + 1));
    [values[i], values[j]] = [values[j], values[i]];
  }
}

function demandOf({ cpu, mem }: TaskShares, largest: LargestMachine, space: ResourceSpace): number[] {
  const amounts: Readonly<Record<string, number>> = { cpus: cpu * largest.cpus, mem: mem * largest.mem };
  return space.quanta(Object.fromEntries(space.names.map((name) => [name, amounts[name] ?? 0])));
}

function setKind(row: Draft, isResident: boolean, u: number, v: number): void {
  if (isResident) {
    row.framework = PRODUCTION;
    row.priority = 9 + Math.floor(v * 3);
  } else if (u < FREE_SHARE) {
    row.framework = FREE;
    row.priority = Math.floor(v * 2);
  } else {
    row.framework = BATCH;
    row.priority = 2 + Math.floor(v * 7);
  }
}

/** Whole milliseconds, at least one, up to the end of the trace. */
function runTime(time: Micros, left: Micros): Micros {
  return Math.min(Math.max(1, Math.round(time / 1000)) * 1000, Math.max(1000, left));
}

/**
 * Share of submissions close after another one, and their maximum gap: 40 % within 10 ms (Reiss et al., SoCC 2012, not
 * checked digit by digit).
 */
const CLOSE = { share: 0.4, seconds: 0.01 };

/**
 * The other gaps: a power law up to the published longest gap of 11 minutes. Its minimum sets the median of all gaps to
 * the published 0.9 s. Its index sets their mean to 29 days over 670,000 jobs.
 */
const APART = { low: 0.7366, high: 660, alpha: 0.91 };

/**
 * Submit times of the jobs, in order, within the span. Gaps are drawn and then scaled to fill the span. Times are whole
 * milliseconds.
 */
export function submitTimes(jobs: number, span: Micros, draw: Draw): Float64Array {
  const times = new Float64Array(jobs);
  let time = 0;
  for (let job = 0; job < jobs; job++) {
    time += gap(draw);
    times[job] = time;
  }
  const stretch = span / 1000 / (time + gap(draw));
  for (let job = 0; job < jobs; job++) times[job] = Math.floor(times[job] * stretch) * 1000;
  return times;
}

function gap(draw: Draw): number {
  if (draw() < CLOSE.share) return draw() * CLOSE.seconds;
  return boundedPareto(draw(), APART.alpha, APART.low, APART.high);
}
