import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../src/lab/run/node/run.js';
import type { RunSpec } from '../src/lab/run/run-spec.js';
import { referenceData } from '../src/studies/reference-data.js';
import type { BenchRow } from './row.js';
import { inTurns, rate } from './turns.js';

/** Published traces. No rows without the reference data. */
export async function* traceRows(isQuick: boolean): AsyncGenerator<BenchRow> {
  const data = referenceData(undefined);
  if (data === undefined) return;
  yield* backfillRows(join(data, 'swf', isQuick ? 'KTH-SP2-5k.swf' : 'KTH-SP2.swf'));
  if (!isQuick) yield* omegaRows(join(data, 'omega', 'example-day.csv.gz'));
}

async function* backfillRows(file: string): AsyncGenerator<BenchRow> {
  if (!existsSync(file)) return;
  yield await besideFcfs(file, 'easy', { work: 'EASY on KTH-SP2', goal: 5, limit: 12 });
  yield await besideFcfs(file, 'drf', { work: 'drf on KTH-SP2', goal: 4, limit: 25 });
}

async function besideFcfs(
  file: string,
  policy: string,
  row: Pick<BenchRow, 'work' | 'goal' | 'limit'>,
): Promise<BenchRow> {
  const replay = (name: string) => () => run(specOf(name, file, 'swf'));
  await inTurns(1, replay(policy), replay('fcfs'));
  const turns = await inTurns(3, replay(policy), replay('fcfs'));
  return {
    ...row,
    against: 'fcfs on the same log',
    wants: 'at most',
    ratio: turns.ratio,
    measured: `${turns.first.toFixed(2)} CPU seconds`,
  };
}

/** The day of the Omega study on 10,000 machines. The paper's simulator needs twenty times as long for offers. */
async function* omegaRows(file: string): AsyncGenerator<BenchRow> {
  if (!existsSync(file)) return;
  const day = (policy: string) =>
    run({ ...specOf(policy, file, 'omega'), machines: '10000x4cpu/16GiB', set: {} });
  for (const policy of ['whole-cell-offers', 'omega']) {
    const turns = await inTurns(
      1,
      () => day('monolithic'),
      () => day(policy),
    );
    yield {
      work: `Omega day, ${policy}`,
      against: 'monolithic',
      wants: 'at least',
      goal: 0.5,
      limit: 0.1,
      ratio: turns.ratio,
      measured: rate(918_471, turns.second, 'tasks'),
    };
  }
}

function specOf(policy: string, file: string, format: string): RunSpec {
  return { policy, workload: { kind: 'trace', path: file, format }, seed: '1', set: {} };
}
