import type { GanttRows } from './gantt-rows.js';
import {
  END_TEXTS,
  type LoadedAttempts,
  type LoadedSchedule,
  lanesOf,
  RUNNING,
  WAITING,
} from './loaded-schedule.js';
import { numberText, secondsText } from './number-text.js';
import type { TimeView } from './time-view.js';

/** What a reader wants to know of an attempt, or of the row without one. */
export function attemptText(rows: GanttRows, policy: LoadedAttempts, i: number | undefined): string {
  const { schedule, kind, shown, pointed } = rows;
  if (i !== undefined) {
    const where =
      schedule.machines.length > 1 && policy.machine[i] >= 0
        ? ` on ${schedule.machines[policy.machine[i]]}`
        : '';
    return `${jobText(schedule, policy.job[i])}: ${timesText(schedule, policy, i)}${where}`;
  }
  const row = pointed === undefined ? undefined : shown[pointed];
  if (row === undefined) return '';
  return kind === 'machines'
    ? `${schedule.machines[row]}: nothing here`
    : `${jobText(schedule, row)}: not in the chart of ${policy.policy}`;
}

/** `job 17 of user 3 (batch), 4 cpus` */
function jobText({ jobs, resource }: LoadedSchedule, job: number): string {
  const user = jobs.user[job] === '' ? '' : ` of user ${jobs.user[job]}`;
  const tasks = jobs.tasks[job] === 1 ? '' : `, ${numberText(jobs.tasks[job])} tasks`;
  const gang = jobs.gang[job] === 1 ? ' in a gang' : '';
  return `job ${jobs.name[job]}${user} (${jobs.framework[job]})${tasks}${gang}, ${resource} ${numberText(jobs.size[job])}`;
}

/** When it was submitted, how long it waited and ran, and how it ended. */
function timesText({ jobs }: LoadedSchedule, policy: LoadedAttempts, i: number): string {
  const job = policy.job[i];
  const submitted = jobs.submitted[job];
  const waited = secondsText(policy.from[i] - submitted);
  if (policy.end[i] === WAITING) return `submitted ${secondsText(submitted)}, never started`;
  const start = policy.firstOfJob[job] === i ? `waited ${waited}` : `started ${waited} later`;
  const backfilled = policy.backfilled[job] === 1 ? ' (backfilled)' : '';
  const ran = secondsText(policy.to[i] - policy.from[i]);
  const ended = policy.end[i] === RUNNING ? '' : ` at ${secondsText(policy.to[i])}`;
  return `submitted ${secondsText(submitted)}, ${start}${backfilled}, ran ${ran}, ${END_TEXTS[policy.end[i]]}${ended}`;
}

/** The attempts of a policy that are in view, in the order of rows; at most `most`, and how many there are. */
export function attemptsInView(
  rows: GanttRows,
  policy: LoadedAttempts,
  { from, to }: TimeView,
  most: number,
): { readonly attempts: readonly number[]; readonly count: number } {
  const attempts: number[] = [];
  let count = 0;
  const see = (i: number) => {
    const begin = policy.end[i] === WAITING ? rows.schedule.jobs.submitted[policy.job[i]] : policy.from[i];
    if (begin > to || policy.to[i] < from) return;
    if (count++ < most) attempts.push(i);
  };
  for (const row of rows.shown) {
    if (rows.kind === 'machines') for (const i of lanesOf(rows.schedule, policy).attempts[row]) see(i);
    else for (let i = policy.firstOfJob[row]; i < policy.firstOfJob[row + 1]; i++) see(i);
  }
  return { attempts, count };
}

/** Columns of a table or a file with attempts. Times are seconds since the start of the run. */
export const ATTEMPT_COLUMNS = [
  'policy',
  'job',
  'framework',
  'user',
  'tasks',
  'size',
  'machine',
  'submitted_seconds',
  'start_seconds',
  'end_seconds',
  'outcome',
  'gang',
  'backfilled',
] as const;

/** The values of ATTEMPT_COLUMNS. */
export function attemptRow(
  { jobs, machines }: LoadedSchedule,
  policy: LoadedAttempts,
  i: number,
): readonly (string | number)[] {
  const job = policy.job[i];
  const isWaiting = policy.end[i] === WAITING;
  return [
    policy.policy,
    jobs.name[job],
    jobs.framework[job],
    jobs.user[job],
    jobs.tasks[job],
    jobs.size[job],
    policy.machine[i] < 0 ? '' : machines[policy.machine[i]],
    jobs.submitted[job],
    isWaiting ? '' : policy.from[i],
    isWaiting ? '' : policy.to[i],
    END_TEXTS[policy.end[i]],
    jobs.gang[job],
    policy.backfilled[job],
  ];
}
