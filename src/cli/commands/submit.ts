import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import {
  controllersOf,
  ELASTICITY_PARAMETERS,
  type ElasticitySettings,
} from '../../lab/extensions/elasticity/elasticity-plan.js';
import { loadPolicy } from '../../lab/policy-file/policy-file.js';
import { argumentValues, parsePolicyUse } from '../../lab/policy-file/policy-use.js';
import { settings } from '../../lab/scenario/run-choices.js';
import { assignSettings } from '../../lab/scenario/settings.js';
import { readSubmission } from '../../lab/scenario/submission-file.js';
import { taskMixOf } from '../../lab/workload/task-mix.js';
import { wallClock } from '../../live/clock.js';
import { hostedScheduler } from '../../live/framework/hosted-scheduler.js';
import { openMemoryFile } from '../../live/framework/memory-file.js';
import type { Submission } from '../../live/framework/submission.js';
import { SubmittedWork } from '../../live/framework/submitted-work.js';
import { authorizationOf, readCredential } from '../../live/http/credentials.js';
import { ObserverGroup } from '../../metrics/observer-group.js';
import { Cluster, FOREVER, InputError, ParameterValues, ResourceSpace } from '../../model/index.js';
import type { Scheduler } from '../../policies/contract.js';
import type { Controller } from '../../policies/contract-control.js';
import type { Policy } from '../../policies/policy.js';
import { checkWritable } from '../../results/files/result-files.js';
import { RandomStreams } from '../../sim/random-streams.js';
import { traceOf } from '../../workloads/row-sketch.js';
import { PLAIN_ROW } from '../../workloads/trace.js';
import { type Exit, SET_OPTION } from '../run-options.js';
import { masterUrl, reportProblem, untilAskedToEnd } from '../service-options.js';

interface SubmitArguments {
  file: string;
  master: string;
  policy: string;
  set?: string[];
  seed: string;
  name: string;
  role: string;
  credential?: string;
  'work-dir'?: string;
  state?: string;
}

/** `simulate submit`: exit code 1 when a job failed. */
export function submitCommand(exit: Exit): CommandModule<object, SubmitArguments> {
  return {
    command: 'submit <file>',
    describe: 'run jobs and services on real agents, placed by the scheduler of a policy',
    builder: (argv) =>
      argv
        .positional('file', {
          type: 'string',
          demandOption: true,
          describe: 'YAML file of jobs and services (docs/live.md); SIGHUP reloads it',
        })
        .option('master', {
          type: 'string',
          demandOption: true,
          describe: 'address of the master, such as http://127.0.0.1:5050',
        })
        .option('policy', {
          alias: 'p',
          type: 'string',
          default: 'easy',
          describe: 'policy whose scheduler places the tasks, such as fgd, easy(order=shortest) or ./mine.ts',
        })
        .option('set', { ...SET_OPTION, describe: 'parameter=value of the policy, may be repeated' })
        .option('seed', { type: 'string', default: '1', describe: "seed of the policy's random stream" })
        .option('name', { type: 'string', default: 'fairground', describe: 'name of the framework' })
        .option('role', { type: 'string', default: '*', describe: 'role of the framework' })
        .option('credential', {
          type: 'string',
          describe: "credential file for the master, such as credential.json in the master's work-dir",
        })
        .option('work-dir', {
          type: 'string',
          describe: "the master's work-dir on this machine, instead of --credential: its credential is used",
        })
        .option('state', {
          type: 'string',
          describe: 'file that keeps what the policy remembers over a restart of this command',
        })
        .example(
          '$0 submit work.yaml --master http://127.0.0.1:5050 --policy easy --work-dir /tmp/master',
          'ends when all jobs have ended; services run until it is stopped',
        ) as never,
    handler: (args) => submit(args, exit),
  };
}

async function submit(args: SubmitArguments, exit: Exit): Promise<void> {
  const submission = readSubmission(args.file);
  const space = spaceOf(submission);
  const { scheduler, policy, controllers } = await hostedParts(args, submission, space);
  const { state } = args;
  if (state !== undefined) checkWritable(state, 'file');
  const memory = state === undefined ? undefined : openMemoryFile(state, policy);
  const cluster = new Cluster(space);
  const framework = cluster.addFramework({ name: args.name });
  let refuse: (error: Error) => void = () => undefined;
  const refused = new Promise<never>((_, reject) => {
    refuse = reject;
  });
  const streams = new RandomStreams(args.seed);
  const work = new SubmittedWork({
    clock: wallClock,
    now: () => wallClock.now(),
    random: streams.stream('policy'),
    controllers,
    controllerRandom: (name) => streams.stream(`controllers/${name}`),
    master: masterUrl(args.master),
    authorization: authorizationFor(args),
    info: {
      user: userInfo().username,
      name: args.name,
      role: args.role,
      checkpoint: true,
      failover_timeout: 60,
    },
    cluster,
    framework,
    scheduler,
    ...(memory !== undefined && { memory }),
    observer: new ObserverGroup([]),
    refused: refuse,
    report: reportProblem,
    say: (message) => process.stdout.write(`${message}\n`),
  });
  const reread = () => {
    try {
      work.change(readSubmission(args.file));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      reportProblem(`${error.message}; the running work is unchanged`);
    }
  };
  process.on('SIGHUP', reread);
  try {
    const failed = await Promise.race([work.run(submission), refused, untilAskedToEnd()]);
    if (typeof failed === 'number' && failed > 0) exit(1);
  } finally {
    process.off('SIGHUP', reread);
    await work.teardown();
  }
}

