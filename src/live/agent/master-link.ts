import type { ClientRequest, Agent as Connections, IncomingMessage } from 'node:http';
import { fromSeconds, InputError, type Micros } from '../../model/index.js';
import type { Cancel, Clock } from '../clock.js';
import { hearRecords } from '../http/event-records.js';
import { connectionsTo, postJson, type Recipient } from '../http/post-json.js';
import { type AgentEvent, agentEventSchema } from '../wire/agent-messages.js';
import { parseMessage } from '../wire/json-text.js';

/** Backoff of reconnects doubles from the first to the longest (Mesos: registration_backoff_factor). */
const FIRST_BACKOFF: Micros = fromSeconds(1);
const LONGEST_BACKOFF: Micros = fromSeconds(60);
/** Registration timeout: without an answer the connection may be half-open (Mesos retries within a minute). */
const ANSWER_WITHIN: Micros = LONGEST_BACKOFF;
const PATH = '/api/v1/agent';

/** Callbacks and settings of the link. */
export interface LinkSetup extends Recipient {
  readonly clock: Clock;
  /** Creates the SUBSCRIBE message; called for each attempt. */
  readonly registration: () => object;
  readonly received: (event: AgentEvent) => void;
  /** Called when the master refuses this agent permanently: a retry cannot succeed. */
  readonly refused: (error: InputError) => void;
  readonly report: (problem: string) => void;
}

/** The connection of an agent to its master. It reconnects after every failure. */
export class MasterLink {
  private readonly setup: LinkSetup;
  private readonly calls: Connections;
  private streamId: string | undefined;
  private current: ClientRequest | undefined;
  private backoff: Micros = FIRST_BACKOFF;
  private isClosed = false;
  private cancelRetry: Cancel = () => undefined;
  private cancelSilence: Cancel = () => undefined;
  private longestSilence: Micros = Number.POSITIVE_INFINITY;

  constructor(setup: LinkSetup) {
    this.setup = setup;
    this.calls = connectionsTo(setup);
  }

  connect(): void {
    const outgoing = postJson(this.setup, PATH, this.setup.registration(), {}, false);
    this.current = outgoing;
    this.giveUpAfter(ANSWER_WITHIN, outgoing);
    outgoing.once('response', (response) => this.joined(outgoing, response));
    outgoing.once('error', (error) => this.broken(outgoing, error.message));
  }

  /** Sends a message if connected. Delivery is not guaranteed: senders that need it retry until acknowledged. */
  send(message: object): void {
    if (this.streamId === undefined) return;
    const outgoing = postJson(this.setup, PATH, message, { 'Mesos-Stream-Id': this.streamId }, this.calls);
    outgoing.once('response', (response) => response.resume());
    outgoing.once('error', () => undefined);
  }

  /** Sets the silence timeout: without data from the master for this long, the link reconnects. */
  expectEvery(silence: Micros): void {
    this.longestSilence = silence;
    this.heard();
  }

  close(): void {
    this.isClosed = true;
    this.cancelRetry();
    this.cancelSilence();
    this.streamId = undefined;
    this.current?.destroy();
    this.calls.destroy();
  }

  private joined(outgoing: ClientRequest, response: IncomingMessage): void {
    const status = response.statusCode ?? 0;
    if (status !== 200) {
      this.notJoined(outgoing, status, response);
      return;
    }
    this.streamId = response.headers['mesos-stream-id'] as string | undefined;
    this.backoff = FIRST_BACKOFF;
    this.heard();
    response.on('data', () => this.heard());
    hearRecords(
      outgoing,
      response,
      (record) => this.receive(record),
      () => this.broken(outgoing, 'the master closed the connection'),
    );
  }

  private receive(record: Buffer): void {
    const event = agentEventSchema.safeParse(parseMessage(record.toString('utf8')));
    if (event.success) this.setup.received(event.data);
    else this.setup.report(`invalid event from the master: ${event.error.issues[0]?.message}`);
  }

  private notJoined(outgoing: ClientRequest, status: number, response: IncomingMessage): void {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (part: string) => {
      if (text.length < 1000) text += part;
    });
    response.once('error', () => undefined);
    response.once('close', () => {
      const problem = `the master answered ${status}: ${text}`;
      const isFinal = status >= 400 && status < 500;
      if (isFinal) this.setup.refused(new InputError({ field: '--master' }, problem));
      else this.broken(outgoing, problem);
    });
  }

  private heard(): void {
    if (this.current !== undefined) this.giveUpAfter(this.longestSilence, this.current);
  }

  private giveUpAfter(silence: Micros, outgoing: ClientRequest): void {
    this.cancelSilence();
    this.cancelSilence = this.setup.clock.after(silence, () => {
      outgoing.destroy(new Error('no message within the timeout'));
      this.calls.destroy();
    });
  }

  private broken(outgoing: ClientRequest, why: string): void {
    if (this.isClosed || this.current !== outgoing) return;
    this.current = undefined;
    this.streamId = undefined;
    this.cancelSilence();
    this.setup.report(`no connection to the master (${why})`);
    this.cancelRetry = this.setup.clock.after(this.backoff, () => this.connect());
    this.backoff = Math.min(LONGEST_BACKOFF, 2 * this.backoff);
  }
}
