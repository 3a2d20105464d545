import type { FrameworkId, Micros, TaskId } from '../model/index.js';
import { EventClass, type EventQueue } from './event-queue.js';
import type { UsageMeter } from './usage-meter.js';
import type { ProfiledAttempt } from './usage-profiles.js';

/** Subject of the sample event that updates usage along profiles and curves. Other subjects of that class belong to control loops. */
export const USAGE_STEP = 0;

/** The usage of running tasks, with an event at each instant at which it changes between starts and ends. */
export class UsageEvents {
  readonly meter: UsageMeter;
  private readonly events: EventQueue;
  private next: Micros = Number.POSITIVE_INFINITY;

  constructor(meter: UsageMeter, events: EventQueue) {
    this.meter = meter;
    this.events = events;
  }

  /** The usage of a task starts; see UsageMeter. */
  start(task: TaskId, framework: FrameworkId, now: Micros, attempt?: ProfiledAttempt): void {
    this.meter.start(task, framework, now, attempt);
    if (attempt !== undefined || this.meter.followsCurve(task)) this.schedule(now);
  }

  /** Handles an event with the subject USAGE_STEP. */
  due(now: Micros): void {
    // A stale event: an earlier step replaced it. The step is done, or is scheduled again.
    if (now < this.next) return;
    this.meter.step(now);
    this.next = Number.POSITIVE_INFINITY;
    this.schedule(now);
  }

  private schedule(now: Micros): void {
    const next = this.meter.nextStep(now);
    if (next >= this.next) return;
    this.next = next;
    this.events.add(next, EventClass.sample, USAGE_STEP);
  }
}
