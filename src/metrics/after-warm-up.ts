import {
  type Attempt,
  type Column,
  type FrameworkId,
  isInRoom,
  type JobId,
  type KillCause,
  type MachineId,
  type MachineRevision,
  type Micros,
  type Observer,
  type OfferEnd,
  type OfferRounds,
  type TaskClassId,
  type TaskId,
  type TaskOutcome,
  TaskState,
} from '../model/index.js';
import { FrameworkMetrics } from './collectors/framework-metrics.js';
import { Recorder } from './recorder.js';

/**
 * Records the part of a run after its warm-up, beside the recorder of the whole run, for the metrics of the steady state. It begins with the
 * tasks, offers and machines that are there when the warm-up ends. Waits, responses and slowdowns count for tasks and jobs that were submitted
 * after the warm-up; shares over time and the queue count from its end.
 */
export class AfterWarmUp implements Partial<Observer> {
  private readonly whole: Recorder;
  private readonly services: ReadonlySet<string> | undefined;
  private after: Recorder | undefined;
  /** Tasks that wait since the warm-up. */
  private readonly waiting = new Set<TaskId>();

  /** `whole` records the whole run and gets each event first. `services`: as in Recorder. */
  constructor(whole: Recorder, services?: ReadonlySet<string>) {
    this.whole = whole;
    this.services = services;
  }

  /** What was recorded; undefined if the run ended in the warm-up. */
  get recorder(): Recorder | undefined {
    return this.after;
  }

  /** The events before `now` are over, and those of `now` follow. */
  warmUpEnded(now: Micros): void {
    const { whole } = this;
    const { cluster } = whole;
    const after = new Recorder(cluster, [], undefined, this.services);
    this.after = after;
    after.runStarted(now);
    after.capacity.continueFrom(whole.capacity);
    for (const before of whole.frameworks) {
      const framework = new FrameworkMetrics(cluster.space.size, after.bins, now);
      framework.continueFrom(before);
      after.frameworks.push(framework);
    }
    after.usage.continueFrom(whole.usage);
    after.queue.continueFrom(whole.queue);
    after.offers.continueFrom(whole.offers, now);
    after.fragmentation.continueFrom(whole.fragmentation, now);
    after.fragmentationBlocked.continueFrom(whole.fragmentationBlocked, now);
    const { state, bound } = cluster.tasks;
    for (let task = 0; task < bound; task++) {
      if (state[task] === TaskState.unused || state[task] === TaskState.ended) continue;
      if (isInRoom(state[task])) after.allocation.holds(task, now);
      else {
        after.queue.waitsFrom(task, now);
        this.waiting.add(task);
      }
    }
  }

  runEnded(now: Micros): void {
    this.after?.runEnded(now);
  }

  jobSubmitted(job: JobId, now: Micros): void {
    this.after?.jobSubmitted(job, now);
  }

  taskSubmitted(task: TaskId): void {
    this.after?.taskSubmitted(task);
  }

  taskStarted(task: TaskId, now: Micros): void {
    const { after } = this;
    if (after === undefined) return;
    const { tasks } = after.cluster;
    const waited = this.waiting.delete(task);
    if (!waited && (tasks.attempts[task] > 1 || this.isNew(tasks.job[task], after))) {
      after.taskStarted(task, now);
      return;
    }
    // It, or its job, was submitted in the warm-up: the task is there from now on, and no wait of a job counts.
    after.queue.taskLeft(task, now);
    const framework = tasks.framework[task];
    if (!waited) after.frameworks[framework].wait.record(now - tasks.submitted[task]);
    after.allocation.holds(task, now);
    after.fragmentationBlocked.count(framework, tasks.taskClass[task], -1);
    const { rules } = after.cluster;
    if (rules.hasPreference(task))
      after.locality[rules.prefers(task, tasks.machine[task]) ? 'preferred' : 'elsewhere']++;
    after.fragmentation.changed(now);
    if (after.offers.counts.made > 0) after.offers.changed(now);
  }

  taskKilled(task: TaskId, machine: MachineId, cause: KillCause, now: Micros): void {
    this.after?.taskKilled(task, machine, cause, now);
  }

  taskResized(task: TaskId, before: TaskClassId, now: Micros): void {
    this.after?.taskResized(task, before, now);
  }

  taskEnded(task: TaskId, machine: MachineId, outcome: TaskOutcome, now: Micros): void {
    this.waiting.delete(task);
    this.after?.taskEnded(task, machine, outcome, now);
  }

  criticalPathKnown(job: JobId, length: Micros): void {
    const { after } = this;
    if (after !== undefined && this.isNew(job, after)) after.criticalPathKnown(job, length);
  }

  jobEnded(job: JobId, now: Micros): void {
    const { after } = this;
    if (after === undefined) return;
    if (this.isNew(job, after)) after.jobEnded(job, now);
    else after.jobs[after.cluster.jobs.unsuccessful[job] === 0 ? 'finished' : 'failed']++;
  }

  machineRevised(machine: MachineId, revision: MachineRevision, before: Column, now: Micros): void {
    this.after?.machineRevised(machine, revision, before, now);
  }

  machineOrdered(machine: MachineId, now: Micros): void {
    this.after?.machineOrdered(machine, now);
  }

  machineGivenBack(machine: MachineId, now: Micros): void {
    this.after?.machineGivenBack(machine, now);
  }

  usageChanged(framework: FrameworkId, used: Float64Array, now: Micros): void {
    this.after?.usageChanged(framework, used, now);
  }

  offerMade(framework: FrameworkId, machine: MachineId, now: Micros): void {
    this.after?.offerMade(framework, machine, now);
  }

  offerEnded(framework: FrameworkId, machine: MachineId, end: OfferEnd, held: Micros, now: Micros): void {
    this.after?.offerEnded(framework, machine, end, held, now);
  }

  decided(framework: FrameworkId, decisionTime: Micros, now: Micros, ordinal = 0): void {
    this.after?.decided(framework, decisionTime, now, ordinal);
  }

  attempted(attempt: Attempt, now: Micros): void {
    const { after } = this;
    if (after === undefined) return;
    // The wait of a job counts at its first attempt, and only if it began after the warm-up.
    const number = this.isNew(attempt.job, after) ? attempt.number : Math.max(2, attempt.number);
    after.attempted({ ...attempt, number }, now);
  }

  passEnded(now: Micros): void {
    this.after?.passEnded(now);
  }

  roundsRepeated(rounds: OfferRounds): void {
    this.after?.roundsRepeated(rounds);
  }

  private isNew(job: JobId, { cluster, start }: Recorder): boolean {
    return cluster.jobs.submitted[job] >= start;
  }
}
