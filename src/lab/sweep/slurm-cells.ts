import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError } from '../../model/index.js';
import { writeResult } from '../../results/files/result-files.js';
import type { RunSpec } from '../run/run-spec.js';
import { isFinished, tablesOfCell } from './cell-folder.js';
import { CellThreads, Refused } from './cell-threads.js';

/** The cells of an array of tasks, in a file that all machines share. */
export interface CellList {
  /** The build of Fairground that planned the cells. */
  readonly engine: string;
  /** The folder of results. */
  readonly results: string;
  readonly jobs: boolean;
  readonly decisionLimit?: number | undefined;
  /** Number of tasks. Task n runs the cells n, n + parts, n + 2 parts … */
  readonly parts: number;
  readonly cells: readonly { readonly id: string; readonly spec: RunSpec }[];
}

/** The file with the reason why a cell failed. */
export function failurePath(results: string, id: string): string {
  return join(results, 'slurm', 'failed', `${id}.txt`);
}

/**
 * Runs the cells of one task, one after another, and writes their results. Cells that have a result already are left out, so that a task
 * may be repeated. @returns the number of cells that finished. @throws InputError when the list is wrong or results cannot be written;
 * Interrupted.
 */
export async function performPart(file: string, part: number, signal: AbortSignal): Promise<number> {
  const { engine, results, jobs, decisionLimit, parts, cells } = readCells(file);
  if (part >= parts)
    throw InputError.expected({ field: '--part' }, String(part), `a whole number from 0 to ${parts - 1}`);
  const threads = new CellThreads();
  let finished = 0;
  try {
    for (let place = part; place < cells.length; place += parts) {
      const cell = cells[place];
      if (isFinished(results, cell.id, tablesOfCell(jobs))) continue;
      try {
        await threads.performPlanned({ cell, jobs, decisionLimit }, engine, { results, signal });
        finished++;
      } catch (error) {
        writeFailure(results, cell.id, problemOf(error, results));
      }
    }
  } finally {
    await threads.end();
  }
  return finished;
}

/** Why the cell failed. @throws the error if it is none of the cell. */
function problemOf(error: unknown, results: string): string {
  const isOfResults = error instanceof InputError && error.place.file?.startsWith(results) === true;
  if (error instanceof Refused || (error instanceof InputError && !isOfResults)) return error.message;
  throw error;
}

function writeFailure(results: string, id: string, problem: string): void {
  const path = failurePath(results, id);
  mkdirSync(dirname(path), { recursive: true });
  writeResult(path, problem);
}

function readCells(file: string): CellList {
  if (!existsSync(file))
    throw new InputError({ file }, 'no such list of runs; sweep --engine slurm writes it');
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new InputError({ file }, `is no list of runs of a sweep (${(error as Error).message})`);
  }
}
