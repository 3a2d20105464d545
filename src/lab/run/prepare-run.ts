import type { MeasuredTenant } from '../../metrics/collectors/tenant-metrics.js';
import {
  Cluster,
  FOREVER,
  type FrameworkSpec,
  InputError,
  type MachineSpec,
  type Micros,
  type Parameter,
  type ParameterValue,
  ParameterValues,
  ResourceSpace,
} from '../../model/index.js';
import type { Policy, PolicyContext, PolicyParts } from '../../policies/policy.js';
import type { DecisionTimes } from '../../sim/decision-time.js';
import { FAILURE_PARAMETERS } from '../../sim/failures/failure-parameters.js';
import type { Failures } from '../../sim/failures/fleet.js';
import type { OperationsPlan } from '../../sim/operations/operations.js';
import { RandomStreams } from '../../sim/random-streams.js';
import { checkServicesFit } from '../../workloads/fits-machines.js';
import { type MachineSource, parseMachines, readMachines } from '../../workloads/machines.js';
import { onlyFrameworks } from '../../workloads/only-frameworks.js';
import type { ServiceTerms } from '../../workloads/recovery.js';
import { keptMachines } from '../compaction/kept-machines.js';
import {
  ELASTICITY_PARAMETERS,
  type ElasticityPlan,
  planElasticity,
  pricedMachines,
} from '../extensions/elasticity/elasticity-plan.js';
import { failureSettings, planFailures } from '../extensions/failures/failure-plan.js';
import { planOperations } from '../extensions/operations/operation-plan.js';
import { type AloneCut, aloneCut, totalOf } from '../extensions/tenants/alone.js';
import { checkTenants, measuredTenants, type Tenant, withRoles } from '../extensions/tenants/tenants.js';
import { isPolicyPath, loadPolicy } from '../policy-file/policy-file.js';
import { argumentValues, parsePolicyUse, policyLabel } from '../policy-file/policy-use.js';
import { assignSettings, type SettingsOwner, settingsRecord } from '../scenario/settings.js';
import { forecastDemand } from '../workload/forecast.js';
import { taskMixOf } from '../workload/task-mix.js';
import { chooseWorkload, type OpenWorkload, type Workload } from '../workload/workload.js';
import { checkDecisionTimes, decisionTimes } from './decision-times.js';
import { RUN_PARAMETERS } from './run-parameters.js';
import type { RunHooks, RunSpec } from './run-spec.js';

/** A run that is ready to begin. */
export interface PreparedRun {
  readonly workload: Workload;
  readonly open: OpenWorkload;
  readonly policy: Policy;
  /** What results call the policy: its name, with arguments where it has some. */
  readonly label: string;
  readonly parts: PolicyParts;
  readonly thinks: DecisionTimes;
  readonly cluster: Cluster;
  readonly machines: MachineSource;
  readonly horizon: Micros;
  /** undefined where nothing can fail. */
  readonly failures: Failures | undefined;
  /** undefined where operators do nothing. */
  readonly operations: OperationsPlan | undefined;
  readonly tenants: readonly MeasuredTenant[];
  /** What each framework needs to serve again; empty where nothing can fail. */
  readonly terms: readonly (ServiceTerms | undefined)[];
  readonly elasticity: ElasticityPlan;
  readonly settings: {
    readonly run: ParameterValues;
    readonly records: Readonly<Record<SettingsName, Record<string, string | number>>>;
  };
}

/** What a person chose, read and checked: who decides on what, for how long, and what was set. */
interface ChosenRun {
  readonly policy: Policy;
  readonly label: string;
  readonly workload: Workload;
  readonly tenants: readonly Tenant[];
  readonly machines: MachineSource;
  readonly space: ResourceSpace;
  /** The machines of the whole cluster, and those that the run has. */
  readonly allSpecs: readonly MachineSpec[];
  readonly specs: readonly MachineSpec[];
  /** What a tenant has alone; undefined where all are there. */
  readonly cut: AloneCut | undefined;
  readonly horizon: Micros;
  readonly set: Readonly<Record<SettingsName, Readonly<Record<string, ParameterValue>>>>;
}

