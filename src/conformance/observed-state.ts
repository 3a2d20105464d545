import type {
  Constraint,
  FrameworkId,
  MachineId,
  MachineState,
  Micros,
  PlacementRule,
} from '../model/index.js';

/** The state of a task according to its events. */
export interface ObservedTask {
  /**
   * Number in order of submission, from 0. Rows of the ledger are reused, but serial numbers are not. NONE for an instance of a
   * service, which no row of the scenario describes.
   */
  readonly serial: number;
  readonly job: ObservedJob;
  readonly framework: FrameworkId;
  readonly demand: readonly number[];
  readonly gpuCount: number;
  readonly gpuMilliEach: number;
  readonly constraint: readonly Constraint[];
  readonly submitted: Micros;
  state: 'pending' | 'running' | 'gone';
  machine: MachineId;
  devices: readonly number[];
  started: Micros;
  starts: number;
}

/** The state of a job according to its events. */
export interface ObservedJob {
  readonly name: string | number;
  readonly isGang: boolean;
  readonly rule: PlacementRule;
  readonly tasks: ObservedTask[];
  hasEnded: boolean;
  isRejected: boolean;
  /** The host has rejected it, because it can never run. */
  isImpossible: boolean;
}

/** The state of a machine according to its events. */
export interface ObservedMachine {
  readonly id: MachineId;
  capacity: readonly number[];
  attributes: Readonly<Record<string, string>>;
  state: MachineState;
  /** Capacity minus the demand of the tasks that run there. Offered amounts count as free. */
  readonly free: number[];
  readonly deviceFree: number[];
  readonly tasks: Set<ObservedTask>;
}
