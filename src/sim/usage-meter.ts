import {
  type Cluster,
  type FrameworkId,
  type MachineId,
  MINUTE,
  type Micros,
  type Observer,
  type TaskId,
} from '../model/index.js';
import { curveValue } from '../workloads/load-curve.js';
import type { LoadCurve } from '../workloads/trace.js';
import { Contention } from './contention.js';
import type { HiddenTaskState } from './hidden-task-state.js';
import { NextSteps, type ProfiledAttempt, type ProfiledUsage } from './usage-profiles.js';

/** Resources whose usage follows a load curve. Memory and disk are used independently of the load. */
const FOLLOWS_LOAD: readonly string[] = ['cpus', 'gpus', 'network'];

/** How long earlier values of overwritten curves are kept; more than the window of samples. */
const KEPT_PAST: Micros = 10 * MINUTE;

/**
 * Actual usage of the running tasks, per framework. The usage of a task is a vector, scaled by its curve. The vector is constant, or
 * changes at the steps of the task's profile. Curves are step functions, too. So the sum over tasks changes only when a task starts or
 * ends, at the steps of profiles, and at the steps of the curves in use. The tasks on a machine use at most what it has; see Contention.
 */
export class UsageMeter {
  private readonly dims: number;
  private readonly follows: readonly boolean[];
  private readonly curves: readonly (LoadCurve | undefined)[];
  private readonly truth: HiddenTaskState;
  private readonly observer: Observer;
  private readonly frameworks: (FrameworkUsage | undefined)[] = [];
  private readonly nextSteps: NextSteps;
  private readonly used: Float64Array;
  private readonly contention: Contention;
  private readonly cluster: Cluster;
  /** Maximum of each curve. */
  private readonly peaks: readonly number[];
  /** Earlier values of curves that are overwritten during the run, from the oldest on. */
  private readonly written = new Map<LoadCurve, { readonly since: Micros; readonly value: number }[]>();

  constructor(
    cluster: Cluster,
    curves: readonly (LoadCurve | undefined)[],
    truth: HiddenTaskState,
    observer: Observer,
  ) {
    this.cluster = cluster;
    this.dims = cluster.space.size;
    this.follows = cluster.space.names.map((name) => FOLLOWS_LOAD.includes(name));
    this.curves = curves;
    this.truth = truth;
    this.observer = observer;
    this.used = new Float64Array(this.dims);
    this.nextSteps = new NextSteps(truth.profiles);
    this.contention = new Contention(cluster, observer, (task, d, now) => this.usedBy(task, d, now));
    // The value of a curve that is overwritten is a utilization, which is at most 1.
    this.peaks = curves.map((curve) =>
      curve === undefined || !Number.isFinite(curve.step)
        ? 1
        : curve.values.reduce((a, b) => Math.max(a, b), 0),
    );
  }

  /** The usage of a task starts. `attempt`: the facts of an attempt, if the usage of the task changes over time. */
  start(task: TaskId, framework: FrameworkId, now: Micros, attempt?: ProfiledAttempt): void {
    const profiled = attempt === undefined ? undefined : this.truth.profiles.get(task);
    if (attempt !== undefined && profiled !== undefined) {
      profiled.begin(attempt);
      this.takeStep(task);
      this.nextSteps.add(task, profiled);
    }
    const isNew = this.frameworks[framework] === undefined;
    const isChanged = this.add(task, this.of(framework), 1) || isNew;
    if (!this.truth.isUsageGiven) {
      if (isChanged) this.report(framework, now);
      return;
    }
    // Others use less from now on. They are first, so that the sum of all is never above capacity.
    for (const other of this.contention.started(task, this.mayExceed(task), now))
      if (other !== framework) this.report(other, now);
    if (isChanged) this.report(framework, now);
  }

