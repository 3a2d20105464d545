import type { Cancel } from '../../clock.js';
import type { EventStream } from '../../event-stream.js';
import type { View } from '../authorization/view.js';

/** Maximum number of subscribed operators; beyond it the oldest is disconnected (Mesos: --max_operator_event_stream_subscribers). */
const MAX_SUBSCRIBERS = 1000;

interface Subscriber {
  readonly view: View;
  readonly stopHeartbeat: Cancel;
}

/** The subscribers to events of the operator API (Mesos, docs/operator-http-api.md, SUBSCRIBE). */
export class Subscribers {
  private readonly listening = new Map<EventStream, Subscriber>();

  /** Adds a subscriber with its view. */
  add(stream: EventStream, view: View, stopHeartbeat: Cancel): void {
    const [oldest] = this.listening.keys();
    if (oldest !== undefined && this.listening.size >= MAX_SUBSCRIBERS) this.drop(oldest);
    this.listening.set(stream, { view, stopHeartbeat });
  }

  /** Sends an event to all subscribers that may see it. It is built only if there are any, because that may be expensive. */
  publish(makeEvent: () => object, mayBeSeen: (view: View) => boolean): void {
    if (this.listening.size === 0) return;
    const event = makeEvent();
    for (const [stream, { view }] of this.listening) if (mayBeSeen(view)) stream.send(event);
  }

  /** Removes a subscriber. */
  drop(stream: EventStream): void {
    this.listening.get(stream)?.stopHeartbeat();
    if (this.listening.delete(stream)) stream.close();
  }

  close(): void {
    for (const stream of [...this.listening.keys()]) this.drop(stream);
  }
}
