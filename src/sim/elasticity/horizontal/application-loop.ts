import {
  type Micros,
  NONE,
  type ScalingState,
  secondsText,
  type TaskClassId,
  type TaskId,
} from '../../../model/index.js';
import { curveValue } from '../../../workloads/load-curve.js';
import { neededInstances, type ScaledApplication } from '../../../workloads/scaled-application.js';
import type { ControlHost } from '../controller.js';
import {
  afterCoolDown,
  LoadHistory,
  type Measurement,
  scheduledInstances,
  wantedInstances,
} from './wanted-instances.js';

/** One instance of the application. */
interface Instance {
  readonly task: TaskId;
  /** When it serves, if nothing stops it; NaN while it does not run. */
  readyAt: Micros;
  /** It has room on a machine. */
  isPlaced: boolean;
}

/** The closed loop of one application: its load, spread over the instances that serve, is their utilization; that asks for more, or fewer. */
export class ApplicationLoop {
  private readonly application: ScaledApplication;
  private readonly host: ControlHost;
  private readonly history: LoadHistory;
  private readonly began: Micros;
  /** In order of submission. */
  private readonly instances: Instance[] = [];
  private wanted: number;
  private changedAt = Number.NEGATIVE_INFINITY;
  private taskClass: TaskClassId = NONE;
  /** Number of the application in its framework. */
  private readonly ordinal: number;

  constructor(application: ScaledApplication, ordinal: number, host: ControlHost, now: Micros) {
    this.application = application;
    this.ordinal = ordinal;
    this.host = host;
    this.began = now;
    this.history = new LoadHistory(application.terms.every);
    this.wanted = firstCount(application, now);
  }

  /** Looks at the utilization, and asks for another number of instances where the rule says so. */
  look(now: Micros): void {
    const { terms } = this.application;
    const measured = this.measure(now);
    this.history.record(measured.serving === 0 ? 0 : measured.serving * measured.utilization, now);
    if (now > this.began) {
      const asked = wantedInstances(measured, (time) => this.history.at(time), terms);
      const allowed = afterCoolDown(asked, this.wanted, now - this.changedAt, terms);
      if (allowed !== this.wanted) this.changedAt = now;
      this.wanted = allowed;
    }
    this.reconcile(now);
    this.report(now);
  }

  /** The load, or what serves, may be another from now on. */
  report(now: Micros): void {
    const { application, host } = this;
    const load = curveValue(application.load, now);
    const serving = this.serving(now);
    const started = this.instances.filter((one) => one.isPlaced).length;
    const running = this.instances.filter((one) => !Number.isNaN(one.readyAt)).length;
    application.usage.values[0] = running === 0 ? 0 : Math.min(load, serving) / running;
    host.usageWritten(application.instance.framework, now);
    if (this.taskClass === NONE) return;
    const needed = neededInstances(load, application.terms);
    const { taskClass, wanted } = this;
    const isShort = load > serving * application.terms.target * (1 + application.terms.tolerance);
    const provision: ScalingState = { taskClass, load, needed, wanted, started, serving, isShort };
    host.observer.provisionChanged(application.instance.framework, this.ordinal, provision, now);
  }

  /** One of its tasks started; it serves once it is ready, and those that the run began with at once. Returns when. */
  taskStarted(task: TaskId, now: Micros): Micros {
    const instance = this.instanceOf(task);
    const { submitted, attempts } = this.host.cluster.tasks;
    const isFirst = submitted[task] === this.began && attempts[task] === 1;
    instance.readyAt = isFirst ? now : now + this.application.terms.readyAfter;
    instance.isPlaced = true;
    return instance.readyAt;
  }

  /** The instance no longer runs: with its machine (then the ledger may not know), or to run again. */
  taskStopped(task: TaskId, isPlaced: boolean): void {
    const instance = this.instanceOf(task);
    instance.readyAt = Number.NaN;
    instance.isPlaced = isPlaced;
  }

  /** The task has left for ever; where that was not the loop's own doing, the next look makes up for it. */
  taskEnded(task: TaskId): void {
    const place = this.instances.findIndex((one) => one.task === task);
    if (place >= 0) this.instances.splice(place, 1);
  }

  private measure(now: Micros): Measurement {
    const serving = this.serving(now);
    const load = curveValue(this.application.load, now);
    return { now, wanted: this.wanted, serving, utilization: Math.min(1, load / serving) };
  }

  private serving(now: Micros): number {
    return this.instances.filter((one) => one.readyAt <= now).length;
  }

  private reconcile(now: Micros): void {
    const missing = this.wanted - this.instances.length;
    if (missing > 0) {
      const { instance, name } = this.application;
      const row = { ...instance, job: `${name}@${secondsText(now)}`, submit: now, tasks: missing };
      for (const task of this.host.submit(row, now))
        this.instances.push({ task, readyAt: Number.NaN, isPlaced: false });
      this.taskClass = this.host.cluster.tasks.taskClass[this.instances[0].task];
    }
    for (let surplus = -missing; surplus > 0; surplus--) this.host.retire(this.leastUseful());
  }

  /** The latest that waits for a machine, or else the latest of all: it has served for the shortest time. */
  private leastUseful(): TaskId {
    const waiting = this.instances.findLast((one) => !one.isPlaced);
    return (waiting ?? this.instances[this.instances.length - 1]).task;
  }

  private instanceOf(task: TaskId): Instance {
    const instance = this.instances.find((one) => one.task === task);
    if (instance === undefined) throw new Error(`task ${task} is no instance of ${this.application.name}`);
    return instance;
  }

  /** Tasks of its instances that live now. */
  get tasks(): readonly TaskId[] {
    return this.instances.map((one) => one.task);
  }
}

/** It begins with what its load needs, or with what its schedule says. */
function firstCount({ load, terms }: ScaledApplication, now: Micros): number {
  return terms.rule === 'scheduled'
    ? Math.min(terms.most, Math.max(terms.least, scheduledInstances(now, terms.schedule)))
    : neededInstances(curveValue(load, now), terms);
}
