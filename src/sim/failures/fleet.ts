import {
  type FrameworkId,
  isOutOfService,
  type MachineId,
  type Micros,
  NONE,
  type TaskId,
} from '../../model/index.js';
import type { RecoveryTerms } from '../../workloads/recovery.js';
import type { Architecture } from '../architectures/architecture.js';
import { EventClass, type EventQueue } from '../event-queue.js';
import type { Execution } from '../execution.js';
import type { ActualMachineState } from './actual-machine-state.js';
import { AnnouncedAbsences } from './announced-absences.js';
import type { CheckpointTerms } from './checkpoints.js';
import type { Detection } from './detection.js';
import type { DisconnectedFrameworks } from './disconnected-frameworks.js';
import { type MasterDue, MasterView } from './master-view.js';
import type { Outage } from './outage.js';

/** Failures of a run, and their detection by the master. */
export interface Failures {
  /** In any order. */
  readonly outages: readonly Outage[];
  readonly detection: Detection;
  readonly recovery: (framework: FrameworkId) => RecoveryTerms;
  /** Checkpoint settings of frameworks whose finite tasks write checkpoints; left out when no framework has any. */
  readonly checkpoints?: ((framework: FrameworkId) => CheckpointTerms | undefined) | undefined;
  /** A framework is removed after this time without its scheduler (Mesos: failover_timeout). The default is 0: at once. */
  readonly failoverTimeout?: Micros | undefined;
  /** Phase of the pings of each machine. */
  readonly pingPhase: (machine: MachineId) => Micros;
  /** Draws the time that a machine needs to register with a new master. */
  readonly registrationDelay: () => Micros;
}

/** Objects that the fleet works on. */
export interface FleetSetup {
  readonly truth: ActualMachineState;
  readonly execution: Execution;
  readonly architecture: Architecture;
  readonly events: EventQueue;
  /** undefined when no framework loses its scheduler. */
  readonly absent: DisconnectedFrameworks | undefined;
}

/** Kinds of the fleet's events. The subject of an event is 16 x (outage or machine) + index of its kind. */
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

/** Applies outages to the actual machines. `MasterView` is the master's view of them. */
export class Fleet {
  readonly master: MasterView;
  private readonly outages: readonly Outage[];
  private readonly truth: ActualMachineState;
  private readonly execution: Execution;
  private readonly events: EventQueue;
  private readonly recovery: Failures['recovery'];
  private readonly absent: DisconnectedFrameworks | undefined;
  private readonly failoverTimeout: Micros;
  /** Number of current outages that isolate each machine. */
  private readonly isolations: Int32Array;
  private readonly announced: AnnouncedAbsences;

  constructor(failures: Failures, { truth, execution, architecture, events, absent }: FleetSetup) {
    this.outages = failures.outages;
    this.truth = truth;
    this.execution = execution;
    this.events = events;
    this.recovery = failures.recovery;
    this.absent = absent;
    this.failoverTimeout = failures.failoverTimeout ?? 0;
    this.announced = new AnnouncedAbsences(execution.cluster.machines);
    this.isolations = new Int32Array(execution.cluster.machines.count);
    this.master = new MasterView({
      ...failures,
      execution,
      architecture,
      truth,
      schedule: (time, what, machine) => this.schedule(time, what, machine),
    });
  }

  /** Schedules all outages. Their times are relative to the start of the run. */
  begin(start: Micros): void {
    this.announced.begin(start);
    this.outages.forEach((outage, index) => {
      if (outage.kind === 'planned') this.schedule(start + outage.notice, 'notice', index);
      this.schedule(start + outage.start, 'begins', index);
      if (outage.kind === 'framework' && Number.isFinite(this.failoverTimeout))
        this.schedule(start + outage.start + this.failoverTimeout, 'failover-over', index);
      if (Number.isFinite(outage.end) && outage.kind !== 'disk')
        this.schedule(start + outage.end, 'ends', index);
    });
  }

  /** Handles one of the fleet's events. */
  due(subject: number, now: Micros): void {
    const what = DUE[subject & 15];
    const index = subject >> 4;
    switch (what) {
      case 'notice':
        this.announced.add(this.outages[index]);
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
    if (outage.kind === 'drained') this.announced.add(outage);
    for (const machine of outage.machines) {
      if (outage.kind === 'drained') {
        this.master.drain(machine, 1, now);
        continue;
      }
      if (outage.kind === 'disk') {
        loseVolumes(machine, this.execution, this.truth, this.recovery);
        continue;
      }
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
    if (outage.kind === 'planned' || outage.kind === 'drained') this.announced.remove(outage);
    for (const machine of outage.machines) {
      if (outage.kind === 'planned' || outage.kind === 'drained') this.master.drain(machine, -1, now);
      if (outage.kind === 'drained') continue;
      this.reach(outage, machine, -1, now);
      this.master.answersAgain(machine, now);
    }
  }

  /** Updates the actual state of a machine when an outage begins (1) or ends (-1). */
  private reach({ kind, cause }: Outage, machine: MachineId, sign: 1 | -1, now: Micros): void {
    const { cluster, observer } = this.execution;
    const isCut = kind === 'cut' || kind === 'isolated';
    const before = this.truth.stateOf(machine);
    this.truth.count(machine, isCut ? 'cut' : 'off', sign, now);
    const after = this.truth.stateOf(machine);
    if (after !== before) {
      // A machine that is switched off, or not in the cluster, cannot fail.
      if (sign === 1 && !isOutOfService(cluster.machines.stateOf(machine)))
        observer.machineFailed(machine, cause, now);
      observer.actualStateChanged(machine, after, now);
    }
    if (kind !== 'isolated') return;
    this.isolations[machine] += sign;
    if (this.isolations[machine] === (sign === 1 ? 1 : 0)) observer.machineIsolated(machine, sign === 1, now);
  }

  private stopTasks(machine: MachineId): void {
    const { machines, tasks } = this.execution.cluster;
    for (let task: TaskId = machines.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task])
      if (this.execution.isPlaced(task)) this.execution.silence(task);
  }

  /** At the same instant, machines return before tasks end, and leave after tasks end. */
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
 * The disk of a machine is lost. Tasks with a volume on it (their framework restarts them in place) lose the volume and
 * fail at once. Other tasks keep running. A reachable agent reports the failure to the master. On an unreachable
 * machine the attempt ends as well.
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
    if (execution.isPlaced(task) && recovery(tasks.framework[task]).restart === 'in-place') hit.push(task);
  execution.killTogether(() => {
    for (const task of hit) {
      execution.observer.volumeLost(task, execution.now);
      if (truth.answers(machine)) execution.kill(task, 'lost');
      else if (truth.isCut(machine)) execution.silence(task);
    }
  });
}
