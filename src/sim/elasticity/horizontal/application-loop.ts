import {
  type Micros,
  NONE,
  neededInstances,
  type ScalingState,
  secondsText,
  type TaskClassId,
  type TaskId,
} from '../../../model/index.js';
import {
  afterCoolDown,
  LoadHistory,
  type Measurement,
  scheduledInstances,
  wantedInstances,
} from '../../../policies/controllers/horizontal/wanted-instances.js';
import { curveValue } from '../../../workloads/load-curve.js';
import type { ScaledApplication } from '../../../workloads/scaled-application.js';
import type { ControlHost } from '../controller.js';

/** One instance of the application. */
interface Instance {
  readonly task: TaskId;
  /** When it serves if it is not stopped before; NaN while it does not run. */
  readyAt: Micros;
  /** Whether it occupies a machine. */
  isPlaced: boolean;
}

/**
 * The control loop of one application. Its load, divided by the instances that serve, is its utilization. The
 * utilization sets the wanted number of instances.
 */
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
  /** Index of the application in its framework. */
  private readonly ordinal: number;

  constructor(application: ScaledApplication, ordinal: number, host: ControlHost, now: Micros) {
    this.application = application;
    this.ordinal = ordinal;
    this.host = host;
    this.began = now;
    this.history = new LoadHistory(application.terms.every);
    this.wanted = firstCount(application, now);
  }

  /** Measures the utilization and changes the number of instances if the rule requires it. */
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

  /** Reports the state after the load or the number of serving instances may have changed. */
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

  /** An instance has started. It serves after its startup, or at once if it started with the run. Returns when it serves. */
  taskStarted(task: TaskId, now: Micros): Micros {
    const instance = this.instanceOf(task);
    const { submitted, attempts } = this.host.cluster.tasks;
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

  /** The task has ended. If the loop did not end it, the next check replaces it. */
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

  /** Current tasks of its instances. */
  get tasks(): readonly TaskId[] {
    return this.instances.map((one) => one.task);
  }
}

/** The initial number of instances follows the load, or the schedule under the rule `scheduled`. */
function firstCount({ load, terms }: ScaledApplication, now: Micros): number {
  return terms.rule === 'scheduled'
    ? Math.min(terms.most, Math.max(terms.least, scheduledInstances(now, terms.schedule)))
    : neededInstances(curveValue(load, now), terms);
}
