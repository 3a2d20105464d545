import { ObserverGroup } from '../metrics/observer-group.js';
import { Recorder } from '../metrics/recorder.js';
import { type RunRecord, runRecord } from '../metrics/run-record.js';
import {
  Cluster,
  DURATION_FORM,
  FOREVER,
  InputError,
  type MachineSpec,
  type Micros,
  NONE,
  type Observer,
  type Parameter,
  type ParameterValue,
  ParameterValues,
  parseDuration,
  ResourceSpace,
  secondsText,
  toSeconds,
} from '../model/index.js';
import type { Policy, PolicyContext, PolicyParts } from '../policies/policy.js';
import { makeArchitecture } from '../sim/architectures/make-architecture.js';
import type { DecisionTime, DecisionTimes } from '../sim/decision-time.js';
import { FAILURE_PARAMETERS } from '../sim/failures/failure-parameters.js';
import type { Failures } from '../sim/failures/fleet.js';
import { RandomStreams } from '../sim/random-streams.js';
import { Simulation, type SimulationProgress, type Simultaneous } from '../sim/simulation.js';
import { type MachineSource, parseMachines, readMachines } from '../workloads/machines.js';
import type { ServiceTerms } from '../workloads/recovery.js';
import type { Trace } from '../workloads/trace.js';
import { keptMachines } from './compaction/kept-machines.js';
import type { DecisionWatch } from './decision-watch.js';
import { type FailureChoice, failureSettings, planFailures } from './failure-plan.js';
import { forecastDemand } from './forecast.js';
import { loadPolicy } from './policy-file.js';
import { assignSettings, type SettingsOwner, settingsRecord } from './settings.js';
import { taskMixOf } from './task-mix.js';
import { VERSION } from './version.js';
import { chooseWorkload, type OpenWorkload, type Workload, type WorkloadChoice } from './workload.js';

/** One run, as a person asks for it: plain data, so that it can be kept in a file and sent to a worker. */
export interface RunSpec {
  /** Name of a policy, or path of a policy file. */
  readonly policy: string;
  readonly workload: WorkloadChoice;
  /** Specification or file; the workload's own machines when left out. */
  readonly machines?: string;
  /** Only so many of these, the first by a shuffle of the seed; all when left out. See compaction. */
  readonly machineCount?: number;
  readonly seed: string;
  /** Length of the run; the workload's own when left out. */
  readonly until?: Micros;
  /** `--set key=value`. */
  readonly set: Readonly<Record<string, string>>;
  /** What may fail; nothing when left out, unless `set` says so. */
  readonly failures?: FailureChoice;
}

/** `framework:perJob+perTask`. */
const DECISION_TIME = /^([^:,]+):([^:,+]+)\+([^:,+]+)$/;

/** Parameters of the run itself. */
const RUN_PARAMETERS: readonly Parameter[] = [
  {
    kind: 'duration',
    name: 'perJob',
    default: 0,
    about: 'Modelled decision time: what a scheduler thinks about each job it looks at.',
  },
  {
    kind: 'duration',
    name: 'perTask',
    default: 0,
    about: 'Modelled decision time: what it thinks about each pending task of those jobs.',
  },
  {
    kind: 'text',
    name: 'decisionTimes',
    default: '',
    form: 'framework:perJob+perTask, joined by commas, such as web:10s+5ms,batch:100ms+5ms',
    pattern: /^([^:,]+:[^:,+]+\+[^:,+]+(,(?!$)|$))*$/,
    about: 'Modelled decision times of the jobs of some frameworks, in place of perJob and perTask.',
  },
  {
    kind: 'choice',
    name: 'simultaneous',
    default: 'merge',
    choices: ['merge', 'each'],
    about: 'Events of one instant: one pass after all of them, or a pass after each.',
  },
  {
    kind: 'choice',
    name: 'onRefusal',
    default: 'count',
    choices: ['count', 'stop'],
    about: 'A decision of the policy that cannot be carried out is counted, or stops the run.',
  },
  {
    kind: 'number',
    name: 'remoteSlowdown',
    default: 1,
    min: 1,
    about: 'So many times as long a task takes away from the machines that it prefers.',
  },
  {
    kind: 'duration',
    name: 'patience',
    default: FOREVER,
    about: 'A task that has waited for so long without a first start is abandoned.',
  },
];

