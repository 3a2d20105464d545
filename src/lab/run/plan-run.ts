import {
  Cluster,
  durationText,
  exactDurationText,
  FOREVER,
  InputError,
  type MachineSpec,
  type Micros,
  ParameterValues,
  ResourceSpace,
} from '../../model/index.js';
import { isolated } from '../../policies/hosting/policy-context.js';
import type { Policy, PolicyContext, PolicyParts } from '../../policies/policy.js';
import type { MachineChange, MachineTimeline } from '../../workloads/machine-change.js';
import {
  distinctNames,
  isMachineSpecification,
  type MachineSource,
  parseMachines,
} from '../../workloads/machines.js';
import { onlyFrameworks } from '../../workloads/only-frameworks.js';
import { keptMachines } from '../compaction/kept-machines.js';
import { EXTENSIONS } from '../extensions/index.js';
import { argumentValues, isPolicyPath, parsePolicyUse, policyLabel } from '../policy-file/policy-use.js';
import { assignSettings, type SettingsOwner } from '../scenario/settings.js';
import { surveyWorkload } from '../workload/survey.js';
import { generatedWorkload, type OpenWorkload, type Workload } from '../workload/workload.js';
import { asMistakeOfArgument } from './argument-mistake.js';
import { checkDecisionTimes, decisionTimes } from './decision-times.js';
import { checkExplained } from './explained-names.js';
import { RUN_PARAMETERS } from './run-parameters.js';
import type { ClusterPart, RunAddition, RunPlan, RunSettings, Values } from './run-plan.js';
import type { RunSources } from './run-sources.js';
import type { RunHooks, RunSpec } from './run-spec.js';

/**
 * Plans a run in stages: the choices and their settings, the machines, the workload, the policy, the cluster, and the additions of
 * extensions. @throws InputError
 */
export async function planRun(spec: RunSpec, sources: RunSources, hooks: RunHooks = {}): Promise<RunPlan> {
  const choices = await chooseRun(spec, sources, hooks);
  const machines = await chooseMachines(choices, sources);
  const workload = openTheWorkload({ ...choices, ...machines });
  await checkExplained(spec, choices.horizon, () => openWorkload({ ...choices, ...machines }).trace);
  const policy = await buildPolicy({ ...choices, ...machines, ...workload });
  const cluster = await makeCluster({ ...choices, ...machines, ...workload });
  return addExtensions({ ...choices, ...machines, ...workload, ...policy, cluster, added: {} }, sources);
}

/**
 * Checks the user's choices without a run: the policy, its settings, the machines and the workload. A survey of the whole workload is
 * left to the run, so a trace is not read, and a policy that needs the task mix is not built. Nor is a policy file called, because
 * that may never return. @throws InputError
 */
export async function checkRun(spec: RunSpec, sources: RunSources): Promise<void> {
  const choices = await chooseRun(spec, sources);
  const machines = await chooseMachines(choices, sources);
  const { policy, workload, settings } = choices;
  const { space, own } = machines;
  const values = new ParameterValues(policy.parameters, settings.policy);
  const needsForecast = policy.needsForecast?.(values) === true;
  if (isPolicyPath(parsePolicyUse(spec.policy).name) || policy.needsTaskMix?.(values) === true) return;
  // Only generated workloads name all of their frameworks before they are read.
  if (needsForecast && workload.kind !== 'generated') return;
  const { frameworks } = openWorkload({ ...choices, ...machines }).trace;
  const noDemand = new Float64Array(frameworks.length * space.size);
  const forecast = needsForecast ? { mean: noDemand, peak: noDemand } : undefined;
  buildParts(choices, { space, machines: own, frameworks, forecast });
}

type Choices = Pick<
  RunPlan,
  'spec' | 'version' | 'policy' | 'policyDigest' | 'label' | 'workload' | 'settings' | 'horizon'
>;
type Machines = Pick<RunPlan, 'machines' | 'space' | 'wholeCluster' | 'machineChanges' | 'part' | 'own'>;
type Opened = Pick<RunPlan, 'open'>;
type Built = Pick<RunPlan, 'frameworks' | 'decisionTimes' | 'parts'>;

/** The policy, the workload and the settings of a spec, before anything is opened. @throws InputError */
export async function chooseRun(spec: RunSpec, sources: RunSources, hooks: RunHooks = {}): Promise<Choices> {
  const use = parsePolicyUse(spec.policy);
  const policy = hooks.policy ?? (await sources.policy(use.name, hooks.watch));
  const workload =
    spec.workload.kind === 'generated'
      ? generatedWorkload(spec.workload)
      : await sources.workload(spec.workload);
  const horizon = spec.until ?? workload.defaultHorizon ?? FOREVER;
  checkWarmUp(spec, horizon);
  return {
    spec,
    version: sources.version,
    policy,
    policyDigest: hooks.policy === undefined ? await sources.policyDigest?.(use.name) : undefined,
    label: spec.label ?? policyLabel(use, policy),
    workload,
    settings: settingsOf(spec, policy, argumentValues(use, policy), workload),
    horizon,
  };
}

