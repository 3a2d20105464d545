import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { InputError } from '../../model/index.js';
import { digestText } from '../../results/files/digest.js';
import { writeResult } from '../../results/files/result-files.js';
import { buildHash, packageRoot } from '../../results/files/version.js';
import { pluralText } from '../../results/metric-text.js';
import { Interrupted } from '../run/node/run-thread.js';
import { isFinished, removeDrafts, tablesOfCell } from './cell-folder.js';
import { type Engine, type EngineTask, type FailedCell, magnitude } from './local-engine.js';
import type { SweepCell } from './plan-sweep.js';
import { type CellList, failurePath } from './slurm-cells.js';

/** More tasks in an array are a load for Slurm's controller. Its default limit is 1,001. */
const MOST_TASKS = 1000;

/** Milliseconds between two looks at the results, and between two questions to Slurm, which are a load for its controller. */
const LOOK_INTERVAL = 500;
const ASK_INTERVAL = 3000;

/** Times that cells without a result are submitted, in case their machine failed. */
const SUBMISSIONS = 3;

/** Questions in a row that Slurm may leave without an answer. */
const SILENCES = 20;

/**
 * Runs cells as an array of tasks of Slurm. The folder of results must be on a file system that all machines share. Options of sbatch, such
 * as the partition, are given in its environment variables. `note` gets lines for the user.
 */
export function slurmEngine(note: (line: string) => void): Engine {
  return async (task) => {
    const sweep = new SubmittedSweep(task);
    await sweep.cancel();
    try {
      for (let submission = 1; submission <= SUBMISSIONS && sweep.missing.size > 0; submission++) {
        if (submission > 1)
          note(`submits ${pluralText(sweep.missing.size, 'run')} again that ended without a result`);
        await sweep.perform();
      }
    } catch (error) {
      await sweep.cancel().catch(() => {});
      throw error;
    }
    return sweep.failures();
  };
}

class SubmittedSweep {
  /** Cells that have neither a result nor a failure. */
  readonly missing: Map<string, SweepCell>;
  private readonly task: EngineTask;
  private readonly folder: string;
  /** Of all arrays for this folder, also those of a command that was killed. */
  private readonly jobName: string;
  private readonly failed: FailedCell[] = [];

  constructor(task: EngineTask) {
    this.task = task;
    this.folder = resolve(task.results, 'slurm');
    this.jobName = `fairground-${digestText(this.folder, 12)}`;
    // The longest first, so that none of them runs alone at the end.
    const cells = [...task.cells].sort((a, b) => magnitude(b) - magnitude(a));
    this.missing = new Map(cells.map((cell) => [cell.id, cell]));
  }

  /** Submits the missing cells and waits until they have results or no task is left. @throws InputError; Interrupted */
  async perform(): Promise<void> {
    const array = await this.submit();
    let silences = 0;
    let asked = performance.now();
    while (this.missing.size > 0) {
      if (this.task.signal?.aborted === true) throw new Interrupted();
      await delay(LOOK_INTERVAL);
      this.collect();
      if (performance.now() - asked < ASK_INTERVAL) continue;
      const left = await tasksLeft(array);
      silences = left === undefined ? silences + 1 : 0;
      if (silences >= SILENCES)
        throw new InputError(
          {},
          'Slurm does not answer; finished runs are kept, and the same command goes on',
        );
      asked = performance.now();
      if (left !== 0) continue;
      this.collect();
      return;
    }
  }

  /** Ends the tasks of this sweep. */
  async cancel(): Promise<void> {
    await slurm('scancel', ['--quiet', `--name=${this.jobName}`]);
  }

  failures(): readonly FailedCell[] {
    const lost = [...this.missing.values()].map((cell) => {
      const failure = { cell, problem: `its task of Slurm ended without a result; see ${this.folder}` };
      this.task.done?.(cell, failure);
      return failure;
    });
    removeDrafts(this.task.results, { ofAnyHost: true });
    return [...this.failed, ...lost];
  }

  /** @returns the number of the array. */
  private async submit(): Promise<string> {
    const { results, jobs, decisionLimit, workers } = this.task;
    const cells = [...this.missing.values()].map(({ id, spec }) => ({ id, spec }));
    const parts = Math.min(MOST_TASKS, await largestArray(), cells.length);
    const file = join(this.folder, 'cells.json');
    const list: CellList = {
      engine: buildHash(),
      results: resolve(results),
      jobs,
      decisionLimit,
      parts,
      cells,
    };
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
    writeResult(file, `${JSON.stringify(list)}\n`);
    const command = [process.execPath, join(packageRoot(), 'dist', 'cli.js'), 'worker', '--cells', file];
    const answer = await slurm('sbatch', [
      '--parsable',
      `--job-name=${this.jobName}`,
      `--array=0-${parts - 1}${workers === undefined ? '' : `%${workers}`}`,
      `--output=${join(this.folder.replaceAll('%', '%%'), 'task-%a.txt')}`,
      `--wrap=exec ${command.map(shellQuoted).join(' ')} --part "$SLURM_ARRAY_TASK_ID"`,
    ]);
    return answer.trim().split(';')[0];
  }

  /** Takes notice of the cells that have finished or failed. */
  private collect(): void {
    const { results, jobs, done } = this.task;
    const known = new Set([...namesIn(join(results, 'cells')), ...namesIn(join(this.folder, 'failed'))]);
    for (const [id, cell] of this.missing) {
      if (known.has(id) && isFinished(results, id, tablesOfCell(jobs))) {
        this.missing.delete(id);
        done?.(cell, undefined);
      } else if (known.has(`${id}.txt`)) {
        this.missing.delete(id);
        const failure = { cell, problem: readFileSync(failurePath(resolve(results), id), 'utf8') };
        this.failed.push(failure);
        done?.(cell, failure);
      }
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Tasks of the array that wait or run; undefined without an answer. */
async function tasksLeft(array: string): Promise<number | undefined> {
  try {
    const answer = await slurm('squeue', ['--noheader', `--jobs=${array}`, '--format=%i']);
    return answer.split('\n').filter(Boolean).length;
  } catch (error) {
    // Slurm forgets an array some minutes after its end.
    return /Invalid job id/.test((error as Error).message) ? 0 : undefined;
  }
}

/** The number of tasks that this Slurm allows in an array. */
async function largestArray(): Promise<number> {
  const config = await slurm('scontrol', ['show', 'config']);
  const limit = Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(config)?.[1]);
  // 0 forbids arrays; sbatch then says so.
  return limit > 0 ? limit : MOST_TASKS;
}

/** Runs a command of Slurm. @throws InputError when it fails or is not installed. */
async function slurm(command: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(command, args);
    return stdout;
  } catch (error) {
    const { code, stderr = '' } = error as NodeJS.ErrnoException & { readonly stderr?: string };
    if (code === 'ENOENT')
      throw new InputError(
        {},
        `--engine slurm needs the command ${command} of Slurm, which is not installed here`,
      );
    throw new InputError({}, `${command}: ${stderr.trim().split('\n')[0]}`);
  }
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
