import type { MachineId, MachineState, Micros } from '../../model/index.js';

/** What a master knows of its contact with each machine: columns by machine. NaN in a time stands for none. */
export class ContactTable {
  /** Since when it does not answer. */
  readonly silentSince: Float64Array;
  /** When it will be missed, or removed. An event of another time is out of date. */
  readonly missedAt: Float64Array;
  readonly removedAt: Float64Array;
  /** Since when the master has lost sight of it. */
  readonly missingSince: Float64Array;
  /** 1 from a change of masters until it registers with the new one. */
  readonly unregistered: Uint8Array;
  /** How many reasons there are for it to take no new tasks. */
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

  /** It is no longer to be missed or removed. */
  forgetPlans(machine: MachineId): void {
    this.missedAt[machine] = Number.NaN;
    this.removedAt[machine] = Number.NaN;
  }

  /** The master has lost sight of it. */
  lost(machine: MachineId, now: Micros): void {
    this.forgetPlans(machine);
    this.unregistered[machine] = 0;
    this.missingSince[machine] = now;
  }

  /** The master sees it again. */
  met(machine: MachineId): void {
    this.unregistered[machine] = 0;
    this.missingSince[machine] = Number.NaN;
    this.silentSince[machine] = Number.NaN;
  }

  /** A missing machine counts as unreachable as long as a task is waited for there, then as down: it has no capacity. */
  stateOf(machine: MachineId, tasks: number): MachineState {
    if (this.isMissing(machine)) return tasks > 0 ? 'unreachable' : 'down';
    return this.draining[machine] > 0 || this.unregistered[machine] === 1 ? 'draining' : 'up';
  }
}
