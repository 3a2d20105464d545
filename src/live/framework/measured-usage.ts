import { fromSeconds, MINUTE, type Micros, type ResourceSpace, type TaskId } from '../../model/index.js';
import type { UsageFacts } from '../../policies/contract-control.js';

/** What an agent measured of a task since its start. */
export interface UsageReading {
  /** Time of the agent. Only differences are used. */
  readonly at: Micros;
  readonly cpuSeconds: number;
  readonly memoryMib: number;
}

/** Usage between two readings, in quanta. */
interface Sample {
  readonly at: Micros;
  readonly cpus: number;
  readonly mem: number;
}

interface MeasuredTask {
  readonly attempt: string;
  reading: UsageReading;
  /** Those of the last window, the oldest first. */
  samples: Sample[];
}

/** A sample stays for this long. A proposal. */
const WINDOW: Micros = MINUTE;
const QUANTA_PER_CORE = 1000;

/**
 * Measured usage of running tasks, from the readings of agents. The first sample of a task needs two readings, because agents
 * measure CPU time since the start. An attempt that starts anew has no samples.
 */
export class MeasuredUsage implements UsageFacts {
  readonly window = WINDOW;
  private readonly names: readonly string[];
  private readonly attemptOf: (task: TaskId) => string | undefined;
  private readonly tasks = new Map<TaskId, MeasuredTask>();

  /** `attemptOf`: the current attempt of a task; undefined if it does not run. */
  constructor({ names }: ResourceSpace, attemptOf: (task: TaskId) => string | undefined) {
    this.names = names;
    this.attemptOf = attemptOf;
  }

  /** A reading of the current attempt, received at `now`. */
  record(task: TaskId, attempt: string, reading: UsageReading, now: Micros): void {
    const known = this.tasks.get(task);
    if (known === undefined || known.attempt !== attempt) {
      this.tasks.set(task, { attempt, reading, samples: [] });
      return;
    }
    const elapsed = reading.at - known.reading.at;
    if (elapsed <= 0) return;
    // The CPU time of a process that its parent did not wait for is lost when it ends.
    const busy = Math.max(0, reading.cpuSeconds - known.reading.cpuSeconds);
    const cpus = Math.round((busy * QUANTA_PER_CORE * fromSeconds(1)) / elapsed);
    known.reading = reading;
    known.samples = known.samples.filter(({ at }) => at > now - WINDOW);
    known.samples.push({ at: now, cpus, mem: Math.ceil(reading.memoryMib) });
  }

  /** Forgets tasks that no longer run. */
  forgetEnded(): void {
    for (const [task, { attempt }] of this.tasks)
      if (this.attemptOf(task) !== attempt) this.tasks.delete(task);
  }

  last(task: TaskId, dimension: number): number {
    return this.amounts(task, dimension).at(-1) ?? Number.NaN;
  }

  mean(task: TaskId, dimension: number): number {
    const amounts = this.amounts(task, dimension);
    return amounts.reduce((sum, amount) => sum + amount, 0) / amounts.length;
  }

  peak(task: TaskId, dimension: number): number {
    const amounts = this.amounts(task, dimension);
    return amounts.length === 0 ? Number.NaN : Math.max(...amounts);
  }

  sampled(task: TaskId): Micros {
    return this.samplesOf(task).at(-1)?.at ?? Number.NaN;
  }

  private amounts(task: TaskId, dimension: number): readonly number[] {
    const name = this.names[dimension];
    if (name !== 'cpus' && name !== 'mem') return [];
    return this.samplesOf(task).map((sample) => sample[name]);
  }

  private samplesOf(task: TaskId): readonly Sample[] {
    const known = this.tasks.get(task);
    return known !== undefined && known.attempt === this.attemptOf(task) ? known.samples : [];
  }
}
