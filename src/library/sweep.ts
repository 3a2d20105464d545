import { join } from 'node:path';
import { plannedName } from '../lab/scenario/policy-choice.js';
import type { ScenarioDocument } from '../lab/sweep/axis.js';
import { planSweep, type SweepCell, type SweepPlan } from '../lab/sweep/plan-sweep.js';
import { runSweep } from '../lab/sweep/run-sweep.js';
import { sweepOf } from '../lab/sweep/sweep-file.js';
import { InputError } from '../model/index.js';
import { checkWritable } from '../results/files/result-files.js';
import type { SweepScenario } from './scenario.js';
import { stoppedBy } from './stopping.js';

/** Progress of a sweep, in runs. Runs whose results were in the folder before are not counted. */
export interface SweepProgress {
  readonly runs: number;
  readonly finished: number;
  readonly failed: number;
}

/** Where the results of a sweep go, and how it is followed. */
export interface SweepOptions {
  /** Folder of results. A sweep that was stopped goes on there, and only runs that are missing are made. */
  readonly out: string;
  /** Writes a table of all jobs, too. */
  readonly jobs?: boolean;
  /** Writes every table as CSV, too. */
  readonly csv?: boolean;
  /** Number of runs at the same time. The default is the number of cores. */
  readonly workers?: number;
  /** Stops the sweep. Finished runs are kept, and `sweep` rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
  /** Called before the first run, and when one has ended. */
  readonly progress?: (progress: SweepProgress) => void;
  /** Gets a line for each parameter that is set under its former name. */
  readonly note?: (line: string) => void;
}

/** One run of a sweep. */
export interface SweptRun {
  /** As in the column `cell` of the tables. */
  readonly cell: string;
  readonly policy: string;
  readonly seed: string;
  /** Value of each axis; empty if the run does not depend on it. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A sweep that has ended. */
export interface SweepResults {
  /** Names of the axes beside policy and seed. */
  readonly axes: readonly string[];
  /** All runs, in the order of the tables. */
  readonly runs: readonly SweptRun[];
  /** Number of runs that were made now, and of those whose results were there before. */
  readonly ran: number;
  readonly kept: number;
  /** Runs that failed, and why. */
  readonly failed: readonly (SweptRun & { readonly problem: string })[];
  /** Paths of the Parquet files, by table: `runs`, `metrics`, `series`, and `jobs` if wanted. */
  readonly tables: Readonly<Record<string, string>>;
}

/**
 * Runs every combination of the values of a scenario, and writes their results as tables.
 *
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { sweep } from 'fairground';
 *
 * const { runs, tables } = await sweep(
 *   { policy: ['drf', 'fcfs'], machines: ['10x16cpu/64GiB/4TiBdisk', '20x16cpu/64GiB/4TiBdisk'], until: '5m' },
 *   { out: mkdtempSync('sizes-') },
 * );
 * console.log(runs.length, tables.metrics);
 * ```
 *
 * @throws An error with the name `InputError` for a mistake in any run, before the first one starts, or when the folder cannot be written.
 */
export async function sweep(scenario: SweepScenario, options: SweepOptions): Promise<SweepResults> {
  const { out, jobs = false, csv = false, workers, signal, progress, note = () => {} } = options;
  return stoppedBy(signal, async () => {
    checkPolicies(scenario);
    const plan = await planSweep(sweepOf(scenario as ScenarioDocument), [], note);
    checkWritable(out, 'folder');
    const now = { runs: 0, finished: 0, failed: 0 };
    const outcome = await runSweep(plan, {
      results: out,
      jobs,
      csv,
      workers,
      signal,
      started: (count) => {
        now.runs = count;
        progress?.({ ...now });
      },
      done: (_cell, failure) => {
        now[failure === undefined ? 'finished' : 'failed']++;
        progress?.({ ...now });
      },
    });
    return {
      axes: plan.axes,
      runs: plan.cells.map((cell) => sweptRun(plan, cell)),
      ran: outcome.ran,
      kept: outcome.kept,
      failed: outcome.failed.map(({ cell, problem }) => ({ ...sweptRun(plan, cell), problem })),
      tables: Object.fromEntries(outcome.tables.map((table) => [table, join(out, `${table}.parquet`)])),
    };
  });
}

/** The types refuse an object, too. @throws InputError */
function checkPolicies({ policy }: SweepScenario): void {
  if ([policy].flat().some((one: unknown) => typeof one === 'object' || typeof one === 'function'))
    throw new InputError(
      { field: 'policy', path: ['policy'] },
      'is an object; a sweep needs names or files of policies, whose digests tell which runs are there already',
    );
}

function sweptRun({ axes }: SweepPlan, { id, spec, parameters }: SweepCell): SweptRun {
  return {
    cell: id,
    policy: plannedName(spec),
    seed: spec.seed,
    parameters: Object.fromEntries(axes.map((name, i) => [name, parameters[i]])),
  };
}
