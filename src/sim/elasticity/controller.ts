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
 * A control loop beside the scheduler: it asks to be called at times of its own, looks at the run, and acts on it. The scheduler decides where
 * things run; controllers decide what there is to run, and on what.
 */
export interface Controller {
  /** Told of what happens; it must not act from here, but may ask to be called. */
  readonly observer?: Partial<Observer>;
  /** The run starts. */
  begin(host: ControlHost, now: Micros): void;
  /** A call that it asked for, after everything else of the instant; what it does is looked at in another pass. */
  due(subject: number, now: Micros): void;
}

/** What a controller can do. */
export interface ControlHost {
  readonly cluster: Cluster;
  readonly truth: HiddenTaskState;
  readonly observer: Observer;
  /** Calls `due` with the subject (a whole number, 0 or above) at that time. */
  wake(time: Micros, subject: number): void;
  /** Submits the tasks of a row now. */
  submit(row: TaskRow, now: Micros): readonly TaskId[];
  /** Ends a task that nobody needs any longer: a running one has done its work, a pending one is abandoned. */
  retire(task: TaskId): void;
  /** Gives a running task another demand (quanta per dimension) where it runs; false where too little is free there. */
  resize(task: TaskId, demand: ArrayLike<number>): boolean;
  /** Gives a machine another capacity (quanta per dimension); what its tasks have must fit in. Offers of it are taken back. */
  setCapacity(machine: MachineId, capacity: ArrayLike<number>): void;
  /** Changes the state of a machine; what runs on one that goes down is interrupted. */
  setMachineState(machine: MachineId, state: MachineState): void;
  /** Stops a running task, which is pending again. */
  evict(task: TaskId, cause: KillCause): void;
  /** What a running task uses now, in quanta per dimension; NaN where its trace does not say. */
  usageOf(task: TaskId, now: Micros): Float64Array;
  /** A written load curve of the framework has another value. */
  usageWritten(framework: FrameworkId, now: Micros): void;
}
