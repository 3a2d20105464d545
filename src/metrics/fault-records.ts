import { type Micros, toSeconds } from '../model/index.js';
import type { Fault, Loss } from './collectors/fault-log.js';
import type { Recorder } from './recorder.js';

/** The faults of a run. Times are seconds since its start. */
export interface FaultRecords {
  readonly faults: readonly FaultRecord[];
  readonly outages: readonly OutageRecord[];
  /** Faults and outages beyond the limit of what is kept. */
  readonly faultsLeftOut: number;
  readonly outagesLeftOut: number;
}

/** Machines that stopped answering at one instant. */
export interface FaultRecord {
  readonly at: number;
  /** off: the machines stopped. cut: they ran, and the master could not reach them. */
  readonly state: 'off' | 'cut';
  readonly causes: readonly string[];
  readonly machines: number;
  /** Names of the first machines. */
  readonly named: readonly string[];
  /** Racks of the machines, if they have any. */
  readonly racks: readonly string[];
  /** When the master detected the first and the last of the machines; null if it detected none. */
  readonly detected: { readonly first: number; readonly last: number; readonly machines: number } | null;
  /** When the last machine answered again; null if one did not. */
  readonly returned: number | null;
  /** All tasks that stopped with the machines; null if there were none. */
  readonly total: RecoveryRecord | null;
  /** By framework, in the order in which they joined; only those that lost tasks. */
  readonly losses: readonly LossRecord[];
}

/** Tasks that stopped with the machines of a fault, and how they came back. */
export interface RecoveryRecord {
  readonly tasks: number;
  /** When half of the tasks ran again that did not end before; null if fewer did. */
  readonly half: number | null;
  /** When the last of them ran again; null if one did not. */
  readonly running: number | null;
  /** When the last instance of a service served again; for other frameworks, as `running`. Null if one did not until the end. */
  readonly full: number | null;
}

/** The tasks of one framework. */
export interface LossRecord extends RecoveryRecord {
  readonly framework: string;
}

/** A time in which a machine did not answer; `to` is the end of the run if it never did again. */
export interface OutageRecord {
  readonly machine: number;
  readonly state: 'off' | 'cut';
  readonly from: number;
  readonly to: number;
}

/** Up to this number, the machines of a fault are named. */
const MOST_NAMED = 5;

/** The faults of an ended run. */
export function faultRecords(recorder: Recorder): FaultRecords {
  const { start, end } = recorder;
  const log = recorder.recovery.faults;
  return {
    faults: log.faults.map((fault) => faultRecord(fault, recorder)),
    outages: log.outages.map(({ machine, state, from, to }) => ({
      machine,
      state,
      from: toSeconds(from - start),
      to: toSeconds((Number.isNaN(to) ? end : to) - start),
    })),
    faultsLeftOut: log.faultsLeftOut,
    outagesLeftOut: log.outagesLeftOut,
  };
}

function faultRecord(fault: Fault, recorder: Recorder): FaultRecord {
  const { cluster, start } = recorder;
  const seconds = (time: Micros) => toSeconds(time - start);
  const { at, state, causes, machines, detections, returns } = fault;
  const specs = machines.map((machine) => cluster.machines.specs[machine]);
  const losses = [...fault.losses].sort(([a], [b]) => a - b);
  const restored = losses.map(([framework, loss]) => restoration(fault, framework, loss, recorder));
  const record = (one: Restoration): RecoveryRecord => ({
    tasks: one.tasks,
    half: secondsOr(one.times[Math.ceil(one.wanted / 2) - 1]),
    running: secondsOr(one.times[one.wanted - 1]),
    full: secondsOr(one.full),
  });
  const secondsOr = (time: Micros | undefined) => (time === undefined ? null : seconds(time));
  return {
    at: seconds(at),
    state,
    causes: [...causes],
    machines: machines.length,
    named: specs.slice(0, MOST_NAMED).map(({ name }) => name),
    racks: [...new Set(specs.flatMap(({ attributes }) => attributes?.rack ?? []))],
    detected:
      detections.length === 0
        ? null
        : {
            first: seconds(detections[0]),
            last: seconds(detections[detections.length - 1]),
            machines: detections.length,
          },
    returned: returns.length < machines.length ? null : seconds(Math.max(...returns)),
    total: restored.length === 0 ? null : record(together(restored)),
    losses: losses.map(([framework], i) => ({
      framework: cluster.frameworks[framework].name,
      ...record(restored[i]),
    })),
  };
}

/** How the work of a loss came back. */
interface Restoration {
  readonly tasks: number;
  /** Tasks that did not end before they could run again. */
  readonly wanted: number;
  /** When tasks ran again, ascending. */
  readonly times: readonly Micros[];
  /** Undefined if something did not come back until the end. */
  readonly full: Micros | undefined;
}

function restoration(fault: Fault, framework: number, loss: Loss, recorder: Recorder): Restoration {
  const { tasks, ended, back, open } = loss;
  const times = [...back, ...[...open.values()].filter((time) => !Number.isNaN(time))].sort((a, b) => a - b);
  const wanted = tasks - ended;
  const running = times[wanted - 1];
  const serving = servingAt(fault, framework, wanted, recorder);
  const full = serving === 'not a service' ? running : serving;
  return { tasks, wanted, times, full: running === undefined ? undefined : full };
}

function together(parts: readonly Restoration[]): Restoration {
  const some = parts.filter(({ wanted }) => wanted > 0);
  const full = some.map((part) => part.full ?? Number.POSITIVE_INFINITY);
  const last = Math.max(...full);
  return {
    tasks: parts.reduce((sum, { tasks }) => sum + tasks, 0),
    wanted: parts.reduce((sum, { wanted }) => sum + wanted, 0),
    times: parts.flatMap(({ times }) => times).sort((a, b) => a - b),
    full: Number.isFinite(last) ? last : undefined,
  };
}

/** When all instances served again that stopped by this fault; undefined if one did not until the end. */
function servingAt(
  fault: Fault,
  framework: number,
  instances: number,
  recorder: Recorder,
): Micros | undefined | 'not a service' {
  const health = recorder.health[framework];
  if (health === undefined) return 'not a service';
  const next = recorder.recovery.faults.faults.find(
    (other) => other.at > fault.at && other.losses.has(framework),
  );
  const until = next?.at ?? Number.POSITIVE_INFINITY;
  const own = health.recoveries.filter(({ from }) => from >= fault.at && from < until);
  if (own.length < instances) return undefined;
  return own.reduce((latest, { to }) => Math.max(latest, to), fault.at);
}
