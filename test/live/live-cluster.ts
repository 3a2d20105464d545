import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent } from '../../src/live/agent/agent.js';
import { Checkpoint } from '../../src/live/agent/checkpoint.js';
import { agentRoutes } from '../../src/live/agent/endpoints.js';
import { type Clock, wallClock } from '../../src/live/clock.js';
import type { DecisionLog } from '../../src/live/decisions/decision-log.js';
import { type Authenticator, anybody } from '../../src/live/http/credentials.js';
import { NO_RATE_LIMITS, type RateLimits } from '../../src/live/http/rate-limits.js';
import { listen, makeServer, stop } from '../../src/live/http/server.js';
import type { TlsFiles } from '../../src/live/http/tls.js';
import { type Acls, NO_ACLS } from '../../src/live/master/authorization/acls.js';
import { masterRoutes } from '../../src/live/master/endpoints.js';
import { MASTER_FLAG_DEFAULTS, type MasterFlags } from '../../src/live/master/flags.js';
import { Master, type MasterSetup } from '../../src/live/master/master.js';
import { openStore, type Store } from '../../src/live/store.js';
import { parseAgentResources, resourceMessages } from '../../src/live/wire/resources.js';
import { fromSeconds } from '../../src/model/index.js';
import { drfAllocator } from '../../src/policies/allocators/drf.js';

/** Cleanup functions of a test, run in reverse order. */
const open: (() => Promise<void> | void)[] = [];

/** Runs all cleanup functions. */
export async function closeAll(): Promise<void> {
  for (const close of open.splice(0).reverse()) await close();
}

/** Registers a cleanup function for the end of the test. */
export function closing<T>(value: T, close: () => Promise<void> | void): T {
  open.push(close);
  return value;
}

export function folder(name: string): string {
  return mkdtempSync(join(tmpdir(), `fairground-live-${name}-`));
}

export interface RunningMaster {
  readonly master: Master;
  readonly url: string;
  readonly port: number;
  readonly problems: string[];
  stop(): Promise<void>;
}

/** A master in this process, with batches every 100 ms so that tests are fast. */
export async function startMaster(
  options: {
    readonly flags?: Partial<MasterFlags>;
    readonly workDir?: string;
    readonly port?: number;
    readonly authenticator?: Authenticator;
    readonly clock?: Clock;
    readonly store?: Store;
    readonly acls?: Acls;
    readonly rateLimits?: RateLimits;
    readonly tls?: TlsFiles;
    readonly allocator?: MasterSetup['allocator'];
    readonly policy?: MasterSetup['policy'];
    readonly random?: () => number;
    readonly decisions?: DecisionLog;
  } = {},
): Promise<RunningMaster> {
  const problems: string[] = [];
  const report = (problem: string) => problems.push(problem);
  const master = await Master.start({
    flags: { ...MASTER_FLAG_DEFAULTS, allocationInterval: fromSeconds(0.1), ...options.flags },
    allocator:
      options.allocator ??
      ((operator) => drfAllocator({ ...operator, minimum: [{ cpus: 10 }, { mem: 32 }] })),
    policy: options.policy ?? { name: 'drf', digest: 'of a test' },
    random: options.random ?? (() => 0.5),
    ...(options.decisions !== undefined && { decisions: options.decisions }),
    clock: options.clock ?? wallClock,
    store: options.store ?? (await openStore(options.workDir ?? folder('master'))),
    hostname: '127.0.0.1',
    report,
    acls: options.acls ?? NO_ACLS,
    rateLimits: options.rateLimits ?? NO_RATE_LIMITS,
  });
  const server = makeServer({
    routes: masterRoutes(master),
    authenticator: options.authenticator ?? anybody,
    realm: 'test',
    report,
    ...(options.tls !== undefined && { tls: options.tls }),
  });
  const port = await listen(server, '127.0.0.1', options.port ?? 0);
  master.port = port;
  let isStopped = false;
  const stopOnce = async () => {
    if (isStopped) return;
    isStopped = true;
    await stop(server, () => master.close());
  };
  open.push(stopOnce);
  return { master, url: `http://127.0.0.1:${port}`, port, problems, stop: stopOnce };
}

export interface RunningAgent {
  readonly workDir: string;
  readonly id: string;
  readonly failures: Error[];
  stop(): Promise<void>;
}

/** A registered agent in this process. */
export async function startAgent(
  url: string,
  resources = 'cpus:4;mem:1024',
  workDir = folder('agent'),
  options: {
    readonly clock?: Clock;
    readonly checkpoint?: Checkpoint;
    readonly serves?: boolean;
    readonly attributes?: readonly object[];
  } = {},
): Promise<RunningAgent> {
  const failures: Error[] = [];
  const server = makeServer({
    routes: agentRoutes(workDir, () => agent?.containers() ?? []),
    authenticator: anybody,
    realm: 'test',
    report: () => undefined,
  });
  const port = options.serves === true ? await listen(server, '127.0.0.1', 0) : 0;
  const checkpoint = options.checkpoint ?? new Checkpoint(await openStore(join(workDir, 'checkpoint')));
  let agent: Agent | undefined;
  const id = await new Promise<string>((resolve, reject) => {
    Agent.start({
      clock: options.clock ?? wallClock,
      master: new URL(url),
      authorization: undefined,
      hostname: 'host-1',
      address: { ip: '127.0.0.1', port },
      isolation: { kind: 'rlimit' },
      attributes: options.attributes ?? [],
      resources: resourceMessages(parseAgentResources(resources)),
      workDir,
      checkpoint,
      admitted: resolve,
      failed: (error) => {
        failures.push(error);
        reject(error);
      },
      report: () => undefined,
    }).then((started) => {
      agent = started;
    }, reject);
  });
  let isStopped = false;
  const stopOnce = async () => {
    if (isStopped) return;
    isStopped = true;
    if (port > 0) await stop(server, async () => agent?.close());
    else await agent?.close();
  };
  open.push(stopOnce);
  return { workDir, id, failures, stop: stopOnce };
}