/** Disk is a dimension only if some work demands it, because packing policies would otherwise weigh an unused resource. */
function spaceOf({ jobs, services }: Submission): ResourceSpace {
  const isAsked = (name: string) => [...jobs, ...services].some(({ demand }) => (demand[name] ?? 0) > 0);
  return new ResourceSpace(['cpus', 'mem', 'disk'].filter((name) => name !== 'disk' || isAsked(name)));
}

/** What the command runs of a policy and of `--set`. */
interface HostedParts {
  readonly scheduler: Scheduler;
  /** Name of the policy. */
  readonly policy: string;
  readonly controllers: readonly Controller[];
}

async function hostedParts(
  { policy: text, set, state }: SubmitArguments,
  submission: Submission,
  space: ResourceSpace,
): Promise<HostedParts> {
  const use = parsePolicyUse(text);
  const policy = await loadPolicy(use.name);
  const elasticity = { name: 'elasticity', parameters: ELASTICITY_PARAMETERS };
  const [assigned, controlled = {}] = assignSettings(settings(set ?? []), [policy, elasticity]);
  const given = { ...assigned, ...argumentValues(use, policy) };
  checkParameters(policy, given);
  const values = new ParameterValues(policy.parameters, given);
  if (policy.frameworkParameters === undefined && policy.needsForecast?.(values) === true)
    throw new InputError(
      { field: '--policy' },
      `${policy.name} needs a forecast, which real work does not have`,
    );
  const frameworks = [{ name: 'default' }];
  const needsMix = policy.needsTaskMix?.(values) === true;
  const taskMix = needsMix ? await taskMixOf(traceOf(space, rowsOf(submission, space)), FOREVER) : undefined;
  const parts = policy.build(values, { space, machines: [], frameworks, forecast: undefined, taskMix });
  const scheduler = hostedScheduler(policy.name, parts, { memory: state !== undefined });
  const controllers = [...chosenControllers(controlled, space), ...(parts.controllers ?? [])];
  return { scheduler, policy: policy.name, controllers };
}

/** @throws InputError for a setting of a control loop that does not run. */
function chosenControllers(set: ElasticitySettings, space: ResourceSpace): readonly Controller[] {
  const controllers = controllersOf(set, space);
  const [idle] = controllers.length === 0 ? Object.keys(set) : [];
  if (idle === undefined) return controllers;
  throw new InputError(
    { field: `--set ${idle}` },
    'has no effect here, because its control loop does not run',
  );
}

/** @throws InputError for a parameter that would have no effect in a framework. */
function checkParameters(
  { name, frameworkParameters }: Policy,
  given: Readonly<Record<string, unknown>>,
): void {
  const foreign = Object.keys(given).find((key) => frameworkParameters?.includes(key) === false);
  if (foreign === undefined) return;
  throw new InputError(
    { field: `--set ${foreign}` },
    `has no effect here, where only the scheduler of ${name} runs, with the parameters ${frameworkParameters?.join(', ')}; the policy of the master makes the offers`,
  );
}

/** The submitted work as rows of a trace, from which the task mix is computed. */
function rowsOf({ jobs, services }: Submission, space: ResourceSpace) {
  const asked = [...jobs, ...services.map((service) => ({ ...service, tasks: service.instances }))];
  return asked.map(({ name, tasks, demand }) => {
    const quanta = space.names.map((resource) => demand[resource] ?? 0);
    const amounts = Object.fromEntries(space.names.map((resource, d) => [resource, quanta[d]]));
    const row = { ...PLAIN_ROW, job: name, framework: 0, submit: 0, duration: FOREVER };
    return { ...row, tasks, demand: space.quanta(amounts as Record<string, number>) };
  });
}

/** @throws InputError */
function authorizationFor({ credential, 'work-dir': workDir }: SubmitArguments): string | undefined {
  if (credential !== undefined && workDir !== undefined)
    throw new InputError({}, '--credential and --work-dir are mutually exclusive; give one of them');
  const file = workDir === undefined ? credential : join(workDir, 'credential.json');
  return file === undefined ? undefined : authorizationOf(readCredential(file));
}
