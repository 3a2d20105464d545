import { ObserverGroup } from '../metrics/observer-group.js';
import { ownCapacity } from '../metrics/own-capacity.js';
import { Recorder } from '../metrics/recorder.js';
import { type RunRecord, runRecord } from '../metrics/run-record.js';
import { type MeasuredTenant, TenantMetrics } from '../metrics/tenant-metrics.js';
import { tenantSummaries } from '../metrics/tenant-summary.js';
import {
  Cluster,
  FOREVER,
  InputError,
  type MachineSpec,
  type Micros,
  NONE,
  type Observer,
  type Parameter,
  type ParameterValue,
  ParameterValues,
  ResourceSpace,
  secondsText,
  toSeconds,
} from '../model/index.js';
import type { Policy, PolicyContext, PolicyParts } from '../policies/policy.js';
import { makeArchitecture } from '../sim/architectures/make-architecture.js';
import { DayTwo, type DayTwoPlan } from '../sim/day-two/day-two.js';
import type { DecisionTimes } from '../sim/decision-time.js';
import { FAILURE_PARAMETERS } from '../sim/failures/failure-parameters.js';
import type { Failures } from '../sim/failures/fleet.js';
import { RandomStreams } from '../sim/random-streams.js';
import { Simulation, type SimulationProgress, type Simultaneous } from '../sim/simulation.js';
import { checkServicesFit } from '../workloads/fits-machines.js';
import { type MachineSource, parseMachines, readMachines } from '../workloads/machines.js';
import { onlyFrameworks } from '../workloads/only-frameworks.js';
import type { ServiceTerms } from '../workloads/recovery.js';
import type { Trace } from '../workloads/trace.js';
import { aloneCut, totalOf } from './alone.js';
import { keptMachines } from './compaction/kept-machines.js';
import { planDayTwo } from './day-two-plan.js';
import { dayTwoSummary } from './day-two-summary.js';
import { checkDecisionTimes, decisionTimes } from './decision-times.js';
import type { DecisionWatch } from './decision-watch.js';
import {
  ELASTICITY_PARAMETERS,
  type ElasticityPlan,
  planElasticity,
  pricedMachines,
} from './elasticity-plan.js';
import { type FailureChoice, failureSettings, planFailures } from './failure-plan.js';
import { forecastDemand } from './forecast.js';
import { loadPolicy } from './policy-file.js';
import { RUN_PARAMETERS } from './run-parameters.js';
import { assignSettings, type SettingsOwner, settingsRecord } from './settings.js';
import { taskMixOf } from './task-mix.js';
import { checkTenants, measuredTenants, plainTenants, type Tenant, withRoles } from './tenants.js';
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
  /** What operators do, an operation each (sim/day-two/operation-script.ts). */
  readonly operations?: readonly string[];
  /** Who shares the cluster. */
  readonly tenants?: readonly Tenant[];
  /** The tenant that has its own share of the machines for itself, and nobody is beside it. */
  readonly alone?: string;
}

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
  const recorder = new Recorder(cluster, setup.terms, setup.elasticity.egress);
  const { controllers } = setup.elasticity;
  const dayTwo = setup.dayTwo === undefined ? undefined : new DayTwo(setup.dayTwo, cluster);
  const tenants = setup.tenants.length === 0 ? undefined : new TenantMetrics(cluster, setup.tenants);
  const others = [
    ...refusalObservers(setup),
    ...controllers.flatMap(({ observer }) => observer ?? []),
    ...(dayTwo === undefined ? [] : [dayTwo]),
    ...(tenants === undefined ? [] : [tenants]),
    ...(hooks.observers?.(cluster) ?? []),
  ];
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
    controllers,
    constraintsOf: setup.elasticity.constraintsOf,
    dayTwo,
  });
  await simulation.run((progress) =>
    hooks.pause?.({ ...progress, done: doneShare(simulation, progress.now, horizon) }),
  );
  const record = runRecord(recorder, describeRun(spec, setup));
  return {
    ...record,
    summary: {
      ...record.summary,
      ...(dayTwo !== undefined && { dayTwo: dayTwoSummary(dayTwo.report(), cluster, simulation.start) }),
      ...(tenants !== undefined && { byTenant: tenantSummaries(tenants, simulation.end - simulation.start) }),
    },
  };
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
  /** undefined where operators do nothing. */
  readonly dayTwo: DayTwoPlan | undefined;
  readonly tenants: readonly MeasuredTenant[];
  /** What each framework needs to serve again; empty where nothing can fail. */
  readonly terms: readonly (ServiceTerms | undefined)[];
  readonly elasticity: ElasticityPlan;
  readonly settings: {
    readonly run: ParameterValues;
    readonly records: Readonly<
      Record<'policy' | 'workload' | 'run' | 'failures' | 'elasticity', Record<string, string | number>>
    >;
  };
}

