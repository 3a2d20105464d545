import type { Micros } from '../../../model/index.js';
import { type Cancel, type Clock, every } from '../../clock.js';
import type { EventStream } from '../../event-stream.js';

/** The most operators that listen; beyond it the one that has listened longest is sent away (Mesos: --max_operator_event_stream_subscribers). */
const MAX_SUBSCRIBERS = 1000;

/** Who listens to the events of the operator API (Mesos, docs/operator-http-api.md, SUBSCRIBE). */
export class Subscribers {
  private readonly listening = new Map<EventStream, Cancel>();

  get count(): number {
    return this.listening.size;
  }

  /** The first record, and heartbeats from then on. */
  add(stream: EventStream, first: object, clock: Clock, heartbeat: Micros): void {
    const [oldest] = this.listening.keys();
    if (oldest !== undefined && this.listening.size >= MAX_SUBSCRIBERS) this.drop(oldest);
    stream.send(first);
    this.listening.set(
      stream,
      every(clock, heartbeat, () => stream.send({ type: 'HEARTBEAT' })),
    );
  }

  /** Tells all that listen. The event is a function where making it costs something: nobody may be listening. */
  publish(event: object | (() => object)): void {
    if (this.listening.size === 0) return;
    const made = typeof event === 'function' ? event() : event;
    for (const stream of this.listening.keys()) stream.send(made);
  }

  /** One listens no more. */
  drop(stream: EventStream): void {
    this.listening.get(stream)?.();
    if (this.listening.delete(stream)) stream.close();
  }

  close(): void {
    for (const stream of [...this.listening.keys()]) this.drop(stream);
  }
}
