import type { JobId, Micros, TaskId } from '../../contract.js';
import type { Controller, ControlSink, ControlView } from '../../contract-control.js';
import { JobUsage } from './job-usage.js';
import type { VerticalTerms } from './vertical-parameters.js';

/** A watched job. Ids of jobs are reused, so the submit time identifies the job. */
interface WatchedJob {
  readonly submitted: Micros;
  readonly usage: JobUsage;
}

/**
 * Limits that follow usage, as in Autopilot (Rzadca et al., EuroSys 2020). At each interval the usage of every job is
 * recorded, and its running tasks get new limits in place. If a machine has too little free for a higher limit, the
 * change is tried again at the next check.
 */
export class VerticalScaler implements Controller {
  readonly name = 'vertical scaler';
  readonly needs = ['usage', 'resize'] as const;
  private readonly terms: VerticalTerms;
  private readonly jobs = new Map<JobId, WatchedJob>();

  constructor(terms: VerticalTerms) {
    this.terms = terms;
  }

  begin(view: ControlView): Micros {
    this.jobs.clear();
    for (const job of JSON.parse(view.recall(WATCHED) ?? '[]') as JobId[]) {
      const [submitted, usage] = splitOnce(view.recall(keyOf(job)) ?? '');
      if (usage !== '') this.jobs.set(job, { submitted, usage: JobUsage.from(usage, this.terms) });
    }
    return view.now + this.terms.interval;
  }

  control(view: ControlView, act: ControlSink): void {
    act.wakeAt(view.now + this.terms.interval);
    const running = runningTasks(view);
    for (const job of this.jobs.keys()) {
      if (running.has(job)) continue;
      this.jobs.delete(job);
      act.remember(keyOf(job), undefined);
    }
    for (const [job, members] of running) this.reviewJob(job, members, view, act);
    const watched = JSON.stringify([...this.jobs.keys()]);
    if (watched !== view.recall(WATCHED)) act.remember(WATCHED, watched);
  }

  private reviewJob(job: JobId, members: readonly TaskId[], view: ControlView, act: ControlSink): void {
    const { now, space, usage } = view;
    const watched = this.watchedJob(job, members[0], view);
    const known = watched.usage;
    const mean = space.dimensions.map((d) =>
      members.reduce((sum, task) => sum + usage.last(task, d) / members.length, 0),
    );
    const isMeasured = mean.some((used) => !Number.isNaN(used));
    // Without samples there is nothing to record.
    if (isMeasured) known.record(mean, now);
    act.remember(keyOf(job), `${watched.submitted} ${known.text()}`);
    if (!isMeasured) return;
    for (const task of members) resize(task, known, view, act);
  }

  private watchedJob(
    job: JobId,
    task: TaskId,
    { now, space, machines, tasks, jobs }: ControlView,
  ): WatchedJob {
    const known = this.jobs.get(job);
    const submitted = jobs.submitted(job);
    if (known?.submitted === submitted) return known;
    const asked = space.dimensions.map((d) => machines.demand(tasks.taskClass(task), d));
    const watched = { submitted, usage: new JobUsage(asked, this.terms, now) };
    this.jobs.set(job, watched);
    return watched;
  }
}

/** Key of the ids of the watched jobs. */
const WATCHED = 'jobs';

function keyOf(job: JobId): string {
  return `job ${job}`;
}

/** The submit time and the usage in the text of a job. */
function splitOnce(text: string): [submitted: Micros, usage: string] {
  const space = text.indexOf(' ');
  return [Number(text.slice(0, space)), text.slice(space + 1)];
}

/** Running tasks whose limits may change, by job. */
function runningTasks(view: ControlView): ReadonlyMap<JobId, readonly TaskId[]> {
  const { tasks } = view;
  const byJob = new Map<JobId, TaskId[]>();
  for (let task = 0; task < tasks.bound; task++) {
    if (tasks.state(task) !== 'running' || !view.mayResize(tasks.framework(task))) continue;
    const job = tasks.job(task);
    const others = byJob.get(job);
    if (others === undefined) byJob.set(job, [task]);
    else others.push(task);
  }
  return byJob;
}

function resize(task: TaskId, usage: JobUsage, view: ControlView, act: ControlSink): void {
  const { now, space, machines, tasks } = view;
  const taskClass = tasks.taskClass(task);
  const before = space.dimensions.map((d) => machines.demand(taskClass, d));
  const demand = before.map((limit, d) => usage.limit(d, limit, now));
  if (demand.some((limit, d) => limit !== before[d])) act.resize(task, demand);
}
