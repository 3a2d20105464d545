import {
  type Cluster,
  type FrameworkId,
  type MachineId,
  type MachineState,
  type Micros,
  NONE,
  type TaskId,
  TaskState,
} from '../../model/index.js';
import type { RecoveryTerms } from '../../workloads/recovery.js';
import type { Architecture } from '../architectures/architecture.js';
import type { Execution } from '../execution.js';
import { type Detection, noticedAt } from './detection.js';
import type { MachineTruth } from './machine-truth.js';
import { RemovalLimit } from './removal-limit.js';

/** What the master may have to look at later. */
export type MasterDue = 'missed' | 'removal' | 'wait-over' | 'registers' | 'registration-over';

/** What the master's view is made of. */
export interface MasterViewSetup {
  readonly execution: Execution;
  readonly architecture: Architecture;
  readonly truth: MachineTruth;
  readonly detection: Detection;
  readonly recovery: (framework: FrameworkId) => RecoveryTerms;
  /** When the pings of each machine go out. */
  readonly pingPhase: (machine: MachineId) => Micros;
  /** After how long a machine registers with a new master, a draw for each. */
  readonly registrationDelay: () => Micros;
  /** Adds an event that comes back through `due`. */
  readonly schedule: (time: Micros, what: MasterDue, machine: MachineId) => void;
}

/**
 * What the master believes of its machines: who answers its pings, who is missing, who has registered after a change of masters;
 * and what that does to the ledger. The rules are those of the Mesos master (docs/failures.md).
 */
export class MasterView {
  /** False while there is no master: nothing is decided then. */
  leads = true;
  private readonly setup: MasterViewSetup;
  private readonly cluster: Cluster;
  private readonly limit: RemovalLimit;
  /** Since when a machine does not answer; NaN while it does. */
  private readonly silentSince: Float64Array;
  /** When it will be missed, or removed; NaN for not planned. An event of another time is out of date. */
  private readonly missedAt: Float64Array;
  private readonly removedAt: Float64Array;
  /** Since when the master has lost sight of it; NaN while it has not. */
  private readonly missingSince: Float64Array;
  private readonly unregistered: Uint8Array;
  private readonly draining: Int32Array;

  constructor(setup: MasterViewSetup) {
    this.setup = setup;
    this.cluster = setup.execution.cluster;
    this.limit = new RemovalLimit(setup.detection.removalGap);
    const machines = this.cluster.machines.count;
    this.silentSince = new Float64Array(machines).fill(Number.NaN);
    this.missedAt = new Float64Array(machines).fill(Number.NaN);
    this.removedAt = new Float64Array(machines).fill(Number.NaN);
    this.missingSince = new Float64Array(machines).fill(Number.NaN);
    this.unregistered = new Uint8Array(machines);
    this.draining = new Int32Array(machines);
  }

  // What happens to machines

  /** The machine stops answering, without a word. */
  falls(machine: MachineId, now: Micros): void {
    if (!Number.isNaN(this.silentSince[machine])) return;
    this.silentSince[machine] = now;
    if (!this.leads || this.isMissing(machine) || this.unregistered[machine] === 1) return;
    this.missedAt[machine] = noticedAt(now, this.setup.pingPhase(machine), this.setup.detection);
    this.setup.schedule(this.missedAt[machine], 'missed', machine);
  }

  /** The machine is taken down in an orderly way: the master is told. */
  isTakenDown(machine: MachineId, now: Micros): void {
    if (Number.isNaN(this.silentSince[machine])) this.silentSince[machine] = now;
    if (!this.isMissing(machine)) this.lose(machine, now);
  }

  /** The machine answers again. */
  answers(machine: MachineId, now: Micros): void {
    if (!this.setup.truth.answers(machine)) return;
    this.missedAt[machine] = Number.NaN;
    this.removedAt[machine] = Number.NaN;
    if (!this.leads) return;
    if (this.unregistered[machine] === 1) {
      this.setup.schedule(now + this.setup.registrationDelay(), 'registers', machine);
      return;
    }
    this.meet(machine, now);
  }

  /** From now on (1), or no longer (-1), the machine is to take no new tasks. */
  drain(machine: MachineId, sign: 1 | -1, now: Micros): void {
    this.draining[machine] += sign;
    this.changeState(machine, now);
  }

  // Masters come and go

  /** The master is gone; tasks run on, and nothing is decided. */
  masterFails(now: Micros): void {
    this.leads = false;
    for (let machine = 0; machine < this.cluster.machines.count; machine++) {
      this.missedAt[machine] = Number.NaN;
      this.removedAt[machine] = Number.NaN;
      if (this.isMissing(machine) || this.isAway(machine)) continue;
      this.unregistered[machine] = 1;
      this.changeState(machine, now);
    }
  }

  /** Another master leads; it knows the machines from the registry, and waits for each to register. */
  masterElected(now: Micros): void {
    const { truth, schedule, registrationDelay, detection } = this.setup;
    this.leads = true;
    this.setup.execution.passWanted = true;
    for (let machine = 0; machine < this.cluster.machines.count; machine++) {
      if (!truth.answers(machine) || this.isAway(machine)) continue;
      if (this.unregistered[machine] === 1 || this.isMissing(machine))
        schedule(now + registrationDelay(), 'registers', machine);
    }
    schedule(now + detection.reregisterTimeout, 'registration-over', 0);
  }

  // What is due

