import { randomUniform } from 'd3-random';
import {
  atPath,
  type Cluster,
  type FrameworkSpec,
  frameworkIndex,
  InputError,
  type MachineSpec,
  type Micros,
  type ParameterValue,
  ParameterValues,
  parseDuration,
  parseParameter,
} from '../../../model/index.js';
import type { CheckpointTerms } from '../../../sim/failures/checkpoints.js';
import type { Detection } from '../../../sim/failures/detection.js';
import { FAILURE_PARAMETERS } from '../../../sim/failures/failure-parameters.js';
import { parseFault } from '../../../sim/failures/fault-script.js';
import type { Failures } from '../../../sim/failures/fleet.js';
import { makeOutages } from '../../../sim/failures/make-outages.js';
import type { Outage } from '../../../sim/failures/outage.js';
import { failurePresetNamed } from '../../../sim/failures/presets.js';
import { topologyOf } from '../../../sim/failures/topology.js';
import type { RandomStreams } from '../../../sim/random-streams.js';
import { RESTART_ELSEWHERE, type RecoveryTerms, type ServiceTerms } from '../../../workloads/recovery.js';
import type { ClusterPart } from '../../run/run-plan.js';
import type { RunSources } from '../../run/run-sources.js';
import type { FailureChoice } from '../../run/run-spec.js';

/** The values of the preset, overridden by the settings. @throws InputError */
export function failureSettings(
  { preset }: FailureChoice,
  set: Readonly<Record<string, ParameterValue>>,
): Record<string, ParameterValue> {
  if (preset === undefined) return { ...set };
  const { settings } = failurePresetNamed(preset);
  const ofPreset = FAILURE_PARAMETERS.filter((parameter) => settings[parameter.name] !== undefined).map(
    (parameter) => [parameter.name, parseParameter(parameter, settings[parameter.name])] as const,
  );
  return { ...Object.fromEntries(ofPreset), ...set };
}

/** The run for which failures are planned. */
export interface FailureScene {
  readonly cluster: Cluster;
  /** The own machines of the whole cluster. The cloud replaces rented machines; revocable rows fail with their hosts. */
  readonly machines: readonly MachineSpec[];
  /** The subset of these machines that takes part in the run; undefined for all. */
  readonly part: ClusterPart | undefined;
  readonly frameworks: readonly FrameworkSpec[];
  /** By framework; undefined for the default. */
  readonly terms: readonly (ServiceTerms | undefined)[];
  readonly horizon: Micros;
  readonly streams: RandomStreams;
  readonly readTrace: RunSources['failureTrace'];
}

/** The failures of a run. */
export interface PlannedFailures {
  readonly failures: Failures;
  /** Number of values of the file of outages that were rounded, for each kind. */
  readonly adjusted: Readonly<Record<string, number>>;
}

/** The outages of a run, how the master detects them, and how frameworks recover. @throws InputError */
export async function planFailures(
  choice: FailureChoice,
  set: Readonly<Record<string, ParameterValue>>,
  { cluster, machines, part, frameworks, terms, horizon, streams, readTrace }: FailureScene,
): Promise<PlannedFailures> {
  const values = new ParameterValues(FAILURE_PARAMETERS, set);
  const topology = topologyOf(machines, values.number('racksPerPowerUnit'), values.number('racksPerZone'));
  const path = values.text('trace');
  const detection = detectionOf(values);
  const termsOf = recoveryTerms(values, frameworks);
  const names = frameworks.map(({ name }) => name);
  const trace = path === '' ? { outages: [], adjusted: {} } : await readTrace(path, topology);
  const outages = [
    ...makeOutages(values, topology, streams, horizon),
    ...trace.outages,
    ...(choice.faults ?? []).flatMap((fault, i) =>
      atPath(['faults', i], () => parseFault(fault, topology, names)),
    ),
  ];
  const failures: Failures = {
    outages: withRevocableRows(part === undefined ? outages : outagesOfPart(outages, part), cluster),
    detection,
    recovery: (framework) => terms[framework] ?? termsOf(cluster.frameworks[framework].name),
    checkpoints: checkpointTerms(values, cluster, frameworks),
    failoverTimeout: values.number('frameworkFailoverTimeout'),
    pingPhase: pingPhases(cluster, streams, detection.pingInterval),
    registrationDelay: registrationDelays(streams, values.number('registrationTime')),
  };
  return { failures, adjusted: trace.adjusted };
}

