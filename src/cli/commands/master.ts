import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { type MasterPolicy, masterPolicy } from '../../lab/policy-file/master-policy.js';
import { settings } from '../../lab/scenario/run-choices.js';
import { wallClock } from '../../live/clock.js';
import { DECISION_LOG_FORM } from '../../live/decisions/decision-log.js';
import { openDecisionLog } from '../../live/decisions/log-file.js';
import {
  type Authenticator,
  anybody,
  basicAuthenticator,
  ownCredential,
  readCredentials,
} from '../../live/http/credentials.js';
import { NO_RATE_LIMITS, readRateLimits } from '../../live/http/rate-limits.js';
import { listen, makeServer, stop } from '../../live/http/server.js';
import { readTlsFiles, type TlsFiles } from '../../live/http/tls.js';
import { rememberedTexts } from '../../live/master/allocator-memory.js';
import { NO_ACLS } from '../../live/master/authorization/acls.js';
import { readAcls } from '../../live/master/authorization/read-acls.js';
import { masterRoutes } from '../../live/master/endpoints.js';
import type { MasterFlags } from '../../live/master/flags.js';
import { Master } from '../../live/master/master.js';
import { openStore } from '../../live/store.js';
import { LEDGER_NAMES } from '../../live/wire/resources.js';
import { InputError, toSeconds } from '../../model/index.js';
import { RandomStreams } from '../../sim/random-streams.js';
import { SET_OPTION } from '../run-options.js';
import {
  countOption,
  durationOption,
  isLoopback,
  MAX_PORT,
  makeFolder,
  reportProblem,
  untilAskedToEnd,
} from '../service-options.js';

interface MasterArguments {
  policy: string;
  set?: string[];
  ip: string;
  port: string;
  'work-dir': string;
  seed: string;
  credentials?: string;
  authentication: boolean;
  acls?: string;
  'rate-limits'?: string;
  'tls-cert'?: string;
  'tls-key'?: string;
  'allocation-interval'?: string;
  'offer-timeout'?: string;
  'heartbeat-interval': string;
  'agent-ping-timeout': string;
  'max-agent-ping-timeouts': string;
  'agent-reregister-timeout': string;
}

/** `simulate master`: serves until it is stopped. */
export function masterCommand(): CommandModule<object, MasterArguments> {
  return {
    command: 'master',
    describe: 'run a real master: it makes offers to frameworks through the Mesos scheduler API',
    builder: (argv) =>
      argv
        .option('policy', {
          alias: 'p',
          type: 'string',
          default: 'drf',
          describe:
            'policy with the allocator: drf, lottery, silos, or a file such as ./mine.ts; arguments as in drf(interval=2s)',
        })
        .option('set', {
          ...SET_OPTION,
          describe: 'parameter=value of the policy, may be repeated; simulate policy show NAME lists them',
        })
        .option('ip', { type: 'string', default: '127.0.0.1', describe: 'address to listen on' })
        .option('port', {
          type: 'string',
          default: '5050',
          describe: 'port to listen on; 0 selects a free port',
        })
        .option('work-dir', {
          type: 'string',
          demandOption: true,
          describe: 'folder for the registry, the credential and the decision log',
        })
        .option('seed', { type: 'string', default: '1', describe: 'seed of the random sorters' })
        .option('credentials', {
          type: 'string',
          describe:
            'file of accepted credentials, in the Mesos format, besides the credential in the work-dir',
        })
        .option('authentication', {
          type: 'boolean',
          default: true,
          describe: '--no-authentication disables authentication, on the loopback interface only',
        })
        .option('acls', {
          type: 'string',
          describe: 'file of access control lists (authorization), in the Mesos format',
        })
        .option('rate-limits', {
          type: 'string',
          describe: 'file of rate limits for the calls of each principal, in the Mesos format',
        })
        .option('tls-cert', { type: 'string', describe: 'serve HTTPS with this certificate (PEM)' })
        .option('tls-key', { type: 'string', describe: 'private key of the certificate (PEM)' })
        .option('allocation-interval', {
          type: 'string',
          describe: 'time between two batch allocations, instead of the interval of the policy [1s]',
        })
        .option('offer-timeout', {
          type: 'string',
          describe:
            'time after which an unanswered offer is rescinded, instead of the timeout of the policy [never]',
        })
        .option('heartbeat-interval', {
          type: 'string',
          default: '15s',
          describe: 'time between two heartbeats',
        })
        .option('agent-ping-timeout', {
          type: 'string',
          default: '15s',
          describe: 'time between two pings of an agent',
        })
        .option('max-agent-ping-timeouts', {
          type: 'string',
          default: '5',
          describe: 'number of unanswered pings after which an agent is unreachable',
        })
        .option('agent-reregister-timeout', {
          type: 'string',
          default: '10m',
          describe:
            'time in which an agent must reregister after a lost connection or a restart of the master',
        })
        .example('$0 master --work-dir /tmp/master', 'listens on 127.0.0.1:5050')
        .example(
          '$0 master --work-dir /tmp/master --policy silos --set partitions=web:2,batch:1',
          'two machines for the framework web, one for batch',
        ) as never,
    handler: runMaster,
  };
}