/** What follows a run while it happens. */
export interface RunHooks {
  /** Further observers, made once the ledger is. */
  readonly observers?: (cluster: Cluster) => readonly Partial<Observer>[];
  /** Told of every call of a policy from a file. */
  readonly watch?: DecisionWatch;
  /** In place of the policy that the spec names. */
  readonly policy?: Policy;
  /** Changes what arrives. */
  readonly trace?: (trace: Trace) => Trace;
  /** Called now and then; may throw to stop the run. */
  readonly pause?: (progress: RunProgress) => Promise<void> | void;
}

/** How far a run is. */
export interface RunProgress extends SimulationProgress {
  /** Share of the run that is over, where its length is known. */
  readonly done: number | undefined;
}

/** Runs one cell to its end. @throws InputError for whatever a person got wrong. */
export async function run(spec: RunSpec, hooks: RunHooks = {}): Promise<RunRecord> {
  const setup = await prepareRun(spec, hooks);
  const { cluster, horizon, open, parts, settings } = setup;
  const recorder = new Recorder(cluster, setup.terms);
  const others = [...refusalObservers(setup), ...(hooks.observers?.(cluster) ?? [])];
  const streams = new RandomStreams(spec.seed);
  const simulation = new Simulation({
    cluster,
    trace: hooks.trace?.(open.trace) ?? open.trace,
    observer: others.length === 0 ? recorder : new ObserverGroup([recorder, ...others]),
    architecture: (execution) =>
      makeArchitecture(parts, execution, {
        thinks: setup.thinks,
        random: streams.stream('policy'),
      }),
    horizon,
    startsAt: setup.workload.startsAt,
    simultaneous: settings.run.text('simultaneous') as Simultaneous,
    patience: settings.run.number('patience'),
    remoteSlowdown: settings.run.number('remoteSlowdown'),
    failures: setup.failures,
    machineEvents: (spec.machines === undefined && setup.workload.machineEvents) || [],
  });
  await simulation.run((progress) =>
    hooks.pause?.({ ...progress, done: doneShare(simulation, progress.now, horizon) }),
  );
  return runRecord(recorder, describeRun(spec, setup));
}

/** With `onRefusal=stop`: ends the run at the first decision that cannot be carried out, and names it. */
function refusalObservers({ cluster, policy, settings }: PreparedRun): readonly Partial<Observer>[] {
  if (settings.run.text('onRefusal') === 'count') return [];
  return [
    {
      refused(refusal, action, task, machine, now) {
        const { tasks, jobs, machines } = cluster;
        const job = task === NONE || task >= tasks.bound ? '' : ` of job "${jobs.name[tasks.job[task]]}"`;
        const what = task === NONE ? '' : ` task ${task}${job}`;
        const where =
          machine === NONE
            ? ''
            : ` on machine ${machine}${machines.specs[machine] === undefined ? '' : ` (${machines.specs[machine].name})`}`;
        throw new InputError(
          {},
          `policy ${policy.name} asked at ${secondsText(now)} s to ${action}${what}${where}: ${refusal}`,
        );
      },
    },
  ];
}

/** A run that is ready to begin. */
export interface PreparedRun {
  readonly workload: Workload;
  readonly open: OpenWorkload;
  readonly policy: Policy;
  readonly parts: PolicyParts;
  readonly thinks: DecisionTimes;
  readonly cluster: Cluster;
  readonly machines: MachineSource;
  readonly horizon: Micros;
  /** undefined where nothing can fail. */
  readonly failures: Failures | undefined;
  /** What each framework needs to serve again; empty where nothing can fail. */
  readonly terms: readonly (ServiceTerms | undefined)[];
  readonly settings: {
    readonly run: ParameterValues;
    readonly records: Readonly<
      Record<'policy' | 'workload' | 'run' | 'failures', Record<string, string | number>>
    >;
  };
}

