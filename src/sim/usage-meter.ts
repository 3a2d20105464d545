import { type FrameworkId, grown, type Micros, NONE, type Observer } from '../model/index.js';
import type { LoadCurve } from '../workloads/trace.js';

/** Index of a usage profile: tasks with the same usage vector and curve share one. */
export type ProfileId = number;

/**
 * What the running tasks really use, per framework. A task uses a fixed vector, scaled by its curve; curves are steps, so
 * the sum over tasks changes only when a task starts or ends and at the steps of the curves in use.
 */
export class UsageMeter {
  private readonly dims: number;
  private readonly curves: readonly (LoadCurve | undefined)[];
  private readonly observer: Observer;
  /** `vectors[profile * dims + dimension]`: quanta used at curve value 1. */
  private vectors: Float64Array;
  private readonly curveOf: number[] = [];
  private readonly profileOf = new Map<string, ProfileId>();
  /** One sum of vectors per framework and curve that has occurred. */
  private readonly sums: CurveSum[] = [];
  private readonly used: Float64Array;

  constructor(dims: number, curves: readonly (LoadCurve | undefined)[], observer: Observer) {
    this.dims = dims;
    this.curves = curves;
    this.observer = observer;
    this.vectors = new Float64Array(64 * dims);
    this.used = new Float64Array(dims);
  }

  /** The profile of tasks that use `usage[d]` of `demand[d]`; NONE when the trace does not say (NaN). */
  profile(usage: Float64Array, demand: Int32Array, row: number, curve: number): ProfileId {
    if (Number.isNaN(usage[row])) return NONE;
    let key = `${curve}`;
    for (let d = 0; d < this.dims; d++) key += `,${usage[row + d] * demand[row + d]}`;
    const known = this.profileOf.get(key);
    if (known !== undefined) return known;
    const id = this.curveOf.length;
    this.curveOf.push(curve);
    this.vectors = grown(this.vectors, (id + 1) * this.dims);
    for (let d = 0; d < this.dims; d++) this.vectors[id * this.dims + d] = usage[row + d] * demand[row + d];
    this.profileOf.set(key, id);
    return id;
  }

  /** A task starts (sign 1) or stops (sign -1) using what its profile says. */
  change(framework: FrameworkId, profile: ProfileId, sign: 1 | -1, now: Micros): void {
    if (profile === NONE) return;
    const sum = this.sumOf(framework, this.curveOf[profile]);
    for (let d = 0; d < this.dims; d++) sum.vector[d] += sign * this.vectors[profile * this.dims + d];
    sum.tasks += sign;
    // Differences of many floats leave crumbs: with no task left the sum is zero by definition.
    if (sum.tasks === 0) sum.vector.fill(0);
    this.report(framework, now);
  }

  /** Time of the next step of a curve that some running task follows; Infinity when there is none. */
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

  private report(framework: FrameworkId, now: Micros): void {
    this.used.fill(0);
    for (const sum of this.sums) {
      if (sum.framework !== framework || sum.tasks === 0) continue;
      const scale = curveValue(this.curves[sum.curve], now);
      for (let d = 0; d < this.dims; d++) this.used[d] += scale * sum.vector[d];
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

function curveValue(curve: LoadCurve | undefined, now: Micros): number {
  if (curve === undefined) return 1;
  return curve.values[Math.floor(now / curve.step) % curve.values.length];
}
