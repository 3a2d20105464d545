import type { Cancel } from '../../clock.js';
import type { EventStream } from '../../event-stream.js';
import type { View } from '../authorization/view.js';

/** The most operators that listen; beyond it the one that has listened longest is sent away (Mesos: --max_operator_event_stream_subscribers). */
const MAX_SUBSCRIBERS = 1000;

interface Subscriber {
  readonly view: View;
  readonly stopHeartbeat: Cancel;
}

/** Who listens to the events of the operator API (Mesos, docs/operator-http-api.md, SUBSCRIBE). */
export class Subscribers {
  private readonly listening = new Map<EventStream, Subscriber>();

  /** One more listens, to what it may see. */
  add(stream: EventStream, view: View, stopHeartbeat: Cancel): void {
    const [oldest] = this.listening.keys();
    if (oldest !== undefined && this.listening.size >= MAX_SUBSCRIBERS) this.drop(oldest);
    this.listening.set(stream, { view, stopHeartbeat });
  }

  /** Tells all that listen and may see it. The event is made when somebody listens: it may cost something. */
  publish(makeEvent: () => object, mayBeSeen: (view: View) => boolean): void {
    if (this.listening.size === 0) return;
    const event = makeEvent();
    for (const [stream, { view }] of this.listening) if (mayBeSeen(view)) stream.send(event);
  }

  /** One listens no more. */
  drop(stream: EventStream): void {
    this.listening.get(stream)?.stopHeartbeat();
    if (this.listening.delete(stream)) stream.close();
  }

  close(): void {
    for (const stream of [...this.listening.keys()]) this.drop(stream);
  }
}
