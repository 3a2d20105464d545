import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runEngine, type Tasks } from './engine-run.js';
import { drawCustomers, SERVER_POOL } from './many-servers.js';
import type { BenchRow } from './row.js';
import { cpuSeconds, median, rate } from './turns.js';

/** Debian's interpreter, because others do not find Debian's packages. */
const PYTHON = '/usr/bin/python3';
const SIMPY = fileURLToPath(new URL('peers/many_servers_simpy.py', import.meta.url));
const SIMJS = fileURLToPath(new URL('peers/many-servers-simjs.ts', import.meta.url));
const CUSTOMERS = 200_000;
const TURNS = 3;

/** Another simulator, as a command that gets the number of customers and prints `CPU-SECONDS MEAN-WAIT`. */
interface Peer {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

/** The same work with other simulators. No row for SimPy if it is not installed. */
export async function* peerRows(): AsyncGenerator<BenchRow> {
  const customers = drawCustomers(CUSTOMERS);
  if (spawnSync(PYTHON, ['-c', 'import simpy']).status === 0)
    yield await peerRow({ name: 'SimPy (python3-simpy3)', command: [PYTHON, SIMPY] }, customers);
  yield await peerRow(
    { name: 'simjs 2.0.3', command: [process.execPath, '--import', 'tsx', SIMJS] },
    customers,
  );
}

async function peerRow(peer: Peer, customers: Tasks): Promise<BenchRow> {
  const count = customers.arrival.length;
  let wait = Number.NaN;
  const ratios: number[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < TURNS; turn++) {
    const ours = await cpuSeconds(async () => {
      wait = (await runEngine(SERVER_POOL, customers, 'fcfs')).jobWait.mean / 1e6;
    });
    const theirs = runPeer(peer, count);
    if (Math.abs(wait - theirs.meanWait) > 1e-4)
      throw new Error(`mean wait ${wait}, in ${peer.name} ${theirs.meanWait}`);
    ratios.push(theirs.cpuSeconds / ours);
    least = Math.min(least, ours);
  }
  return {
    work: `M/M/10, ${count.toLocaleString('en-US')} customers`,
    against: peer.name,
    wants: 'at least',
    goal: 1,
    limit: 0.3,
    ratio: median(ratios),
    measured: rate(count, least, 'customers'),
  };
}

/** @throws Error when it fails. */
function runPeer(
  { name, command: [program, ...args] }: Peer,
  customers: number,
): { readonly cpuSeconds: number; readonly meanWait: number } {
  const { status, stdout, stderr } = spawnSync(program, [...args, String(customers)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} failed: ${stderr}`);
  const [seconds, meanWait] = stdout.split(' ').map(Number);
  return { cpuSeconds: seconds, meanWait };
}
