/** The way to one client: events in RecordIO on an HTTP response that does not end. */
export interface EventStream {
  /** Mesos-Stream-Id of the subscription; the client names it in its calls. */
  readonly id: string;
  /** Sends one event; without effect on a stream that is closed. */
  send(event: object): void;
  close(): void;
}
