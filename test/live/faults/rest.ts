import { authorizationOf, readCredential } from '../../../src/live/http/credentials.js';
import { type Event, send } from '../scheduler-client.js';
import type { FrameworkLoad } from './framework-load.js';
import { disagreements } from './invariants.js';

/** Statuses lost with a broken connection are resent after 10 s, then 20 s (Mesos, slave/constants.cpp). */
const PATIENCE_MS = 60_000;
const LOOK_MS = 200;

/** Access to the state of a cluster. */
export interface Asked {
  readonly masterUrl: string;
  readonly credentialFile: string;
  readonly agents: readonly { readonly workDir: string }[];
}

/**
 * Stops the load, waits until framework, master and machine agree, and resumes the load. @returns the remaining disagreements
 * after the timeout.
 */
export async function disagreementsAtRest(load: FrameworkLoad, cluster: Asked): Promise<readonly string[]> {
  load.pause();
  const began = Date.now();
  let problems: readonly string[] = [];
  do {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const unended = [...load.journal.read().tasks.values()].filter(
      ({ length, finalStates }) => length === 'short' && finalStates.size === 0,
    );
    problems =
      unended.length > 0
        ? [`${unended.length} short tasks have not ended; the last was heard ${unended[0]?.lastState}`]
        : disagreements({
            journal: load.journal,
            state: await stateOf(cluster),
            workDirs: cluster.agents.map(({ workDir }) => workDir),
          });
  } while (problems.length > 0 && Date.now() - began < PATIENCE_MS);
  load.resume();
  return problems;
}

/** GET /state of the master. */
export async function stateOf({ masterUrl, credentialFile }: Asked): Promise<Event> {
  const Authorization = authorizationOf(readCredential(credentialFile));
  return JSON.parse((await send(masterUrl, '/state', undefined, { Authorization })).text);
}