/** @throws InputError if nothing of the run is left after the warm-up. */
function checkWarmUp({ warmUp }: RunSpec, horizon: Micros): void {
  const lasts = warmUp?.lasts;
  if (lasts === undefined || lasts < horizon) return;
  throw InputError.expected(
    { field: '--warm-up' },
    exactDurationText(lasts),
    `a time that is shorter than the run (${durationText(horizon)})`,
  );
}

/** Assigns `--set` to the policy, the workload, the run and the extensions. @throws InputError */
function settingsOf(spec: RunSpec, policy: Policy, policyArguments: Values, workload: Workload): RunSettings {
  const owners: SettingsOwner[] = [
    { name: policy.name, parameters: policy.parameters },
    { name: workload.format ?? workload.name, parameters: workload.parameters },
    { name: 'run', parameters: RUN_PARAMETERS },
    ...EXTENSIONS.map(({ name, parameters }) => ({ name, parameters: parameters?.(workload) ?? [] })),
  ];
  const [ofPolicy, ofWorkload, ofRun, ...ofExtensions] = assignSettings(spec.set, owners, spec.elsewhere);
  const follows = EXTENSIONS.map(({ policySettings }) => policySettings?.({ spec, policy }) ?? {});
  return {
    policy: Object.assign({}, ...follows, ofPolicy, policyArguments) as Values,
    workload: ofWorkload,
    run: new ParameterValues(RUN_PARAMETERS, ofRun),
    setOfRun: ofRun,
    extensions: Object.fromEntries(EXTENSIONS.map(({ name }, i) => [name, ofExtensions[i]])),
  };
}

async function chooseMachines({ spec, workload, settings }: Choices, sources: RunSources): Promise<Machines> {
  const machines = await machineSource(spec.machines, workload, settings.workload, sources);
  const space = spaceOf(workload, machines);
  const kept = keptMachines(await machines.machines(space), spec);
  const timeline = await machineTimeline(spec, machines, { space, kept }, sources);
  const wholeCluster = EXTENSIONS.reduce(
    (all, { name, changeMachines }) => changeMachines?.(all, settings.extensions[name]) ?? all,
    [...kept, ...timeline.later] as readonly MachineSpec[],
  );
  const part = EXTENSIONS.map((extension) => extension.part?.({ spec, space, wholeCluster })).find(
    (one) => one !== undefined,
  );
  const own = part === undefined ? wholeCluster : part.machines.map((machine) => wholeCluster[machine]);
  const machineChanges = part === undefined ? timeline.changes : changesOfPart(timeline.changes, part);
  const adjusted = { ...machines.adjusted, ...ofChanges(timeline.adjusted ?? {}) };
  return { machines: { ...machines, adjusted }, space, wholeCluster, machineChanges, part, own };
}

/** Counts of the file of changes beside those of the file of machines. */
function ofChanges(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(counts).map(([kind, count]) => [`changes: ${kind}`, count]));
}

/** How the machines change: by the file of the user, or else by their source. @throws InputError */
async function machineTimeline(
  { machineChanges: path, machineCount }: RunSpec,
  machines: MachineSource,
  { space, kept }: { readonly space: ResourceSpace; readonly kept: readonly MachineSpec[] },
  sources: RunSources,
): Promise<MachineTimeline> {
  if (path !== undefined && machineCount !== undefined)
    throw new InputError(
      { field: '--machine-changes' },
      'changes machines by name, and a search for the least number of machines leaves some out; give one of them',
    );
  if (path !== undefined) return sources.machineChanges(path, space, kept);
  return (machineCount === undefined ? await machines.changes?.(space, kept) : undefined) ?? UNCHANGED;
}

const UNCHANGED: MachineTimeline = { later: [], changes: [] };

/** The changes of the machines of this part, by their new ranks. */
function changesOfPart(changes: readonly MachineChange[], { machines }: ClusterPart): MachineChange[] {
  const rank = new Map(machines.map((machine, place) => [machine, place]));
  return changes.flatMap((change) => {
    const machine = rank.get(change.machine);
    return machine === undefined ? [] : [{ ...change, machine }];
  });
}

async function machineSource(
  text: string | undefined,
  workload: Workload,
  settings: Values,
  sources: RunSources,
): Promise<MachineSource> {
  if (text === undefined) return workload.defaultMachines(settings);
  return isMachineSpecification(text) ? parseMachines(text) : sources.machines(text);
}

