import { ATTEMPT_ENDS } from '../metrics/attempt-ends.js';
import type { RunRecord } from '../metrics/run-record.js';
import type { Schedule } from '../metrics/schedule.js';
import type { ComparedPolicy } from './compared-policy.js';
import { differences, packedNumbers, packedTexts } from './packed-bytes.js';
import type { AttemptColumns, ScheduleData } from './schedule-form.js';

/** Finer times would be below a thousandth of a pixel. */
const UNITS_OF_A_RUN = 100_000;
const UNITS = [1, 0.1, 0.01, 0.001];

/** Per policy, so that many changes of states do not fill the page. */
const MOST_STATES = 1000;

/** A smaller chart is of no use, so the page may then be larger. */
const LEAST_ATTEMPTS = 2000;

const WAITING = ATTEMPT_ENDS.indexOf('waiting');

/**
 * The schedules of the first seed. Where they take more than `room` characters, only the longest attempts are in the page; the shortest length is the
 * same for all policies. Null without a schedule in the records.
 */
export function scheduleData(policies: readonly ComparedPolicy[], room: number): ScheduleData | null {
  const first = policies.flatMap(({ records }) => records).find(({ schedule }) => schedule !== undefined);
  if (first === undefined) return null;
  const { seed, length } = first.summary.run;
  const schedules = policies.map(
    ({ records }) => records.find(({ summary }) => summary.run.seed === seed)?.schedule,
  );
  const lengths = schedules.flatMap((schedule) => (schedule === undefined ? [] : [...lengthsOf(schedule)]));
  lengths.sort((a, b) => b - a);
  const unit = UNITS.find((seconds) => length / seconds >= UNITS_OF_A_RUN) ?? UNITS[UNITS.length - 1];
  let most = lengths.length;
  for (;;) {
    const longerThan = most < lengths.length ? lengths[most] : Number.NEGATIVE_INFINITY;
    const data = packedSchedule(first, schedules, unit, longerThan);
    const size = JSON.stringify(data).length;
    if (size <= room || most <= LEAST_ATTEMPTS) return data;
    most = Math.max(LEAST_ATTEMPTS, Math.floor(most * Math.min(0.9, room / size)));
  }
}

/** The length of each attempt in seconds; of a job that still waits, the time since its submission. */
function lengthsOf({ jobs, attempts: { job, from, to, end } }: Schedule): Float64Array {
  return to.map((until, i) => until - (end[i] === WAITING ? jobs.submitted[job[i]] : from[i]));
}

/** A job of one or more policies. */
interface JoinedJob {
  readonly name: string;
  readonly user: string | null;
  readonly framework: string;
  /** Units. */
  readonly submitted: number;
  readonly tasks: number;
  readonly size: number;
  readonly gang: number;
  readonly ran: number;
  /** Its place in the order of submission. */
  index: number;
}

function packedSchedule(
  first: RunRecord,
  schedules: readonly (Schedule | undefined)[],
  unit: number,
  longerThan: number,
): ScheduleData {
  const units = (seconds: number) => Math.round(seconds / unit);
  const joined = new Map<string, JoinedJob>();
  const kept = schedules.map((schedule) =>
    schedule === undefined ? undefined : keptAttempts(schedule, longerThan, units, joined),
  );
  // The order of jobs that were submitted at one instant is that of the first policy.
  const jobs = [...joined.values()].sort((a, b) => a.submitted - b.submitted);
  for (const [index, job] of jobs.entries()) job.index = index;
  const users = dictionary(jobs.map(({ user }) => user));
  const machines = longest(schedules.map((schedule) => schedule?.machines ?? []));
  const racks = dictionary(machines.map(({ rack }) => rack));
  const frameworks = dictionary(jobs.map(({ framework }) => framework));
  const column = (value: (job: JoinedJob) => number) => packedNumbers(jobs.map(value));
  return {
    seed: first.summary.run.seed,
    unit,
    resource: Object.keys(first.summary.run.machines.capacity)[0] ?? '',
    machines: packedTexts(machines.map(({ name }) => name)),
    racks: packedTexts(racks.texts),
    rack: packedNumbers(racks.places),
    jobs: {
      names: packedTexts(jobs.map(({ name }) => name)),
      users: packedTexts(users.texts),
      user: packedNumbers(users.places),
      frameworks: packedTexts(frameworks.texts),
      framework: packedNumbers(frameworks.places),
      submitted: packedNumbers(differences(jobs.map(({ submitted }) => submitted))),
      tasks: column(({ tasks }) => tasks),
      size: column(({ size }) => Math.round(1000 * size)),
      gang: column(({ gang }) => gang),
      ran: column(({ ran }) => ran),
    },
    policies: kept.map((attempts) => (attempts === undefined ? null : packedAttempts(attempts, jobs))),
  };
}