/** Loads and makes all that a run needs; nothing has happened in it yet. @throws InputError */
export async function prepareRun(spec: RunSpec, hooks: RunHooks = {}): Promise<PreparedRun> {
  const policy = hooks.policy ?? (await loadPolicy(spec.policy, hooks.watch));
  const workload = await chooseWorkload(spec.workload);
  const owners = settingsOwners(policy, workload);
  const [ofPolicy, ofWorkload, ofRun, ofFailures] = assignSettings(spec.set, owners);
  const machines = await machineSource(spec.machines, workload, ofWorkload);
  const space = spaceOf(workload, machines);
  const specs = keptMachines(await machines.machines(space), spec);
  const horizon = spec.until ?? workload.defaultHorizon ?? FOREVER;
  const policySettings = new ParameterValues(policy.parameters, ofPolicy);
  const runSettings = new ParameterValues(RUN_PARAMETERS, ofRun);
  const thinks = decisionTimes(runSettings);
  const openOnce = () => workload.open(space, horizon, spec.seed, ofWorkload);
  const open = openOnce();
  // Who names frameworks wants to be told of a misspelt name, so all of them must be known.
  const namesFrameworks = thinks.byFramework !== undefined;
  const look =
    namesFrameworks || policy.needsForecast?.(policySettings) === true ? openOnce().trace : undefined;
  const forecast = look === undefined ? undefined : await forecastDemand(look, horizon);
  const needsMix = policy.needsTaskMix?.(policySettings) === true;
  const taskMix = needsMix ? await taskMixOf(openOnce().trace, horizon) : undefined;
  const context: PolicyContext = {
    space,
    machines: specs,
    frameworks: (look ?? open.trace).frameworks,
    forecast,
    taskMix,
  };
  const parts = policy.build(policySettings, context);
  const cluster = clusterOf(space, specs, machines);
  const canFail = spec.failures !== undefined || Object.keys(ofFailures).length > 0;
  const failureValues = failureSettings(spec.failures ?? {}, ofFailures);
  const terms = canFail ? workload.terms({ ...ofWorkload, ...failureValues }) : [];
  const failures = canFail
    ? await planFailures(spec.failures ?? {}, failureValues, {
        cluster,
        frameworks: open.trace.frameworks,
        terms,
        horizon,
        streams: new RandomStreams(spec.seed),
      })
    : undefined;
  if (namesFrameworks) checkDecisionTimes(thinks, policy.name, parts, context);
  return {
    workload,
    open,
    policy,
    parts,
    thinks,
    cluster,
    machines,
    horizon,
    failures,
    terms,
    settings: {
      run: runSettings,
      records: {
        policy: settingsRecord(policy.parameters, ofPolicy),
        workload: settingsRecord(workload.parameters, ofWorkload),
        run: settingsRecord(RUN_PARAMETERS, ofRun),
        failures: settingsRecord(failureParameters(workload), failureValues),
      },
    },
  };
}

/** Who takes part in `--set`: the policy, the workload, the run, its failures. */
function settingsOwners(policy: Policy, workload: Workload): SettingsOwner[] {
  return [
    { name: policy.name, parameters: policy.parameters },
    { name: workload.format ?? workload.name, parameters: workload.parameters },
    { name: 'run', parameters: RUN_PARAMETERS },
    { name: 'failures', parameters: failureParameters(workload) },
  ];
}

function failureParameters(workload: Workload): readonly Parameter[] {
  return [...FAILURE_PARAMETERS, ...workload.recoveryParameters];
}

async function machineSource(
  text: string | undefined,
  workload: Workload,
  settings: Readonly<Record<string, ParameterValue>>,
): Promise<MachineSource> {
  if (text === undefined) return workload.defaultMachines(settings);
  return /^\d+\s*x/.test(text) ? parseMachines(text) : readMachines(text);
}

