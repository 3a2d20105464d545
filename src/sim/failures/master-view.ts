import {
  type Cluster,
  type FrameworkId,
  hasCapacity,
  isOutOfService,
  type MachineId,
  type MachineState,
  type Micros,
} from '../../model/index.js';
import type { RecoveryTerms } from '../../workloads/recovery.js';
import type { Architecture } from '../architectures/architecture.js';
import type { Execution } from '../execution.js';
import type { ActualMachineState } from './actual-machine-state.js';
import { type Detection, noticedAt } from './detection.js';
import { type Absence, LostTasks } from './lost-tasks.js';

/** The master's view of each machine, as columns by machine. A time is NaN when it does not apply. */
export class ContactTable {
  /** When the machine stopped answering. */
  readonly silentSince: Float64Array;
  /** When the ping timeout and the removal are due. An event with a different time is stale. */
  readonly missedAt: Float64Array;
  readonly removedAt: Float64Array;
  /** When the master removed the machine. */
  readonly missingSince: Float64Array;
  /** 1 from a failover of the master until the machine registers with the new one. */
  readonly unregistered: Uint8Array;
  /** Number of drains in effect. */
  readonly draining: Int32Array;

  constructor(machines: number) {
    this.silentSince = new Float64Array(machines).fill(Number.NaN);
    this.missedAt = new Float64Array(machines).fill(Number.NaN);
    this.removedAt = new Float64Array(machines).fill(Number.NaN);
    this.missingSince = new Float64Array(machines).fill(Number.NaN);
    this.unregistered = new Uint8Array(machines);
    this.draining = new Int32Array(machines);
  }

  isSilent(machine: MachineId): boolean {
    return !Number.isNaN(this.silentSince[machine]);
  }

  isMissing(machine: MachineId): boolean {
    return !Number.isNaN(this.missingSince[machine]);
  }

  absenceOf(machine: MachineId): Absence {
    return { silentSince: this.silentSince[machine], detected: this.missingSince[machine] };
  }

  /** Cancels the ping timeout and the removal. */
  forgetPlans(machine: MachineId): void {
    this.missedAt[machine] = Number.NaN;
    this.removedAt[machine] = Number.NaN;
  }

  /** The master has removed the machine. */
  lost(machine: MachineId, now: Micros): void {
    this.forgetPlans(machine);
    this.unregistered[machine] = 0;
    this.missingSince[machine] = now;
  }

  /** The machine has registered again. */
  met(machine: MachineId): void {
    this.unregistered[machine] = 0;
    this.missingSince[machine] = Number.NaN;
    this.silentSince[machine] = Number.NaN;
  }

  /** A removed machine is unreachable while a framework waits for a task on it. Otherwise it is down (no capacity). */
  stateOf(machine: MachineId, tasks: number): MachineState {
    if (this.isMissing(machine)) return tasks > 0 ? 'unreachable' : 'down';
    return this.draining[machine] > 0 || this.unregistered[machine] === 1 ? 'draining' : 'up';
  }
}

/** Spaces the removals of machines, so that a network failure does not empty the cluster at once. */
export class RemovalLimit {
  private readonly gap: Micros;
  private next: Micros = 0;

  /** `gap` 0 sets no limit. */
  constructor(gap: Micros) {
    this.gap = gap;
  }

  /** Reserves the next removal and returns its time, which is not before `now`. */
  take(now: Micros): Micros {
    const time = Math.max(now, this.next);
    this.next = time + this.gap;
    return time;
  }
}

/** Timed events of the master. */
export type MasterDue = 'missed' | 'removal' | 'wait-over' | 'registers' | 'registration-over';

/** Dependencies of the master's view. */
export interface MasterViewSetup {
  readonly execution: Execution;
  readonly architecture: Architecture;
  readonly truth: ActualMachineState;
  readonly detection: Detection;
  readonly recovery: (framework: FrameworkId) => RecoveryTerms;
  /** Phase of the pings of each machine. */
  readonly pingPhase: (machine: MachineId) => Micros;
  /** Draws the time that a machine needs to register with a new master. */
  readonly registrationDelay: () => Micros;
  /** Schedules an event that is handled by `due`. */
  readonly schedule: (time: Micros, what: MasterDue, machine: MachineId) => void;
}

