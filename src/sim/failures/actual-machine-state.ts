import { type ActualState, FOREVER, type MachineId, type Micros } from '../../model/index.js';

/** The actual state of each machine, independent of the master's view. Outages can overlap, so each kind is counted. */
export class ActualMachineState {
  private readonly off: Int32Array;
  private readonly cut: Int32Array;
  private readonly since: Float64Array;

  constructor(machines: number) {
    this.off = new Int32Array(machines);
    this.cut = new Int32Array(machines);
    this.since = new Float64Array(machines);
  }

  /** An outage of this kind begins (1) or ends (-1). */
  count(machine: MachineId, kind: 'off' | 'cut', sign: 1 | -1, now: Micros): void {
    this[kind][machine] += sign;
    if (kind === 'cut' && sign === 1 && this.cut[machine] === 1) this.since[machine] = now;
  }

  stateOf(machine: MachineId): ActualState {
    if (this.off[machine] > 0) return 'off';
    return this.cut[machine] > 0 ? 'cut' : 'answering';
  }

  isOff(machine: MachineId): boolean {
    return this.off[machine] > 0;
  }

  /** The machine runs, but the master cannot reach it. */
  isCut(machine: MachineId): boolean {
    return this.stateOf(machine) === 'cut';
  }

  /** Since when the master cannot reach the machine; FOREVER if nothing cuts it off. */
  cutSince(machine: MachineId): Micros {
    return this.cut[machine] > 0 ? this.since[machine] : FOREVER;
  }

  /** The machine runs and the master can reach it. */
  answers(machine: MachineId): boolean {
    return this.stateOf(machine) === 'answering';
  }
}