type SettingsName = 'policy' | 'workload' | 'run' | 'failures' | 'elasticity';

/** Loads and makes all that a run needs; nothing has happened in it yet. @throws InputError */
export async function prepareRun(spec: RunSpec, hooks: RunHooks = {}): Promise<PreparedRun> {
  const chosen = await choose(spec, hooks);
  const { policy, workload, tenants, machines, space, allSpecs, specs, cut, horizon, set } = chosen;
  const run = new ParameterValues(RUN_PARAMETERS, set.run);
  const thinks = decisionTimes(run);
  const open = openWorkload(chosen, spec.seed);
  const context = await contextOf(chosen, open, { seed: spec.seed, thinks });
  const total = totalOf(space, allSpecs);
  checkTenants(
    tenants,
    context.frameworks.map(({ name }) => name),
    space,
    total,
  );
  if (workload.services !== undefined && cut === undefined)
    await checkServicesFit(openWorkload(chosen, spec.seed).trace, specs);
  const parts = policy.build(new ParameterValues(policy.parameters, set.policy), context);
  if (thinks.byFramework !== undefined) checkDecisionTimes(thinks, policy.name, parts, context);
  const streams = new RandomStreams(spec.seed);
  const elasticity = await planElasticity(set.elasticity, {
    trace: open.trace,
    own: specs,
    stream: (name) => streams.stream(name),
  });
  checkEnds(elasticity, horizon);
  const cluster = clusterOf(space, [...specs, ...elasticity.machines], machines);
  const mishaps = await planMishaps(spec, chosen, { cluster, frameworks: open.trace.frameworks, streams });
  return {
    workload,
    open,
    policy,
    label: chosen.label,
    parts,
    thinks,
    cluster,
    machines,
    horizon,
    ...mishaps,
    tenants: measuredTenants(tenants, space, total),
    elasticity,
    settings: { run, records: settingsRecords(chosen, spec) },
  };
}

/**
 * Finds mistakes in what a person chose, without the run: of the policy, its settings, the machines and the workload. What needs a look through the
 * whole workload, and the code of a policy file, which may never return, are left to the run. @throws InputError
 */
export async function checkRun(spec: RunSpec): Promise<void> {
  const chosen = await choose(spec, {});
  const { policy, set, space, specs } = chosen;
  const settings = new ParameterValues(policy.parameters, set.policy);
  const needsLook = policy.needsForecast?.(settings) === true || policy.needsTaskMix?.(settings) === true;
  if (needsLook || isPolicyPath(parsePolicyUse(spec.policy).name)) return;
  const { frameworks } = openWorkload(chosen, spec.seed).trace;
  policy.build(settings, { space, machines: specs, frameworks, forecast: undefined });
}

async function choose(spec: RunSpec, hooks: RunHooks): Promise<ChosenRun> {
  const use = parsePolicyUse(spec.policy);
  const policy = hooks.policy ?? (await loadPolicy(use.name, hooks.watch));
  const workload = await chooseWorkload(spec.workload);
  const [setOfPolicy, ofWorkload, ofRun, failures, elasticity] = assignSettings(
    spec.set,
    settingsOwners(policy, workload),
    spec.elsewhere,
  );
  const ofPolicy = { ...setOfPolicy, ...argumentValues(use, policy) };
  const tenants = spec.tenants ?? [];
  const machines = await machineSource(spec.machines, workload, ofWorkload);
  const space = spaceOf(workload, machines);
  const allSpecs = pricedMachines(keptMachines(await machines.machines(space), spec), elasticity);
  const cut = spec.alone === undefined ? undefined : aloneCut(spec.alone, tenants, space, allSpecs);
  return {
    policy,
    label: spec.label ?? policyLabel(use, policy),
    workload,
    tenants,
    machines,
    space,
    allSpecs,
    specs: cut === undefined ? allSpecs : cut.machines.map((machine) => allSpecs[machine]),
    cut,
    horizon: spec.until ?? workload.defaultHorizon ?? FOREVER,
    set: {
      policy: spec.alone === undefined ? withRoles(policy, tenants, ofPolicy) : ofPolicy,
      workload: ofWorkload,
      run: ofRun,
      failures,
      elasticity,
    },
  };
}