/**
 * The master's view of its machines: which answer pings, which were removed, which registered after a failover. Changes
 * of this view update the ledger. The rules are those of the Mesos master (docs/failures.md).
 */
export class MasterView {
  /** False while there is no master; no decisions are made then. */
  leads = true;
  private readonly setup: MasterViewSetup;
  private readonly cluster: Cluster;
  private readonly limit: RemovalLimit;
  private readonly contact: ContactTable;
  private readonly lostTasks: LostTasks;

  constructor(setup: MasterViewSetup) {
    this.setup = setup;
    this.cluster = setup.execution.cluster;
    this.limit = new RemovalLimit(setup.detection.removalGap);
    this.contact = new ContactTable(this.cluster.machines.count);
    this.lostTasks = new LostTasks(setup.execution, setup.recovery);
  }

  // Changes of machines

  /** The machine stops answering without notice. The ping timeout starts. */
  stoppedAnswering(machine: MachineId, now: Micros): void {
    const { contact, setup } = this;
    if (contact.isSilent(machine)) return;
    contact.silentSince[machine] = now;
    if (isOutOfService(this.cluster.machines.stateOf(machine))) return;
    if (!this.leads || contact.isMissing(machine) || contact.unregistered[machine] === 1) return;
    contact.missedAt[machine] = noticedAt(now, setup.pingPhase(machine), setup.detection);
    setup.schedule(contact.missedAt[machine], 'missed', machine);
  }

  /** The machine is shut down with notice, so the master removes it at once. */
  shutDown(machine: MachineId, now: Micros): void {
    if (!this.contact.isSilent(machine)) this.contact.silentSince[machine] = now;
    if (!this.contact.isMissing(machine)) this.removeMachine(machine, now);
  }

  /** The machine answers again. */
  answersAgain(machine: MachineId, now: Micros): void {
    if (!this.setup.truth.answers(machine)) return;
    this.contact.forgetPlans(machine);
    if (!this.leads) return;
    if (this.contact.unregistered[machine] === 1) {
      this.setup.schedule(now + this.setup.registrationDelay(), 'registers', machine);
      return;
    }
    this.reregister(machine, now);
  }

  /** Starts (1) or ends (-1) a drain: a draining machine takes no new tasks. */
  drain(machine: MachineId, sign: 1 | -1, now: Micros): void {
    this.contact.draining[machine] += sign;
    this.changeState(machine, now);
  }

  /** The machine has left the cluster. What was planned for it is void. */
  forgets(machine: MachineId): void {
    this.contact.forgetPlans(machine);
  }

  /** A machine that was switched on has started, or one was added. If it cannot be reached, it counts as removed until it can. */
  begins(machine: MachineId, now: Micros): void {
    if (!this.setup.truth.answers(machine)) this.contact.lost(machine, now);
    else {
      this.contact.met(machine);
      if (!this.leads) this.contact.unregistered[machine] = 1;
    }
    this.enterState(machine, now);
  }

  // Failover of the master

  /** The master fails. Tasks keep running, and no decisions are made. */
  masterFails(now: Micros): void {
    this.leads = false;
    for (let machine = 0; machine < this.cluster.machines.count; machine++) {
      this.contact.forgetPlans(machine);
      if (this.contact.isMissing(machine) || this.isAway(machine)) continue;
      this.contact.unregistered[machine] = 1;
      this.changeState(machine, now);
    }
  }

  /** A new master is elected. It reads the machines from the registry and waits until each registers. */
  masterElected(now: Micros): void {
    const { truth, schedule, registrationDelay, detection } = this.setup;
    this.leads = true;
    this.setup.execution.passWanted = true;
    for (let machine = 0; machine < this.cluster.machines.count; machine++) {
      if (!truth.answers(machine) || this.isAway(machine)) continue;
      if (this.contact.unregistered[machine] === 1 || this.contact.isMissing(machine))
        schedule(now + registrationDelay(), 'registers', machine);
    }
    schedule(now + detection.reregisterTimeout, 'registration-over', 0);
  }

