import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planSweep, type SweepPlan, type VariedField } from '../../../src/lab/sweep/plan-sweep.js';
import { NO_SWEEP_FILE, type SweepDocument } from '../../../src/lab/sweep/sweep-file.js';

export const newFolder = () => mkdtempSync(join(tmpdir(), 'fairground-sweep-'));

/** A trace of forty short jobs of one to four cores, in a folder of its own. */
export function smallTrace(): string {
  const path = join(newFolder(), 'jobs.csv');
  const jobs = Array.from({ length: 40 }, (_, i) => `${i},${i * 20},${60 + ((i * 37) % 90)},${1 + (i % 4)}`);
  writeFileSync(path, ['job_id,submit,duration,cpus', ...jobs, ''].join('\n'));
  return path;
}

/** The plan of a sweep whose scenario replays the small trace on two machines under fcfs, unless it says otherwise. */
export function planOf(
  { scenario, ...sweep }: Partial<SweepDocument>,
  varied: readonly VariedField[] = [],
  trace = smallTrace(),
): Promise<SweepPlan> {
  const document = { trace, machines: '2x4cpu', policy: 'fcfs', ...scenario };
  return planSweep({ ...NO_SWEEP_FILE, ...sweep, scenario: document }, varied, () => {});
}

/** Policy, seed and axes of each cell, as one text. */
export function textsOf({ axes, cells }: SweepPlan): string[] {
  return cells.map(({ spec, parameters }) =>
    [spec.label, spec.seed, ...axes.map((axis, i) => `${axis}=${parameters[i]}`)].join(' '),
  );
}

/** The content of the final tables of a sweep. */
export function tablesIn(results: string): Readonly<Record<string, string>> {
  const names = ['runs.parquet', 'metrics.parquet', 'series.parquet', 'schema.json', 'sweep.json'];
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(results, name), 'base64')]));
}