/** The outages of the machines of this part, by their new ranks. */
function outagesOfPart(outages: readonly Outage[], { machines }: ClusterPart): Outage[] {
  const rank = new Map(machines.map((machine, place) => [machine, place]));
  return outages.map((outage) => ({
    ...outage,
    machines: outage.machines.flatMap((machine) => rank.get(machine) ?? []),
  }));
}

/** A revocable row shares the outages of its machine. */
function withRevocableRows(outages: readonly Outage[], { machines }: Cluster): readonly Outage[] {
  const rowOf = new Map(
    machines.specs.flatMap(({ host }, row) => (host === undefined ? [] : [[host, row] as const])),
  );
  if (rowOf.size === 0) return outages;
  return outages.map((outage) => ({
    ...outage,
    machines: outage.machines.flatMap((machine) =>
      [machine, rowOf.get(machine) ?? machine].filter((m, i) => i === 0 || m !== machine),
    ),
  }));
}

/** @throws InputError */
function detectionOf(values: ParameterValues): Detection {
  const pingInterval = values.number('pingInterval');
  if (!(pingInterval > 0 && Number.isFinite(pingInterval)))
    throw InputError.expected({ field: '--set failures.pingInterval' }, pingInterval, 'longer than 0');
  return {
    pingInterval,
    pingTimeouts: values.number('pingTimeouts'),
    removalGap: values.number('removalGap'),
    reregisterTimeout: values.number('reregisterTimeout'),
  };
}

/** @throws InputError when a named framework is not in the run. */
function recoveryTerms(
  values: ParameterValues,
  frameworks: readonly FrameworkSpec[],
): (name: string) => RecoveryTerms {
  const text = values.text('partitionAware');
  const names = text === 'none' || text === 'all' ? [] : text.split(',');
  const known = frameworks.map((framework) => framework.name);
  for (const name of names)
    if (!known.includes(name))
      throw InputError.expected(
        { field: '--set failures.partitionAware' },
        name,
        `none, all, or frameworks among ${known.join(', ')}`,
        known,
      );
  const aware: RecoveryTerms = { ...RESTART_ELSEWHERE, wait: values.number('unreachableWait') };
  return (name) => (text === 'all' || names.includes(name) ? aware : RESTART_ELSEWHERE);
}

/** Reads `spark:10m+5s`. @throws InputError when a named framework is not in the run, or a duration is invalid. */
function checkpointTerms(
  values: ParameterValues,
  cluster: Cluster,
  frameworks: readonly FrameworkSpec[],
): Failures['checkpoints'] {
  const text = values.text('checkpoints');
  if (text === 'none') return undefined;
  const place = { field: '--set failures.checkpoints' };
  const known = frameworks.map((framework) => framework.name);
  const terms = new Map<string, CheckpointTerms>();
  for (const part of text.split(',')) {
    const [name, lengths] = part.split(':');
    frameworkIndex(known, name, place);
    const [every, cost] = lengths.split('+').map(parseDuration);
    if (every === undefined || every <= 0 || cost === undefined || !Number.isFinite(cost))
      throw InputError.expected(place, lengths, 'interval+cost, such as 10m+5s, the interval above 0');
    terms.set(name, { every, cost });
  }
  return (framework) => terms.get(cluster.frameworks[framework].name);
}

/** The phase of each machine's pings. Machines register at different times, so their pings are spread over the interval. */
function pingPhases(cluster: Cluster, streams: RandomStreams, interval: Micros): Failures['pingPhase'] {
  const { specs } = cluster.machines;
  return (machine) =>
    Math.floor(streams.stream(`pings/${specs[specs[machine].host ?? machine].name}`)() * interval);
}

function registrationDelays(streams: RandomStreams, longest: Micros): Failures['registrationDelay'] {
  const draw = randomUniform.source(streams.stream('failures/registrations'))(longest);
  return () => Math.round(draw());
}
