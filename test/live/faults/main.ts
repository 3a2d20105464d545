import { parseArgs } from 'node:util';
import { DISK_FAULTS, FAULTS } from './faults.js';
import { CAN_MOUNT } from './full-disk.js';
import { type FaultReport, repeatFault } from './repeat-fault.js';

/**
 * `npm run faults -- [--times 20] [--only NAME,…]`: injects each fault repeatedly into a master, agents and a framework under load.
 * It checks each time that all sides agree on the state of every task. Exit code 1 if they do not.
 */
const { values } = parseArgs({
  options: { times: { type: 'string', default: '20' }, only: { type: 'string' } },
});
const times = Number(values.times);
const all = [...FAULTS, ...(CAN_MOUNT ? DISK_FAULTS : [])];
const chosen = all.filter(({ name }) => values.only?.split(',').includes(name) ?? true);
if (!Number.isInteger(times) || times < 1) fail(`--times: expected a whole number above 0`);
if (chosen.length === 0) fail(`--only: expected some of ${all.map(({ name }) => name).join(', ')}`);
if (!CAN_MOUNT)
  process.stdout.write('faults with a full disk are skipped: only root can mount a file system\n');

const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(2).padStart(8);
process.stdout.write(
  'fault                   times   tasks  recovery: min      p50      max  (s)   problems\n',
);
let isWell = true;
for (const fault of chosen) {
  const report = await repeatFault(fault, times, (time) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${fault.name} ${time}/${times} `);
  });
  isWell &&= report.problems.length === 0;
  process.stdout.write(`${row(report)}\n`);
  for (const problem of report.problems) process.stdout.write(`  ${problem}\n`);
}
process.exit(isWell ? 0 : 1);

function row({ name, recoveries, tasks, problems }: FaultReport): string {
  const sorted = recoveries.toSorted((a, b) => a - b);
  const [min, p50, max] = [0, Math.floor((sorted.length - 1) / 2), sorted.length - 1].map((i) =>
    seconds(sorted[i] ?? Number.NaN),
  );
  const counts = `${String(sorted.length).padStart(5)}${String(tasks).padStart(8)}`;
  return `${name.padEnd(24)}${counts}      ${min} ${p50} ${max}        ${problems.length}`;
}

function fail(problem: string): never {
  process.stderr.write(`faults: ${problem}\n`);
  process.exit(2);
}
