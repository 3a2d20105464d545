import type { KillCause, TaskOutcome } from '../../model/index.js';

/** Counts tasks by outcome. */
export class TaskCounter {
  submitted = 0;
  started = 0;
  finished = 0;
  failed = 0;
  abandoned = 0;
  rejected = 0;
  killed = 0;
  notRun = 0;
  preempted = 0;
  retried = 0;
  restarted = 0;
  running = 0;

  ended(outcome: TaskOutcome, wasRunning: boolean): void {
    if (wasRunning) this.running--;
    if (outcome === 'finished') this.finished++;
    else if (outcome === 'abandoned') this.abandoned++;
    else if (outcome === 'rejected') this.rejected++;
    else if (outcome === 'killed') this.killed++;
    else if (outcome === 'not-run') this.notRun++;
    else this.failed++;
  }

  requeued(cause: KillCause): void {
    this.running--;
    if (cause === 'preempted') this.preempted++;
    else if (cause === 'restarted') this.restarted++;
    else this.retried++;
  }

  static sum(counters: readonly TaskCounter[]): TaskCounter {
    const all = new TaskCounter();
    for (const one of counters) all.add(one);
    return all;
  }

  private add(other: TaskCounter): void {
    this.submitted += other.submitted;
    this.started += other.started;
    this.finished += other.finished;
    this.failed += other.failed;
    this.abandoned += other.abandoned;
    this.rejected += other.rejected;
    this.killed += other.killed;
    this.notRun += other.notRun;
    this.preempted += other.preempted;
    this.retried += other.retried;
    this.restarted += other.restarted;
    this.running += other.running;
  }

  get pending(): number {
    const { finished, failed, abandoned, rejected, killed, notRun } = this;
    return this.submitted - (finished + failed + abandoned + rejected + killed + notRun) - this.running;
  }
}

/** Counts jobs by outcome. */
export class JobCounter {
  submitted = 0;
  started = 0;
  finished = 0;
  failed = 0;

  /** Jobs that are pending or running. */
  get unfinished(): number {
    return this.submitted - this.finished - this.failed;
  }
}
