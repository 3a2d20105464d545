import { closeAll } from '../live-cluster.js';
import type { Fault } from './faults.js';
import { FrameworkLoad } from './framework-load.js';
import { killTasksOf } from './machine.js';
import { disagreementsAtRest } from './rest.js';

/** The results of a repeated fault. */
export interface FaultReport {
  readonly name: string;
  /** Times from the fault until a task that was launched after it is running, milliseconds. */
  readonly recoveries: readonly number[];
  /** Disagreements of framework, master and machine, with the last output of master and agents. */
  readonly problems: readonly string[];
  /** Number of launched tasks. */
  readonly tasks: number;
}

const PATIENCE_MS = 60_000;

/** Injects the fault repeatedly into a cluster under load. Each time the cluster is brought to rest and checked. */
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
        // Wait until it is under load again.
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
