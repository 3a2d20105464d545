import { type FrameworkId, type MachineId, type Micros, NONE, type TaskId } from '../../model/index.js';
import type { RecoveryTerms } from '../../workloads/recovery.js';
import type { Architecture } from '../architectures/architecture.js';
import { EventClass, type EventQueue } from '../event-queue.js';
import type { Execution } from '../execution.js';
import type { ActualMachineState } from './actual-machine-state.js';
import type { CheckpointTerms } from './checkpoints.js';
import type { Detection } from './detection.js';
import type { DisconnectedFrameworks } from './disconnected-frameworks.js';
import { type MasterDue, MasterView } from './master-view.js';
import type { Outage } from './outage.js';

/** What happens to the machines of a run, and how its master learns of it. */
export interface Failures {
  /** In any order. */
  readonly outages: readonly Outage[];
  readonly detection: Detection;
  readonly recovery: (framework: FrameworkId) => RecoveryTerms;
  /** Of frameworks whose finite tasks keep checkpoints; left out where none does. */
  readonly checkpoints?: ((framework: FrameworkId) => CheckpointTerms | undefined) | undefined;
  /** After how long without its scheduler a framework is removed (Mesos: failover_timeout); 0 when left out, which is at once. */
  readonly failoverTimeout?: Micros | undefined;
  /** When the pings of each machine go out. */
  readonly pingPhase: (machine: MachineId) => Micros;
  /** After how long a machine registers with a new master, a draw for each. */
  readonly registrationDelay: () => Micros;
}

/** What the fleet acts upon. */
export interface FleetSetup {
  readonly truth: ActualMachineState;
  readonly execution: Execution;
  readonly architecture: Architecture;
  readonly events: EventQueue;
  /** undefined where no framework loses its scheduler. */
  readonly absent: DisconnectedFrameworks | undefined;
}

/** Kinds of the fleet's events; an event's subject is 16 x (outage or machine) + place of its kind. */
const DUE = [
  'notice',
  'begins',
  'ends',
  'missed',
  'removal',
  'wait-over',
  'registers',
  'registration-over',
  'failover-over',
] as const;

type Due = (typeof DUE)[number];

/** The machines as they really are, outage by outage. What the master makes of it is `MasterView`. */
export class Fleet {
  readonly master: MasterView;
  private readonly outages: readonly Outage[];
  private readonly truth: ActualMachineState;
  private readonly execution: Execution;
  private readonly events: EventQueue;
  private readonly recovery: Failures['recovery'];
  private readonly absent: DisconnectedFrameworks | undefined;
  private readonly failoverTimeout: Micros;
  /** How many outages isolate each machine. */
  private readonly isolations: Int32Array;

  constructor(failures: Failures, { truth, execution, architecture, events, absent }: FleetSetup) {
    this.outages = failures.outages;
    this.truth = truth;
    this.execution = execution;
    this.events = events;
    this.recovery = failures.recovery;
    this.absent = absent;
    this.failoverTimeout = failures.failoverTimeout ?? 0;
    this.isolations = new Int32Array(execution.cluster.machines.count);
    this.master = new MasterView({
      ...failures,
      execution,
      architecture,
      truth,
      schedule: (time, what, machine) => this.schedule(time, what, machine),
    });
  }

  /** The run starts at this time, from which outages are counted. */
  begin(start: Micros): void {
    this.outages.forEach((outage, index) => {
      if (outage.kind === 'planned') this.schedule(start + outage.notice, 'notice', index);
      this.schedule(start + outage.start, 'begins', index);
      if (outage.kind === 'framework' && Number.isFinite(this.failoverTimeout))
        this.schedule(start + outage.start + this.failoverTimeout, 'failover-over', index);
      if (Number.isFinite(outage.end) && outage.kind !== 'disk')
        this.schedule(start + outage.end, 'ends', index);
    });
  }