  /** The usage of a task stops. */
  stop(task: TaskId, framework: FrameworkId, now: Micros): void {
    if (!this.truth.isUsageGiven) return;
    if (this.truth.profiles.size > 0) {
      const profiled = this.truth.profiles.get(task);
      if (profiled !== undefined) profiled.order = Number.NaN;
    }
    const isChanged = this.add(task, this.of(framework), -1);
    const others = this.contention.stopped(task, now);
    if (isChanged || others.includes(framework)) this.report(framework, now);
    for (const other of others) if (other !== framework) this.report(other, now);
  }

  /** The class of a running task, and so its demand, changed. */
  resized(task: TaskId, now: Micros): void {
    for (const framework of this.contention.stepped(task, this.mayExceed(task), now))
      this.report(framework, now);
  }

  /** The capacity of a machine changed. */
  machineUpdated(machine: MachineId, now: Micros): void {
    for (const framework of this.contention.machineStepped(machine, now)) this.report(framework, now);
  }

  /** Whether the task may use more than it requests, now or at another value of its curve. */
  private mayExceed(task: TaskId): boolean {
    const { classes, tasks } = this.cluster;
    const peak = this.peaks[this.truth.curve[task]];
    let asked = tasks.taskClass[task] * this.dims;
    let used = task * this.dims;
    for (let d = 0; d < this.dims; d++, asked++, used++)
      if (this.truth.used[used] * peak > classes.demand[asked]) return true;
    return false;
  }

  /**
   * Adds the current usage of a task to the sum of its framework, or subtracts it. A resource with unknown usage of a task stays unknown
   * for the framework, because no sum over the run is right any more. Returns false if the sum is the same as before.
   */
  private add(task: TaskId, framework: FrameworkUsage, sign: 1 | -1): boolean {
    const { used } = this.truth;
    const row = task * this.dims;
    let uses = false;
    let isNews = false;
    for (let d = 0; d < this.dims; d++) {
      const amount = used[row + d];
      if (amount > 0) uses = true;
      if (!Number.isNaN(amount) || framework.unknown[d] === 1) continue;
      framework.unknown[d] = 1;
      isNews = true;
    }
    if (!uses) return isNews;
    const sum = framework.sumOf(this.truth.curve[task]);
    for (let d = 0; d < this.dims; d++) {
      const amount = used[row + d];
      if (amount > 0) sum.vector[d] += sign * amount;
    }
    sum.tasks += sign;
    // Differences of many floats leave rounding errors. Without tasks the sum is zero by definition.
    if (sum.tasks === 0) sum.vector.fill(0);
    return true;
  }

  /** Usage of one running task at a time of its attempt up to now, in quanta; NaN where its trace does not say it. */
  usedBy(task: TaskId, dimension: number, now: Micros): number {
    const profiled = this.truth.profiles.size === 0 ? undefined : this.truth.profiles.get(task);
    const used =
      profiled?.amount(profiled.stepAt(now), dimension) ?? this.truth.used[task * this.dims + dimension];
    const curve = this.curves[this.truth.curve[task]];
    return curve === undefined || !this.follows[dimension] ? used : this.valueAt(curve, now) * used;
  }

  /** Whether the usage of the task follows a load curve. */
  followsCurve(task: TaskId): boolean {
    return this.truth.curve[task] !== 0;
  }

  /** Curves of the framework that are overwritten have new values. The old ones are kept for as long as samples refer to them. */
  curvesWritten(framework: FrameworkId, now: Micros): void {
    this.keepWritten(now);
    for (const one of new Set([framework, ...this.contention.allStepped(now)])) this.report(one, now);
  }

  private keepWritten(now: Micros): void {
    for (const curve of this.curves) {
      if (curve === undefined || Number.isFinite(curve.step)) continue;
      const past = this.written.get(curve) ?? [{ since: Number.NEGATIVE_INFINITY, value: 0 }];
      this.written.set(curve, past);
      while (past.length > 1 && past[1].since <= now - KEPT_PAST) past.shift();
      const [value] = curve.values;
      if (past[past.length - 1].value !== value) past.push({ since: now, value });
    }
  }

