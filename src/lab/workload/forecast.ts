import { type Micros, neededInstances } from '../../model/index.js';
import type { Forecast } from '../../policies/policy.js';
import { EventClass, EventQueue } from '../../sim/event-queue.js';
import { lookThrough, type RowLook } from '../../workloads/look-through.js';
import type { ScaledApplication } from '../../workloads/scaled-application.js';
import { instanceLives } from '../../workloads/services/instance-lives.js';
import type { TaskBatch, Trace } from '../../workloads/trace.js';

/**
 * The demand of each framework: the mean over the run, and the peak if every task ran as soon as it was submitted. `horizon` is
 * the length of the run from its first submission.
 */
export async function forecastDemand(trace: Trace, horizon: Micros): Promise<Forecast> {
  const look = new ForecastLook(trace, horizon);
  await lookThrough(trace.batches(), [look]);
  return look.forecast();
}

/** Gathers a forecast from the rows of a trace. */
export class ForecastLook implements RowLook {
  private readonly trace: Trace;
  private readonly horizon: Micros;
  private readonly sweep: DemandSweep;

  constructor(trace: Trace, horizon: Micros) {
    this.trace = trace;
    this.horizon = horizon;
    this.sweep = new DemandSweep(trace.space.size);
  }

  take(batch: TaskBatch): boolean {
    const { sweep } = this;
    const { dims } = batch;
    for (let row = 0; row < batch.length; row++) {
      if (batch.submit[row] - sweep.first > this.horizon) return false;
      sweep.add(
        batch.framework[row],
        batch.submit[row],
        Math.min(batch.duration[row], batch.timeLimit[row]),
        batch.tasks[row],
        batch.demand.subarray(row * dims, (row + 1) * dims),
      );
    }
    return true;
  }

  /** The forecast from all rows taken so far. */
  forecast(): Forecast {
    const { trace, horizon } = this;
    const ofRows = this.sweep.close(horizon, trace.frameworks.length);
    const { applications = [] } = trace;
    return applications.length === 0
      ? ofRows
      : together(ofRows, applicationDemand(applications, trace, horizon));
  }
}

/** Demand of autoscaled applications, if each always had the instances that its load needs. */
function applicationDemand(
  applications: readonly ScaledApplication[],
  { space, frameworks }: Trace,
  horizon: Micros,
): Forecast {
  const sweep = new DemandSweep(space.size);
  const lives = applications
    .flatMap(({ load, instance, terms }) => {
      const counts = Int32Array.from(load.values, (value) => neededInstances(value, terms));
      return instanceLives(counts, load.step).map(({ submit, duration }) => ({ instance, submit, duration }));
    })
    .sort((a, b) => a.submit - b.submit);
  for (const { instance, submit, duration } of lives)
    sweep.add(instance.framework, submit, duration, 1, Int32Array.from(instance.demand));
  return sweep.close(horizon, frameworks.length);
}

/** The sum of two forecasts. It is exact, because no framework has both rows and applications. */
function together(a: Forecast, b: Forecast): Forecast {
  return {
    mean: a.mean.map((value, i) => value + b.mean[i]),
    peak: a.peak.map((value, i) => value + b.peak[i]),
  };
}

/** Running sums of demand over time, per framework. */
class DemandSweep {
  first: Micros = Number.POSITIVE_INFINITY;
  private readonly dims: number;
  private readonly ends = new EventQueue();
  /** The demand that ends with each pending event. Entries are reused. */
  private readonly leaving: { framework: number; amounts: Float64Array }[] = [];
  private readonly unused: number[] = [];
  private readonly current: Float64Array[] = [];
  private readonly peak: Float64Array[] = [];
  private readonly integral: Float64Array[] = [];
  private now: Micros = 0;

  constructor(dims: number) {
    this.dims = dims;
  }

  add(framework: number, submit: Micros, duration: Micros, tasks: number, demand: Int32Array): void {
    if (this.first === Number.POSITIVE_INFINITY) {
      this.first = submit;
      this.now = submit;
    }
    this.leaveUntil(submit);
    this.advance(submit);
    const amounts = Float64Array.from(demand, (amount) => amount * tasks);
    this.change(framework, amounts, 1);
    if (!Number.isFinite(duration)) return;
    const place = this.unused.pop() ?? this.leaving.length;
    this.leaving[place] = { framework, amounts };
    this.ends.add(submit + duration, EventClass.taskEnd, place);
  }

  close(horizon: Micros, frameworks: number): Forecast {
    const first = Number.isFinite(this.first) ? this.first : 0;
    this.leaveUntil(first + horizon);
    if (Number.isFinite(horizon)) this.advance(first + horizon);
    const length = Math.max(1, this.now - first);
    const mean = new Float64Array(frameworks * this.dims);
    const peak = new Float64Array(frameworks * this.dims);
    for (let framework = 0; framework < this.current.length; framework++) {
      for (let d = 0; d < this.dims; d++) {
        mean[framework * this.dims + d] = this.integral[framework][d] / length;
        peak[framework * this.dims + d] = this.peak[framework][d];
      }
    }
    return { mean, peak };
  }

  private leaveUntil(time: Micros): void {
    while (this.ends.peekTime() <= time && this.ends.take()) {
      this.advance(this.ends.time);
      const { framework, amounts } = this.leaving[this.ends.subject];
      this.unused.push(this.ends.subject);
      this.change(framework, amounts, -1);
    }
  }

  private advance(time: Micros): void {
    const lasted = time - this.now;
    if (!(lasted > 0)) return;
    this.now = time;
    this.current.forEach((amounts, framework) => {
      for (let d = 0; d < this.dims; d++) this.integral[framework][d] += amounts[d] * lasted;
    });
  }

  private change(framework: number, amounts: Float64Array, sign: 1 | -1): void {
    while (this.current.length <= framework) {
      this.current.push(new Float64Array(this.dims));
      this.peak.push(new Float64Array(this.dims));
      this.integral.push(new Float64Array(this.dims));
    }
    for (let d = 0; d < this.dims; d++) {
      this.current[framework][d] += sign * amounts[d];
      this.peak[framework][d] = Math.max(this.peak[framework][d], this.current[framework][d]);
    }
  }
}
