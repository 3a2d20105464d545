import { type MachinePool, runEngine, type Tasks } from './engine-run.js';
import { bareHold, queueHold } from './hold-model.js';
import { bareLoop, drawTasks, hostPool } from './host-task.js';
import { bareServers, drawCustomers, SERVER_POOL } from './many-servers.js';
import type { BenchRow } from './row.js';
import { inTurns, rate } from './turns.js';

const HOLDS = [
  { pending: 1e3, limit: 0.6 },
  { pending: 1e4, limit: 0.7 },
  { pending: 1e5, limit: 0.6 },
  { pending: 1e6, limit: 0.6 },
];

/** The event queue against a bare heap that knows no classes and no sequence. */
export async function* eventQueueRows(scale: number): AsyncGenerator<BenchRow> {
  const operations = Math.round(1_000_000 * scale);
  for (const { pending, limit } of HOLDS) {
    const [bare, ours] = [bareHold(pending, operations), queueHold(pending, operations)];
    await inTurns(1, bare, ours);
    const turns = await inTurns(5, bare, ours);
    yield {
      work: `hold model, ${pending.toLocaleString('en-US')} pending`,
      against: 'bare 4-ary heap',
      wants: 'at least',
      goal: 0.9,
      limit,
      ratio: turns.ratio,
      measured: rate(operations, turns.second, 'events'),
    };
  }
}

/** A million customers of M/M/10. */
export async function* queueingRows(scale: number): AsyncGenerator<BenchRow> {
  const customers = drawCustomers(Math.round(1_000_000 * scale));
  const count = customers.arrival.length;
  let [bareWait, wait] = [0, 0];
  const turns = await inTurns(
    5,
    () => {
      bareWait = bareServers(customers);
    },
    async () => {
      wait = (await runEngine(SERVER_POOL, customers, 'fcfs')).jobWait.mean / 1e6;
    },
  );
  if (Math.abs(wait - bareWait) > 1e-6) throw new Error(`mean wait ${wait}, in the bare loop ${bareWait}`);
  yield {
    work: `M/M/10, ${count.toLocaleString('en-US')} customers`,
    against: 'bare loop',
    wants: 'at least',
    goal: 0.5,
    limit: 0.03,
    ratio: turns.ratio,
    measured: rate(count, turns.second, 'customers'),
  };
}

const POOLS = [
  { hosts: 1_000, tasks: 1_000_000, turns: 5, goal: 0.7, limit: 0.08 },
  { hosts: 10_000, tasks: 1_000_000, turns: 3, goal: 2.3, limit: 0.2 },
  { hosts: 100_000, tasks: 1_000_000, turns: 1, goal: 16, limit: 0.5 },
];

/** The host/task experiment under first fit. A tenth of the tasks does not fill the larger pools, whose ratio is then smaller. */
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
