import type { Cluster, FrameworkId, MachineId, Micros, Observer, TaskId } from '../../model/index.js';
import type { ServiceTerms } from '../../workloads/recovery.js';
import type { Architecture } from '../architectures/architecture.js';
import { EventClass } from '../event-queue.js';
import type { Execution } from '../execution.js';
import { type DrainPlan, type DrainReport, DrainRun } from './drain.js';
import { Handovers } from './handovers.js';
import { InstanceActions } from './instance-actions.js';
import { Instances } from './instances.js';
import type { Operation, Rollout, Scaling } from './operation.js';
import { type RolloutParts, type RolloutReport, RolloutRun } from './rollout.js';

/** The operators' plan for a run. */
export interface OperationsPlan {
  readonly operations: readonly Operation[];
  readonly drains: readonly DrainPlan[];
  /** By framework; undefined if it is not a service. */
  readonly terms: readonly (ServiceTerms | undefined)[];
}

/** Results of the plan, in the order of their beginnings. */
export interface OperationsReport {
  readonly rollouts: readonly RolloutReport[];
  readonly drains: readonly DrainReport[];
}

/**
 * Runs the operators' plan while services run: rollouts, scaling and machine drains. Events arrive through the
 * observer. Actions happen in separate events, never inside an observer callback. The operations on one service run one
 * after another.
 */
export class Operations implements Partial<Observer> {
  private readonly plan: OperationsPlan;
  private readonly instances: Instances;
  private execution!: Execution;
  private parts!: RolloutParts;
  private readonly agenda = new Map<number, () => void>();
  private written = 0;
  private lookAt: Micros = Number.POSITIVE_INFINITY;
  private readonly waiting: Operation[] = [];
  private readonly underWay: RolloutRun[] = [];
  private readonly busy = new Map<FrameworkId, RolloutRun>();
  private readonly versions: number[] = [];
  private readonly drains: DrainRun[] = [];

  constructor(plan: OperationsPlan, cluster: Cluster) {
    this.plan = plan;
    this.instances = new Instances(cluster, plan.terms, (_framework, now) => this.wake(now));
  }

  /** Schedules the plan. Its times are relative to the start of the run. */
  begin(start: Micros, execution: Execution, architecture: Architecture): void {
    this.execution = execution;
    const actions = new InstanceActions(execution, architecture, this.instances);
    this.parts = { instances: this.instances, actions, handovers: new Handovers(actions) };
    for (const operation of this.plan.operations)
      this.at(start + operation.at, () => {
        this.waiting.push(operation);
        this.look();
      });
    for (const drain of this.plan.drains)
      this.at(start + drain.notice, () => {
        for (const machine of drain.machines) this.beginDrain(machine, start + drain.deadline);
      });
  }

  /** Handles one of its events. */
  due(subject: number): void {
    const entry = this.agenda.get(subject);
    this.agenda.delete(subject);
    entry?.();
  }

  /** Results of all operations that have begun. */
  report(): OperationsReport {
    return {
      rollouts: this.underWay.map((run) => run.result()),
      drains: this.drains.map((run) => run.report),
    };
  }

  // Observer callbacks

  taskSubmitted(task: TaskId, now: Micros): void {
    this.instances.taskSubmitted(task, now);
  }

  taskStarted(task: TaskId, now: Micros): void {
    this.instances.taskStarted(task, now);
  }

  taskKilled(task: TaskId, machine: MachineId, cause: string, now: Micros): void {
    const how = cause === 'lost' ? 'lost' : 'moved';
    for (const drain of this.drains) drain.left(task, how, now);
    this.instances.taskKilled(task, machine, cause, now);
  }

  taskSilenced(task: TaskId, now: Micros): void {
    for (const drain of this.drains) drain.left(task, 'lost', now);
    this.instances.taskSilenced(task, now);
  }

  volumeLost(task: TaskId): void {
    this.instances.volumeLost(task);
  }

