import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../model/index.js';
import { digestText } from '../../results/files/digest.js';
import { Interrupted } from '../run/node/run-thread.js';
import { CellThreads } from './cell-threads.js';
import type { SweepCell } from './plan-sweep.js';

/** A cell that could not run, and why. */
export interface FailedCell {
  readonly cell: SweepCell;
  readonly problem: string;
}

/** What an engine needs to run cells. */
export interface EngineTask {
  readonly cells: readonly SweepCell[];
  /** The folder of results. */
  readonly results: string;
  readonly jobs: boolean;
  /** Longest real time for one decision of a policy file, in milliseconds. */
  readonly decisionLimit?: number | undefined;
  /** Cells that run at the same time; one per core if left out. */
  readonly workers?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called when a cell has finished (`failed` is undefined) or has failed. */
  readonly done?: ((cell: SweepCell, failed: FailedCell | undefined) => void) | undefined;
}

/** Runs cells until each has finished or failed. @throws InputError when results cannot be written; Interrupted. */
export type Engine = (task: EngineTask) => Promise<readonly FailedCell[]>;

/** Runs cells in threads of this process, the longest first. */
export const localEngine: Engine = async (task) => {
  const { results, jobs, signal, done, decisionLimit, workers = availableParallelism() } = task;
  const queue = new LongestFirst(task.cells, results);
  const failed: FailedCell[] = [];
  const stop = new AbortController();
  const abort = () => stop.abort();
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted === true) abort();
  const threads = new CellThreads();
  const lane = async () => {
    try {
      for (let cell = queue.next(); cell !== undefined && !stop.signal.aborted; cell = queue.next()) {
        const started = process.hrtime.bigint();
        try {
          await threads.perform({ cell, jobs, decisionLimit }, { results, signal: stop.signal });
          queue.took(cell, Number(process.hrtime.bigint() - started) / 1e9);
          done?.(cell, undefined);
        } catch (error) {
          const failure = { cell, problem: problemOf(error, results) };
          failed.push(failure);
          done?.(cell, failure);
        }
      }
    } catch (error) {
      stop.abort();
      throw error;
    }
  };
  const count = Math.max(1, Math.min(workers, task.cells.length));
  const lanes = await Promise.allSettled(Array.from({ length: count }, lane));
  await threads.end();
  signal?.removeEventListener('abort', abort);
  const errors = lanes.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
  const first = errors.find((error) => !(error instanceof Interrupted)) ?? errors[0];
  if (first !== undefined) throw first;
  if (signal?.aborted === true) throw new Interrupted();
  return failed;
};

/** Why a cell failed. @throws the error if it is none of the cell: a full disk, an interrupt, a defect. */
function problemOf(error: unknown, results: string): string {
  const isOfResults = error instanceof InputError && error.place.file?.startsWith(results) === true;
  if (!(error instanceof InputError) || isOfResults) throw error;
  return error.message;
}

/**
 * Cells in the order in which they start: those first whose time is unknown, because their siblings can be estimated from them, then the
 * longest. So a long cell does not start last and keep one core busy alone.
 */
class LongestFirst {
  private readonly groups = new Map<string, Siblings>();
  private readonly file: string;

  constructor(cells: readonly SweepCell[], results: string) {
    this.file = join(results, 'seconds.csv');
    const known = readSeconds(this.file);
    for (const cell of [...cells].sort((a, b) => magnitude(b) - magnitude(a))) {
      const key = siblingKey(cell);
      const group = this.groups.get(key) ?? { waiting: [], seconds: known.get(key) };
      group.waiting.push(cell);
      this.groups.set(key, group);
    }
  }

  next(): SweepCell | undefined {
    let longest: Siblings | undefined;
    for (const group of this.groups.values())
      if (group.waiting.length > 0 && (longest === undefined || estimate(group) > estimate(longest)))
        longest = group;
    return longest?.waiting.shift();
  }

  /** Remembers the time of a cell, also for a later sweep into the same folder. */
  took(cell: SweepCell, seconds: number): void {
    const key = siblingKey(cell);
    const group = this.groups.get(key);
    if (group !== undefined) group.seconds = seconds;
    appendFileSync(this.file, `${key},${seconds.toPrecision(3)}\n`);
  }
}

/** Cells that differ only in their seed: they take about the same time. */
interface Siblings {
  readonly waiting: SweepCell[];
  /** Time of the last of them; undefined if none has run. */
  seconds: number | undefined;
}

function estimate({ seconds = Number.POSITIVE_INFINITY }: Siblings): number {
  return seconds;
}

/** The same for cells that differ only in their seed. */
function siblingKey({ spec }: SweepCell): string {
  return digestText(JSON.stringify({ ...spec, seed: '' }), 12);
}

/** A rough size of a run before any is measured: machines x length. */
export function magnitude({ spec }: SweepCell): number {
  return (Number.parseInt(spec.machines ?? '1', 10) || 1) * (spec.until ?? 1);
}

function readSeconds(file: string): ReadonlyMap<string, number> {
  if (!existsSync(file)) return new Map();
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return new Map(lines.map((line) => line.split(',')).map(([key, seconds]) => [key, Number(seconds)]));
}
