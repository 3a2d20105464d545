import { fromSeconds, type Micros } from '../../model/index.js';
import type { Cancel, Clock } from '../clock.js';
import type { TaskStatus } from '../wire/messages.js';

/** Retry interval of an unacknowledged status: doubles from the first to the longest (Mesos, slave/constants.cpp). */
const FIRST_RETRY: Micros = fromSeconds(10);
const LONGEST_RETRY: Micros = fromSeconds(600);

/** The unacknowledged statuses of one task, in order. Only the first is sent until it is acknowledged. */
export class StatusQueue {
  private readonly clock: Clock;
  private readonly send: (status: TaskStatus) => void;
  private readonly waiting: TaskStatus[] = [];
  private cancelRetry: Cancel = () => undefined;

  constructor(clock: Clock, send: (status: TaskStatus) => void) {
    this.clock = clock;
    this.send = send;
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** Adds a status that is on disk. */
  add(status: TaskStatus): void {
    this.waiting.push(status);
    if (this.waiting.length === 1) this.resend();
  }

  /** Removes and returns the first status if its uuid matches; else undefined. */
  acknowledge(uuid: string): TaskStatus | undefined {
    if (this.waiting[0]?.uuid !== uuid) return undefined;
    const status = this.waiting.shift();
    this.resend();
    return status;
  }

  /** Resends the first status immediately, because the connection to the master is new. */
  resend(): void {
    this.cancelRetry();
    this.attempt(FIRST_RETRY);
  }

  /** Discards all statuses. */
  drop(): void {
    this.cancelRetry();
    this.waiting.length = 0;
  }

  private attempt(next: Micros): void {
    const status = this.waiting[0];
    if (status === undefined) return;
    this.cancelRetry = this.clock.after(next, () => this.attempt(Math.min(LONGEST_RETRY, 2 * next)));
    this.send(status);
  }
}