  taskEnded(task: TaskId, machine: MachineId, outcome: string, now: Micros): void {
    const wasHandedOver = this.instances.get(task) !== undefined && !this.hasOwnEnd(task, machine, now);
    for (const drain of this.drains) drain.left(task, wasHandedOver ? 'moved' : 'ended', now);
    this.instances.taskEnded(task, machine, outcome, now);
  }

  private hasOwnEnd(task: TaskId, machine: MachineId, now: Micros): boolean {
    const { cluster, runTimes } = this.execution;
    return cluster.tasks.started[task] + runTimes.plainWork(task, machine) <= now;
  }

  // Actions

  private at(time: Micros, entry: () => void): void {
    // Negative, because the subjects of patience timers are tasks.
    const subject = -1 - this.written++;
    this.agenda.set(subject, entry);
    this.execution.schedule(time, EventClass.timer, subject);
  }

  /** An instance changed. Check after all other events of this instant. */
  private wake(now: Micros): void {
    if (this.busy.size === 0 && this.drains.length === 0) return;
    this.lookBy(now);
  }

  private lookBy(time: Micros): void {
    if (time >= this.lookAt || !Number.isFinite(time)) return;
    this.lookAt = time;
    this.at(time, () => {
      if (this.lookAt === time) this.look();
    });
  }

  private look(): void {
    const { now } = this.execution;
    // This check covers the effects of its own actions, so they need no wake at this instant.
    this.lookAt = now;
    this.beginWaiting(now);
    for (const run of this.busy.values()) run.check(now);
    let next = this.parts.handovers.settle((one) => this.instances.get(one.task) === one, now);
    for (const [framework, run] of this.busy) {
      next = Math.min(next, run.step(now));
      if (run.isOver) this.busy.delete(framework);
    }
    this.lookAt = Number.POSITIVE_INFINITY;
    if (this.waiting.some(({ framework }) => !this.busy.has(framework))) next = now;
    this.lookBy(next);
  }

  private beginWaiting(now: Micros): void {
    for (const operation of [...this.waiting]) {
      if (this.busy.has(operation.framework)) continue;
      this.waiting.splice(this.waiting.indexOf(operation), 1);
      if (operation.kind === 'scale') scale(operation, this.parts);
      else this.beginRollout(operation, now);
    }
  }

  private beginRollout(rollout: Rollout, now: Micros): void {
    const version = (this.versions[rollout.framework] ?? 0) + 1;
    this.versions[rollout.framework] = version;
    const run = new RolloutRun(rollout, this.parts, version, now);
    this.underWay.push(run);
    this.busy.set(rollout.framework, run);
  }

  private beginDrain(machine: MachineId, deadline: Micros): void {
    const run = new DrainRun(machine, deadline, this.execution, this.parts);
    this.drains.push(run);
    run.begin();
    this.lookBy(this.execution.now);
  }
}

/**
 * Brings a service to the wanted number of instances. New ones copy the first one and start where the policy chooses.
 * Surplus instances are removed: waiting ones first, then the newest. A gang restarts from its checkpoint as a whole.
 */
function scale({ framework, instances: wanted }: Scaling, { instances, actions }: RolloutParts): void {
  const places = instances.of(framework).filter((one) => one.role === 'wanted');
  if (places.length === 0 || places.length === wanted) return;
  const isWhole = instances.termsOf(framework)?.scope === 'job';
  const goFirst = [
    ...places.filter((one) => one.state === 'waiting'),
    ...places.filter((one) => one.state !== 'waiting').reverse(),
  ];
  const surplus = goFirst.slice(0, Math.max(0, places.length - wanted));
  for (const one of surplus) actions.retire(one);
  if (isWhole)
    for (const one of places)
      if (one.state === 'running' && !surplus.includes(one)) actions.restart(one, 'anywhere');
  for (let more = places.length; more < wanted; more++) actions.add(places[0]);
}
