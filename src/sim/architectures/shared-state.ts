import {
  CellCopy,
  type FrameworkId,
  type FreeTable,
  type JobId,
  type MachineId,
  type Micros,
  NONE,
  type PendingQueue,
  type TaskId,
  withClaim,
} from '../../model/index.js';
import type { PlacementHost } from '../../policies/hosting/placement-actions.js';
import type { CommitTerms, RetryTerms } from '../../policies/policy.js';
import { type DecisionTimes, decisionTime, decisionTimeFor } from '../decision-time.js';
import { EventClass } from '../event-queue.js';
import type { Execution } from '../execution.js';
import type { Architecture } from './architecture.js';
import { ClaimActions, type ClaimList } from './claims.js';
import {
  type CellAccess,
  type JobScheduler,
  type PlacementNumbers,
  Retries,
  WaitingJobs,
} from './job-queue.js';

/** Dependencies of the architecture. */
export interface OneJobAtATimeSetup {
  /** The schedulers that share the jobs of a framework in turn; called once per framework. */
  readonly schedulersFor: (framework: FrameworkId, waiting: WaitingJobs) => readonly JobScheduler[];
  readonly decisionTimes: DecisionTimes;
  readonly retry: RetryTerms;
}

/**
 * Schedulers that serve one job at a time. Each takes the job at the head of its queue, spends its decision time, and
 * places as many tasks as it can. A job with remaining tasks rejoins the queue after a delay, until it is given up. One
 * scheduler on the live cell is the monolithic scheduler of the Omega paper. Several schedulers with private copies are
 * its shared-state architecture.
 */
export class OneJobAtATime implements Architecture {
  readonly givesUp = true;
  private readonly execution: Execution;
  private readonly setup: OneJobAtATimeSetup;
  private readonly waiting: WaitingJobs;
  private readonly retries: Retries;
  private readonly schedulers: JobScheduler[] = [];
  private readonly ofFramework: (readonly JobScheduler[])[] = [];
  /** Number of jobs so far by framework; selects the next scheduler. */
  private readonly jobsOf: number[] = [];
  private ends = 0;

  constructor(execution: Execution, setup: OneJobAtATimeSetup) {
    this.execution = execution;
    this.setup = setup;
    this.waiting = new WaitingJobs(execution.cluster);
    this.retries = new Retries(execution, this.waiting, setup.retry);
  }

  taskArrived(task: TaskId, now: Micros): void {
    const job = this.execution.cluster.tasks.job[task];
    this.waiting.add(task);
    if (this.waiting.placeOf(job) !== 'nowhere') return;
    this.waiting.scheduler[job] = this.nextScheduler(job);
    this.join(job, now);
  }

  taskRequeued(task: TaskId, now: Micros): void {
    const job = this.execution.cluster.tasks.job[task];
    this.waiting.add(task);
    if (this.waiting.placeOf(job) === 'nowhere') this.join(job, now);
  }

  taskStopped(): void {
    this.ends++;
  }

  /** A full claim is worth a decision at once. */
  claimChanged(job: JobId): void {
    if (this.waiting.placeOf(job) === 'away') this.join(job, this.execution.now);
  }

  taskLeaves(task: TaskId): void {
    const job = this.execution.cluster.tasks.job[task];
    const { waiting } = this;
    waiting.remove(task);
    if (waiting.count[job] > 0) return;
    const scheduler = this.schedulers[waiting.scheduler[job]];
    if (waiting.placeOf(job) === 'in-line') scheduler.line.remove(job);
    if (scheduler.job === job) scheduler.job = NONE;
    waiting.forget(job);
  }

  machineReturned(): void {}

  machineLeaves(): void {}

  pass(now: Micros): void {
    for (const scheduler of this.schedulers) {
      while (!scheduler.isDeciding && scheduler.line.length > 0) this.begin(scheduler, now);
    }
  }

  /** Subject 2s: scheduler s has decided. Subject 2j + 1: job j returns to its queue. */
  due(subject: number, now: Micros): void {
    if (subject < 0) return;
    if ((subject & 1) === 1) {
      const job = (subject - 1) >> 1;
      // The row may be reused for a later job.
      if (this.waiting.returnsAt[job] === now) this.join(job, now);
    } else {
      this.finish(this.schedulers[subject >> 1], now);
    }
    this.execution.passWanted = true;
  }