  /** One of the events that were scheduled. */
  due(what: MasterDue, machine: MachineId, now: Micros): void {
    switch (what) {
      case 'missed':
        if (this.leads && this.missedAt[machine] === now) this.miss(machine, now);
        break;
      case 'removal':
        if (this.leads && this.removedAt[machine] === now) this.remove(machine, now);
        break;
      case 'wait-over':
        this.giveUp(machine, now);
        break;
      case 'registers':
        if (this.isAway(machine)) this.unregistered[machine] = 0;
        else if (this.leads && this.setup.truth.answers(machine)) this.meet(machine, now);
        break;
      case 'registration-over':
        this.closeRegistration(now);
        break;
    }
  }

  private closeRegistration(now: Micros): void {
    if (!this.leads) return;
    for (let machine = 0; machine < this.cluster.machines.count; machine++) {
      if (this.isAway(machine)) this.unregistered[machine] = 0;
      if (this.unregistered[machine] === 1) this.miss(machine, now);
    }
  }

  /** To be removed, when its turn comes. */
  private miss(machine: MachineId, now: Micros): void {
    const time = this.limit.take(now);
    this.removedAt[machine] = time;
    if (time === now) this.remove(machine, now);
    else this.setup.schedule(time, 'removal', machine);
  }

  private remove(machine: MachineId, now: Micros): void {
    this.setup.execution.observer.machineNoticed(machine, this.silentSince[machine], now);
    this.lose(machine, now);
  }

  /** The master gives the machine up: its tasks are lost, but for those whose framework waits for them. */
  private lose(machine: MachineId, now: Micros): void {
    this.missedAt[machine] = Number.NaN;
    this.removedAt[machine] = Number.NaN;
    this.unregistered[machine] = 0;
    this.setup.architecture.machineLeaves(machine, now);
    this.missingSince[machine] = now;
    this.giveUp(machine, now);
    const waits = new Set<Micros>();
    this.eachTask(machine, (task) => waits.add(this.termsOf(task).wait));
    for (const wait of waits)
      if (Number.isFinite(wait)) this.setup.schedule(now + wait, 'wait-over', machine);
    this.changeState(machine, now);
  }

  /** Tasks whose framework has waited long enough are lost. */
  private giveUp(machine: MachineId, now: Micros): void {
    if (!this.isMissing(machine)) return;
    const waited = now - this.missingSince[machine];
    this.eachTask(machine, (task) => {
      if (waited >= this.termsOf(task).wait) this.startAgain(task);
    });
    this.changeState(machine, now);
  }

  /** The machine (re)registers: the master learns what became of its tasks. */
  private meet(machine: MachineId, now: Micros): void {
    const { execution } = this.setup;
    const silent = this.silentSince[machine];
    this.unregistered[machine] = 0;
    const wasMissing = this.isMissing(machine);
    this.missingSince[machine] = Number.NaN;
    this.silentSince[machine] = Number.NaN;
    let lost = false;
    this.changeState(machine, now);
    this.eachTask(machine, (task) => {
      if (!execution.isStopped(task) || execution.deliverEnd(task)) return;
      lost = true;
      if (this.termsOf(task).restart === 'in-place') execution.restartInPlace(task);
      else this.startAgain(task);
    });
    if (lost && !wasMissing) execution.observer.machineNoticed(machine, silent, now);
  }

  /** The task is lost, and with it all that run of its job where its framework starts jobs anew. */
  private startAgain(task: TaskId): void {
    const { execution } = this.setup;
    const { tasks } = this.cluster;
    const job = tasks.job[task];
    const isWhole = this.termsOf(task).scope === 'job';
    execution.kill(task, 'lost');
    if (!isWhole) return;
    for (let other = 0; other < tasks.bound; other++)
      if (tasks.state[other] === TaskState.running && tasks.job[other] === job) execution.kill(other, 'lost');
  }

  private eachTask(machine: MachineId, visit: (task: TaskId) => void): void {
    const { tasks, machines } = this.cluster;
    const ids: TaskId[] = [];
    for (let task = machines.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task])
      ids.push(task);
    // A visit may take others of the list away with its own.
    for (const task of ids)
      if (tasks.state[task] === TaskState.running && tasks.machine[task] === machine) visit(task);
  }

  private termsOf(task: TaskId): RecoveryTerms {
    return this.setup.recovery(this.cluster.tasks.framework[task]);
  }

  /** A machine that the cloud does not run now: it answers nobody, and nobody misses it. */
  private isAway(machine: MachineId): boolean {
    return !this.isMissing(machine) && this.cluster.machines.stateOf(machine) === 'down';
  }

  private isMissing(machine: MachineId): boolean {
    return !Number.isNaN(this.missingSince[machine]);
  }

  /** A missing machine counts as unreachable as long as a task is waited for there, then as down: it has no capacity. */
  private wantedState(machine: MachineId): MachineState {
    if (this.isMissing(machine)) return this.cluster.machines.tasks[machine] > 0 ? 'unreachable' : 'down';
    return this.draining[machine] > 0 || this.unregistered[machine] === 1 ? 'draining' : 'up';
  }

  private changeState(machine: MachineId, now: Micros): void {
    const { architecture, execution } = this.setup;
    const state = this.wantedState(machine);
    if (this.cluster.machines.stateOf(machine) === state) return;
    if (state !== 'up') architecture.machineLeaves(machine, now);
    this.cluster.setMachineState(machine, state);
    execution.observer.machineChanged(machine, state, now);
    if (state === 'up') architecture.machineReturned(machine, now);
  }
}
