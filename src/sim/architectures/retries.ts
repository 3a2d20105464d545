import type { JobId, Micros } from '../../model/index.js';
import type { RetryTerms } from '../../policies/policy.js';
import { EventClass } from '../event-queue.js';
import type { Execution } from '../execution.js';
import type { WaitingJobs } from './waiting-jobs.js';

/** What becomes of a job after an attempt at it: done, back in line later, or given up. */
export class Retries {
  private readonly execution: Execution;
  private readonly waiting: WaitingJobs;
  private readonly terms: RetryTerms;

  constructor(execution: Execution, waiting: WaitingJobs, terms: RetryTerms) {
    this.execution = execution;
    this.waiting = waiting;
    this.terms = terms;
  }

  /** An attempt placed so many tasks of the job. `subject` is that of the event by which the architecture has it back. */
  settle(job: JobId, placed: number, subject: number, now: Micros): void {
    if (this.waiting.count[job] === 0) this.waiting.forget(job);
    else if (this.isHopeless(job, placed)) this.giveUp(job);
    else this.sendAway(job, subject, now);
  }

  private sendAway(job: JobId, subject: number, now: Micros): void {
    const time = now + this.terms.after;
    this.waiting.sendAway(job, time);
    this.execution.schedule(time, EventClass.decision, subject);
  }

  /** google/cluster-scheduler-simulator: over 100 attempts without a task ever placed, or over 1000 attempts. */
  private isHopeless(job: JobId, placed: number): boolean {
    const attempts = this.waiting.attempts[job];
    const isFruitless = placed === 0 && this.execution.cluster.jobs.begun[job] === 0;
    return attempts > this.terms.attempts || (isFruitless && attempts > this.terms.fruitlessAttempts);
  }

  private giveUp(job: JobId): void {
    const { waiting } = this;
    for (let left = waiting.count[job]; left > 0; left--) {
      const task = waiting.firstOf(job);
      waiting.remove(task);
      // With its last task the row of the job may go.
      if (left === 1) waiting.forget(job);
      this.execution.withdraw(task, 'abandoned');
    }
  }
}
