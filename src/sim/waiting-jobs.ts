import { type Cluster, type JobId, NONE, PendingQueue, type TaskId } from '../model/index.js';
import type { SchedulingView, Verdict } from '../policies/contract.js';
import { viewAtStart } from '../policies/hosting/scheduling-view.js';
import { inWords } from '../policies/planner/impossible.js';
import { GangSearch } from '../policies/planner/search.js';

/** A job that waits. */
export interface WaitingJob {
  readonly job: JobId;
  readonly tasks: number;
  /** The first reason, in words, for users; undefined behind the limit. */
  readonly reason: string | undefined;
}

/** So many decisions without a change mean that nothing can happen any more. */
const QUIET_DECISIONS = 1_024;

/**
 * Notices that decisions change nothing, such as offers that are declined for ever. It is for times at which only decisions are
 * due, so no task runs that could end.
 */
export class Stillness {
  private readonly cluster: Cluster;
  private live = NONE;
  private epoch = NONE;
  private since = 0;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  /** Has no task left and no machine changed for many decisions? `events`: number of events so far. */
  lasts(events: number): boolean {
    const { tasks, machineEpoch } = this.cluster;
    if (tasks.live === 0) return false;
    if (tasks.live !== this.live || machineEpoch !== this.epoch) this.since = events;
    this.live = tasks.live;
    this.epoch = machineEpoch;
    return events - this.since >= QUIET_DECISIONS;
  }
}

/** What keeps a task off all machines, the most telling reason first. */
const REASONS: readonly (readonly [Verdict, string])[] = [
  ['placement-rule', 'placement rules forbid each machine that has room for it'],
  ['does-not-fit', 'no machine that it may use has enough free resources'],
  ['not-offered', 'no machine that it may use takes tasks'],
  ['machine-not-up', 'no machine that it may use is up'],
  ['constraint', 'no machine has the attributes that it requires'],
];

/** The jobs that wait, with the reasons for the first of them. */
export function waitingJobs(cluster: Cluster, limit: number): readonly WaitingJob[] {
  const { jobs } = cluster;
  const queue = new PendingQueue(cluster.tasks, jobs);
  const view = viewAtStart({ cluster, queue, table: cluster.free, random: () => 0 });
  const found: WaitingJob[] = [];
  for (let job = 0; job < jobs.bound; job++) {
    if (jobs.framework[job] === NONE || jobs.pending[job] === 0) continue;
    const reason = found.length < limit ? whyWaiting(view, job, pendingOf(cluster, job)) : undefined;
    found.push({ job, tasks: jobs.pending[job], reason });
  }
  return found;
}

function pendingOf({ jobs }: Cluster, job: JobId): TaskId[] {
  const members: TaskId[] = [];
  for (let task = jobs.pendingTasks.first[job]; task !== NONE; task = jobs.pendingTasks.next[task])
    members.push(task);
  return members;
}

function whyWaiting(view: SchedulingView, job: JobId, members: readonly TaskId[]): string {
  const alone = members.map((task) => whyNowhere(view, task)).find((reason) => reason !== undefined);
  if (alone !== undefined) return alone;
  if (!view.jobs.isGang(job)) return 'it fits, but the policy does not start it';
  view.whatIf.reset('now');
  const answer = new GangSearch(view).place(job, members);
  if (answer.answer === 'no') return inWords(answer.reason, view.whatIf.machines);
  return answer.answer === 'yes'
    ? 'it fits, but the policy does not start it'
    : 'the search for machines reached its bound';
}

/** Undefined if the task could start on some machine. */
function whyNowhere({ machines }: SchedulingView, task: TaskId): string | undefined {
  const verdicts = new Set<Verdict>();
  for (let machine = 0; machine < machines.count; machine++) verdicts.add(machines.whyNot(task, machine));
  if (verdicts.has('done')) return undefined;
  return REASONS.find(([verdict]) => verdicts.has(verdict))?.[1] ?? 'there is no machine';
}
