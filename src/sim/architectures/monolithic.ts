import { type Micros, NONE, PendingQueue, type TaskId } from '../../model/index.js';
import type { Random, Scheduler, Verdict } from '../../policies/contract.js';
import { PlacementActions, type PlacementHost } from '../../policies/hosting/placement-actions.js';
import { HostedScheduler } from '../../policies/hosting/scheduling-view.js';
import { type DecisionTime, decisionTime } from '../decision-time.js';
import { EventClass } from '../event-queue.js';
import type { Execution } from '../execution.js';
import type { Architecture } from './architecture.js';

const DECISION_MADE = 0;

/** One scheduler for the whole cluster with one queue. After a change it makes one pass over the queue. */
export class Monolithic implements Architecture, PlacementHost {
  private readonly execution: Execution;
  private readonly decisionTerms: DecisionTime;
  private readonly queue: PendingQueue;
  private readonly scheduler: HostedScheduler;
  private readonly actions: PlacementActions;
  private ended = 0;
  /** The scheduler's decision time runs: the decision follows at its end. */
  private isDeciding = false;
  private decisionLength: Micros = 0;
  private isInCall = false;

  constructor(execution: Execution, scheduler: Scheduler, decisionTime: DecisionTime, random: Random) {
    const { cluster } = execution;
    this.execution = execution;
    this.decisionTerms = decisionTime;
    this.queue = new PendingQueue(cluster.tasks, cluster.jobs);
    this.actions = new PlacementActions(execution, cluster.free, this);
    this.scheduler = new HostedScheduler(
      scheduler,
      { cluster, queue: this.queue, table: cluster.free, random, measured: execution.measured },
      this.actions,
    );
  }

  taskArrived(task: TaskId): void {
    this.queue.add(task);
    this.execution.passWanted = true;
  }

  taskRequeued(task: TaskId): void {
    this.queue.add(task);
    this.wantPass();
  }

  taskStopped(): void {
    this.ended++;
    this.wantPass();
  }

  machineReturned(): void {
    this.wantPass();
  }

  taskLeaves(task: TaskId): void {
    this.queue.remove(task);
    this.wantPass();
  }

  /** The current pass already sees the scheduler's own actions. */
  private wantPass(): void {
    if (!this.isInCall) this.execution.passWanted = true;
  }

  pass(now: Micros): void {
    if (this.isDeciding || this.queue.length === 0) return;
    const delay = decisionTime(this.decisionTerms, this.queue.jobCount, this.queue.length);
    if (delay === 0) {
      this.decide(now);
      return;
    }
    this.isDeciding = true;
    this.decisionLength = delay;
    this.execution.schedule(now + delay, EventClass.decision, DECISION_MADE);
  }

  due(subject: number, now: Micros): void {
    if (subject !== DECISION_MADE) {
      this.execution.passWanted = true;
      return;
    }
    this.isDeciding = false;
    this.execution.observer.decided(NONE, this.decisionLength, now);
    // The decision uses the state at the end of the decision time, so it cannot conflict.
    this.decide(now);
  }

  private decide(now: Micros): void {
    const ended = this.ended;
    this.ended = 0;
    this.isInCall = true;
    this.scheduler.schedule(now, ended);
    this.actions.finishCall();
    this.isInCall = false;
    this.execution.explainer?.called(NONE, now);
  }

  queueOf(): PendingQueue {
    return this.queue;
  }

  taskPlaced(): void {}

  decline(): Verdict {
    return 'not-offered';
  }

  machineLeaves(): void {}
}