  // Timed events

  /** Handles a scheduled event. */
  due(what: MasterDue, machine: MachineId, now: Micros): void {
    switch (what) {
      case 'missed':
        if (this.leads && this.contact.missedAt[machine] === now) this.markUnreachable(machine, now);
        break;
      case 'removal':
        if (this.leads && this.contact.removedAt[machine] === now) this.removeUnreachable(machine, now);
        break;
      case 'wait-over':
        this.giveUp(machine, now);
        break;
      case 'registers':
        if (this.isAway(machine)) this.contact.unregistered[machine] = 0;
        else if (this.leads && this.setup.truth.answers(machine)) this.reregister(machine, now);
        break;
      case 'registration-over':
        this.closeRegistration(now);
        break;
    }
  }

  private closeRegistration(now: Micros): void {
    if (!this.leads) return;
    for (let machine = 0; machine < this.cluster.machines.count; machine++) {
      if (this.isAway(machine)) this.contact.unregistered[machine] = 0;
      if (this.contact.unregistered[machine] === 1) this.markUnreachable(machine, now);
    }
  }

  /** Removes the machine as soon as the removal limit allows. */
  private markUnreachable(machine: MachineId, now: Micros): void {
    const time = this.limit.take(now);
    this.contact.removedAt[machine] = time;
    if (time === now) this.removeUnreachable(machine, now);
    else this.setup.schedule(time, 'removal', machine);
  }

  private removeUnreachable(machine: MachineId, now: Micros): void {
    this.setup.execution.observer.machineNoticed(machine, this.contact.silentSince[machine], now);
    this.removeMachine(machine, now);
  }

  /** Removes the machine. Its tasks are lost, except those that their framework waits for. */
  private removeMachine(machine: MachineId, now: Micros): void {
    this.setup.architecture.machineLeaves(machine, now);
    this.contact.lost(machine, now);
    this.giveUp(machine, now);
    for (const end of this.lostTasks.waitEnds(machine, this.contact.absenceOf(machine)))
      this.setup.schedule(end, 'wait-over', machine);
    this.changeState(machine, now);
  }

  /** Marks tasks as lost when their framework has waited long enough. */
  private giveUp(machine: MachineId, now: Micros): void {
    if (!this.contact.isMissing(machine)) return;
    this.lostTasks.giveUp(machine, this.contact.absenceOf(machine), now);
    this.changeState(machine, now);
  }

  /** The machine (re)registers and reports the state of its tasks to the master. */
  private reregister(machine: MachineId, now: Micros): void {
    const silent = this.contact.silentSince[machine];
    const wasMissing = this.contact.isMissing(machine);
    this.contact.met(machine);
    this.changeState(machine, now);
    const hadLost = this.lostTasks.settle(machine);
    if (hadLost && !wasMissing) this.setup.execution.observer.machineNoticed(machine, silent, now);
  }

  /** A cloud machine that is not rented now, or a machine that is switched off. It does not answer, and the master does not expect an answer. */
  private isAway(machine: MachineId): boolean {
    return !this.contact.isMissing(machine) && !hasCapacity(this.cluster.machines.stateOf(machine));
  }

  private changeState(machine: MachineId, now: Micros): void {
    // It is seen again when it has started.
    if (isOutOfService(this.cluster.machines.stateOf(machine))) return;
    this.enterState(machine, now);
  }

  private enterState(machine: MachineId, now: Micros): void {
    const { architecture, execution } = this.setup;
    const { machines } = this.cluster;
    const seen = this.contact.stateOf(machine, machines.tasks[machine]);
    machines.setDrain(machine, 'operator', seen === 'draining');
    const state = seen === 'up' ? machines.openState(machine) : seen;
    if (machines.stateOf(machine) === state) return;
    if (state !== 'up') architecture.machineLeaves(machine, now);
    this.cluster.setMachineState(machine, state);
    execution.observer.machineChanged(machine, state, now);
    if (state === 'up') architecture.machineReturned(machine, now);
  }
}
