import { type Cluster, isInRoom, type MachineId, MINUTE, type Micros, type TaskId } from '../model/index.js';
import type { UsageFacts } from '../policies/contract.js';
import type { HiddenTaskState } from './hidden-task-state.js';
import type { UsageMeter } from './usage-meter.js';

/** The run whose tasks are sampled. */
export interface SampledRun {
  readonly now: Micros;
  readonly cluster: Cluster;
  readonly truth: HiddenTaskState;
  /** Since when a machine has not been able to report; FOREVER if it can. */
  unreachableSince(machine: MachineId): Micros;
}

/** Time between two samples: the resolution of the Kubernetes metrics server (--metric-resolution=15s). */
export const SAMPLE_EVERY: Micros = 15_000_000;

/** Window of means and peaks: Autopilot aggregates five minutes (Rzadca et al., EuroSys 2020, section 3.1). */
const WINDOW: Micros = 5 * MINUTE;

/**
 * Measured usage of running tasks. Every machine samples its tasks at the multiples of SAMPLE_EVERY, after all decisions of that
 * instant, and the master has the sample at once. So a scheduler never sees the usage of the present. A machine that cannot be
 * reached, or has stopped, sends no samples; its last ones remain. Samples are computed when they are asked for, so a run whose
 * policies do not ask pays nothing.
 */
export class UsageSamples implements UsageFacts {
  readonly window = WINDOW;
  private readonly run: SampledRun;
  private readonly meter: UsageMeter;

  constructor(run: SampledRun, meter: UsageMeter) {
    this.run = run;
    this.meter = meter;
  }

  /** Number of the last sample of the present; values change only with it, and when tasks start or stop. */
  latest(): number {
    return Math.ceil(this.run.now / SAMPLE_EVERY) - 1;
  }

  last(task: TaskId, dimension: number): number {
    const time = this.sampled(task);
    return Number.isNaN(time) ? Number.NaN : this.meter.usedBy(task, dimension, time);
  }

  mean(task: TaskId, dimension: number): number {
    let sum = 0;
    let count = 0;
    for (let time = this.sampled(task); time >= this.earliest(task); time -= SAMPLE_EVERY, count++)
      sum += this.meter.usedBy(task, dimension, time);
    return count === 0 ? Number.NaN : sum / count;
  }

  peak(task: TaskId, dimension: number): number {
    let peak = Number.NaN;
    for (let time = this.sampled(task); time >= this.earliest(task); time -= SAMPLE_EVERY) {
      const used = this.meter.usedBy(task, dimension, time);
      if (Number.isNaN(used)) return Number.NaN;
      if (!(used <= peak)) peak = used;
    }
    return peak;
  }

  sampled(task: TaskId): Micros {
    const { cluster, truth } = this.run;
    const { tasks } = cluster;
    if (!isInRoom(tasks.state[task])) return Number.NaN;
    let end = Math.min(this.run.now, this.run.unreachableSince(tasks.machine[task]));
    if (truth.stopped[task] < end) end = truth.stopped[task];
    const time = (Math.ceil(end / SAMPLE_EVERY) - 1) * SAMPLE_EVERY;
    return time >= tasks.started[task] && this.isMeasured(task, time) ? time : Number.NaN;
  }

  /** Whether the usage of a resource that the task requests is known. */
  private isMeasured(task: TaskId, time: Micros): boolean {
    const { classes, space, tasks } = this.run.cluster;
    const row = tasks.taskClass[task] * space.size;
    for (let d = 0; d < space.size; d++)
      if (classes.demand[row + d] > 0 && !Number.isNaN(this.meter.usedBy(task, d, time))) return true;
    return false;
  }

  /** The first instant of the window. */
  private earliest(task: TaskId): Micros {
    return Math.max(this.run.cluster.tasks.started[task], this.sampled(task) - WINDOW + SAMPLE_EVERY);
  }
}
