import {
  allocatedShare,
  type FrameworkId,
  FreeTotals,
  type JobId,
  type MachineId,
  type Micros,
  NONE,
  type TaskId,
} from '../../model/index.js';
import type { Random, Scheduler } from '../../policies/contract.js';
import type { RetryTerms, WholeCellTerms } from '../../policies/policy.js';
import { type DecisionTimes, decisionTime, decisionTimeFor } from '../decision-time.js';
import { EventClass } from '../event-queue.js';
import type { Execution } from '../execution.js';
import type { Architecture } from './architecture.js';
import { JobLine, Retries, WaitingJobs } from './job-queue.js';
import { lostWith, OfferedCell, startClaims } from './offered-cell.js';

/** Dependencies of the architecture. */
export interface WholeCellSetup {
  /** Makes the scheduler of one framework. */
  readonly scheduler: (framework: FrameworkId) => Scheduler;
  readonly terms: WholeCellTerms;
  readonly retry: RetryTerms;
  readonly decisionTimes: DecisionTimes;
  readonly random: Random;
}

/** Kinds of this architecture's events. A subject is the kind + 4 x an id. */
const ROUND = 0;
const DELIVERY = 1;
const ANSWER = 2;
const RETURN = 3;

/** A framework and its jobs that wait for an offer. */
interface Applicant {
  readonly framework: FrameworkId;
  readonly line: JobLine;
  /** Whether it wants offers. */
  wants: boolean;
  /** Number of its open offers. */
  offers: number;
  /** It did not use its last offer, and nothing has changed since. */
  isSated: boolean;
  ends: number;
}

/**
 * Offers of the whole cell, as the Omega paper models Mesos (Schwarzkopf et al., EuroSys 2013, section 4.2). A round
 * offers all free resources to the framework with the lowest dominant share. The framework serves its jobs one after
 * another, and answers after the sum of their decision times. Until then the cell is locked. Its tasks start with the
 * answer.
 */
export class WholeCellOffers implements Architecture {
  readonly givesUp = true;
  private readonly execution: Execution;
  private readonly setup: WholeCellSetup;
  private readonly waiting: WaitingJobs;
  private readonly retries: Retries;
  private readonly applicants: (Applicant | undefined)[] = [];
  /** Offers by the id in their events. Unused ones are kept for reuse. */
  private readonly cells: OfferedCell[] = [];
  private readonly idle: number[] = [];
  private readonly free: FreeTotals;
  private isRoundDue = false;

  constructor(execution: Execution, setup: WholeCellSetup) {
    this.execution = execution;
    this.setup = setup;
    this.waiting = new WaitingJobs(execution.cluster);
    this.retries = new Retries(execution, this.waiting, setup.retry);
    this.free = new FreeTotals(execution.cluster);
  }

  // Events of tasks and machines

  taskArrived(task: TaskId, now: Micros): void {
    const job = this.execution.cluster.tasks.job[task];
    this.waiting.add(task);
    if (this.waiting.placeOf(job) === 'nowhere') this.join(job, now);
  }

  taskRequeued(task: TaskId, now: Micros): void {
    this.taskArrived(task, now);
  }

  taskStopped(framework: FrameworkId, _machine: MachineId, now: Micros): void {
    this.applicant(framework).ends++;
    this.arouse();
    this.arm(now);
  }

  taskLeaves(task: TaskId): void {
    const { waiting } = this;
    const job = this.execution.cluster.tasks.job[task];
    if (!waiting.has(task)) {
      this.undoClaimOf(task);
      return;
    }
    waiting.remove(task);
    if (waiting.count[job] > 0) return;
    if (waiting.placeOf(job) === 'in-line')
      this.applicant(this.execution.cluster.jobs.framework[job]).line.remove(job);
    waiting.forget(job);
  }

  machineReturned(_machine: MachineId, now: Micros): void {
    this.arouse();
    this.arm(now);
  }

  /** More is free than before, so frameworks that had no use for it may have one now. */
  private arouse(): void {
    for (const applicant of this.applicants) if (applicant !== undefined) applicant.isSated = false;
  }

