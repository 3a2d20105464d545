import { ATTEMPT_ENDS } from '../../metrics/attempt-ends.js';
import { summed, unpackedNumbers, unpackedTexts } from '../packed-bytes.js';
import type { ReportData } from '../report-data.js';
import type { AttemptColumns, ScheduleData } from '../schedule-form.js';

/** The schedules of the page, unpacked. Times are seconds since the start of the run. */
export interface LoadedSchedule {
  readonly seed: string;
  readonly resource: string;
  /** Names, by rank. */
  readonly machines: readonly string[];
  /** By rank; empty for a machine in no rack. */
  readonly racks: readonly string[];
  /** In order of submission. */
  readonly jobs: LoadedJobs;
  readonly policies: readonly LoadedAttempts[];
  /** Whether all jobs have one colour. */
  readonly isOneFramework: boolean;
}

/** Columns of jobs. */
interface LoadedJobs {
  readonly count: number;
  readonly name: readonly string[];
  /** Empty where it is unknown. */
  readonly user: readonly string[];
  readonly framework: readonly string[];
  /** Index of the framework on the page, which determines its colour. */
  readonly group: Int32Array;
  readonly submitted: Float64Array;
  readonly tasks: Float64Array;
  readonly size: Float64Array;
  readonly gang: Float64Array;
  /** When it was over under all policies. */
  readonly over: Float64Array;
}

/** The attempts of one policy, in the order of jobs, then of starts. */
export interface LoadedAttempts {
  readonly policy: string;
  /** Index among the policies of the report. */
  readonly place: number;
  readonly count: number;
  readonly job: Float64Array;
  /** -1 for a job that never started. */
  readonly machine: Float64Array;
  readonly from: Float64Array;
  readonly to: Float64Array;
  readonly end: Float64Array;
  /** By job. */
  readonly backfilled: Float64Array;
  /** By job, and one more: index of the first attempt. */
  readonly firstOfJob: Int32Array;
  readonly columns: AttemptColumns;
}

/** How an attempt ended, in words. */
export const END_TEXTS = ATTEMPT_ENDS.map((end) => {
  if (end === 'running') return 'still running at the end of the run';
  if (end === 'waiting') return 'never started';
  return end === 'gang' ? 'stopped with its gang' : end;
});

/** Marks at the end of a bar. */
export type EndMark = 'none' | 'preempted' | 'failed';

/** The mark for each of ATTEMPT_ENDS. */
export const END_MARKS = ATTEMPT_ENDS.map((end): EndMark => {
  if (['failed', 'lost', 'timed-out', 'interrupted'].includes(end)) return 'failed';
  return ['preempted', 'revoked', 'restarted', 'gang', 'killed'].includes(end) ? 'preempted' : 'none';
});

/** The place in ATTEMPT_ENDS of an attempt that still runs at the end of the run. */
export const RUNNING = ATTEMPT_ENDS.indexOf('running');

/** The place in ATTEMPT_ENDS of a job that never started. */
export const WAITING = ATTEMPT_ENDS.indexOf('waiting');

/** Unpacks the schedules; undefined without any. */
export function loadSchedule(data: ReportData): LoadedSchedule | undefined {
  const { schedule } = data;
  if (schedule === null) return undefined;
  const { jobs, unit } = schedule;
  const times = (units: Float64Array) => units.map((time) => Number((time * unit).toFixed(3)));
  const submitted = times(summed(unpackedNumbers(jobs.submitted)));
  const users = unpackedTexts(jobs.users);
  const frameworks = unpackedTexts(jobs.frameworks);
  const framework = unpackedNumbers(jobs.framework);
  const racks = unpackedTexts(schedule.racks);
  const policies = schedule.policies.flatMap((columns, place) =>
    columns === null ? [] : [loadedAttempts(schedule, columns, data.policies[place].name, place)],
  );
  const over = submitted.slice();
  const group = Int32Array.from(framework, (place) => groupOf(data, frameworks[place]));
  for (const { count, job, to } of policies)
    for (let i = 0; i < count; i++) over[job[i]] = Math.max(over[job[i]], to[i]);
  return {
    seed: schedule.seed,
    resource: schedule.resource,
    machines: unpackedTexts(schedule.machines),
    racks: Array.from(unpackedNumbers(schedule.rack), (place) => (place < 0 ? '' : racks[place])),
    jobs: {
      count: submitted.length,
      name: unpackedTexts(jobs.names),
      user: Array.from(unpackedNumbers(jobs.user), (user) => (user < 0 ? '' : users[user])),
      framework: Array.from(framework, (place) => frameworks[place]),
      group,
      submitted,
      tasks: unpackedNumbers(jobs.tasks),
      size: unpackedNumbers(jobs.size).map((thousandths) => thousandths / 1000),
      gang: unpackedNumbers(jobs.gang),
      over,
    },
    policies,
    isOneFramework: group.every((place) => place === group[0]),
  };
}

