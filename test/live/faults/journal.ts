import { appendFileSync, closeSync, existsSync, openSync, readSync } from 'node:fs';
import { TERMINAL_STATES } from '../../../src/live/wire/messages.js';

/** An action of a framework or an event that it received; written to disk before it acts on it. `at`: milliseconds since the epoch. */
export type JournalLine =
  | { readonly kind: 'subscribed'; readonly at: number; readonly frameworkId: string }
  | {
      readonly kind: 'launch';
      readonly at: number;
      readonly task: string;
      readonly agent: string;
      readonly length: TaskLength;
    }
  | {
      readonly kind: 'status';
      readonly at: number;
      readonly task: string;
      readonly state: string;
      readonly reason: string | undefined;
      readonly uuid: string | undefined;
    };

/** `short` tasks end immediately; `long` ones run until they are killed. */
export type TaskLength = 'short' | 'long';

/** Writes a line synchronously, so that it survives SIGKILL. */
export function writeLine(file: string, line: JournalLine): void {
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

/** The state of a task according to the journal. */
export interface JournalTask {
  readonly agent: string;
  readonly length: TaskLength;
  readonly launchedAt: number;
  /** The reported final states, with the ids of their statuses. */
  readonly finalStates: Set<string>;
  readonly finalIds: Set<string>;
  lastState: string | undefined;
  /** Time of the first TASK_RUNNING. */
  ranAt: number | undefined;
}

const CHUNK_BYTES = 1 << 20;

/** Reads a growing journal. */
export class Journal {
  readonly tasks = new Map<string, JournalTask>();
  frameworkId = '';
  private readonly file: string;
  private offset = 0;
  private rest = '';

  constructor(file: string) {
    this.file = file;
  }

  /** Reads the lines that were written since the last call. */
  read(): this {
    if (!existsSync(this.file)) return this;
    const file = openSync(this.file, 'r');
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (;;) {
      const read = readSync(file, chunk, 0, CHUNK_BYTES, this.offset);
      if (read === 0) break;
      this.offset += read;
      const lines = (this.rest + chunk.toString('latin1', 0, read)).split('\n');
      this.rest = lines.pop() as string;
      for (const line of lines) this.take(JSON.parse(line) as JournalLine);
    }
    closeSync(file);
    return this;
  }

  private take(line: JournalLine): void {
    switch (line.kind) {
      case 'subscribed':
        this.frameworkId = line.frameworkId;
        return;
      case 'launch':
        this.tasks.set(line.task, {
          agent: line.agent,
          length: line.length,
          launchedAt: line.at,
          finalStates: new Set(),
          finalIds: new Set(),
          lastState: undefined,
          ranAt: undefined,
        });
        return;
      case 'status':
        this.heard(line);
    }
  }

  private heard({ task: id, state, reason, uuid, at }: Extract<JournalLine, { kind: 'status' }>): void {
    const task = this.tasks.get(id);
    if (task === undefined) return;
    // The reconciliation was sent before the final status arrived. TASK_UNKNOWN is correct for an ended task.
    if (hasEnded(task) && reason === 'REASON_RECONCILIATION' && state === 'TASK_GONE') return;
    task.lastState = state;
    if (state === 'TASK_RUNNING') task.ranAt ??= at;
    if (!TERMINAL_STATES.has(state)) return;
    task.finalStates.add(state);
    if (uuid !== undefined) task.finalIds.add(uuid);
  }
}

/** Whether the framework has received a final state of the task. */
export function hasEnded({ finalStates }: JournalTask): boolean {
  return finalStates.size > 0;
}
