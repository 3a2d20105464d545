import { Bench } from 'tinybench';
import { type MachinePool, runEngine, type Tasks } from './engine-run.js';
import { flatServers } from './flat-servers.js';
import { bareHold, queueHold } from './hold-model.js';
import { bareLoop, drawTasks, hostPool } from './host-task.js';
import { bareServers, drawCustomers, SERVER_POOL } from './many-servers.js';
import type { BenchRow } from './row.js';
import { inTurns, median, rate } from './turns.js';

const PENDING = [1e3, 1e4, 1e5, 1e6];
const HOLD_OPERATIONS = 20_000;
const ROUNDS = 3;

/** The event queue relative to a bare heap without event classes and sequence numbers. */
export async function* eventQueueRows(scale: number): AsyncGenerator<BenchRow> {
  for (const pending of PENDING) {
    const bench = new Bench({ time: 500 * scale, warmupTime: 200 * scale });
    bench.add('bare', bareHold(pending, HOLD_OPERATIONS)).add('ours', queueHold(pending, HOLD_OPERATIONS));
    const ratios: number[] = [];
    let seconds = 0;
    for (let round = 0; round < ROUNDS; round++) {
      await bench.run();
      seconds = medianSeconds(bench, 'ours');
      ratios.push(medianSeconds(bench, 'bare') / seconds);
    }
    yield {
      work: `hold model, ${pending.toLocaleString('en-US')} pending`,
      against: 'bare 4-ary heap',
      wants: 'at least',
      goal: 0.9,
      limit: 0.4,
      ratio: median(ratios),
      measured: rate(HOLD_OPERATIONS, seconds, 'events'),
    };
  }
}

/** @throws Error when the bench did not complete. */
function medianSeconds(bench: Bench, name: string): number {
  const result = bench.getTask(name)?.result;
  if (result?.state !== 'completed') throw new Error(`the bench "${name}" did not complete`);
  return result.latency.p50 / 1000;
}

/** M/M/10 relative to the bare loop, and to a flat loop with the same metrics. */
export async function* queueingRows(scale: number): AsyncGenerator<BenchRow> {
  const customers = drawCustomers(Math.round(1_000_000 * scale));
  const count = customers.arrival.length;
  const loops = [
    { against: 'bare loop', run: bareServers, goal: 0.1, limit: 0.015 },
    { against: 'flat loop with metrics', run: flatServers, goal: 0.3, limit: 0.06 },
  ];
  for (const { against, run, goal, limit } of loops) {
    let [loopWait, wait] = [0, 0];
    const turns = await inTurns(
      5,
      () => {
        loopWait = run(customers);
      },
      async () => {
        wait = (await runEngine(SERVER_POOL, customers, 'fcfs')).jobWait.mean / 1e6;
      },
    );
    if (Math.abs(wait - loopWait) > 1e-6) throw new Error(`mean wait ${wait}, in the ${against} ${loopWait}`);
    yield {
      work: `M/M/10, ${count.toLocaleString('en-US')} customers`,
      against,
      wants: 'at least',
      goal,
      limit,
      ratio: turns.ratio,
      measured: rate(count, turns.second, 'customers'),
    };
  }
}

const POOLS = [
  { hosts: 1_000, tasks: 1_000_000, turns: 5, goal: 0.4, limit: 0.08 },
  { hosts: 10_000, tasks: 1_000_000, turns: 3, goal: 4, limit: 0.2 },
  { hosts: 100_000, tasks: 1_000_000, turns: 1, goal: 20, limit: 0.5 },
];

/** The host/task experiment under first fit. With a tenth of the tasks, the larger pools are not full, and their ratio is smaller. */
export async function* hostTaskRows(scale: number): AsyncGenerator<BenchRow> {
  for (const { hosts, tasks, turns, goal, limit } of POOLS) {
    const drawn = drawTasks(hosts, Math.round(tasks * scale));
    const count = drawn.arrival.length;
    const taken = await inTurns(
      turns,
      () => bareLoop(hosts, drawn),
      () => runAll(hostPool(hosts), drawn),
    );
    yield {
      work: `host/task, ${hosts.toLocaleString('en-US')} hosts, ${count.toLocaleString('en-US')} tasks`,
      against: 'bare linear scan',
      wants: 'at least',
      goal,
      limit,
      ratio: taken.ratio,
      measured: rate(count, taken.second, 'tasks'),
    };
  }
}

async function runAll(pool: MachinePool, tasks: Tasks): Promise<void> {
  await runEngine(pool, tasks, 'fcfs');
}
