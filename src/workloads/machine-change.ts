import type { MachineId, MachineSpec, Micros } from '../model/index.js';

/** A change of the machines of a cluster. `time` is on the clock of the trace; a change before the run begins happens at its start. */
export type MachineChange = MachineVersion | MachineRemoval;

/** The machine joins the cluster, or changes. From then on it has this capacity, in quanta, and these attributes. */
export interface MachineVersion {
  readonly kind: 'add' | 'update';
  readonly time: Micros;
  readonly machine: MachineId;
  readonly capacity: ArrayLike<number>;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The machine leaves the cluster. It may be added again. */
export interface MachineRemoval {
  readonly kind: 'remove';
  readonly time: Micros;
  readonly machine: MachineId;
}

/** How the machines of a cluster change. */
export interface MachineTimeline {
  /** The machines that exist at no time before their addition. Their ranks follow those of the other machines. */
  readonly later: readonly MachineSpec[];
  /** In order of time. */
  readonly changes: readonly MachineChange[];
  /** Number of values that were rounded, for each kind; left out if none can be. */
  readonly adjusted?: Readonly<Record<string, number>>;
}
