import {
  type Attempt,
  type Cluster,
  type JobId,
  MICROS_PER_SECOND,
  type Micros,
  type Observer,
  type TaskId,
  type TaskOutcome,
  toSeconds,
} from '../../model/index.js';

/** A level sampled at every whole second from 0. A change at a sampled second takes effect in the next sample. */
export class SampledLevel {
  private level = 0;
  private sum = 0;
  /** Number of samples so far: at seconds 0 to `samples - 1`. */
  private samples = 0;

  /** Sets the level from now on. */
  set(level: number, now: Micros): void {
    this.sampleUntil(Math.ceil(now / MICROS_PER_SECOND));
    this.level = level;
  }

  /** Ends the sampling; the last sample is at or before `now`. */
  close(now: Micros): void {
    this.sampleUntil(Math.floor(now / MICROS_PER_SECOND) + 1);
  }

  /** Unweighted mean of the samples. */
  get mean(): number {
    return this.samples === 0 ? 0 : this.sum / this.samples;
  }

  private sampleUntil(second: number): void {
    if (second <= this.samples) return;
    this.sum += this.level * (second - this.samples);
    this.samples = second;
  }
}

/** Record of one job; times in seconds. */
interface JobStory {
  readonly workload: string;
  attempts: number;
  /** Time in the queue before the first attempt, and the sum before all attempts. */
  wait: number;
  queued: number;
  abandoned: boolean;
}

/** Counters of the schedulers of one workload. */
interface SchedulerStory {
  busy: Micros;
  wasted: Micros;
  succeeded: number;
  failed: number;
}

/**
 * The statistics of google/cluster-scheduler-simulator. Its definitions differ from those of summary.json. Waits exclude
 * decision time and backoff. Only attempts that placed or claimed a task are busy time. Levels are unweighted means of
 * samples at each whole second. The p90 is sorted[floor((n - 1) 0.9)].
 */
export class OmegaStatistics implements Partial<Observer> {
  tasksPlaced = 0;
  private readonly cluster: Cluster;
  private readonly stories: JobStory[] = [];
  /** The record of the current job in each row of the ledger. */
  private readonly inRow: JobStory[] = [];
  private readonly schedulers = new Map<string, SchedulerStory>();
  private readonly used: SampledLevel[];
  private readonly locked: SampledLevel[];

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.used = cluster.space.names.map(() => new SampledLevel());
    this.locked = cluster.space.names.map(() => new SampledLevel());
  }

  jobSubmitted(job: JobId): void {
    const { jobs, frameworks } = this.cluster;
    const workload = frameworks[jobs.framework[job]].name;
    const story = { workload, attempts: 0, wait: 0, queued: 0, abandoned: false };
    this.stories.push(story);
    this.inRow[job] = story;
  }

  attempted({ job, waited, decisionTime, placed, conflicts, ...attempt }: Attempt): void {
    const story = this.inRow[job];
    if (story.attempts++ === 0) story.wait = toSeconds(waited);
    story.queued += toSeconds(waited);
    const scheduler = this.scheduler(attempt.framework < 0 ? MONOLITHIC : story.workload);
    if (placed + conflicts === 0) return;
    scheduler.busy += decisionTime;
    if (conflicts > 0) {
      scheduler.failed++;
      scheduler.wasted += decisionTime;
    } else {
      scheduler.succeeded++;
    }
  }

  taskStarted(_task: TaskId, now: Micros): void {
    this.tasksPlaced++;
    this.sampleUsed(now);
  }

  taskEnded(task: TaskId, _machine: number, outcome: TaskOutcome, now: Micros): void {
    if (outcome === 'abandoned') this.inRow[this.cluster.tasks.job[task]].abandoned = true;
    this.sampleUsed(now);
  }

  offerMade(_framework: number, _machine: number, now: Micros): void {
    this.sampleLocked(now);
  }

  offerEnded(_framework: number, _machine: number, _end: unknown, _held: Micros, now: Micros): void {
    this.sampleLocked(now);
  }

  runEnded(now: Micros): void {
    for (const level of [...this.used, ...this.locked]) level.close(now);
  }

  /** All statistics of a run of this length, by name: `jobs`, `busy.Batch`, `waitMean.Service` … */
  results(length: Micros, schedulersOf: (workload: string) => number): ReadonlyMap<string, number> {
    const attempted = this.stories.filter((story) => story.attempts > 0);
    const results = new Map<string, number>([
      ['jobs', attempted.length],
      ['tasksPlaced', this.tasksPlaced],
      ['jobsAbandoned', this.stories.filter((story) => story.abandoned).length],
    ]);
    for (const [name, levels] of [['utilization', this.used] as const, ['locked', this.locked] as const]) {
      this.cluster.space.names.forEach((resource, d) => {
        results.set(`${name}${resource === 'cpus' ? 'Cpus' : 'Mem'}`, levels[d].mean / this.cluster.total[d]);
      });
    }
    for (const [name, { busy, wasted, succeeded, failed }] of this.schedulers) {
      const time = length * schedulersOf(name);
      results.set(`busy.${name}`, busy / time);
      results.set(`wasted.${name}`, wasted / time);
      results.set(`conflictFraction.${name}`, failed / succeeded);
    }
    for (const workload of new Set(attempted.map((story) => story.workload))) {
      const stories = attempted.filter((story) => story.workload === workload);
      const waits = stories.map((story) => story.wait);
      const queued = stories.map((story) => story.queued);
      results.set(`waitMean.${workload}`, mean(waits));
      results.set(`waitP90.${workload}`, p90(waits));
      results.set(`queueUntilFullMean.${workload}`, mean(queued));
      results.set(`queueUntilFullP90.${workload}`, p90(queued));
      results.set(`attemptsMean.${workload}`, mean(stories.map((story) => story.attempts)));
    }
    return results;
  }

  private sampleUsed(now: Micros): void {
    for (let d = 0; d < this.used.length; d++) this.used[d].set(this.cluster.allocated[d], now);
  }

  private sampleLocked(now: Micros): void {
    for (let d = 0; d < this.locked.length; d++) this.locked[d].set(this.cluster.offered.total[d], now);
  }

  private scheduler(name: string): SchedulerStory {
    let story = this.schedulers.get(name);
    if (story === undefined) {
      story = { busy: 0, wasted: 0, succeeded: 0, failed: 0 };
      this.schedulers.set(name, story);
    }
    return story;
  }
}

/** Name in case files of the single scheduler for all workloads. */
const MONOLITHIC = 'scheduler';

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function p90(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * 0.9)];
}