/**
 * The dimensions of the run: the resources that tasks demand. For a generated workload, resources that no machine has are left
 * out. For a trace, they are kept, even if no machine can meet the demand.
 */
function spaceOf(workload: Workload, machines: MachineSource): ResourceSpace {
  const asked = workload.resources;
  const names = workload.kind === 'trace' ? asked : asked.filter((name) => machines.resources.includes(name));
  return new ResourceSpace(names);
}

function openTheWorkload(plan: Choices & Machines): Opened {
  return { open: openWorkload(plan) };
}

/** Opens the workload, from its first row. */
function openWorkload({
  spec,
  workload,
  settings,
  space,
  horizon,
  part,
  own,
}: Choices & Machines): OpenWorkload {
  // The startup time of a service is a parameter of its recovery, and delays the services after it.
  const ofServices = Object.fromEntries(
    Object.values(settings.extensions).flatMap((set) =>
      Object.entries(set).filter(([name]) => workload.recoveryParameters.some((one) => one.name === name)),
    ),
  );
  const opened = workload.open(space, horizon, spec.seed, { ...ofServices, ...settings.workload }, own);
  return part === undefined ? opened : { ...opened, trace: onlyFrameworks(opened.trace, part.frameworks) };
}

async function buildPolicy(plan: Choices & Machines & Opened): Promise<Built> {
  const { spec, policy, settings, space, wholeCluster } = plan;
  const times = decisionTimes(settings.run);
  const context = await contextOf(plan, times.byFramework !== undefined);
  for (const { check } of EXTENSIONS)
    check?.(
      { spec, space, wholeCluster },
      context.frameworks.map(({ name }) => name),
    );
  const parts = buildParts(plan, context);
  if (times.byFramework !== undefined) checkDecisionTimes(times, policy.name, parts, context);
  return { frameworks: context.frameworks, decisionTimes: times, parts };
}

function buildParts({ spec, policy, settings }: Choices, context: PolicyContext): PolicyParts {
  try {
    return policy.build(new ParameterValues(policy.parameters, settings.policy), isolated(context));
  } catch (error) {
    throw asMistakeOfArgument(error, spec);
  }
}

/** The context of the policy. The workload is surveyed only if the policy needs it, or the spec names frameworks. */
async function contextOf(
  plan: Choices & Machines & Opened,
  decisionsNameFrameworks: boolean,
): Promise<PolicyContext> {
  const { spec, policy, workload, settings, space, own, part, horizon, open } = plan;
  const values = new ParameterValues(policy.parameters, settings.policy);
  // To find a misspelt name, all frameworks must be known.
  const namesFrameworks =
    decisionsNameFrameworks ||
    EXTENSIONS.some(({ name, namesFrameworks: names }) => names?.(spec, settings.extensions[name]) === true);
  const survey = await surveyWorkload(() => openWorkload(plan).trace, horizon, {
    forecast: namesFrameworks || policy.needsForecast?.(values) === true,
    taskMix: policy.needsTaskMix?.(values) === true,
    fitOn: workload.services !== undefined && part === undefined ? own : undefined,
  });
  return {
    space,
    machines: own,
    frameworks: survey.frameworks ?? open.trace.frameworks,
    forecast: survey.forecast,
    taskMix: survey.taskMix,
  };
}

async function makeCluster(plan: Choices & Machines & Opened): Promise<Cluster> {
  const { machines, space, own } = plan;
  const specs: MachineSpec[] = [...own];
  for (const { moreMachines } of EXTENSIONS) {
    const more = (await moreMachines?.(plan)) ?? [];
    if (more.length === 0) continue;
    specs.push(...distinctNames(more, new Set(specs.map(({ name }) => name))));
  }
  if (specs.length === 0) throw new InputError({ file: machines.name }, 'contains no machine');
  const cluster = new Cluster(space);
  for (const spec of specs) cluster.addMachine(spec);
  return cluster;
}

async function addExtensions(plan: RunPlan, sources: RunSources): Promise<RunPlan> {
  let all = plan;
  for (const extension of EXTENSIONS) {
    const added = await extension.plan?.(all, sources);
    if (added !== undefined) all = { ...all, added: together(all.added, added) };
  }
  return all;
}

function together(before: RunAddition, added: RunAddition): RunAddition {
  return {
    ...before,
    ...added,
    simulation: { ...before.simulation, ...added.simulation },
    observers: [...(before.observers ?? []), ...(added.observers ?? [])],
    ended: (run) => ({ ...before.ended?.(run), ...added.ended?.(run) }),
  };
}