/** The framework on the page, or the group of those that have no colour of their own. */
function groupOf({ frameworks }: ReportData, name: string): number {
  const own = frameworks.findIndex(({ label, isSingle }) => isSingle && label === name);
  return own >= 0 ? own : frameworks.findIndex(({ isSingle }) => !isSingle);
}

function loadedAttempts(
  { jobs, unit }: ScheduleData,
  columns: AttemptColumns,
  policy: string,
  place: number,
): LoadedAttempts {
  const job = summed(unpackedNumbers(columns.job));
  const submitted = summed(unpackedNumbers(jobs.submitted));
  const ran = unpackedNumbers(jobs.ran);
  const seconds = (units: number) => Number((units * unit).toFixed(3));
  const starts = unpackedNumbers(columns.wait).map((wait, i) => submitted[job[i]] + wait);
  const ends = unpackedNumbers(columns.lasted).map((lasted, i) => starts[i] + lasted + ran[job[i]]);
  const firstOfJob = new Int32Array(submitted.length + 1).fill(job.length);
  for (let i = job.length - 1; i >= 0; i--) firstOfJob[job[i]] = i;
  for (let row = submitted.length - 1; row >= 0; row--)
    firstOfJob[row] = Math.min(firstOfJob[row], firstOfJob[row + 1]);
  return {
    policy,
    place,
    count: job.length,
    job,
    machine: unpackedNumbers(columns.machine),
    from: starts.map(seconds),
    to: ends.map(seconds),
    end: unpackedNumbers(columns.end),
    backfilled: unpackedNumbers(columns.backfilled),
    firstOfJob,
    columns,
  };
}

/** Attempts by machine, each in a lane of its machine, so that those of one time are below each other. */
export interface MachineLanes {
  /** By attempt. */
  readonly lane: Int32Array;
  /** By machine: how many lanes it has. */
  readonly lanes: Int32Array;
  /** By machine: its attempts in the order of their starts. */
  readonly attempts: readonly (readonly number[])[];
}

const known = new WeakMap<LoadedAttempts, MachineLanes>();

/** The lanes of a policy: the first free one for each attempt, in the order of starts. Made when they are needed first. */
export function lanesOf({ machines }: LoadedSchedule, attempts: LoadedAttempts): MachineLanes {
  const lanes = known.get(attempts) ?? machineLanes(attempts, machines.length);
  known.set(attempts, lanes);
  return lanes;
}

function machineLanes({ count, machine, from, to }: LoadedAttempts, machines: number): MachineLanes {
  const attempts: number[][] = Array.from({ length: machines }, () => []);
  for (let i = 0; i < count; i++) if (machine[i] >= 0) attempts[machine[i]].push(i);
  const lane = new Int32Array(count);
  const lanes = new Int32Array(machines).fill(1);
  for (const [row, own] of attempts.entries()) {
    own.sort((a, b) => from[a] - from[b] || a - b);
    const busyUntil: number[] = [];
    for (const i of own) {
      const free = busyUntil.findIndex((until) => until <= from[i]);
      lane[i] = free < 0 ? busyUntil.length : free;
      busyUntil[lane[i]] = to[i];
    }
    lanes[row] = Math.max(1, busyUntil.length);
  }
  return { lane, lanes, attempts };
}
