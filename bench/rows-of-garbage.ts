import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { type MachinePool, runEngine, type Tasks } from './engine-run.js';
import { drawTasks, hostPool } from './host-task.js';
import { drawCustomers, SERVER_POOL } from './many-servers.js';
import type { BenchRow } from './row.js';

/** Garbage collections of a run. There are few, because hot paths allocate no objects. */
export async function* garbageRows(scale: number): AsyncGenerator<BenchRow> {
  const count = Math.round(1_000_000 * scale);
  yield await garbageRow('M/M/10', SERVER_POOL, drawCustomers(count));
  yield await garbageRow('host/task, 1,000 hosts', hostPool(1_000), drawTasks(1_000, count));
}

async function garbageRow(name: string, pool: MachinePool, tasks: Tasks): Promise<BenchRow> {
  const count = tasks.arrival.length;
  // Warm-up: the first run includes garbage of the compiler.
  await runEngine(pool, tasks, 'fcfs');
  const collections = await minorCollections(() => runEngine(pool, tasks, 'fcfs'));
  return {
    work: `${name}, minor collections`,
    against: 'a million tasks',
    wants: 'at most',
    goal: 100,
    limit: 500,
    ratio: (collections * 1_000_000) / count,
    measured: `${collections} in ${count.toLocaleString('en-US')} tasks`,
  };
}

/** Number of collections of the young generation during the work. */
async function minorCollections(work: () => Promise<unknown>): Promise<number> {
  let collections = 0;
  const count = (entry: PerformanceEntry) => {
    const { detail } = entry as { readonly detail?: { readonly kind?: number } };
    if (detail?.kind === constants.NODE_PERFORMANCE_GC_MINOR) collections++;
  };
  const observer = new PerformanceObserver((list) => list.getEntries().forEach(count));
  observer.observe({ entryTypes: ['gc'] });
  await work();
  await setImmediate();
  observer.takeRecords().forEach(count);
  observer.disconnect();
  return collections;
}