  private valueAt(curve: LoadCurve, time: Micros): number {
    const past = this.written.get(curve);
    if (past === undefined) return curveValue(curve, time);
    let at = past.length - 1;
    while (at > 0 && past[at].since > time) at--;
    return past[at].value;
  }

  /** Time of the next step of a profile or a curve in use; Infinity if there is none. */
  nextStep(now: Micros): Micros {
    let next = this.nextSteps.time();
    for (const framework of this.frameworks)
      for (const { curve: index, tasks } of framework?.sums ?? []) {
        const curve = this.curves[index];
        if (curve !== undefined && tasks > 0)
          next = Math.min(next, (Math.floor(now / curve.step) + 1) * curve.step);
      }
    return next;
  }

  /** Takes the steps of profiles at this instant, and reports every framework whose usage follows a curve or changed. */
  step(now: Micros): void {
    const changed = new Set<FrameworkId>();
    while (this.nextSteps.time() <= now) changed.add(this.profileSteps(this.nextSteps.take()));
    this.frameworks.forEach((framework, id) => {
      if (framework?.sums.some(({ curve, tasks }) => curve !== 0 && tasks > 0) === true) changed.add(id);
    });
    for (const framework of this.contention.allStepped(now)) changed.add(framework);
    for (const framework of changed) this.report(framework, now);
  }

  private profileSteps(task: TaskId): FrameworkId {
    const profiled = this.truth.profiles.get(task) as ProfiledUsage;
    const framework = this.of(profiled.framework);
    this.add(task, framework, -1);
    profiled.step++;
    this.takeStep(task);
    this.add(task, framework, 1);
    this.nextSteps.add(task, profiled);
    // Evaluated with all machines at the end of the step.
    this.contention.mark(task, this.mayExceed(task));
    return profiled.framework;
  }

  /** The task uses the amounts of the current step of its profile. */
  private takeStep(task: TaskId): void {
    const profiled = this.truth.profiles.get(task) as ProfiledUsage;
    for (let d = 0; d < this.dims; d++)
      this.truth.used[task * this.dims + d] = profiled.amount(profiled.step, d);
  }

  /** Reports the current usage of the framework's tasks to the observer. */
  report(framework: FrameworkId, now: Micros): void {
    const { sums, unknown } = this.of(framework);
    this.used.fill(0);
    for (const sum of sums) {
      if (sum.tasks === 0) continue;
      const curve = this.curves[sum.curve];
      const scale = curve === undefined ? 1 : curveValue(curve, now);
      for (let d = 0; d < this.dims; d++) this.used[d] += (this.follows[d] ? scale : 1) * sum.vector[d];
    }
    const beyond = this.contention.beyondOf(framework);
    for (let d = 0; d < this.dims; d++) {
      if (unknown[d] === 1) this.used[d] = Number.NaN;
      else if (beyond !== undefined) this.used[d] -= beyond[d];
    }
    this.observer.usageChanged(framework, this.used, now);
  }

  private of(framework: FrameworkId): FrameworkUsage {
    this.frameworks[framework] ??= new FrameworkUsage(this.dims);
    return this.frameworks[framework];
  }
}

/** Usage of the running tasks of a framework. */
class FrameworkUsage {
  /** One sum of vectors per curve. */
  readonly sums: CurveSum[] = [];
  /** 1 for resources of which a task had unknown usage. */
  readonly unknown: Uint8Array;

  constructor(dims: number) {
    this.unknown = new Uint8Array(dims);
  }

  sumOf(curve: number): CurveSum {
    for (const sum of this.sums) if (sum.curve === curve) return sum;
    const sum = { curve, tasks: 0, vector: new Float64Array(this.unknown.length) };
    this.sums.push(sum);
    return sum;
  }
}

interface CurveSum {
  readonly curve: number;
  tasks: number;
  readonly vector: Float64Array;
}
