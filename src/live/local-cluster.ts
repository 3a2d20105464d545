import { join } from 'node:path';
import type { Random } from '../policies/contract.js';
import { Agent } from './agent/agent.js';
import { Checkpoint } from './agent/checkpoint.js';
import { wallClock } from './clock.js';
import { authorizationOf, basicAuthenticator, ownCredential } from './http/credentials.js';
import { NO_RATE_LIMITS } from './http/rate-limits.js';
import { listen, makeServer, stop } from './http/server.js';
import { NO_ACLS } from './master/authorization/acls.js';
import { masterRoutes } from './master/endpoints.js';
import type { MasterFlags } from './master/flags.js';
import { Master, type MasterSetup } from './master/master.js';
import { openStore } from './store.js';
import type { ResourceMessage } from './wire/messages.js';

/** Settings of a local cluster. */
export interface LocalClusterSetup {
  /** Folder for the stores of master and agents. */
  readonly workDir: string;
  readonly allocator: MasterSetup['allocator'];
  readonly policy: MasterSetup['policy'];
  readonly flags: MasterFlags;
  readonly random: Random;
  /** Resources by host name, in the order in which the agents join. */
  readonly agents: ReadonlyMap<string, readonly ResourceMessage[]>;
  readonly report: (problem: string) => void;
}

/** A master and its agents on the loopback interface, with a generated credential. */
export interface LocalCluster {
  readonly url: URL;
  readonly authorization: string;
  stop(): Promise<void>;
}

/** Starts a real master and real agents in this process. HTTP, stores and commands are real; all agents share this machine. */
export async function startLocalCluster(setup: LocalClusterSetup): Promise<LocalCluster> {
  const { workDir, allocator, policy, flags, random, report } = setup;
  const credential = ownCredential(workDir);
  const authorization = authorizationOf(credential);
  const master = await Master.start({
    flags,
    acls: NO_ACLS,
    rateLimits: NO_RATE_LIMITS,
    allocator,
    policy,
    random,
    clock: wallClock,
    store: await openStore(join(workDir, 'registry')),
    hostname: '127.0.0.1',
    report,
  });
  const server = makeServer({
    routes: masterRoutes(master),
    authenticator: basicAuthenticator([credential]),
    realm: 'mesos-master',
    report,
  });
  master.port = await listen(server, '127.0.0.1', 0);
  const url = new URL(`http://127.0.0.1:${master.port}`);
  const agents: Agent[] = [];
  const cluster: LocalCluster = {
    url,
    authorization,
    async stop() {
      for (const agent of agents) await agent.close();
      await stop(server, () => master.close());
    },
  };
  try {
    for (const [hostname, resources] of setup.agents)
      agents.push(await joinAgent({ ...setup, url, authorization, hostname, resources }));
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return cluster;
}

interface JoiningAgent extends Pick<LocalClusterSetup, 'workDir' | 'report'> {
  readonly url: URL;
  readonly authorization: string;
  readonly hostname: string;
  readonly resources: readonly ResourceMessage[];
}

/** Resolves when the agent is registered. */
async function joinAgent({ workDir, url, hostname, ...setup }: JoiningAgent): Promise<Agent> {
  const folder = join(workDir, hostname);
  const checkpoint = new Checkpoint(await openStore(join(folder, 'checkpoint')));
  let admitted: () => void = () => undefined;
  let failed: (error: Error) => void = () => undefined;
  const joined = new Promise<void>((resolve, reject) => {
    admitted = resolve;
    failed = reject;
  });
  const agent = await Agent.start({
    ...setup,
    clock: wallClock,
    master: url,
    hostname,
    // The cluster is short-lived, so its sandboxes are not served, and its commands only sleep.
    address: { ip: '127.0.0.1', port: 0 },
    isolation: { kind: 'none' },
    attributes: [],
    workDir: folder,
    checkpoint,
    admitted,
    failed,
  });
  await joined;
  return agent;
}
