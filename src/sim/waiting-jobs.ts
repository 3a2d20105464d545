import { type Cluster, type JobId, type MachineId, NONE, type TaskId } from '../model/index.js';
import type { SchedulingView, Verdict } from '../policies/contract.js';
import { planningView } from '../policies/hosting/scheduling-view.js';
import { inWords } from '../policies/planner/impossible.js';
import { GangSearch } from '../policies/planner/search.js';
import type { FrameworkBounds } from './framework-bounds.js';
import { requiredText, ruleWords } from './rule-words.js';

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
  ['constraint', 'no machine that it may use has the attributes that it requires'],
];

/** The jobs that wait, with the reasons for the first of them. */
export function waitingJobs(cluster: Cluster, bounds: FrameworkBounds, limit: number): readonly WaitingJob[] {
  const { jobs } = cluster;
  const why = new WaitReasons(cluster, bounds);
  const found: WaitingJob[] = [];
  for (let job = 0; job < jobs.bound; job++) {
    if (jobs.framework[job] === NONE || jobs.pending[job] === 0) continue;
    const reason = found.length < limit ? why.waits(job, jobs.pendingTasks.of(job)) : undefined;
    found.push({ job, tasks: jobs.pending[job], reason });
  }
  return found;
}

/** Finds the first reason that keeps a job waiting, in words. */
class WaitReasons {
  private readonly cluster: Cluster;
  private readonly bounds: FrameworkBounds;
  private readonly view: SchedulingView;

  constructor(cluster: Cluster, bounds: FrameworkBounds) {
    this.cluster = cluster;
    this.bounds = bounds;
    this.view = planningView(cluster);
  }

  waits(job: JobId, members: readonly TaskId[]): string {
    const { cluster, bounds, view } = this;
    const mine = bounds.machinesOf(cluster.jobs.framework[job]);
    const isGang = view.jobs.isGang(job);
    const limit = isGang
      ? bounds.whyNotNow(members)
      : firstReason(members, (task) => bounds.whyNotNow([task]));
    if (limit !== undefined) return limit;
    const alone = firstReason(members, (task) => this.whyNowhere(task, mine));
    if (alone !== undefined) return alone;
    if (!isGang) return 'it fits, but the policy does not start it';
    view.whatIf.reset('now');
    const answer = new GangSearch(view).place(job, members, mine);
    if (answer.answer === 'no') return inWords(answer.reason, view.whatIf.machines, ruleWords(cluster, job));
    return answer.answer === 'yes'
      ? 'it fits, but the policy does not start it'
      : 'the search for machines reached its bound';
  }

  /** Undefined if the task could start on some machine that it may use. */
  private whyNowhere(task: TaskId, mine: ((machine: MachineId) => boolean) | undefined): string | undefined {
    const { machines } = this.view;
    const verdicts = new Set<Verdict>();
    for (let machine = 0; machine < machines.count; machine++)
      if (mine?.(machine) !== false) verdicts.add(machines.whyNot(task, machine));
    if (verdicts.has('done')) return undefined;
    const first = REASONS.find(([verdict]) => verdicts.has(verdict));
    if (first?.[0] === 'placement-rule') return this.whyForbidden(task) ?? first[1];
    if (first?.[0] === 'constraint')
      return `${first[1]}: ${requiredText(this.cluster, this.cluster.tasks.taskClass[task])}`;
    return first?.[1] ?? 'there is no machine that it may use';
  }

  private whyForbidden(task: TaskId): string | undefined {
    const { jobs, rules, tasks } = this.cluster;
    const { beside } = rules.rule(jobs.rule[tasks.job[task]]);
    if (beside.length === 0) return undefined;
    return `must start beside a running task of ${beside.join(' or ')}, and none is on a machine that has room for it`;
  }
}

function firstReason(
  members: readonly TaskId[],
  reasonOf: (task: TaskId) => string | undefined,
): string | undefined {
  for (const task of members) {
    const reason = reasonOf(task);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
