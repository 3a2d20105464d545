import { closeAll } from '../live-cluster.js';
import type { Fault } from './faults.js';
import { FrameworkLoad } from './framework-load.js';
import { killTasksOf } from './machine.js';
import { disagreementsAtRest } from './rest.js';

/** How a fault went, each time. */
export interface FaultReport {
  readonly name: string;
  /** From the fault to a task that was launched after it and runs, in milliseconds. */
  readonly recoveries: readonly number[];
  /** What framework, master and machine did not agree on, and what master and agents last said. */
  readonly problems: readonly string[];
  /** Tasks that were launched. */
  readonly tasks: number;
}

const PATIENCE_MS = 60_000;

/** Strikes a cluster under load so many times; it comes to rest each time, and is looked at. */
export async function repeatFault(
  { name, cluster: start }: Fault,
  times: number,
  progress: (time: number) => void,
): Promise<FaultReport> {
  let frameworkId = '';
  try {
    const { cluster, strike } = await start();
    const load = new FrameworkLoad(cluster.proxy.url, cluster.credentialFile);
    await load.runsSince(0, undefined, Number.POSITIVE_INFINITY);
    frameworkId = load.journal.frameworkId;
    const recoveries: number[] = [];
    const problems: string[] = [];
    for (let time = 1; time <= times && problems.length === 0; time++) {
      progress(time);
      try {
        const { since, agentId } = await strike(load);
        recoveries.push(await load.runsSince(since, agentId, PATIENCE_MS));
        problems.push(...(await disagreementsAtRest(load, cluster)));
        // Under load again before the next one.
        await load.runsSince(Date.now(), undefined, PATIENCE_MS);
      } catch (error) {
        problems.push((error as Error).message);
      }
      if (problems.length > 0) problems.push(`in repetition ${time}`, ...cluster.lastWords());
    }
    return { name, recoveries, problems, tasks: load.journal.tasks.size };
  } finally {
    await closeAll();
    killTasksOf(frameworkId);
  }
}
