import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../model/index.js';
import { isRunning } from '../../results/files/processes.js';
import { asWriteError, orInputError, writeResult } from '../../results/files/result-files.js';
import { isFinished, removeDrafts, type TableName, tablesOfCell } from './cell-folder.js';
import { type Engine, type EngineTask, type FailedCell, localEngine } from './local-engine.js';
import { mergeTables, writeFailures, writeManifest } from './merge-tables.js';
import type { SweepPlan } from './plan-sweep.js';

/** Where and how a sweep runs. */
export interface SweepOptions extends Omit<EngineTask, 'cells'> {
  /** Where cells run; in threads of this process if left out. */
  readonly engine?: Engine;
  /** Also writes every table as CSV. */
  readonly csv?: boolean;
  /** Called before the first cell runs, with the number of cells to run. */
  readonly started?: (cells: number) => void;
}

/** A sweep that has ended. */
export interface SweepOutcome {
  /** Cells that ran now. */
  readonly ran: number;
  /** Cells whose results were there before. */
  readonly kept: number;
  readonly failed: readonly FailedCell[];
  /** Tables in the folder of results, such as `runs`. */
  readonly tables: readonly TableName[];
}

/**
 * Runs the cells of a plan that have no results yet, and merges the results of all cells into one table each, in the order of the cells.
 * A sweep that was stopped in any way goes on where it was. The tables depend on the plan alone.
 * @throws InputError when the folder cannot be written, or another sweep writes to it; Interrupted.
 */
export async function runSweep(plan: SweepPlan, options: SweepOptions): Promise<SweepOutcome> {
  const { results, jobs, engine = localEngine, csv = false } = options;
  const tables = tablesOfCell(jobs);
  orInputError(results, () => mkdirSync(results, { recursive: true }));
  const lock = lockFolder(results);
  try {
    removeDrafts(results);
    const pending = plan.cells.filter(({ id }) => !isFinished(results, id, tables));
    options.started?.(pending.length);
    const failed = pending.length === 0 ? [] : await engine({ ...options, cells: pending });
    const finished = plan.cells.filter((cell) => failed.every((one) => one.cell !== cell));
    await mergeTables(results, { ...plan, cells: finished }, tables, csv);
    writeFailures(results, plan, failed);
    writeManifest(results, plan, tables, failed);
    return {
      ran: pending.length - failed.length,
      kept: plan.cells.length - pending.length,
      failed,
      tables,
    };
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Two sweeps that write to one folder would run the same cells. @throws InputError when one does. */
function lockFolder(results: string): string {
  const path = join(results, 'sweep.lock');
  const own = JSON.stringify({ host: hostname(), process: process.pid });
  try {
    writeFileSync(path, own, { flag: 'wx' });
    return path;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw asWriteError(error, path);
  }
  const holder = holderOf(path);
  if (holder !== undefined && (holder.host !== hostname() || isRunning(holder.process)))
    throw new InputError(
      { file: path },
      `process ${holder.process} on ${holder.host} is writing these results; if it has ended, remove this file`,
    );
  // The process that made it was killed.
  writeResult(path, own);
  return path;
}

function holderOf(path: string): { readonly host: string; readonly process: number } | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
