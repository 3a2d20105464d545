import {
  DURATION_FORM,
  FOREVER,
  frameworkIndex,
  InputError,
  type InputPlace,
  type MachineId,
  type Micros,
  parseDuration,
  quote,
} from '../../model/index.js';
import type { Outage } from './outage.js';
import { rollingOutages } from './planned-outages.js';
import type { Groups, Topology } from './topology.js';

/** The syntax of `--fault`, for messages. */
const FAULT_FORM =
  'at TIME: kill|cut|isolate|drain TARGET [for TIME], at TIME: drain TARGET within TIME [for TIME], at TIME: roll TARGET by N for TIME, at TIME: fail disk of TARGET, at TIME: fail framework NAME [for TIME], or at TIME: fail master for TIME, with TARGET one of machine NAME, rack NAME, power NAME, zone NAME, N machines, all';

const FAULT =
  /^at\s+(\S+)\s*:\s*(kill|cut|isolate|drain|roll|fail)\s+(.+?)(?:\s+by\s+(\d+))?(?:\s+within\s+(\S+))?(?:\s+for\s+(\S+))?$/;

/**
 * Reads one line of a fault script, such as `at 2h: kill rack rack-3 for 30m`.
 * - kill: the machines stop.
 * - cut: the machines keep running, but the master cannot reach them.
 * - isolate: neither the master nor clients can reach the machines.
 * - drain: the machines take no new tasks. With `within`, they must be empty by then and are then shut down.
 * - roll: rolling maintenance, N machines at a time.
 * - fail disk: the volumes of the machines are lost.
 * - fail framework: its scheduler is gone; `frameworks` has the names.
 *
 * A fault without a length is permanent. `N machines` are the first N by rank.
 * @throws InputError with the expected syntax.
 */
export function parseFault(
  text: string,
  topology: Topology,
  frameworks: readonly string[],
  place: InputPlace = { field: '--fault' },
): Outage[] {
  const match = FAULT.exec(text.trim());
  if (match === null) throw InputError.expected(place, text, FAULT_FORM);
  const [, at, verb, target, by, within, length] = match;
  const start = timeOf(at, place);
  const end = length === undefined ? FOREVER : start + timeOf(length, place);
  if (end === start) throw InputError.expected(place, length, `${DURATION_FORM}, longer than 0`);
  if ((by !== undefined) !== (verb === 'roll')) throw InputError.expected(place, text, FAULT_FORM);
  if (within !== undefined && verb !== 'drain') throw InputError.expected(place, text, FAULT_FORM);
  const disks = /^disk of (.+)$/.exec(target);
  const framework = /^framework\s+(.+)$/.exec(target);
  if ((target === 'master' || disks !== null || framework !== null) !== (verb === 'fail'))
    throw InputError.expected(place, text, FAULT_FORM);
  if (disks !== null) {
    if (length !== undefined)
      throw new InputError(place, `${quote(text)} must not have a length: a lost disk is not restored`);
    return [outageOf('disk', targetOf(disks[1], topology, place), start, FOREVER)];
  }
  if (framework !== null) {
    if (frameworks.length === 0)
      throw new InputError(
        place,
        `${quote(text)} names a framework, but those of a trace are not known before it is read`,
      );
    return [frameworkOutage(framework[1], start, end, frameworks, place)];
  }
  if (verb === 'fail') return [masterOutage(start, end, text, place)];
  const machines = targetOf(target, topology, place);
  if (verb === 'roll') return roll(start, end, Number(by), machines, text, place);
  if (within !== undefined) return [drainOutage(start, timeOf(within, place), length, machines, place)];
  return [outageOf(KINDS[verb as keyof typeof KINDS], machines, start, end)];
}

const KINDS = { kill: 'off', cut: 'cut', isolate: 'isolated', drain: 'drained' } as const;

function outageOf(kind: Outage['kind'], machines: readonly MachineId[], start: Micros, end: Micros): Outage {
  return { kind, cause: 'script', machines, start, end, notice: start };
}

/** An outage of machines that must be empty `within` a time from the notice. They are then down for `length`, or for good. */
function drainOutage(
  notice: Micros,
  within: Micros,
  length: string | undefined,
  machines: readonly MachineId[],
  place: InputPlace,
): Outage {
  const start = notice + within;
  const end = length === undefined ? FOREVER : start + timeOf(length, place);
  return { kind: 'planned', cause: 'drain', machines, start, end, notice };
}

function masterOutage(start: Micros, end: Micros, text: string, place: InputPlace): Outage {
  if (end === FOREVER) throw new InputError(place, `${quote(text)} has no length: add "for TIME"`);
  return outageOf('master', [], start, end);
}

/** @throws InputError when the run has no framework of that name. */
function frameworkOutage(
  name: string,
  start: Micros,
  end: Micros,
  frameworks: readonly string[],
  place: InputPlace,
): Outage {
  frameworkIndex(frameworks, name, place);
  return { ...outageOf('framework', [], start, end), framework: name };
}

function roll(
  start: Micros,
  end: Micros,
  atOnce: number,
  machines: readonly MachineId[],
  text: string,
  place: InputPlace,
): Outage[] {
  if (end === FOREVER) throw new InputError(place, `${quote(text)} has no length: add "for TIME"`);
  if (atOnce < 1) throw InputError.expected(place, atOnce, 'at least 1 machine at a time');
  return [...rollingOutages({ start, length: end - start, atOnce, notice: 0 }, machines)];
}

function timeOf(text: string, place: InputPlace): Micros {
  const time = parseDuration(text);
  if (time === undefined || !Number.isFinite(time)) throw InputError.expected(place, text, DURATION_FORM);
  return time;
}

function targetOf(text: string, topology: Topology, place: InputPlace): readonly MachineId[] {
  const all = topology.machines.map((_, machine) => machine);
  if (text === 'all') return all;
  const count = /^(\d+) machines?$/.exec(text);
  if (count !== null) {
    const wanted = Number(count[1]);
    if (wanted < 1 || wanted > all.length)
      throw InputError.expected(place, text, `from 1 to ${all.length} machines`);
    return all.slice(0, wanted);
  }
  const [kind, name] = text.split(/\s+/);
  if (kind === 'machine') {
    const machine = topology.machines.indexOf(name);
    if (machine < 0)
      throw InputError.expected(place, name, `a machine of the run, such as ${topology.machines[0]}`);
    return [machine];
  }
  if (kind === 'rack') return groupNamed(topology.racks, kind, name, place);
  if (kind === 'power') return groupNamed(topology.power, kind, name, place);
  if (kind === 'zone') return groupNamed(topology.zones, kind, name, place);
  throw InputError.expected(place, text, 'machine NAME, rack NAME, power NAME, zone NAME, N machines or all');
}

function groupNamed(groups: Groups, kind: string, name: string, place: InputPlace): readonly MachineId[] {
  const members = groups.get(name);
  if (members !== undefined) return members;
  const known = [...groups.keys()];
  if (known.length === 0) throw new InputError(place, `the machines of the run have no ${kind}`);
  const more = known.length > 6 ? ` and ${known.length - 6} more` : '';
  throw InputError.expected(place, name, `one of ${known.slice(0, 6).join(', ')}${more}`, known);
}