/**
 * The dimensions of the run. A generated workload asks for nothing that the machines do not have; a trace's demand counts
 * even where no machine can meet it, and the machines' resources that nobody asks for are left out.
 */
function spaceOf(workload: Workload, machines: MachineSource): ResourceSpace {
  const asked = workload.resources;
  const names = workload.kind === 'trace' ? asked : asked.filter((name) => machines.resources.includes(name));
  return new ResourceSpace(names);
}

function clusterOf(space: ResourceSpace, specs: readonly MachineSpec[], source: MachineSource): Cluster {
  if (specs.length === 0) throw new InputError({ file: source.name }, 'no machine in it');
  const cluster = new Cluster(space);
  for (const spec of specs) cluster.addMachine(spec);
  return cluster;
}

function decisionTimes(settings: ParameterValues): DecisionTimes {
  const usual = { perJob: settings.number('perJob'), perTask: settings.number('perTask') };
  const text = settings.text('decisionTimes');
  if (text === '') return usual;
  const byFramework = new Map<string, DecisionTime>();
  for (const part of text.split(',')) {
    const [, name, perJob, perTask] = DECISION_TIME.exec(part) as unknown as [string, string, string, string];
    byFramework.set(name, { perJob: duration(perJob), perTask: duration(perTask) });
  }
  return { ...usual, byFramework };
}

/** @throws InputError when a framework is unknown, or one decision is made for the jobs of all frameworks together. */
function checkDecisionTimes(
  { byFramework = new Map() }: DecisionTimes,
  policy: string,
  parts: PolicyParts,
  { frameworks }: PolicyContext,
): void {
  const place = { field: 'decisionTimes' };
  if (parts.architecture === 'monolithic' && parts.retry === undefined) {
    const problem = `${policy} decides on the jobs of all frameworks at once; set perJob and perTask, or use --policy monolithic`;
    throw new InputError(place, problem);
  }
  const known = frameworks.map((framework) => framework.name);
  for (const name of byFramework.keys())
    if (!known.includes(name))
      throw InputError.expected(place, name, `one of the frameworks ${known.join(', ')}`);
}

/** @throws InputError */
function duration(text: string): Micros {
  const value = parseDuration(text);
  if (value === undefined) throw InputError.expected({ field: 'decisionTimes' }, text, DURATION_FORM);
  return value;
}

function doneShare(simulation: Simulation, now: Micros, horizon: Micros): number | undefined {
  return Number.isFinite(horizon) ? (now - simulation.start) / horizon : undefined;
}

/** What a summary says of the run beside what was measured. */
export function describeRun(spec: RunSpec, prepared: PreparedRun) {
  const { workload, policy, cluster, machines, horizon, settings, open } = prepared;
  const { space } = cluster;
  return {
    version: VERSION,
    policy: { name: policy.name, parameters: settings.records.policy },
    workload: {
      kind: workload.kind,
      name: workload.name,
      ...(workload.format !== undefined && { format: workload.format }),
      ...(workload.sha256 !== undefined && { sha256: workload.sha256 }),
      ...(workload.services !== undefined && { services: [...workload.services] }),
      parameters: settings.records.workload,
      dropped: { ...open.dropped },
    },
    machines: {
      count: cluster.machines.count,
      capacity: Object.fromEntries(
        space.kinds.map((kind, d) => [kind.name, cluster.total[d] / kind.quantaPerUnit]),
      ),
      source: machines.name,
    },
    settings: settings.records.run,
    ...(prepared.failures !== undefined && {
      failures: {
        preset: spec.failures?.preset ?? '',
        faults: [...(spec.failures?.faults ?? [])],
        settings: settings.records.failures,
      },
    }),
    seed: spec.seed,
    horizon: Number.isFinite(horizon) ? toSeconds(horizon) : null,
  };
}
