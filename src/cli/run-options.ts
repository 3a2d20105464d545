import type { Argv } from 'yargs';

/** Sets the exit code of the process. */
export type Exit = (code: 0 | 1 | 2 | 130) => void;

/** The option `--set`, which may be repeated. Each command describes which parameters it sets. */
export const SET_OPTION = { alias: 's', type: 'string', array: true } as const;

/** The option `--versus` of commands that print a comparison. */
export const VERSUS_OPTION = {
  type: 'string',
  describe: 'policy to which the others are compared [the first]',
} as const;

/** Adds the options that describe runs. */
export function withRunOptions<T>(argv: Argv<T>) {
  return argv
    .option('policy', {
      alias: 'p',
      type: 'string',
      describe:
        "policies, joined by commas: names or files, with arguments: 'drf,drf(interval=30s),./mine.ts'; a value with , or = needs quotes: 'easy(bands=\"100,200\")'",
    })
    .option('workload', { alias: 'w', type: 'string', describe: 'generated workload (smack, google-2011)' })
    .option('trace', { alias: 't', type: 'string', describe: 'trace file to replay, also .gz' })
    .option('format', {
      alias: 'f',
      type: 'string',
      describe: 'format of the trace: csv, omega, openb, swf (detected when left out)',
    })
    .option('machines', {
      alias: 'm',
      type: 'string',
      describe: 'machines, such as 500x16cpu/64GiB, or a file',
    })
    .option('machine-changes', {
      type: 'string',
      describe: 'CSV file of machines that are added, removed or updated during the run (docs/formats.md)',
    })
    .option('seed', { type: 'string', describe: 'seed of all random streams [1]' })
    .option('seeds', { type: 'string', describe: 'several seeds: 1-10 or 1,2,5' })
    .option('until', { alias: 'u', type: 'string', describe: 'length of the run: 1d, 12h, 90m' })
    .option('warm-up', {
      type: 'string',
      describe:
        'time at the start that waits, utilization and other metrics of the steady state leave out: 2h, or mser-5 (docs/statistics.md)',
    })
    .option('set', {
      ...SET_OPTION,
      describe: 'parameter=value, may be repeated (see policy show NAME, trace formats)',
    })
    .option('add', {
      type: 'string',
      array: true,
      describe: 'one more service, may be repeated: kafka:brokers=20',
    })
    .option('failures', {
      type: 'string',
      describe: 'failures: a preset such as lanl05 or dean-2008, or a .csv file of outages',
    })
    .option('fault', {
      type: 'string',
      array: true,
      describe: "a fault, may be repeated: 'at 2h: kill rack rack-3 for 30m'",
    })
    .option('operation', {
      type: 'string',
      array: true,
      describe: "an operation, may be repeated: 'at 2h: upgrade kafka with canary=0.1'",
    })
    .option('tenants', {
      type: 'string',
      describe: 'YAML file of tenants, as under `tenants` in a scenario: roles with weights and quota',
    })
    .option('scenario', { type: 'string', describe: 'YAML file with the same keys as these options' });
}

/** The options of `withRunOptions` that describe a scenario. */
export interface ScenarioOptions {
  policy?: string;
  workload?: string;
  trace?: string;
  format?: string;
  machines?: string;
  machineChanges?: string;
  seed?: string;
  seeds?: string;
  until?: string;
  warmUp?: string;
  set?: string[];
  add?: string[];
  failures?: string;
  fault?: string[];
  operation?: string[];
}

/** The options that are given, under their keys of a scenario file; `set` is merged in another way. */
export function scenarioKeys(args: ScenarioOptions) {
  return withoutUndefined({
    policy: args.policy,
    workload: args.workload,
    trace: args.trace,
    format: args.format,
    machines: args.machines,
    machineChanges: args.machineChanges,
    seed: args.seed,
    seeds: args.seeds,
    until: args.until,
    warmUp: args.warmUp,
    add: args.add,
    failures: args.failures,
    faults: args.fault,
    operations: args.operation,
  });
}

/** The record without keys whose value is undefined. */
export function withoutUndefined<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
}
