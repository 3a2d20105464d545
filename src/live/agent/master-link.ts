import type { ClientRequest, Agent as Connections, IncomingMessage } from 'node:http';
import { fromSeconds, InputError, type Micros } from '../../model/index.js';
import type { Cancel, Clock } from '../clock.js';
import { hearRecords } from '../http/event-records.js';
import { connectionsTo, postJson, type Recipient } from '../http/post-json.js';
import { type AgentEvent, agentEventSchema } from '../wire/agent-messages.js';
import { parseMessage } from '../wire/json-text.js';

/** The first wait before an agent tries again to reach its master, and the longest (Mesos: registration_backoff_factor). */
const FIRST_BACKOFF: Micros = fromSeconds(1);
const LONGEST_BACKOFF: Micros = fromSeconds(60);
/** A registration that is not answered by then is made anew: the connection is half-open (Mesos tries again within a minute). */
const ANSWER_WITHIN: Micros = LONGEST_BACKOFF;
const PATH = '/api/v1/agent';

/** What a link needs of the agent at its end. */
export interface LinkSetup extends Recipient {
  readonly clock: Clock;
  /** What is sent to join; made anew each time. */
  readonly registration: () => object;
  readonly received: (event: AgentEvent) => void;
  /** The master does not want this agent: trying again is of no use. */
  readonly refused: (error: InputError) => void;
  readonly report: (problem: string) => void;
}

/** The connection of an agent to its master, made again whenever it breaks. */
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

  /** Sends something while the link is up. What gets lost is sent again by whoever must know that it arrived. */
  send(message: object): void {
    if (this.streamId === undefined) return;
    const outgoing = postJson(this.setup, PATH, message, { 'Mesos-Stream-Id': this.streamId }, this.calls);
    outgoing.once('response', (response) => response.resume());
    outgoing.once('error', () => undefined);
  }

  /** The master must be heard of this often; after more silence the link is made anew. */
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
    else this.setup.report(`an event of the master cannot be read: ${event.error.issues[0]?.message}`);
  }

  private notJoined(outgoing: ClientRequest, status: number, response: IncomingMessage): void {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (part: string) => {
      if (text.length < 1000) text += part;
    });
    response.once('error', () => undefined);
    response.once('close', () => {
      const problem = `the master answers ${status}: ${text}`;
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
      outgoing.destroy(new Error('it is silent'));
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
