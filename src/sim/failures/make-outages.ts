import { InputError, type Micros, type ParameterValues } from '../../model/index.js';
import type { RandomStreams } from '../random-streams.js';
import { downtimes, type Law, parseLaw, type Renewal } from './law.js';
import { machineOutages } from './machine-outages.js';
import type { Outage, OutageCause } from './outage.js';
import { rebootOutages } from './planned-outages.js';
import type { Groups, Topology } from './topology.js';

/**
 * All random outages of a run, from the values of FAILURE_PARAMETERS. They depend only on the seed, the machines and
 * the horizon, so they are the same under every policy.
 * @throws InputError when there are random failures and the run has no end.
 */
export function makeOutages(
  values: ParameterValues,
  topology: Topology,
  streams: RandomStreams,
  horizon: Micros,
): Outage[] {
  const machines = renewalOf(values, 'uptime', 'repair');
  const racks = renewalOf(values, 'rackUptime', 'rackRepair');
  const power = renewalOf(values, 'powerUptime', 'powerRepair');
  const cuts = renewalOf(values, 'cutUptime', 'cutRepair');
  const zones = renewalOf(values, 'zoneUptime', 'zoneRepair');
  const disks = disksOf(values);
  const every = values.number('rebootEvery');
  const hasReboots = Number.isFinite(every);
  const hasRenewals = [machines, racks, power, cuts, zones, disks].some((renewal) => renewal !== undefined);
  if ((hasRenewals || hasReboots) && !Number.isFinite(horizon))
    throw new InputError(
      { field: '--failures' },
      'machines never stop failing, so the run needs a time limit: use --until, such as --until 30d',
    );
  return [
    ...(machines === undefined
      ? []
      : machineOutages({ ...machines, ...machineShape(values) }, topology, streams, horizon)),
    ...(racks === undefined ? [] : groupOutages('off', 'rack', topology.racks, racks, streams, horizon)),
    ...(power === undefined ? [] : groupOutages('off', 'power', topology.power, power, streams, horizon)),
    ...(cuts === undefined ? [] : groupOutages('cut', 'network', topology.racks, cuts, streams, horizon)),
    ...(zones === undefined ? [] : groupOutages('off', 'zone', topology.zones, zones, streams, horizon)),
    ...(disks === undefined
      ? []
      : groupOutages('disk', 'disk', eachMachine(topology), disks, streams, horizon)),
    ...(hasReboots ? rebootOutages(rebootsOf(values, every), topology, streams, horizon) : []),
  ];
}

/** A lost disk is replaced by an empty one. */
function disksOf(values: ParameterValues): Renewal | undefined {
  if (values.text('diskUptime') === 'none') return undefined;
  return { uptime: lawNamed(values, 'diskUptime'), repair: { kind: 'fixed', length: 1 } };
}

function eachMachine({ machines }: Topology): Groups {
  return new Map(machines.map((name, machine) => [name, [machine]]));
}

function machineShape(values: ParameterValues) {
  return {
    flakyShare: values.number('flakyShare'),
    flakyFactor: values.number('flakyFactor'),
    crew: values.number('crew'),
    bursts: {
      share: values.number('burstShare'),
      meanSize: values.number('burstSize'),
      gap: values.number('burstGap'),
      rackShare: values.number('burstRackShare'),
    },
  };
}

function rebootsOf(values: ParameterValues, every: Micros) {
  const length = values.number('rebootLength');
  if (length <= 0 || every <= length)
    throw new InputError(
      { field: '--set failures.rebootEvery' },
      'must be longer than failures.rebootLength, which must be above 0',
    );
  return { every, length, notice: values.number('rebootNotice') };
}

function renewalOf(values: ParameterValues, uptime: string, repair: string): Renewal | undefined {
  if (values.text(uptime) === 'none') return undefined;
  return { uptime: lawNamed(values, uptime), repair: lawNamed(values, repair) };
}

/** @throws InputError */
function lawNamed(values: ParameterValues, name: string): Law {
  const text = values.text(name);
  const law = parseLaw(text);
  if (law === undefined)
    throw InputError.expected(
      { field: `--set failures.${name}` },
      text,
      'a distribution with lengths and shapes above 0',
    );
  return law;
}

/** Failures of groups of machines. All machines of a group fail together. Each group has its own random stream. */
export function* groupOutages(
  kind: 'off' | 'cut' | 'disk',
  cause: OutageCause,
  groups: Groups,
  renewal: Renewal,
  streams: RandomStreams,
  horizon: Micros,
): Iterable<Outage> {
  for (const [name, machines] of groups) {
    const random = streams.stream(`failures/${cause}/${name}`);
    for (const { start, end } of downtimes(renewal, random, horizon))
      yield { kind, cause, machines, start, end, notice: start };
  }
}
