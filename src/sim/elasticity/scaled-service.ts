import {
  type Micros,
  NONE,
  neededInstances,
  type ScalingState,
  secondsText,
  type TaskClassId,
  type TaskId,
} from '../../model/index.js';
import { curveValue } from '../../workloads/load-curve.js';
import type { ScaledApplication } from '../../workloads/scaled-application.js';
import type { RunActions } from './run-actions.js';

/** One instance of the application. */
interface Instance {
  readonly task: TaskId;
  /** When it serves if it is not stopped before; NaN while it does not run. */
  readyAt: Micros;
  /** Whether it occupies a machine. */
  isPlaced: boolean;
}

/** An application with a variable number of instances. Its load, divided by the instances that serve, is its utilization. */
export class ScaledService {
  readonly application: ScaledApplication;
  private readonly actions: RunActions;
  private readonly began: Micros;
  /** In order of submission. */
  private readonly instances: Instance[] = [];
  private requested: number;
  private taskClass: TaskClassId = NONE;
  /** Index of the application in its framework. */
  private readonly ordinal: number;

  /** At first, its owner requests as many instances as the load needs. */
  constructor(application: ScaledApplication, ordinal: number, actions: RunActions, now: Micros) {
    this.application = application;
    this.ordinal = ordinal;
    this.actions = actions;
    this.began = now;
    this.requested = neededInstances(curveValue(application.load, now), application.terms);
  }

  get wanted(): number {
    return this.requested;
  }

  /** Current tasks of its instances. */
  get tasks(): readonly TaskId[] {
    return this.instances.map((one) => one.task);
  }

  /** Sets the number of instances, replaces those that ended, and ends surplus ones. */
  scale(instances: number, now: Micros): void {
    this.requested = instances;
    const missing = instances - this.instances.length;
    if (missing > 0) this.submit(missing, now);
    for (let surplus = -missing; surplus > 0; surplus--) {
      const task = this.leastUseful();
      this.taskEnded(task);
      this.actions.retireSoon(task);
    }
    this.report(now);
  }

  /** Reports the state after the load or the number of serving instances may have changed. */
  report(now: Micros): void {
    const { application, actions } = this;
    const load = curveValue(application.load, now);
    const serving = this.serving(now);
    const started = this.instances.filter((one) => one.isPlaced).length;
    const running = this.instances.filter((one) => !Number.isNaN(one.readyAt)).length;
    application.usage.values[0] = running === 0 ? 0 : Math.min(load, serving) / running;
    actions.usageWritten(application.instance.framework, now);
    if (this.taskClass === NONE) return;
    const needed = neededInstances(load, application.terms);
    const { taskClass, wanted } = this;
    const isShort = load > serving * application.terms.target * (1 + application.terms.tolerance);
    const provision: ScalingState = { taskClass, load, needed, wanted, started, serving, isShort };
    actions.observer.provisionChanged(application.instance.framework, this.ordinal, provision, now);
  }

  /** An instance has started. It serves after its startup, or at once if it started with the run. Returns when it serves. */
  taskStarted(task: TaskId, now: Micros): Micros {
    const instance = this.instanceOf(task);
    const { submitted, attempts } = this.actions.cluster.tasks;
    const isFirst = submitted[task] === this.began && attempts[task] === 1;
    instance.readyAt = isFirst ? now : now + this.application.terms.readyAfter;
    instance.isPlaced = true;
    return instance.readyAt;
  }

  /** The instance no longer runs. `isPlaced` is true when its machine stopped and the ledger still has the task there. */
  taskStopped(task: TaskId, isPlaced: boolean): void {
    const instance = this.instanceOf(task);
    instance.readyAt = Number.NaN;
    instance.isPlaced = isPlaced;
  }

  /** The task has ended. If `scale` did not end it, the next call of `scale` replaces it. */
  taskEnded(task: TaskId): void {
    const place = this.instances.findIndex((one) => one.task === task);
    if (place >= 0) this.instances.splice(place, 1);
  }

  serving(now: Micros): number {
    return this.instances.filter((one) => one.readyAt <= now).length;
  }

  utilization(now: Micros): number {
    const serving = this.serving(now);
    return serving === 0 ? 1 : Math.min(1, curveValue(this.application.load, now) / serving);
  }

  private submit(instances: number, now: Micros): void {
    const { instance, name } = this.application;
    const row = { ...instance, job: `${name}@${secondsText(now)}`, submit: now, tasks: instances };
    for (const task of this.actions.submit(row))
      this.instances.push({ task, readyAt: Number.NaN, isPlaced: false });
    this.taskClass = this.actions.cluster.tasks.taskClass[this.instances[0].task];
  }

  /** The newest instance that waits for a machine, or else the newest of all, which has served for the shortest time. */
  private leastUseful(): TaskId {
    const waiting = this.instances.findLast((one) => !one.isPlaced);
    return (waiting ?? this.instances[this.instances.length - 1]).task;
  }

  private instanceOf(task: TaskId): Instance {
    const instance = this.instances.find((one) => one.task === task);
    if (instance === undefined) throw new Error(`task ${task} is no instance of ${this.application.name}`);
    return instance;
  }
}