/** The workload from its beginning; each call opens it anew. */
function openWorkload({ workload, space, horizon, cut, set }: ChosenRun, seed: string): OpenWorkload {
  // How long a service needs to start is said where its recovery is.
  const ofServices = Object.fromEntries(Object.entries(set.failures).filter(([name]) => name.includes('.')));
  const opened = workload.open(space, horizon, seed, { ...ofServices, ...set.workload });
  return cut === undefined ? opened : { ...opened, trace: onlyFrameworks(opened.trace, cut.frameworks) };
}

/** What the policy is told before the run; the workload is looked through where the policy, or a name that was given, wants it. */
async function contextOf(
  chosen: ChosenRun,
  open: OpenWorkload,
  { seed, thinks }: { readonly seed: string; readonly thinks: DecisionTimes },
): Promise<PolicyContext> {
  const { policy, space, specs, horizon, tenants, set } = chosen;
  const settings = new ParameterValues(policy.parameters, set.policy);
  const openOnce = () => openWorkload(chosen, seed).trace;
  // Who names frameworks wants to be told of a misspelt name, so all of them must be known.
  const namesFrameworks = thinks.byFramework !== undefined || tenants.length > 0;
  const look = namesFrameworks || policy.needsForecast?.(settings) === true ? openOnce() : undefined;
  const forecast = look === undefined ? undefined : await forecastDemand(look, horizon);
  const needsMix = policy.needsTaskMix?.(settings) === true;
  return {
    space,
    machines: specs,
    frameworks: (look ?? open.trace).frameworks,
    forecast,
    taskMix: needsMix ? await taskMixOf(openOnce(), horizon) : undefined,
  };
}

/** Where what goes wrong, and what operators do, is to happen. */
interface MishapScene {
  readonly cluster: Cluster;
  readonly frameworks: readonly FrameworkSpec[];
  readonly streams: RandomStreams;
}

async function planMishaps(
  spec: RunSpec,
  { workload, allSpecs, cut, horizon, set }: ChosenRun,
  scene: MishapScene,
): Promise<Pick<PreparedRun, 'failures' | 'operations' | 'terms'>> {
  const script = spec.operations ?? [];
  // Operators look at health as those who wait for failures do.
  const canFail = script.length > 0 || spec.failures !== undefined || Object.keys(set.failures).length > 0;
  if (!canFail) return { failures: undefined, operations: undefined, terms: [] };
  const values = failureSettings(spec.failures ?? {}, set.failures);
  const terms = workload.terms({ ...set.workload, ...values });
  const failures = await planFailures(spec.failures ?? {}, values, {
    ...scene,
    machines: allSpecs,
    cut,
    terms,
    horizon,
  });
  const operations = planOperations(script, { ...scene, only: cut?.frameworks, terms, failures });
  return { failures, operations, terms };
}

function settingsRecords(
  { policy, workload, set }: ChosenRun,
  { failures = {} }: RunSpec,
): PreparedRun['settings']['records'] {
  return {
    policy: settingsRecord(policy.parameters, set.policy),
    workload: settingsRecord(workload.parameters, set.workload),
    run: settingsRecord(RUN_PARAMETERS, set.run),
    failures: settingsRecord(failureParameters(workload), failureSettings(failures, set.failures)),
    elasticity: settingsRecord(
      ELASTICITY_PARAMETERS.filter(({ name }) => set.elasticity[name] !== undefined),
      set.elasticity,
    ),
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
