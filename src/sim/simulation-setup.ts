import type { Cluster, Constraint, FrameworkId, Micros, Observer } from '../model/index.js';
import type { MachineChange } from '../workloads/machine-change.js';
import type { Trace } from '../workloads/trace.js';
import type { Architecture } from './architectures/architecture.js';
import type { ControlPlan } from './elasticity/control-loops.js';
import type { Execution } from './execution.js';
import type { Explainer } from './explain/explainer.js';
import type { Failures } from './failures/fleet.js';
import type { MachineEvent } from './machine-changes.js';
import type { Operations } from './operations/operations.js';

/** Inputs of a simulation. Machines are in the cluster already. Frameworks join when the trace names them. */
export interface SimulationSetup {
  readonly cluster: Cluster;
  readonly trace: Trace;
  readonly observer: Observer;
  readonly architecture: (execution: Execution) => Architecture;
  /** Length of the run from its start; FOREVER: until no events are left. */
  readonly horizon: Micros;
  /** The run starts at 0, or with the first submission of the trace (the clock of a log may start anywhere). */
  readonly startsAt: 'zero' | 'first-submission';
  /** Machines that leave and return, in any order. */
  readonly machineEvents?: readonly MachineEvent[];
  /** Machines that are added, removed or updated, in order of time. */
  readonly machineChanges?: readonly MachineChange[];
  /** Failures and their detection by the master. When left out, every failure is detected at once. */
  readonly failures?: Failures | undefined;
  /** Additional constraints of all tasks of a framework; none when left out. */
  readonly constraintsOf?: ((framework: FrameworkId) => readonly Constraint[]) | undefined;
  /** Control loops beside the scheduler. Their events never end, so the run needs a horizon. */
  readonly controls?: ControlPlan | undefined;
  /** The operators' plan. The observer must forward its events to it. */
  readonly operations?: Operations | undefined;
  /**
   * merge (default): all events of an instant, then one pass. each: a pass after every event, with arrivals before
   * ends. Tasks that have reached their time limit end before the first of these passes (the rule of pyss;
   * docs/studies.md, swf).
   */
  readonly simultaneous?: Simultaneous;
  /** A pending task that waited longer than this is abandoned; FOREVER for never. */
  readonly patience: Micros;
  /** Factor by which a task takes longer on a machine outside its preferences; 1 when left out. */
  readonly remoteSlowdown?: number;
  /** Records why jobs wait. The observer must forward its events to `explainer.observer`. */
  readonly explainer?: Explainer | undefined;
  /** Ends the warm-up; no warm-up when left out. */
  readonly warmUp?: WarmUpEnd | undefined;
}

/** The end of a warm-up. It is no event: a run with a warm-up decides as one without. */
export interface WarmUpEnd {
  /** Length of the warm-up, from the start of the run; above 0. */
  readonly lasts: Micros;
  /** Called after all events before this instant, and before those of it. Not called if the run ends earlier. */
  readonly ended: (now: Micros) => void;
}

/** Handling of several events at one instant; see SimulationSetup. */
export type Simultaneous = 'merge' | 'each';

/** Progress of a run; see Simulation.run. */
export interface SimulationProgress {
  readonly now: Micros;
  readonly events: number;
}
