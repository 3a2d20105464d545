import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { Agent } from '../../live/agent/agent.js';
import { Checkpoint } from '../../live/agent/checkpoint.js';
import { wallClock } from '../../live/clock.js';
import { authorizationOf, readCredential } from '../../live/http/credentials.js';
import { openStore } from '../../live/store.js';
import { parseAgentResources, resourceMessages } from '../../live/wire/resources.js';
import { InputError } from '../../model/index.js';
import { makeFolder, masterUrl, reportProblem, untilAskedToEnd } from '../service-options.js';

interface AgentArguments {
  master: string;
  resources: string;
  'work-dir': string;
  credential?: string;
  hostname: string;
  attributes?: string;
}

/** `simulate agent`: runs the commands of frameworks until it is asked to end; the commands run on. */
export function agentCommand(): CommandModule<object, AgentArguments> {
  return {
    command: 'agent',
    describe: 'run a real agent: the commands that frameworks launch on this machine',
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
          describe: 'what it has: cpus:4;mem:4096;mem(role):512;ports:[31000-32000]',
        })
        .option('work-dir', {
          type: 'string',
          demandOption: true,
          describe: 'sandboxes, and what a restarted agent must find again',
        })
        .option('credential', {
          type: 'string',
          describe: "a file such as credential.json of the master's work-dir",
        })
        .option('hostname', { type: 'string', default: hostname(), describe: 'its name in offers' })
        .option('attributes', { type: 'string', describe: 'name:text joined by ";", such as rack:r1;zone:a' })
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
  const authorization =
    args.credential === undefined ? undefined : authorizationOf(readCredential(args.credential));
  makeFolder(args['work-dir']);
  const checkpoint = new Checkpoint(await openStore(join(args['work-dir'], 'checkpoint')));
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const agent = await Agent.start({
    clock: wallClock,
    master,
    authorization,
    hostname: args.hostname,
    attributes,
    resources,
    workDir: resolve(args['work-dir']),
    checkpoint,
    admitted: (id) => process.stdout.write(`agent ${id} is registered with ${master.origin}\n`),
    failed: fail,
    report: reportProblem,
  });
  try {
    await Promise.race([untilAskedToEnd(), failed]);
  } finally {
    await agent.close();
  }
}

function attributesOf(text: string | undefined): readonly object[] {
  const parts = (text ?? '').split(';').filter((part) => part !== '');
  return parts.map((part) => {
    const colon = part.indexOf(':');
    if (colon < 1) throw InputError.expected({ field: '--attributes' }, part, 'name:text');
    return { name: part.slice(0, colon), type: 'TEXT', text: { value: part.slice(colon + 1) } };
  });
}
