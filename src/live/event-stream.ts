/** An event stream to one client: RecordIO events on a streaming HTTP response. */
export interface EventStream {
  /** Mesos-Stream-Id of the subscription; the client sends it in its calls. */
  readonly id: string;
  /** Sends one event; no effect on a closed stream. */
  send(event: object): void;
  close(): void;
}
