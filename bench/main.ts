import { cpus } from 'node:os';
import { Bench } from 'tinybench';
import { bareHold, queueHold } from './hold-model.js';
import { bareLoop, drawTasks, fairground } from './host-task.js';
import { makeMonth } from './month.js';
import { fullScan, SteadyCluster, scoresFor } from './score-cache.js';
import { compareReaders } from './trace-reader.js';

/**
 * Speed as ratios taken side by side in one run: single times depend on the machine and its mood, ratios hardly.
 * `npm run bench`; `npm run bench -- --quick` for a tenth of the work.
 */
const scale = process.argv.includes('--quick') ? 0.1 : 1;

/** CPU seconds (all threads) of the fastest of three turns. */
async function cpuSeconds(work: () => unknown): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 3; turn++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1e6);
  }
  return best;
}

function line(what: string, bare: number, ours: number, unit: string, count: number): void {
  const rate = (seconds: number) => Number((count / seconds).toPrecision(3)).toLocaleString('en-US');
  console.log(
    `${what.padEnd(44)}${rate(bare).padStart(12)}${rate(ours).padStart(12)}${(bare / ours).toFixed(2).padStart(8)}  ${unit}`,
  );
}

console.log(`${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}\n`);
console.log(`${''.padEnd(44)}${'bare'.padStart(12)}${'Fairground'.padStart(12)}${'ratio'.padStart(8)}`);

const queues = new Bench({ time: 1000 * scale, warmupTime: 200 * scale });
const HOLD = 20_000;
const PENDING = [1e3, 1e4, 1e5];
for (const pending of PENDING) {
  queues.add(`bare ${pending}`, bareHold(pending, HOLD)).add(`ours ${pending}`, queueHold(pending, HOLD));
}
await queues.run();
for (const pending of PENDING) {
  const seconds = (who: string) => {
    const result = queues.getTask(`${who} ${pending}`)?.result;
    if (result?.state !== 'completed')
      throw new Error(`the bench of ${pending} pending events did not complete`);
    return result.latency.p50 / 1000;
  };
  line(
    `event queue, ${pending.toLocaleString('en-US')} pending`,
    seconds('bare'),
    seconds('ours'),
    'events per second',
    HOLD,
  );
}

const PLACEMENTS = [
  { policy: 'fcfs', hosts: 1_000, tasks: 200_000 },
  { policy: 'fcfs', hosts: 10_000, tasks: 200_000 },
  { policy: 'bin-packing', hosts: 1_000, tasks: 30_000 },
  { policy: 'bin-packing', hosts: 10_000, tasks: 5_000 },
];

for (const { policy, hosts, tasks } of PLACEMENTS) {
  const drawn = drawTasks(hosts, Math.round(tasks * scale));
  const count = drawn.arrival.length;
  const bare = await cpuSeconds(() => bareLoop(hosts, drawn));
  const ours = await cpuSeconds(() => fairground(hosts, drawn, policy));
  line(
    `${policy}, ${hosts.toLocaleString('en-US')} machines`,
    bare,
    ours,
    'tasks placed per CPU second',
    count,
  );
}

// The full scan gets fewer turns, since each costs the same; the decisions of its turns are compared.
for (const { machines, classes } of [
  { machines: 10_000, classes: 20 },
  { machines: 10_000, classes: 100 },
]) {
  for (const place of scoresFor(new SteadyCluster(machines, classes)).keys()) {
    const scanned = new SteadyCluster(machines, classes);
    const kept = new SteadyCluster(machines, classes);
    const score = scoresFor(kept)[place];
    const turns = Math.max(100, Math.round(1000 * scale));
    const scan = fullScan(scanned, scoresFor(scanned)[place]);
    const find = (taskClass: number) => kept.visible.best(taskClass, score);
    if (scanned.run(turns, scan) !== kept.run(turns, find))
      throw new Error('the score cache decides otherwise');
    const more = 20 * turns;
    line(
      `${score.name} score kept, ${machines.toLocaleString('en-US')} machines, ${classes} classes`,
      (await cpuSeconds(() => scanned.run(turns, scan))) * (more / turns),
      await cpuSeconds(() => kept.run(more, find)),
      'decisions per CPU second, against a full scan',
      more,
    );
  }
}

const readers = await compareReaders(500_000);
line(
  'trace reader, against csv-parse alone',
  await cpuSeconds(readers.byPackage),
  await cpuSeconds(readers.byUs),
  'rows per CPU second',
  readers.rows,
);
readers.remove();

const month = await makeMonth(0.1 * scale);
line(
  `month of Google 2011, ${month.tasks.toLocaleString('en-US')} tasks, against reading it`,
  await cpuSeconds(month.read),
  await cpuSeconds(month.simulate),
  'tasks per CPU second',
  month.tasks,
);
month.remove();
