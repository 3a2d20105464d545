import { writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type BenchRow, reaches } from './row.js';
import { growthRows, scoreRows } from './rows-of-decisions.js';
import { eventQueueRows, hostTaskRows, queueingRows } from './rows-of-engine.js';
import { formulaRows } from './rows-of-formulas.js';
import { garbageRows } from './rows-of-garbage.js';
import { growthOfCases } from './rows-of-growth.js';
import { peerRows } from './rows-of-peers.js';
import { readerRows } from './rows-of-readers.js';
import { startRows } from './rows-of-start.js';
import { sweepRows } from './rows-of-sweeps.js';
import { traceRows } from './rows-of-traces.js';

/**
 * Measures speed as ratios within one run, because absolute times depend on the machine and its load.
 * `npm run bench`; `npm run bench -- --quick` does a tenth of the work and fails when a ratio is beyond its limit.
 */
const isQuick = process.argv.includes('--quick');
const scale = isQuick ? 0.1 : 1;
const RESULTS = fileURLToPath(new URL('results.json', import.meta.url));

async function* allRows(): AsyncGenerator<BenchRow> {
  yield* eventQueueRows(scale);
  yield* queueingRows(scale);
  yield* peerRows();
  yield* hostTaskRows(scale);
  yield* garbageRows(scale);
  yield* growthRows(scale);
  yield* scoreRows(scale);
  yield* formulaRows(scale);
  yield* traceRows(isQuick);
  yield* readerRows(scale);
  yield* startRows();
  yield* sweepRows(scale);
  yield* growthOfCases(scale);
}

function line({ work, against, wants, goal, ratio, measured }: BenchRow): string {
  const sign = wants === 'at least' ? '>=' : '<=';
  return `${work.padEnd(57)} ${against.padEnd(24)}${ratio.toFixed(2).padStart(7)}  ${`${sign} ${goal}`.padEnd(8)}${measured}`;
}

const machine = {
  processor: cpus()[0]?.model ?? 'unknown processor',
  cores: cpus().length,
  memoryBytes: totalmem(),
  loadAverage: loadavg()[0],
  node: process.version,
};
console.log(
  `${machine.processor}, ${machine.cores} cores, load ${machine.loadAverage.toFixed(1)}, Node ${machine.node}\n`,
);
console.log(`${'work'.padEnd(57)} ${'against'.padEnd(24)}${'ratio'.padStart(7)}  goal    measured`);

const rows: BenchRow[] = [];
for await (const row of allRows()) {
  rows.push(row);
  console.log(line(row));
}
writeFileSync(RESULTS, `${JSON.stringify({ isQuick, machine, rows }, null, 2)}\n`);

const beyond = rows.filter((row) => !reaches(row, row.limit));
for (const row of beyond)
  console.error(`bench: ${row.work}: ${row.ratio.toFixed(2)} is beyond the limit ${row.limit}`);
if (isQuick && beyond.length > 0) process.exitCode = 1;
