import {
  type FrameworkId,
  MINUTE,
  type Micros,
  type Observer,
  type ResourceSpace,
  type TaskId,
} from '../model/index.js';
import { curveValue } from '../workloads/load-curve.js';
import type { LoadCurve } from '../workloads/trace.js';
import type { HiddenTaskState } from './hidden-task-state.js';

/** Resources whose usage follows a load curve. Memory and disk are used independently of the load. */
const FOLLOWS_LOAD: readonly string[] = ['cpus', 'gpus', 'network'];

/** How long earlier values of overwritten curves are kept; more than the window of samples. */
const KEPT_PAST: Micros = 10 * MINUTE;

/**
 * Actual usage of the running tasks, per framework. The usage of a task is a constant vector, scaled by its curve.
 * Curves are step functions. So the sum over tasks changes only when a task starts or ends and at the steps of the
 * curves in use.
 */
export class UsageMeter {
  private readonly dims: number;
  private readonly follows: readonly boolean[];
  private readonly curves: readonly (LoadCurve | undefined)[];
  private readonly truth: HiddenTaskState;
  private readonly observer: Observer;
  /** One sum of vectors per framework and curve. */
  private readonly sums: CurveSum[] = [];
  private readonly used: Float64Array;
  /** Earlier values of curves that are overwritten during the run, from the oldest on. */
  private readonly written = new Map<LoadCurve, { readonly since: Micros; readonly value: number }[]>();

  constructor(
    space: ResourceSpace,
    curves: readonly (LoadCurve | undefined)[],
    truth: HiddenTaskState,
    observer: Observer,
  ) {
    this.dims = space.size;
    this.follows = space.names.map((name) => FOLLOWS_LOAD.includes(name));
    this.curves = curves;
    this.truth = truth;
    this.observer = observer;
    this.used = new Float64Array(this.dims);
  }

  /** The usage of a task starts (sign 1) or stops (sign -1). */
  change(task: TaskId, framework: FrameworkId, sign: 1 | -1, now: Micros): void {
    const { used } = this.truth;
    const row = task * this.dims;
    if (Number.isNaN(used[row])) return;
    const sum = this.sumOf(framework, this.truth.curve[task]);
    for (let d = 0; d < this.dims; d++) sum.vector[d] += sign * used[row + d];
    sum.tasks += sign;
    // Differences of many floats leave rounding errors. Without tasks the sum is zero by definition.
    if (sum.tasks === 0) sum.vector.fill(0);
    this.report(framework, now);
  }

  /** Usage of one running task at a time up to now, in quanta; NaN if its trace has no usage. */
  usedBy(task: TaskId, dimension: number, now: Micros): number {
    const used = this.truth.used[task * this.dims + dimension];
    const curve = this.curves[this.truth.curve[task]];
    return curve === undefined || !this.follows[dimension] ? used : this.valueAt(curve, now) * used;
  }

  /** Curves that are overwritten may have new values. The old ones are kept for as long as samples refer to them. */
  curvesWritten(now: Micros): void {
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

  /** Time of the next step of a curve in use; Infinity if there is none. */
  nextStep(now: Micros): Micros {
    let next = Number.POSITIVE_INFINITY;
    for (const sum of this.sums) {
      const curve = this.curves[sum.curve];
      if (curve === undefined || sum.tasks === 0) continue;
      next = Math.min(next, (Math.floor(now / curve.step) + 1) * curve.step);
    }
    return next;
  }

  /** Reports every framework whose usage follows a curve. */
  step(now: Micros): void {
    for (const sum of this.sums) if (sum.curve !== 0 && sum.tasks > 0) this.report(sum.framework, now);
  }

  /** Reports the current usage of the framework's tasks to the observer. */
  report(framework: FrameworkId, now: Micros): void {
    this.used.fill(0);
    for (const sum of this.sums) {
      if (sum.framework !== framework || sum.tasks === 0) continue;
      const curve = this.curves[sum.curve];
      const scale = curve === undefined ? 1 : curveValue(curve, now);
      for (let d = 0; d < this.dims; d++) this.used[d] += (this.follows[d] ? scale : 1) * sum.vector[d];
    }
    this.observer.usageChanged(framework, this.used, now);
  }

  private sumOf(framework: FrameworkId, curve: number): CurveSum {
    for (const sum of this.sums) if (sum.framework === framework && sum.curve === curve) return sum;
    const sum = { framework, curve, tasks: 0, vector: new Float64Array(this.dims) };
    this.sums.push(sum);
    return sum;
  }
}

interface CurveSum {
  readonly framework: FrameworkId;
  readonly curve: number;
  tasks: number;
  readonly vector: Float64Array;
}