  private join(job: JobId, now: Micros): void {
    const { waiting } = this;
    waiting.place[job] = 'in-line';
    waiting.returnsAt[job] = Number.NaN;
    waiting.since[job] = now;
    this.schedulers[waiting.scheduler[job]].line.add(job);
    this.execution.passWanted = true;
  }

  private begin(scheduler: JobScheduler, now: Micros): void {
    const { waiting } = this;
    const job = scheduler.line.take();
    waiting.place[job] = 'served';
    scheduler.job = job;
    scheduler.waited = now - waiting.since[job];
    scheduler.decisionTime = this.decisionTimeOf(job);
    scheduler.access.begin(job);
    if (scheduler.decisionTime === 0) {
      this.decide(scheduler, now);
      return;
    }
    scheduler.isDeciding = true;
    this.execution.schedule(
      now + scheduler.decisionTime,
      EventClass.decision,
      2 * this.schedulers.indexOf(scheduler),
    );
  }

  private decisionTimeOf(job: JobId): Micros {
    const { jobs, frameworks } = this.execution.cluster;
    const times = decisionTimeFor(this.setup.decisionTimes, frameworks[jobs.framework[job]].name);
    return decisionTime(times, 1, this.waiting.count[job]);
  }

  private finish(scheduler: JobScheduler, now: Micros): void {
    scheduler.isDeciding = false;
    const { framework, ordinal, decisionTime } = scheduler;
    this.execution.observer.decided(framework, decisionTime, now, ordinal);
    this.decide(scheduler, now);
  }

  private decide(scheduler: JobScheduler, now: Micros): void {
    const { waiting, execution } = this;
    const { job, access, framework, ordinal, waited, decisionTime } = scheduler;
    if (job === NONE) return;
    const number = ++waiting.attempts[job];
    scheduler.place(job, this.ends, now);
    scheduler.job = NONE;
    const left = waiting.count[job];
    const { placed, conflicts } = access;
    const attempt = { job, framework, ordinal, number, waited, decisionTime, placed, conflicts, left };
    // The scheduler may have rejected the job.
    if (execution.cluster.jobs.framework[job] !== NONE) execution.observer.attempted(attempt, now);
    execution.explainer?.served(job, (other) => this.isInLine(other, scheduler), now);
    this.retries.settle(job, placed, 2 * job + 1, now);
  }

  private isInLine(job: JobId, scheduler: JobScheduler): boolean {
    const { waiting } = this;
    return waiting.placeOf(job) === 'in-line' && this.schedulers[waiting.scheduler[job]] === scheduler;
  }

  /** Index of the next scheduler in turn for the framework of this job. */
  private nextScheduler(job: JobId): number {
    const framework = this.execution.cluster.jobs.framework[job];
    const known = this.ofFramework[framework];
    const own = known ?? this.setup.schedulersFor(framework, this.waiting);
    if (known === undefined) {
      this.ofFramework[framework] = own;
      for (const scheduler of own) if (!this.schedulers.includes(scheduler)) this.schedulers.push(scheduler);
    }
    const turn = this.jobsOf[framework] ?? 0;
    this.jobsOf[framework] = turn + 1;
    return this.schedulers.indexOf(own[turn % own.length]);
  }
}

/** A private copy of the cell, made at the beginning of a decision. Its placements are committed in one transaction. */
export class PrivateCell implements CellAccess {
  readonly actions: ClaimActions;
  private readonly execution: Execution;
  private readonly copy: CellCopy;
  private readonly transaction: Transaction;

  constructor(
    execution: Execution,
    queue: PendingQueue,
    host: PlacementHost,
    terms: CommitTerms,
    numbers: PlacementNumbers,
  ) {
    this.execution = execution;
    this.copy = new CellCopy(execution.cluster.free);
    this.copy.sync();
    this.actions = new ClaimActions(execution, this.copy.table, queue, host);
    this.transaction = new Transaction(execution, terms, numbers);
  }

  get table(): FreeTable {
    return this.copy.table;
  }

  get placed(): number {
    return this.transaction.placed;
  }

  get conflicts(): number {
    return this.transaction.conflicts;
  }

  begin(job: JobId): void {
    this.copy.sync();
    // The copy is for this job only.
    this.execution.cluster.claims.show(job, this.copy.table);
    this.transaction.begin();
  }

  open(): void {
    this.actions.beginCall();
  }

