import { appendFileSync, closeSync, existsSync, openSync, readSync } from 'node:fs';
import { TERMINAL_STATES } from '../../../src/live/wire/messages.js';

/** What a framework has done or heard; on disk before it acts on it. `at`: milliseconds since the epoch. */
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

/** `short` tasks end by themselves at once; `long` ones run until they are killed. */
export type TaskLength = 'short' | 'long';

/** Writes a line so that it is there after SIGKILL. */
export function writeLine(file: string, line: JournalLine): void {
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

/** A task as the journal tells of it. */
export interface JournalTask {
  readonly agent: string;
  readonly length: TaskLength;
  readonly launchedAt: number;
  /** The final states it was said to have, and the ids of the statuses that said so. */
  readonly finalStates: Set<string>;
  readonly finalIds: Set<string>;
  lastState: string | undefined;
  /** When TASK_RUNNING was first heard. */
  ranAt: number | undefined;
}

const CHUNK_BYTES = 1 << 20;

/** Reads a journal as it grows. */
export class Journal {
  readonly tasks = new Map<string, JournalTask>();
  frameworkId = '';
  private readonly file: string;
  private offset = 0;
  private rest = '';

  constructor(file: string) {
    this.file = file;
  }

  /** Reads what has been written since the last time. */
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
    // It was asked before its end was heard: that it is not known is true of a task that has ended.
    if (hasEnded(task) && reason === 'REASON_RECONCILIATION' && state === 'TASK_GONE') return;
    task.lastState = state;
    if (state === 'TASK_RUNNING') task.ranAt ??= at;
    if (!TERMINAL_STATES.has(state)) return;
    task.finalStates.add(state);
    if (uuid !== undefined) task.finalIds.add(uuid);
  }
}

/** Has the framework heard how a task ended? */
export function hasEnded({ finalStates }: JournalTask): boolean {
  return finalStates.size > 0;
}