  machineLeaves(machine: MachineId, now: Micros): void {
    for (const { offer, actions } of this.cells) {
      if (offer.framework === NONE) continue;
      const { claims } = actions;
      for (const task of lostWith(claims, machine, this.execution.cluster)) {
        claims.undo(claims.indexOf(task));
        this.taskRequeued(task, now);
      }
      offer.giveBackMachine(machine);
    }
  }

  private undoClaimOf(task: TaskId): void {
    for (const { actions } of this.cells) {
      const index = actions.claims.indexOf(task);
      if (index >= 0) actions.claims.undo(index);
    }
  }

  // Rounds of allocation

  pass(): void {}

  due(subject: number, now: Micros): void {
    if (subject < 0) return;
    const id = subject >> 2;
    switch (subject & 3) {
      case ROUND:
        this.round(now);
        this.isRoundDue = false;
        break;
      case DELIVERY:
        this.serve(id, now);
        break;
      case ANSWER:
        this.answer(id, now);
        break;
      case RETURN:
        // The row may be reused for a later job.
        if (this.waiting.returnsAt[id] === now) this.join(id, now);
        break;
    }
  }

  private arm(now: Micros): void {
    if (this.isRoundDue) return;
    this.isRoundDue = true;
    this.execution.schedule(now + this.setup.terms.interval, EventClass.decision, ROUND);
  }

  private round(now: Micros): void {
    const { cluster, observer } = this.execution;
    const { terms } = this.setup;
    const candidate = this.neediest();
    if (candidate === undefined) return;
    const cpus = cluster.space.dimensionOf('cpus');
    this.free.update();
    const { amounts } = this.free;
    if (amounts.every((amount) => amount === 0) || (cpus >= 0 && amounts[cpus] < terms.minimumCpus)) return;
    const id = this.idle.pop() ?? this.addCell();
    this.cells[id].take(candidate.framework, this.free, now);
    candidate.offers++;
    observer.offerMade(candidate.framework, NONE, now);
    if (terms.allocatorTime === 0) this.serve(id, now);
    else this.execution.schedule(now + terms.allocatorTime, EventClass.decision, DELIVERY + 4 * id);
  }

  /** The framework with the lowest dominant share among those that want offers; the first on ties. */
  private neediest(): Applicant | undefined {
    let best: Applicant | undefined;
    let lowest = Number.POSITIVE_INFINITY;
    for (const applicant of this.applicants) {
      if (applicant === undefined || !applicant.wants) continue;
      if (this.setup.terms.mode === 'sound' && (applicant.offers > 0 || applicant.isSated)) continue;
      // Only resources of tasks count here, not those locked in offers.
      const share = allocatedShare(this.execution.cluster, applicant.framework);
      if (share >= lowest) continue;
      best = applicant;
      lowest = share;
    }
    return best;
  }

  // Frameworks

  /** A framework gets an offer. It serves its jobs one after another, and answers for all of them together. */
  private serve(id: number, now: Micros): void {
    const cell = this.cells[id];
    const applicant = this.applicant(cell.offer.framework);
    let delay = 0;
    applicant.isSated = !this.isWorthTrying(cell, applicant.line.first);
    while (this.isWorthTrying(cell, applicant.line.first)) {
      const job = applicant.line.take();
      const jobDelay = this.decisionTimeOf(job);
      delay += jobDelay;
      this.attempt(cell, applicant, job, jobDelay, now);
    }
    if (applicant.line.length === 0) applicant.wants = false;
    if (delay === 0) this.answer(id, now);
    else this.execution.schedule(now + delay, EventClass.decision, ANSWER + 4 * id);
  }

  private isWorthTrying(cell: OfferedCell, job: JobId): boolean {
    if (job === NONE) return false;
    if (this.setup.terms.mode === 'sound') return this.couldHold(cell, job);
    return cell.rest.every((amount) => amount > 0);
  }