  close(lost: (task: TaskId) => void): void {
    this.actions.finishCall();
    this.actions.claims.settle();
    this.transaction.commit(this.actions.claims, this.actions.isGang, lost);
    this.actions.claims.clear();
  }
}

/**
 * Commits claims that were made on a private copy of the cell. Each claim is checked against the current ledger, and
 * starts or conflicts (Schwarzkopf et al., Omega, EuroSys 2013, section 3.4). Under all terms, a claim that does not
 * fit conflicts.
 */
export class Transaction {
  placed = 0;
  conflicts = 0;
  private readonly execution: Execution;
  private readonly terms: CommitTerms;
  private readonly numbers: PlacementNumbers;
  /** Placement numbers of the machines when the copy was made. */
  private expected = new Int32Array(0);
  /** Tasks with held room until the check of all claims is complete. */
  private readonly held: TaskId[] = [];

  constructor(execution: Execution, terms: CommitTerms, numbers: PlacementNumbers) {
    this.execution = execution;
    this.terms = terms;
    this.numbers = numbers;
  }

  /** Called when the copy is made. */
  begin(): void {
    if (this.terms.conflict === 'sequence-number')
      this.expected = this.numbers.copyTo(this.expected, this.execution.cluster.machines.count);
  }

  /**
   * Starts claims without conflict. With `isGang`, or by the terms, all claims start or none. `lost` is called for the
   * others.
   */
  commit(claims: ClaimList, isGang: boolean, lost: (task: TaskId) => void): void {
    this.placed = 0;
    this.conflicts = 0;
    const { cluster } = this.execution;
    if (claims.length > 0 && (isGang || this.terms.transaction === 'all-or-nothing'))
      withClaim(cluster, cluster.free, cluster.tasks.job[claims.task[0]], () =>
        this.commitWhole(claims, lost),
      );
    else this.commitEach(claims, lost);
    if (this.terms.numbering === 'machine' && this.placed > 0) this.raiseAll(claims);
  }

  private commitEach(claims: ClaimList, lost: (task: TaskId) => void): void {
    const { execution } = this;
    for (let i = 0; i < claims.length; i++) {
      const [task, machine] = [claims.task[i], claims.machine[i]];
      const isStale = this.isStale(machine);
      if (
        !isStale &&
        execution.start(task, machine, execution.cluster.free, claims.devices[i]) === undefined
      ) {
        this.placed++;
        this.noteClaim(machine);
      } else {
        this.conflicts++;
        lost(task);
      }
    }
  }

  private commitWhole(claims: ClaimList, lost: (task: TaskId) => void): void {
    const { execution, held } = this;
    const { cluster } = execution;
    for (let i = 0; i < claims.length; i++) {
      const [task, machine, devices] = [claims.task[i], claims.machine[i], claims.devices[i]];
      const isStale = this.isStale(machine);
      if (!isStale && cluster.refusal(task, machine, cluster.free, devices) === undefined) {
        cluster.hold(task, machine, cluster.free, devices);
        held.push(task);
        this.noteClaim(machine);
      } else {
        this.conflicts++;
        // The reference simulator stops here. The claims that it has checked have raised its numbers.
        if (this.terms.numbering === 'claim') break;
      }
    }
    if (this.conflicts === 0) {
      for (const task of held) execution.startHeld(task);
      this.placed = held.length;
    } else {
      for (const task of held) cluster.release(task);
      for (let i = 0; i < claims.length; i++) lost(claims.task[i]);
    }
    held.length = 0;
  }

  /** Whether the terms count the copy of this machine as stale: a placement was made there since. */
  private isStale(machine: MachineId): boolean {
    if (this.terms.conflict !== 'sequence-number') return false;
    const isStale = this.expected[machine] !== this.numbers.current[machine];
    if (this.terms.numbering === 'claim') this.expected[machine]++;
    return isStale;
  }

  private noteClaim(machine: MachineId): void {
    if (this.terms.conflict === 'sequence-number' && this.terms.numbering === 'claim')
      this.numbers.raise(machine);
  }

  private raiseAll(claims: ClaimList): void {
    if (this.terms.conflict !== 'sequence-number') return;
    const { tasks } = this.execution.cluster;
    for (let i = 0; i < claims.length; i++)
      if (tasks.machine[claims.task[i]] === claims.machine[i]) this.numbers.raise(claims.machine[i]);
  }
}
