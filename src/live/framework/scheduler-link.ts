import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import { fromSeconds, InputError, type Micros } from '../../model/index.js';
import type { Cancel, Clock } from '../clock.js';
import { hearRecords } from '../http/event-records.js';
import { connectionsTo, postJson, type Recipient } from '../http/post-json.js';
import { parseMessage } from '../wire/json-text.js';
import { type SchedulerEvent, schedulerEventSchema } from './scheduler-events.js';

/** Backoff of reconnects doubles from the first to the longest (Mesos advises at most 15 s). */
const FIRST_BACKOFF: Micros = fromSeconds(0.5);
const LONGEST_BACKOFF: Micros = fromSeconds(15);
const PATH = '/api/v1/scheduler';

/** Callbacks and settings of the link. */
export interface SchedulerLinkSetup extends Recipient {
  readonly clock: Clock;
  /** FrameworkInfo without an id. */
  readonly info: object;
  readonly received: (event: SchedulerEvent) => void;
  /** Called when the master refuses this framework permanently: a retry cannot succeed. */
  readonly refused: (error: InputError) => void;
  readonly report: (problem: string) => void;
}

/** A complete response of the master. */
interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * A subscription to the scheduler API of a master; it resubscribes under the same id after every failure. Calls are sent in
 * order on one connection: a REVIVE that overtook an ACCEPT would request resources that are not free yet.
 */
export class SchedulerLink {
  private readonly setup: SchedulerLinkSetup;
  private readonly calls: Agent;
  private frameworkId: string | undefined;
  private streamId: string | undefined;
  private current: ClientRequest | undefined;
  private backoff: Micros = FIRST_BACKOFF;
  private cancelRetry: Cancel = () => undefined;
  private isClosed = false;

  constructor(setup: SchedulerLinkSetup) {
    this.setup = setup;
    this.calls = connectionsTo(setup, 1);
  }

  connect(): void {
    const { info } = this.setup;
    const id = this.frameworkId === undefined ? undefined : { value: this.frameworkId };
    const message = {
      type: 'SUBSCRIBE',
      ...(id !== undefined && { framework_id: id }),
      subscribe: { framework_info: { ...info, ...(id !== undefined && { id }) } },
    };
    const outgoing = postJson(this.setup, PATH, message, { Accept: 'application/json' }, false);
    this.current = outgoing;
    outgoing.once('response', (response) => this.answered(outgoing, response));
    outgoing.once('error', (error) => this.broken(outgoing, error.message));
  }

  /** Sends a call of the scheduler API. Refusals and send errors are reported. */
  call(type: string, members: object = {}): void {
    if (this.streamId === undefined) return;
    const message = { type, framework_id: { value: this.frameworkId }, ...members };
    const outgoing = postJson(this.setup, PATH, message, { 'Mesos-Stream-Id': this.streamId }, this.calls);
    void this.answerOf(outgoing).then(({ status, text }) => {
      if (status !== 202) this.setup.report(`${type} was answered ${status}: ${text.slice(0, 200)}`);
    }, this.startOver);
  }

  /** Queries the operator API. @throws Error unless the status is 200. */
  async ask(type: string): Promise<unknown> {
    const { status, text } = await this.answerOf(postJson(this.setup, '/api/v1', { type }, {}, this.calls));
    if (status !== 200) throw new Error(`${type} was answered ${status}: ${text.slice(0, 200)}`);
    return parseMessage(text);
  }

  close(): void {
    this.isClosed = true;
    this.cancelRetry();
    this.streamId = undefined;
    this.current?.destroy();
    this.calls.destroy();
  }

  /** Tears the framework down: the master kills its running tasks. */
  async teardown(): Promise<void> {
    if (this.streamId === undefined) return;
    this.isClosed = true;
    const message = { type: 'TEARDOWN', framework_id: { value: this.frameworkId } };
    const outgoing = postJson(this.setup, PATH, message, { 'Mesos-Stream-Id': this.streamId }, this.calls);
    await this.answerOf(outgoing).catch(() => undefined);
  }

  /** After a possibly lost call, master and framework may disagree. A new subscription reconciles them. */
  private readonly startOver = (): void => {
    this.current?.destroy();
  };

  private answerOf(outgoing: ClientRequest): Promise<Answer> {
    return new Promise((resolve, reject) => {
      outgoing.once('error', reject);
      outgoing.once('response', (response) => {
        textOf(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
      });
    });
  }

  private answered(outgoing: ClientRequest, response: IncomingMessage): void {
    const status = response.statusCode ?? 0;
    if (status !== 200) {
      void textOf(response).then((text) => {
        const problem = `the master answered ${status}: ${text.slice(0, 200)}`;
        if (status >= 400 && status < 500) this.refuse(problem);
        else this.broken(outgoing, problem);
      }, this.startOver);
      return;
    }
    this.streamId = response.headers['mesos-stream-id'] as string | undefined;
    this.backoff = FIRST_BACKOFF;
    hearRecords(
      outgoing,
      response,
      (record) => this.receive(record),
      () => this.broken(outgoing, 'the master closed the connection'),
    );
  }

  private receive(record: Buffer): void {
    const event = schedulerEventSchema.safeParse(parseMessage(record.toString('utf8')));
    if (!event.success) {
      this.setup.report(`invalid event from the master: ${event.error.issues[0]?.message}`);
      return;
    }
    const { type, subscribed, error } = event.data;
    if (type === 'ERROR') this.refuse(error?.message ?? 'the master gave no reason');
    this.frameworkId = subscribed?.framework_id.value ?? this.frameworkId;
    this.setup.received(event.data);
  }

  private refuse(problem: string): void {
    if (this.isClosed) return;
    this.close();
    this.setup.refused(new InputError({ field: '--master' }, problem));
  }

  private broken(outgoing: ClientRequest, why: string): void {
    if (this.isClosed || this.current !== outgoing) return;
    this.current = undefined;
    this.streamId = undefined;
    this.setup.report(`no connection to the master (${why})`);
    this.cancelRetry = this.setup.clock.after(this.backoff, () => this.connect());
    this.backoff = Math.min(LONGEST_BACKOFF, 2 * this.backoff);
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const part of response) text += part as string;
  return text;
}
