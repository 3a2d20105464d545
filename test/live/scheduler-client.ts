import { type ClientRequest, request } from 'node:http';
import type { MediaType } from '../../src/live/wire/media-type.js';
import { decodeProtobuf, encodeProtobuf } from '../../src/live/wire/protobuf.js';
import { RecordReader } from '../../src/live/wire/record-io.js';

/** A received event, without a schema. */
// biome-ignore lint/suspicious/noExplicitAny: the API has a dozen event types, and each test expects one of them
export type Event = any;

/** Timeout of a wait for an event; the error lists the events that arrived instead. */
const PATIENCE_MS = 20_000;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly bytes: Buffer;
}

/** Sends one request and reads the whole answer. */
export function send(
  url: string,
  path: string,
  body: string | Buffer | undefined,
  headers: Readonly<Record<string, string>> = { 'Content-Type': 'application/json' },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(path, url),
      { method: body === undefined ? 'GET' : 'POST', headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const { statusCode: status = 0, headers } = response;
          resolve({ status, headers, text: bytes.toString('utf8'), bytes });
        });
        response.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** A minimal scheduler: it subscribes and keeps every event. */
export class SchedulerClient {
  readonly events: Event[] = [];
  readonly url: string;
  readonly authorization: string | undefined;
  readonly mediaType: MediaType;
  frameworkId = '';
  streamId = '';
  status = 0;
  isClosed = false;
  acknowledges = true;
  private readonly seen = new Set<string | undefined>();
  private outgoing: ClientRequest | undefined;
  private wake: () => void = () => undefined;

  constructor(url: string, authorization?: string, mediaType: MediaType = 'application/json') {
    this.url = url;
    this.authorization = authorization;
    this.mediaType = mediaType;
  }

  /** Subscribes and waits for SUBSCRIBED, or for the end of the stream. */
  async subscribe(info: object = {}, more: object = {}): Promise<this> {
    const framework = { user: 'test', name: 'test', ...info } as { id?: { value: string } };
    const body = this.written({
      type: 'SUBSCRIBE',
      ...(framework.id !== undefined && { framework_id: framework.id }),
      subscribe: { framework_info: framework, ...more },
    });
    this.outgoing = request(new URL('/api/v1/scheduler', this.url), {
      method: 'POST',
      headers: this.headers(),
      agent: false,
    });
    this.outgoing.on('error', () => this.closed());
    this.outgoing.on('response', (response) => {
      this.status = response.statusCode ?? 0;
      this.streamId = String(response.headers['mesos-stream-id'] ?? '');
      const reader = new RecordReader(1 << 24);
      response.on('data', (chunk: Buffer) => {
        for (const record of reader.push(chunk)) this.received(this.read(record));
        this.wake();
      });
      response.on('error', () => undefined);
      response.on('close', () => this.closed());
    });
    this.outgoing.end(body);
    const first = await this.next((event) => event.type === 'SUBSCRIBED' || event.type === 'ERROR');
    this.frameworkId = first.subscribed?.framework_id.value ?? '';
    return this;
  }

  /** Removes and returns the first event that satisfies the predicate; waits for it if necessary. */
  async next(passes: (event: Event) => boolean): Promise<Event> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const at = this.events.findIndex(passes);
      if (at >= 0) return this.events.splice(at, 1)[0];
      if (this.isClosed || Date.now() > deadline)
        throw new Error(`timeout; unread events: ${JSON.stringify(this.events).slice(0, 2000)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 500);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** The next offer. An event may contain several; the others are returned by later calls. */
  async offer(): Promise<Event> {
    const event = await this.next(({ type }) => type === 'OFFERS');
    const [first, ...rest] = event.offers.offers;
    if (rest.length > 0) this.events.unshift({ type: 'OFFERS', offers: { offers: rest } });
    return first;
  }

  /** The next status of a task in this state. */
  async update(taskId: string, state: string): Promise<Event> {
    const event = await this.next(
      ({ type, update }) =>
        type === 'UPDATE' && update.status.task_id.value === taskId && update.status.state === state,
    );
    return event.update.status;
  }

  /** Waits for statuses of a task, in order. */
  async follow(taskId: string, ...states: readonly string[]): Promise<Event> {
    let status: Event;
    for (const state of states) status = await this.update(taskId, state);
    return status;
  }

  /** Accepts an offer and launches commands on it, by task id. */
  async launch(offer: Event, commands: Readonly<Record<string, string>>, cpus = 0.5): Promise<Answer> {
    const task_infos = Object.entries(commands).map(([id, value]) => taskInfo(id, offer, value, cpus));
    return this.call('ACCEPT', {
      accept: { offer_ids: [offer.id], operations: [{ type: 'LAUNCH', launch: { task_infos } }] },
    });
  }

  call(type: string, members: object = {}, streamId = this.streamId): Promise<Answer> {
    return send(
      this.url,
      '/api/v1/scheduler',
      this.written({ type, framework_id: { value: this.frameworkId }, ...members }),
      { ...this.headers(), 'Mesos-Stream-Id': streamId },
    );
  }

  close(): void {
    this.outgoing?.destroy();
  }

  private headers(): Record<string, string> {
    return {
      'Content-Type': this.mediaType,
      Accept: this.mediaType,
      ...(this.authorization !== undefined && { Authorization: this.authorization }),
    };
  }

  private written(call: object): string | Buffer {
    return this.mediaType === 'application/json'
      ? JSON.stringify(call)
      : encodeProtobuf('scheduler.Call', call);
  }

  private read(record: Buffer): Event {
    return this.mediaType === 'application/json'
      ? JSON.parse(record.toString('utf8'))
      : decodeProtobuf('scheduler.Event', record);
  }

  /** Acknowledges every copy of a status, and keeps the status once. */
  private received(event: Event): void {
    const { uuid, agent_id, task_id } = event.update?.status ?? {};
    if (uuid !== undefined && this.acknowledges)
      this.call('ACKNOWLEDGE', { acknowledge: { agent_id, task_id, uuid } }).catch(() => undefined);
    if (uuid !== undefined && this.seen.has(uuid)) return;
    this.seen.add(uuid);
    this.events.push(event);
  }

  private closed(): void {
    this.isClosed = true;
    this.wake();
  }
}

/** A command task with the given cpus and 32 MiB. */
export function taskInfo(id: string, offer: Event, value: string, cpus = 0.5): Event {
  return {
    name: id,
    task_id: { value: id },
    agent_id: offer.agent_id,
    command: { value },
    resources: [
      { name: 'cpus', type: 'SCALAR', scalar: { value: cpus } },
      { name: 'mem', type: 'SCALAR', scalar: { value: 32 } },
    ],
  };
}
