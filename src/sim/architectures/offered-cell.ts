import {
  type Cluster,
  type Column,
  ExclusiveOffer,
  type FrameworkId,
  type FreeTotals,
  type JobId,
  type MachineId,
  type Micros,
  PendingQueue,
  type TaskId,
  withClaim,
} from '../../model/index.js';
import type { Random, Scheduler } from '../../policies/contract.js';
import { HostedScheduler } from '../../policies/hosting/scheduling-view.js';
import type { Execution } from '../execution.js';
import { ClaimActions, type ClaimList } from './claims.js';
import type { WaitingJobs } from './job-queue.js';

/** An offer of the whole cell while a framework has it: its free resources, and the claims made so far. */
export class OfferedCell {
  readonly offer: ExclusiveOffer;
  readonly queue: PendingQueue;
  readonly actions: ClaimActions;
  /** When it was offered. */
  since: Micros = 0;
  /** Unclaimed resources, in quanta per dimension. */
  readonly rest: Float64Array;
  private readonly cluster: Cluster;
  private readonly schedulers: (HostedScheduler | undefined)[] = [];
  private readonly hosted: (framework: FrameworkId) => HostedScheduler;

  /** `scheduler` makes the scheduler of a framework. A framework has one for each cell, because each cell is a view of its own. */
  constructor(
    execution: Execution,
    waiting: WaitingJobs,
    random: Random,
    scheduler: (framework: FrameworkId) => Scheduler,
  ) {
    const { cluster } = execution;
    const { tasks } = cluster;
    this.cluster = cluster;
    this.offer = new ExclusiveOffer(cluster);
    this.queue = new PendingQueue(tasks, cluster.jobs);
    this.rest = new Float64Array(cluster.space.size);
    const isOwn = (task: TaskId) => tasks.framework[task] === this.offer.framework;
    this.actions = new ClaimActions(execution, this.offer.table, this.queue, {
      queueOf: (task) => (isOwn(task) && !waiting.has(task) ? this.queue : undefined),
      taskPlaced: () => {},
      decline: () => 'not-offered',
      machineLeaves: () => {},
    });
    const ledger = {
      cluster,
      queue: this.queue,
      table: this.offer.table,
      random,
      measured: execution.measured,
    };
    this.hosted = (framework) => new HostedScheduler(scheduler(framework), ledger, this.actions);
  }

  take(framework: FrameworkId, totals: FreeTotals, now: Micros): void {
    this.offer.take(framework, totals);
    this.cluster.offered.claims.add(this.actions.claims);
    this.since = now;
    this.rest.set(this.offer.lent);
  }

  /** Calls the scheduler of the framework that has the offer, for this job. Returns the number of its claims. */
  place(job: JobId, endedSince: number, now: Micros): number {
    const { actions } = this;
    const { framework } = this.offer;
    const before = actions.claims.length;
    actions.beginCall();
    this.schedulers[framework] ??= this.hosted(framework);
    const scheduler = this.schedulers[framework];
    withClaim(this.cluster, this.offer.table, job, () => scheduler.schedule(now, endedSince));
    actions.finishCall();
    this.countClaims(before);
    return actions.claims.length - before;
  }

  private countClaims(from: number): void {
    const { classes } = this.offer.table;
    const { claims } = this.actions;
    for (let i = from; i < claims.length; i++) {
      const want = claims.taskClass[i] * classes.dims;
      for (let d = 0; d < classes.dims; d++) this.rest[d] -= classes.demand[want + d];
    }
  }

  /** Returns the offer with the room of all claims. The list keeps the claims, so that the tasks can start. */
  giveBack(): void {
    const { claims } = this.actions;
    claims.giveBackAll();
    claims.settle();
    this.cluster.offered.claims.delete(claims);
    this.offer.giveBack();
  }

  /** Whether the remaining resources, summed over all machines, could hold this demand. */
  couldHold(demand: Column, from: number): boolean {
    for (let d = 0; d < this.rest.length; d++) if (this.rest[d] < demand[from + d]) return false;
    return true;
  }
}

/**
 * Tasks that lose their claims when a machine leaves, last claim first: the tasks claimed there and all tasks of their
 * gangs.
 */
export function lostWith(claims: ClaimList, machine: MachineId, { tasks, jobs }: Cluster): TaskId[] {
  const gangs = new Set<JobId>();
  for (let i = 0; i < claims.length; i++) {
    const job = tasks.job[claims.task[i]];
    if (claims.machine[i] === machine && jobs.gang[job] === 1) gangs.add(job);
  }
  const lost: TaskId[] = [];
  for (let i = claims.length - 1; i >= 0; i--) {
    if (claims.machine[i] === machine || gangs.has(tasks.job[claims.task[i]])) lost.push(claims.task[i]);
  }
  return lost;
}

/**
 * Starts the claimed tasks after their room was returned to the ledger, gangs as a whole or not at all, and clears the
 * list. Returns the tasks that could not start: recent placements of other frameworks may violate a placement rule.
 */
export function startClaims(claims: ClaimList, execution: Execution): TaskId[] {
  const { cluster } = execution;
  const lost: TaskId[] = [];
  const held: TaskId[] = [];
  const brokenGangs = new Set<JobId>();
  for (let i = 0; i < claims.length; i++) {
    const [task, machine, devices] = [claims.task[i], claims.machine[i], claims.devices[i]];
    if (cluster.refusal(task, machine, cluster.free, devices) === undefined) {
      cluster.hold(task, machine, cluster.free, devices);
      held.push(task);
      continue;
    }
    lost.push(task);
    const job = cluster.tasks.job[task];
    if (cluster.jobs.gang[job] === 1) brokenGangs.add(job);
  }
  claims.clear();
  for (const task of held) {
    // What its job claimed for it is free again.
    withClaim(cluster, cluster.free, cluster.tasks.job[task], () => undefined);
    if (brokenGangs.has(cluster.tasks.job[task])) {
      cluster.release(task);
      lost.push(task);
    } else {
      execution.startHeld(task);
    }
  }
  return lost;
}
