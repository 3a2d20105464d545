import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../src/lab/run/node/run.js';
import { generateTrace } from '../src/lab/workload/generate-trace.js';
import { readByUs } from './trace-reader.js';

/** A synthetic month of Google's 2011 cell, as temporary files. */
export interface Month {
  readonly tasks: number;
  /** Only reads the trace. */
  readonly read: () => Promise<void>;
  /** Reads and simulates it: first fit in order of submission, all default metrics. */
  readonly simulate: () => Promise<void>;
  readonly remove: () => void;
}

/** Generates the month at a scale; scale 1 has 25,000,000 tasks on 12,583 machines. */
export async function makeMonth(scale: number): Promise<Month> {
  const folder = mkdtempSync(join(tmpdir(), 'fairground-month-'));
  const [path, machines] = [join(folder, 'month.csv.gz'), join(folder, 'machines.csv')];
  const { tasks } = await generateTrace({
    generator: 'google-2011',
    seed: '1',
    set: { scale: String(scale) },
    out: path,
    machinesOut: machines,
  });
  return {
    tasks,
    read: async () => {
      const { rows } = await readByUs(path);
      if (rows !== tasks) throw new Error(`${rows} rows of ${tasks} were read`);
    },
    simulate: async () => {
      const { summary } = await run({
        policy: 'fcfs',
        workload: { kind: 'trace', path },
        machines,
        seed: '1',
        set: {},
      });
      if (summary.tasks.finished !== tasks) throw new Error('not every task finished');
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