async function runMaster(args: MasterArguments): Promise<void> {
  const policy = await masterPolicy(args.policy, settings(args.set ?? []));
  const flags = flagsOf(args, policy);
  const port = countOption('port', args.port, 0, MAX_PORT);
  const acls = args.acls === undefined ? NO_ACLS : readAcls(args.acls);
  const rateLimits = args['rate-limits'] === undefined ? NO_RATE_LIMITS : readRateLimits(args['rate-limits']);
  const tls = tlsOf(args);
  makeFolder(args['work-dir']);
  const authenticator = authenticatorOf(args);
  const store = await openStore(join(args['work-dir'], 'registry'));
  const memory = await rememberedTexts(store, policy.name);
  const header = {
    log: DECISION_LOG_FORM,
    at: wallClock.now(),
    policy: { use: policy.use, digest: policy.digest },
    seed: args.seed,
    interval: toSeconds(flags.allocationInterval),
    names: LEDGER_NAMES,
    ...(memory.length > 0 && { memory }),
  } as const;
  const decisions = openDecisionLog(join(args['work-dir'], 'decisions.log'), header, reportProblem);
  const master = await Master.start({
    decisions,
    flags,
    allocator: policy.allocator,
    policy,
    random: new RandomStreams(args.seed).stream('allocator'),
    clock: wallClock,
    store,
    hostname: args.ip,
    report: reportProblem,
    acls,
    rateLimits,
  });
  const server = makeServer({
    routes: masterRoutes(master),
    authenticator,
    realm: 'mesos-master',
    report: reportProblem,
    ...(tls !== undefined && { tls }),
  });
  try {
    master.port = await listen(server, args.ip, port);
    process.stdout.write(
      `master ${master.state.id} listens on ${tls === undefined ? 'http' : 'https'}://${args.ip}:${master.port}\n`,
    );
    await untilAskedToEnd();
  } finally {
    await stop(server, () => master.close());
    decisions.close();
  }
}

/** @throws InputError */
function flagsOf(args: MasterArguments, { terms }: MasterPolicy): MasterFlags {
  const duration = (name: keyof MasterArguments & string) => durationOption(name, args[name] as string);
  return {
    allocationInterval:
      args['allocation-interval'] === undefined ? terms.interval : duration('allocation-interval'),
    offerTimeout: args['offer-timeout'] === undefined ? terms.timeout : duration('offer-timeout'),
    heartbeatInterval: duration('heartbeat-interval'),
    agentPingTimeout: duration('agent-ping-timeout'),
    maxAgentPingTimeouts: countOption('max-agent-ping-timeouts', args['max-agent-ping-timeouts'], 1, 1000),
    agentReregisterTimeout: duration('agent-reregister-timeout'),
  };
}

/** @throws InputError */
function tlsOf({ 'tls-cert': cert, 'tls-key': key }: MasterArguments): TlsFiles | undefined {
  if (cert !== undefined && key !== undefined) return readTlsFiles(cert, key);
  if (cert === undefined && key === undefined) return undefined;
  const [given, missing] = cert === undefined ? ['--tls-key', '--tls-cert'] : ['--tls-cert', '--tls-key'];
  throw new InputError({ field: given as string }, `needs ${missing} as well`);
}

/** Anyone with access to a master can run commands. Without authentication, it is reachable from its own machine only. */
function authenticatorOf(args: MasterArguments): Authenticator {
  if (args.authentication) {
    const others = args.credentials === undefined ? [] : readCredentials(args.credentials);
    return basicAuthenticator([ownCredential(args['work-dir']), ...others]);
  }
  if (args.credentials !== undefined)
    throw new InputError({ field: '--credentials' }, 'cannot be combined with --no-authentication');
  if (!isLoopback(args.ip))
    throw new InputError(
      { field: '--no-authentication' },
      `is allowed on the loopback interface only, not on ${args.ip}`,
    );
  reportProblem(
    'warning: without authentication, every user of this machine can run commands through this master',
  );
  return anybody;
}
