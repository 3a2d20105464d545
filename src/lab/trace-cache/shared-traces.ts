import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { NOT_KEPT, type TraceForm } from './trace-form.js';

/** Most bytes of converted traces in the memory of the process. Beyond it, those that were not used for the longest time are let go. */
const SHARED_BYTES = 256 * 2 ** 20;

/** A message from a thread. */
export type ThreadMessage =
  | { readonly kind: 'ask'; readonly key: string; readonly question: number }
  | { readonly kind: 'made'; readonly key: string; readonly form: TraceForm };

/** The answer to a question: the form, or that the thread must make it. */
export interface SharedAnswer {
  readonly question: number;
  readonly form: TraceForm | { readonly kind: 'make' };
}

/** A thread that waits for a form. */
interface Waiting {
  readonly port: MessagePort;
  readonly question: number;
}

/** A form that a thread is making. */
interface Making {
  readonly kind: 'making';
  readonly by: MessagePort;
  readonly waiting: Waiting[];
}

/**
 * The converted traces of the threads of this process. The first thread that needs a trace makes its form, and the others wait for it:
 * a trace is converted once. A thread that ends in the middle of it is replaced by the next one.
 */
export class SharedTraces {
  /** By key, in the order of their last use. */
  private readonly traces = new Map<string, TraceForm | Making>();

  /** A port for a new thread. */
  connect(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (message: ThreadMessage) => this.receive(port1, message));
    port1.on('close', () => this.left(port1));
    port1.unref();
    return port2;
  }

  private receive(port: MessagePort, message: ThreadMessage): void {
    const { key } = message;
    if (message.kind === 'ask') {
      this.answer(key, { port, question: message.question });
      return;
    }
    const making = this.traces.get(key);
    this.keep(key, message.form);
    if (making?.kind === 'making') for (const waiting of making.waiting) reply(waiting, message.form);
  }

  private answer(key: string, waiting: Waiting): void {
    const known = this.traces.get(key);
    if (known?.kind === 'making') {
      known.waiting.push(waiting);
      return;
    }
    if (known !== undefined) {
      this.keep(key, known);
      reply(waiting, known);
      return;
    }
    this.make(key, waiting, []);
  }

  private make(key: string, { port, question }: Waiting, waiting: Waiting[]): void {
    this.traces.set(key, { kind: 'making', by: port, waiting });
    reply({ port, question }, { kind: 'make' });
  }

  private keep(key: string, form: TraceForm): void {
    this.traces.delete(key);
    this.traces.set(key, form);
    let bytes = 0;
    for (const [other, one] of [...this.traces].reverse()) {
      bytes += one.kind === 'mapped' ? one.bytes.byteLength : 0;
      if (bytes > SHARED_BYTES && one.kind === 'mapped' && other !== key) this.traces.delete(other);
    }
  }

  /** A thread has ended. */
  private left(port: MessagePort): void {
    for (const [key, making] of this.traces) {
      if (making.kind !== 'making') continue;
      const others = making.waiting.filter((waiting) => waiting.port !== port);
      if (making.by !== port) this.traces.set(key, { ...making, waiting: others });
      else if (others.length === 0) this.traces.delete(key);
      else this.make(key, others[0], others.slice(1));
    }
  }
}

function reply({ port, question }: Waiting, form: SharedAnswer['form']): void {
  port.postMessage({ question, form } satisfies SharedAnswer);
}

/** The side of a thread. */
export class ThreadTraces {
  private readonly port: MessagePort;
  private readonly open = new Map<number, (form: SharedAnswer['form']) => void>();
  private questions = 0;

  constructor(port: MessagePort) {
    this.port = port;
    port.on('message', ({ question, form }: SharedAnswer) => {
      this.open.get(question)?.(form);
      this.open.delete(question);
    });
    port.unref();
  }

  /** The form of a key; `make` is called if this thread must make it. */
  async form(key: string, make: () => Promise<TraceForm>): Promise<TraceForm> {
    const question = this.questions++;
    const answer = await new Promise<SharedAnswer['form']>((resolve) => {
      this.open.set(question, resolve);
      this.send({ kind: 'ask', key, question });
    });
    if (answer.kind !== 'make') return answer;
    let made = NOT_KEPT;
    try {
      made = await make();
      return made;
    } finally {
      this.send({ kind: 'made', key, form: made });
    }
  }

  private send(message: ThreadMessage): void {
    this.port.postMessage(message);
  }
}