  /** One of the fleet's events has come. */
  due(subject: number, now: Micros): void {
    const what = DUE[subject & 15];
    const index = subject >> 4;
    switch (what) {
      case 'notice':
        for (const machine of this.outages[index].machines) this.master.drain(machine, 1, now);
        break;
      case 'begins':
        this.outageBegins(this.outages[index], now);
        break;
      case 'ends':
        this.outageEnds(this.outages[index], now);
        break;
      case 'failover-over':
        this.absent?.remove(this.outages[index].framework ?? '', this.failoverTimeout, now);
        break;
      default:
        this.master.due(what satisfies MasterDue, index, now);
    }
  }

  private outageBegins(outage: Outage, now: Micros): void {
    if (outage.kind === 'master') {
      this.master.masterFails(now);
      return;
    }
    if (outage.framework !== undefined) this.absent?.leaves(outage.framework, now);
    for (const machine of outage.machines) {
      if (outage.kind === 'drained') {
        this.master.drain(machine, 1, now);
        continue;
      }
      if (outage.kind === 'disk') {
        loseVolumes(machine, this.execution, this.truth, this.recovery);
        continue;
      }
      this.execution.observer.machineFailed(machine, outage.cause, now);
      this.reach(outage, machine, 1, now);
      if (this.truth.isOff(machine)) this.stopTasks(machine);
      if (outage.kind === 'planned') this.master.shutDown(machine, now);
      else this.master.stoppedAnswering(machine, now);
    }
  }

  private outageEnds(outage: Outage, now: Micros): void {
    if (outage.kind === 'master') {
      this.master.masterElected(now);
      return;
    }
    if (outage.framework !== undefined) this.absent?.returns(outage.framework, now);
    for (const machine of outage.machines) {
      if (outage.kind === 'planned' || outage.kind === 'drained') this.master.drain(machine, -1, now);
      if (outage.kind === 'drained') continue;
      this.reach(outage, machine, -1, now);
      this.master.answersAgain(machine, now);
    }
  }

  /** Whether the machine runs, and who can reach it, changes with an outage that begins (1) or ends (-1). */
  private reach({ kind }: Outage, machine: MachineId, sign: 1 | -1, now: Micros): void {
    const isCut = kind === 'cut' || kind === 'isolated';
    this.truth.count(machine, isCut ? 'cut' : 'off', sign);
    if (kind !== 'isolated') return;
    this.isolations[machine] += sign;
    if (this.isolations[machine] === (sign === 1 ? 1 : 0))
      this.execution.observer.machineIsolated(machine, sign === 1, now);
  }

  private stopTasks(machine: MachineId): void {
    const { machines, tasks } = this.execution.cluster;
    for (let task: TaskId = machines.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task])
      if (this.execution.isRunning(task)) this.execution.silence(task);
  }

  /** At one instant, machines come back before tasks end and go after it. */
  private schedule(time: Micros, what: Due, index: number): void {
    const isReturn = what === 'ends' || what === 'registers';
    this.events.add(
      time,
      isReturn ? EventClass.machineUp : EventClass.machineDown,
      (index << 4) | DUE.indexOf(what),
    );
  }
}

/**
 * The disk of a machine is lost: tasks that have a volume there (whose framework starts them again in place) lose it, and fail at once;
 * the others run on. An agent that the master can reach tells it; where it cannot, the attempt is over all the same.
 */
function loseVolumes(
  machine: MachineId,
  execution: Execution,
  truth: ActualMachineState,
  recovery: (framework: FrameworkId) => RecoveryTerms,
): void {
  const { machines, tasks } = execution.cluster;
  const hit: TaskId[] = [];
  for (let task = machines.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task])
    if (execution.isRunning(task) && recovery(tasks.framework[task]).restart === 'in-place') hit.push(task);
  for (const task of hit) {
    execution.observer.volumeLost(task, execution.now);
    if (truth.answers(machine)) execution.kill(task, 'lost');
    else if (truth.isCut(machine)) execution.silence(task);
  }
}