/** Loads and makes all that a run needs; nothing has happened in it yet. @throws InputError */
export async function prepareRun(spec: RunSpec, hooks: RunHooks = {}): Promise<PreparedRun> {
  const policy = hooks.policy ?? (await loadPolicy(spec.policy, hooks.watch));
  const workload = await chooseWorkload(spec.workload);
  const owners = settingsOwners(policy, workload);
  const [ofPolicySet, ofWorkload, ofRun, ofFailures, ofElasticity] = assignSettings(spec.set, owners);
  const tenants = spec.tenants ?? [];
  const ofPolicy = spec.alone === undefined ? withRoles(policy, tenants, ofPolicySet) : ofPolicySet;
  const machines = await machineSource(spec.machines, workload, ofWorkload);
  const space = spaceOf(workload, machines);
  const allSpecs = pricedMachines(keptMachines(await machines.machines(space), spec), ofElasticity);
  const cut = spec.alone === undefined ? undefined : aloneCut(spec.alone, tenants, space, allSpecs);
  const specs = cut === undefined ? allSpecs : cut.machines.map((machine) => allSpecs[machine]);
  const horizon = spec.until ?? workload.defaultHorizon ?? FOREVER;
  const policySettings = new ParameterValues(policy.parameters, ofPolicy);
  const runSettings = new ParameterValues(RUN_PARAMETERS, ofRun);
  const thinks = decisionTimes(runSettings);
  // How long a service needs to start is said where its recovery is.
  const ofServices = Object.fromEntries(Object.entries(ofFailures).filter(([name]) => name.includes('.')));
  const openOnce = () => {
    const opened = workload.open(space, horizon, spec.seed, { ...ofServices, ...ofWorkload });
    return cut === undefined ? opened : { ...opened, trace: onlyFrameworks(opened.trace, cut.frameworks) };
  };
  const open = openOnce();
  // Who names frameworks wants to be told of a misspelt name, so all of them must be known.
  const namesFrameworks = thinks.byFramework !== undefined || tenants.length > 0;
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
  const total = totalOf(space, allSpecs);
  const names = context.frameworks.map(({ name }) => name);
  checkTenants(tenants, names, space, total);
  if (workload.services !== undefined && cut === undefined) await checkServicesFit(openOnce().trace, specs);
  const parts = policy.build(policySettings, context);
  const streams = new RandomStreams(spec.seed);
  const elasticity = await planElasticity(ofElasticity, {
    trace: open.trace,
    own: specs,
    stream: (name) => streams.stream(name),
  });
  checkEnds(elasticity, horizon);
  const cluster = clusterOf(space, [...specs, ...elasticity.machines], machines);
  const operations = spec.operations ?? [];
  // Operators look at health as those who wait for failures do.
  const canFail = operations.length > 0 || spec.failures !== undefined || Object.keys(ofFailures).length > 0;
  const failureValues = failureSettings(spec.failures ?? {}, ofFailures);
  const terms = canFail ? workload.terms({ ...ofWorkload, ...failureValues }) : [];
  const failures = canFail
    ? await planFailures(spec.failures ?? {}, failureValues, {
        cluster,
        machines: allSpecs,
        cut,
        frameworks: open.trace.frameworks,
        terms,
        horizon,
        streams,
      })
    : undefined;
  const dayTwo =
    failures === undefined
      ? undefined
      : planDayTwo(operations, {
          cluster,
          frameworks: open.trace.frameworks,
          only: cut?.frameworks,
          terms,
          failures,
          streams,
        });
  if (thinks.byFramework !== undefined) checkDecisionTimes(thinks, policy.name, parts, context);
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
    dayTwo,
    tenants: measuredTenants(tenants, space, total),
    terms,
    elasticity,
    settings: {
      run: runSettings,
      records: {
        policy: settingsRecord(policy.parameters, ofPolicy),
        workload: settingsRecord(workload.parameters, ofWorkload),
        run: settingsRecord(RUN_PARAMETERS, ofRun),
        failures: settingsRecord(failureParameters(workload), failureValues),
        elasticity: settingsRecord(
          ELASTICITY_PARAMETERS.filter(({ name }) => ofElasticity[name] !== undefined),
          ofElasticity,
        ),
      },
    },
  };
}

/** @throws InputError when loops that never rest would keep a run without an end going. */
function checkEnds({ controllers }: ElasticityPlan, horizon: Micros): void {
  if (controllers.length > 0 && !Number.isFinite(horizon))
    throw new InputError({ field: '--until' }, 'a run with control loops needs an end, such as --until 1d');
}

/** Who takes part in `--set`: the policy, the workload, the run, its failures, its elasticity. */
function settingsOwners(policy: Policy, workload: Workload): SettingsOwner[] {
  return [
    { name: policy.name, parameters: policy.parameters },
    { name: workload.format ?? workload.name, parameters: workload.parameters },
    { name: 'run', parameters: RUN_PARAMETERS },
    { name: 'failures', parameters: failureParameters(workload) },
    { name: 'elasticity', parameters: ELASTICITY_PARAMETERS },
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
      ...(workload.after !== undefined && { after: { ...workload.after } }),
      parameters: settings.records.workload,
      dropped: { ...open.dropped },
    },
    machines: {
      count: cluster.machines.specs.filter(({ supply = 'own' }) => supply === 'own').length,
      capacity: Object.fromEntries(
        space.kinds.map((kind, d) => [kind.name, ownCapacity(cluster, d) / kind.quantaPerUnit]),
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
    ...(Object.keys(settings.records.elasticity).length > 0 && { elasticity: settings.records.elasticity }),
    ...(spec.operations !== undefined && spec.operations.length > 0 && { operations: [...spec.operations] }),
    ...(spec.tenants !== undefined && spec.tenants.length > 0 && { tenants: plainTenants(spec.tenants) }),
    seed: spec.seed,
    horizon: Number.isFinite(horizon) ? toSeconds(horizon) : null,
  };
}
