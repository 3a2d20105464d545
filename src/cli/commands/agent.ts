import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { Agent } from '../../live/agent/agent.js';
import { Checkpoint } from '../../live/agent/checkpoint.js';
import { agentRoutes } from '../../live/agent/endpoints.js';
import {
  type ChosenIsolation,
  chooseIsolation,
  ISOLATION_KINDS,
  type WantedIsolation,
} from '../../live/agent/isolation.js';
import { wallClock } from '../../live/clock.js';
import {
  type Authenticator,
  anybody,
  authorizationOf,
  basicAuthenticator,
  type Credential,
  readCredential,
  readCredentials,
} from '../../live/http/credentials.js';
import { listen, makeServer, stop } from '../../live/http/server.js';
import { openStore } from '../../live/store.js';
import { parseAgentResources, resourceMessages } from '../../live/wire/resources.js';
import { InputError } from '../../model/index.js';
import {
  countOption,
  isLoopback,
  MAX_PORT,
  makeFolder,
  masterUrl,
  reportProblem,
  untilAskedToEnd,
} from '../service-options.js';

interface AgentArguments {
  master: string;
  resources: string;
  'work-dir': string;
  credential?: string;
  credentials?: string;
  ip: string;
  port: string;
  isolation: WantedIsolation;
  hostname: string;
  attributes?: string;
}

/** `simulate agent`: runs the commands of frameworks until it is stopped. Commands that are running continue. */
export function agentCommand(): CommandModule<object, AgentArguments> {
  return {
    command: 'agent',
    describe: 'run a real agent: it executes the commands that frameworks launch on this machine',
    builder: (argv) =>
      argv
        .option('master', {
          type: 'string',
          demandOption: true,
          describe: 'address of the master, such as http://127.0.0.1:5050',
        })
        .option('resources', {
          type: 'string',
          demandOption: true,
          describe: 'resources of this agent: cpus:4;mem:4096;mem(role):512;ports:[31000-32000]',
        })
        .option('work-dir', {
          type: 'string',
          demandOption: true,
          describe: 'folder for sandboxes and for the checkpoint that a restarted agent reads',
        })
        .option('credential', {
          type: 'string',
          describe: "credential file for the master, such as credential.json in the master's work-dir",
        })
        .option('credentials', {
          type: 'string',
          describe: 'file of credentials that may read sandboxes, in the Mesos format, besides --credential',
        })
        .option('ip', { type: 'string', default: '127.0.0.1', describe: 'address to serve sandboxes at' })
        .option('port', {
          type: 'string',
          default: '0',
          describe: 'port to serve sandboxes at; 0 selects a free port',
        })
        .option('isolation', {
          choices: ISOLATION_KINDS,
          default: 'auto' as const,
          describe: 'how resource limits are enforced; auto selects cgroup if available, otherwise rlimit',
        })
        .option('hostname', {
          type: 'string',
          default: hostname(),
          describe: 'host name of the agent in offers',
        })
        .option('attributes', {
          type: 'string',
          describe: 'attributes name:text, joined by ";", such as rack:r1;zone:a',
        })
        .example(
          '$0 agent --master http://127.0.0.1:5050 --resources "cpus:4;mem:4096" --work-dir /tmp/agent --credential /tmp/master/credential.json',
          'joins a master on the same machine',
        ) as never,
    handler: runAgent,
  };
}

async function runAgent(args: AgentArguments): Promise<void> {
  const master = masterUrl(args.master);
  const resources = resourceMessages(parseAgentResources(args.resources));
  const attributes = attributesOf(args.attributes);
  const credential = args.credential === undefined ? undefined : readCredential(args.credential);
  const others = args.credentials === undefined ? [] : readCredentials(args.credentials);
  const known = [...(credential === undefined ? [] : [credential]), ...others];
  const port = countOption('port', args.port, 0, MAX_PORT);
  const authenticator = authenticatorFor(known, args.ip);
  const { isolation, description } = isolationOf(args.isolation);
  makeFolder(args['work-dir']);
  const checkpoint = new Checkpoint(await openStore(join(args['work-dir'], 'checkpoint')));
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const workDir = resolve(args['work-dir']);
  let running: Agent | undefined;
  const server = makeServer({
    routes: agentRoutes(workDir, () => running?.containers() ?? []),
    authenticator,
    realm: 'mesos-agent',
    report: reportProblem,
  });
  const address = { ip: args.ip, port: await listen(server, args.ip, port) };
  process.stdout.write(`sandboxes are served at http://${address.ip}:${address.port}; ${description}\n`);
  const agent = await Agent.start({
    clock: wallClock,
    master,
    authorization: credential === undefined ? undefined : authorizationOf(credential),
    hostname: args.hostname,
    address,
    isolation,
    attributes,
    resources,
    workDir,
    checkpoint,
    admitted: (id) => process.stdout.write(`agent ${id} is registered with ${master.origin}\n`),
    failed: fail,
    report: reportProblem,
  }).catch(async (error: Error) => {
    await stop(server, () => checkpoint.close());
    throw error;
  });
  running = agent;
  try {
    await Promise.race([untilAskedToEnd(), failed]);
  } finally {
    await stop(server, () => agent.close());
  }
}

/** @throws InputError */
function isolationOf(wanted: WantedIsolation): ChosenIsolation {
  const chosen = chooseIsolation(wanted);
  if (typeof chosen === 'string') throw new InputError({ field: '--isolation cgroup' }, chosen);
  return chosen;
}

/** Sandboxes may contain secrets. Without a credential, they can be read from the same machine only. @throws InputError */
function authenticatorFor(known: readonly Credential[], ip: string): Authenticator {
  if (known.length > 0) return basicAuthenticator(known);
  if (isLoopback(ip)) return anybody;
  throw new InputError(
    { field: '--ip' },
    `${ip} needs --credential or --credentials: authentication is required`,
  );
}

function attributesOf(text: string | undefined): readonly object[] {
  const parts = (text ?? '').split(';').filter((part) => part !== '');
  return parts.map((part) => {
    const colon = part.indexOf(':');
    if (colon < 1) throw InputError.expected({ field: '--attributes' }, part, 'name:text');
    return { name: part.slice(0, colon), type: 'TEXT', text: { value: part.slice(colon + 1) } };
  });
}
