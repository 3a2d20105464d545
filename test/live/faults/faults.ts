import { once } from 'node:events';
import { join } from 'node:path';
import { folder } from '../live-cluster.js';
import type { Event } from '../scheduler-client.js';
import type { FrameworkLoad } from './framework-load.js';
import { smallDisk } from './full-disk.js';
import { type ClusterAgent, ProcessCluster } from './process-cluster.js';
import { stateOf } from './rest.js';

/** The result of a fault. */
export interface Struck {
  /** Start of the recovery, milliseconds since the epoch: the time of the fault, or its end if it lasts. */
  readonly since: number;
  /** The agent on which a new task must run to end the recovery; undefined for any agent. */
  readonly agentId: string | undefined;
}

/** A fault that can be injected repeatedly into a cluster of processes under load. */
export interface Fault {
  readonly name: string;
  readonly cluster: () => Promise<StruckCluster>;
}

/** A cluster, and a function that injects the fault into it. */
export interface StruckCluster {
  readonly cluster: ProcessCluster;
  readonly strike: (load: FrameworkLoad) => Promise<Struck>;
}

/** Downtime of a master and of an agent before their restart, milliseconds. */
const AWAY_MS = 200;
const PATIENCE_MS = 60_000;

/** The faults by name. */
export const FAULTS: readonly Fault[] = [
  onProcesses('master-killed', async (cluster) => {
    await cluster.master.kill('SIGKILL');
    const since = Date.now();
    await pause(AWAY_MS);
    await cluster.startMaster();
    return { since, agentId: undefined };
  }),
  onProcesses('agent-killed', async (cluster) => {
    const agent = firstAgent(cluster);
    await agent.service.kill('SIGKILL');
    const since = Date.now();
    await pause(AWAY_MS);
    cluster.restartAgent(agent);
    return { since, agentId: agent.id };
  }),
  onProcesses('framework-killed', async (_, load) => {
    await load.kill();
    const since = Date.now();
    await pause(AWAY_MS);
    load.restart();
    return { since, agentId: undefined };
  }),
  onProcesses('agent-stopped', async (cluster) => {
    const agent = firstAgent(cluster);
    agent.service.child.kill('SIGSTOP');
    await until(cluster, (state) => state.slaves.every(({ id }: Event) => id !== agent.id));
    agent.service.child.kill('SIGCONT');
    return { since: Date.now(), agentId: agent.id };
  }),
  onProcesses('connections-dropped', async (cluster) => {
    cluster.proxy.drop();
    return { since: Date.now(), agentId: firstAgent(cluster).id };
  }),
  onProcesses('connections-half-open', async (cluster) => {
    cluster.proxy.freeze();
    return { since: Date.now(), agentId: firstAgent(cluster).id };
  }),
];

/** Faults that need a separate file system, which only root can mount. */
export const DISK_FAULTS: readonly Fault[] = [
  {
    name: 'agent-disk-full',
    cluster: async () => {
      const disk = smallDisk();
      const cluster = await ProcessCluster.start(folder('master'), [
        join(disk.folder, 'agent'),
        folder('agent'),
      ]);
      return {
        cluster,
        strike: async () => {
          const agent = firstAgent(cluster);
          const exit = once(agent.service.child, 'exit');
          disk.fill();
          // It cannot checkpoint before it sends a status, so it exits; its tasks continue.
          await exit;
          disk.free();
          const since = Date.now();
          cluster.restartAgent(agent);
          return { since, agentId: agent.id };
        },
      };
    },
  },
  {
    name: 'master-disk-full',
    cluster: async () => {
      const disk = smallDisk();
      const cluster = await ProcessCluster.start(join(disk.folder, 'master'));
      return {
        cluster,
        strike: async () => {
          const agent = firstAgent(cluster);
          disk.fill();
          // The agent reregisters, and the master cannot store this.
          await agent.service.kill('SIGKILL');
          cluster.restartAgent(agent);
          await pause(5 * AWAY_MS);
          disk.free();
          return { since: Date.now(), agentId: agent.id };
        },
      };
    },
  },
];

function onProcesses(
  name: string,
  strike: (cluster: ProcessCluster, load: FrameworkLoad) => Promise<Struck>,
): Fault {
  return {
    name,
    cluster: async () => {
      const cluster = await ProcessCluster.start();
      return { cluster, strike: (load) => strike(cluster, load) };
    },
  };
}

function firstAgent(cluster: ProcessCluster): ClusterAgent {
  return cluster.agents[0] as ClusterAgent;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function until(cluster: ProcessCluster, passes: (state: Event) => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!passes(await stateOf(cluster))) {
    if (Date.now() > deadline) throw new Error('the master did not detect the fault');
    await pause(50);
  }
}
