import type {
  Cluster,
  FrameworkId,
  KillCause,
  MachineId,
  MachineState,
  Micros,
  Observer,
  TaskId,
} from '../../model/index.js';
import type { TaskRow } from '../../workloads/trace.js';
import type { HiddenTaskState } from '../hidden-task-state.js';

/**
 * A control loop beside the scheduler. It schedules its own calls, reads the state of the run and acts on it. The
 * scheduler decides where tasks run. Controllers decide which tasks and which machines there are.
 */
export interface Controller {
  /** Gets the events of the run. Its callbacks must not act, but may call `wake`. */
  readonly observer?: Partial<Observer>;
  /** The run starts. */
  begin(host: ControlHost, now: Micros): void;
  /** A call that `wake` scheduled, after all other events of the instant. Another pass follows it. */
  due(subject: number, now: Micros): void;
}

/** Actions available to a controller. */
export interface ControlHost {
  readonly cluster: Cluster;
  readonly truth: HiddenTaskState;
  readonly observer: Observer;
  /** Schedules a call of `due` with this subject (a whole number, 0 or above) at `time`. */
  wake(time: Micros, subject: number): void;
  /** Submits the tasks of a row now. */
  submit(row: TaskRow, now: Micros): readonly TaskId[];
  /** Ends a task that is no longer needed. A running task counts as completed, a pending one as abandoned. */
  retire(task: TaskId): void;
  /** Changes the demand of a running task in place (quanta per dimension). Returns false if its machine has too little free. */
  resize(task: TaskId, demand: ArrayLike<number>): boolean;
  /** Changes the capacity of a machine (quanta per dimension). Its tasks must fit. Offers of the machine are rescinded. */
  setCapacity(machine: MachineId, capacity: ArrayLike<number>): void;
  /** Changes the state of a machine. Tasks on a machine that goes down are interrupted. */
  setMachineState(machine: MachineId, state: MachineState): void;
  /** Stops a running task. It becomes pending again. */
  evict(task: TaskId, cause: KillCause): void;
  /** Current usage of a running task, in quanta per dimension; NaN if its trace has no usage. */
  usageOf(task: TaskId, now: Micros): Float64Array;
  /** A controller has written a new value to a load curve of the framework. */
  usageWritten(framework: FrameworkId, now: Micros): void;
}
