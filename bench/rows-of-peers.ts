import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runEngine } from './engine-run.js';
import { drawCustomers, SERVER_POOL } from './many-servers.js';
import type { BenchRow } from './row.js';
import { cpuSeconds, median, rate } from './turns.js';

/** Debian's interpreter, because others do not find Debian's packages. */
const PYTHON = '/usr/bin/python3';
const SIMPY = fileURLToPath(new URL('peers/many_servers_simpy.py', import.meta.url));
const CUSTOMERS = 200_000;
const TURNS = 3;

/** The same work with other simulators. No row for a simulator that is not installed. */
export async function* peerRows(): AsyncGenerator<BenchRow> {
  if (spawnSync(PYTHON, ['-c', 'import simpy']).status !== 0) return;
  const customers = drawCustomers(CUSTOMERS);
  const count = customers.arrival.length;
  let wait = Number.NaN;
  const ratios: number[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < TURNS; turn++) {
    const ours = await cpuSeconds(async () => {
      wait = (await runEngine(SERVER_POOL, customers, 'fcfs')).jobWait.mean / 1e6;
    });
    const simpy = runSimpy(count);
    if (Math.abs(wait - simpy.meanWait) > 1e-4)
      throw new Error(`mean wait ${wait}, in SimPy ${simpy.meanWait}`);
    ratios.push(simpy.cpuSeconds / ours);
    least = Math.min(least, ours);
  }
  yield {
    work: `M/M/10, ${count.toLocaleString('en-US')} customers`,
    against: 'SimPy (python3-simpy3)',
    wants: 'at least',
    goal: 1,
    limit: 0.5,
    ratio: median(ratios),
    measured: rate(count, least, 'customers'),
  };
}

/** @throws Error when it fails. */
function runSimpy(customers: number): { readonly cpuSeconds: number; readonly meanWait: number } {
  const { status, stdout, stderr } = spawnSync(PYTHON, [SIMPY, String(customers)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`SimPy failed: ${stderr}`);
  const [seconds, meanWait] = stdout.split(' ').map(Number);
  return { cpuSeconds: seconds, meanWait };
}