  /** Whether the rest of the offer, summed over all machines, could hold the first task of the job. */
  private couldHold(cell: OfferedCell, job: JobId): boolean {
    const { tasks, classes } = this.execution.cluster;
    return cell.couldHold(classes.demand, tasks.taskClass[this.waiting.firstOf(job)] * classes.dims);
  }

  private attempt(cell: OfferedCell, applicant: Applicant, job: JobId, delay: Micros, now: Micros): void {
    const { waiting, execution } = this;
    const { framework } = applicant;
    const waited = now - waiting.since[job];
    waiting.place[job] = 'served';
    const number = ++waiting.attempts[job];
    const placed = this.mayPlace(cell, job) ? this.place(cell, applicant, job, now) : 0;
    const left = waiting.count[job];
    if (delay > 0) execution.observer.decided(framework, delay, now);
    const attempt = {
      job,
      framework,
      ordinal: 0,
      number,
      waited,
      decisionTime: delay,
      placed,
      conflicts: 0,
      left,
    };
    // The scheduler may have rejected the job.
    if (execution.cluster.jobs.framework[job] !== NONE) execution.observer.attempted(attempt, now);
    this.retries.settle(job, placed, RETURN + 4 * job, now);
  }

  /**
   * The reference simulator requires more free cpus than one task needs, and more free GiB of memory than a task needs
   * cpus.
   */
  private mayPlace(cell: OfferedCell, job: JobId): boolean {
    if (this.setup.terms.mode === 'sound') return true;
    const { space, tasks, classes } = this.execution.cluster;
    const cpus = space.dimensionOf('cpus');
    const mem = space.dimensionOf('mem');
    if (cpus < 0) return true;
    const need = classes.demand[tasks.taskClass[this.waiting.firstOf(job)] * classes.dims + cpus];
    const isMemoryEnough = mem < 0 || cell.rest[mem] / MIB_PER_GIB > need / space.kinds[cpus].quantaPerUnit;
    return cell.rest[cpus] > need && isMemoryEnough;
  }

  private place(cell: OfferedCell, applicant: Applicant, job: JobId, now: Micros): number {
    this.waiting.moveTo(cell.queue, job);
    const placed = cell.place(job, applicant.ends, now);
    applicant.ends = 0;
    this.waiting.takeBack(cell.queue);
    return placed;
  }

  private answer(id: number, now: Micros): void {
    const cell = this.cells[id];
    const { claims } = cell.actions;
    const { framework } = cell.offer;
    const isUsed = claims.length > 0;
    cell.giveBack();
    this.idle.push(id);
    this.applicant(framework).offers--;
    this.execution.observer.offerEnded(
      framework,
      NONE,
      isUsed ? 'accepted' : 'declined',
      now - cell.since,
      now,
    );
    for (const task of startClaims(claims, this.execution)) this.taskRequeued(task, now);
    if (isUsed) this.arouse();
    this.arm(now);
  }

  // Jobs

  private join(job: JobId, now: Micros): void {
    const { waiting } = this;
    const applicant = this.applicant(this.execution.cluster.jobs.framework[job]);
    waiting.place[job] = 'in-line';
    waiting.returnsAt[job] = Number.NaN;
    waiting.since[job] = now;
    applicant.line.add(job);
    applicant.wants = true;
    applicant.isSated = false;
    this.arm(now);
  }

  private decisionTimeOf(job: JobId): Micros {
    const { jobs, frameworks } = this.execution.cluster;
    const times = decisionTimeFor(this.setup.decisionTimes, frameworks[jobs.framework[job]].name);
    return decisionTime(times, 1, this.waiting.count[job]);
  }

  private applicant(framework: FrameworkId): Applicant {
    this.applicants[framework] ??= {
      framework,
      line: new JobLine(),
      wants: false,
      offers: 0,
      isSated: false,
      ends: 0,
    };
    return this.applicants[framework];
  }

  private addCell(): number {
    const { random, scheduler } = this.setup;
    return this.cells.push(new OfferedCell(this.execution, this.waiting, random, scheduler)) - 1;
  }
}

const MIB_PER_GIB = 1024;