function longest<T>(lists: readonly (readonly T[])[]): readonly T[] {
  return lists.reduce((most, list) => (list.length > most.length ? list : most), []);
}

/** An attempt that is in the page. */
interface KeptAttempt {
  readonly job: JoinedJob;
  readonly machine: number;
  readonly from: number;
  readonly to: number;
  readonly end: number;
}

/** The attempts of a policy that are in the page. */
interface KeptAttempts {
  readonly schedule: Schedule;
  readonly attempts: KeptAttempt[];
  readonly backfilled: ReadonlySet<JoinedJob>;
  readonly shown: number;
  readonly leftOut: number;
}

/** The attempts that are long enough. Their jobs are added to `joined`, where the same job under several policies is one. */
function keptAttempts(
  schedule: Schedule,
  longerThan: number,
  units: (seconds: number) => number,
  joined: Map<string, JoinedJob>,
): KeptAttempts {
  const { jobs, attempts: columns } = schedule;
  const lengths = lengthsOf(schedule);
  const byRow = new Map<number, JoinedJob>();
  const repeated = new Map<string, number>();
  const attempts: KeptAttempt[] = [];
  let [shown, leftOut] = [0, 0];
  for (const [i, row] of columns.job.entries()) {
    const lasted = columns.to[i] - columns.from[i];
    if (lengths[i] <= longerThan) {
      leftOut += lasted;
      continue;
    }
    shown += lasted;
    const [from, to] = [units(columns.from[i]), units(columns.to[i])];
    let job = byRow.get(row);
    if (job === undefined) {
      const submitted = units(jobs.submitted[row]);
      const own = JSON.stringify([jobs.framework[row], jobs.name[row], submitted]);
      // A trace may have the name of a job twice.
      const before = repeated.get(own) ?? 0;
      repeated.set(own, before + 1);
      const key = `${own}${before}`;
      job = joined.get(key) ?? {
        name: String(jobs.name[row]),
        user: jobs.user[row],
        framework: jobs.framework[row],
        submitted,
        tasks: jobs.tasks[row],
        size: jobs.size[row],
        gang: jobs.gang[row],
        ran: to - from,
        index: 0,
      };
      joined.set(key, job);
      byRow.set(row, job);
    }
    attempts.push({ job, machine: columns.machine[i], from, to, end: columns.end[i] });
  }
  const backfilled = [...byRow].filter(([row]) => jobs.backfilled[row] === 1).map(([, job]) => job);
  return { schedule, attempts, backfilled: new Set(backfilled), shown, leftOut };
}

function packedAttempts(
  { schedule, attempts, backfilled, shown, leftOut }: KeptAttempts,
  jobs: readonly JoinedJob[],
): AttemptColumns {
  attempts.sort((a, b) => a.job.index - b.job.index || a.from - b.from);
  const column = (value: (attempt: KeptAttempt) => number) => packedNumbers(attempts.map(value));
  return {
    job: packedNumbers(differences(attempts.map(({ job }) => job.index))),
    machine: column(({ machine }) => machine),
    wait: column(({ job, from }) => from - job.submitted),
    lasted: column(({ job, from, to }) => to - from - job.ran),
    end: column(({ end }) => end),
    backfilled: packedNumbers(jobs.map((job) => (backfilled.has(job) ? 1 : 0))),
    states: schedule.states.toSorted((a, b) => b[3] - b[2] - (a[3] - a[2])).slice(0, MOST_STATES),
    leftOut: {
      attempts: schedule.leftOut.attempts + schedule.attempts.job.length - attempts.length,
      seconds: Math.round(schedule.leftOut.seconds + leftOut),
    },
    shownSeconds: Math.round(shown),
    startedJobs: schedule.startedJobs,
    backfilledJobs: schedule.backfilledJobs,
  };
}

/** Distinct texts in order of appearance, and the place of each of the given ones; -1 for null. */
function dictionary(given: readonly (string | null)[]) {
  const places = new Map<string, number>();
  const indexes = given.map((text) => {
    if (text === null) return -1;
    const known = places.get(text) ?? places.size;
    places.set(text, known);
    return known;
  });
  return { texts: [...places.keys()], places: indexes };
}
