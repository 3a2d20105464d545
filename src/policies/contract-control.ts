/**
 * The contract of a control loop: autoscaling, limits that follow usage, oversubscription, bursting to a cloud. The author of
 * a control loop needs contract.ts and this file.
 *
 * The scheduler decides where tasks run. Control loops decide which tasks and which machines there are, and how large they
 * are. The rules of contract.ts apply: the view is read-only, a refused action changes nothing, and state kept between calls
 * is a cache that `begin` rebuilds, or is kept with `act.remember`. A loop sees what a real master knows: it gets usage as the host measured it, never the
 * real run time or the end of a task.
 */
import type {
  Dimension,
  FrameworkId,
  JobFacts,
  MachineId,
  Machines,
  Memory,
  Micros,
  ServiceFacts,
  ServiceId,
  StopOptions,
  TaskClassId,
  TaskFacts,
  TaskId,
  UsageFacts,
  View,
} from './contract.js';

export type { ServiceFacts, ServiceId, UsageFacts } from './contract.js';

/** One kind of machine that a cloud rents out. From 0; the first is rented first. */
export type RentalOfferId = number;

/**
 * What a host can offer to control loops.
 *
 * - usage: it measures the usage of tasks.
 * - scale: it has services with a variable number of instances.
 * - resize: it changes the demand of running tasks in place.
 * - evict: it stops tasks for a control loop.
 * - revocable: it places tasks on allocated but unused resources.
 * - rent: it rents machines.
 * - power: it switches machines off and on.
 */
export type ControlFeature = 'usage' | 'scale' | 'resize' | 'evict' | 'revocable' | 'rent' | 'power';

/** A control loop. A host calls it at the times that it requested, after the other events of the instant. */
export interface Controller {
  readonly name: string;
  /** A host that lacks one of these refuses the loop at the start. */
  readonly needs?: readonly ControlFeature[];
  /** Before the first call, and after a restart. Returns the time of the first call; without it, that is now. */
  begin?(view: ControlView): Micros;
  /** Requests its next call with `act.wakeAt`. */
  control(view: ControlView, act: ControlSink): void;
}

/** What a control loop may read. It is the same object for the life of the loop. */
export interface ControlView extends View, Memory {
  readonly machines: Machines;
  readonly tasks: CurrentTasks;
  readonly jobs: JobFacts;
  readonly usage: UsageFacts;
  readonly services: ServiceFacts;
  readonly rentable: RentableFacts;
  readonly revocable: RevocableFacts;
  /** Do the owners of the framework allow changes of the demand of its tasks? */
  mayResize(framework: FrameworkId): boolean;
}

/** `for (let task = 0; task < tasks.bound; task++)`: the state of an id without a task is `unknown`. */
export interface CurrentTasks extends TaskFacts {
  /** All ids are below this. */
  readonly bound: number;
}

/** Machines of a cloud. The ids of rented machines are in `machines`, like those of all others. */
export interface RentableFacts {
  /** Number of offers. */
  readonly offers: number;
  capacity(offer: RentalOfferId, dimension: Dimension): number;
  /** In the currency of the run; NaN when unknown. */
  pricePerHour(offer: RentalOfferId): number;
  /** Time from the order of a machine until it is up. */
  startUp(offer: RentalOfferId): Micros;
  /** How many more could be ordered now. */
  available(offer: RentalOfferId): number;
  /** Ordered and not up yet. */
  starting(offer: RentalOfferId): number;
  /** Could a machine of the offer without tasks take a task of this class? */
  takes(offer: RentalOfferId, taskClass: TaskClassId): boolean;
  /**
   * Those of the pending tasks that could start on further machines of the offer under all their rules, each beside those before
   * it. A gang could start if all of its pending members could, together, there or on machines that are up. Tasks that fit on
   * rented machines that are up are not among them: their scheduler keeps them waiting.
   */
  startable(offer: RentalOfferId, tasks: readonly TaskId[]): readonly TaskId[];
  /** Rented machines that are up and stay until they are given back, the lowest rank first. Replaced when it changes. */
  readonly rented: readonly MachineId[];
  /** Since when a rented machine is up. */
  upSince(machine: MachineId): Micros;
}

/** Revocable rows: allocated but unused resources of a machine, as a machine of their own. */
export interface RevocableFacts {
  /** The machine whose unused resources this row has; NONE for an ordinary machine. */
  hostOf(row: MachineId): MachineId;
}

/**
 * Why an action of a control loop is refused.
 *
 * - `unknown-task`, `unknown-machine`, `unknown-service`, `unknown-offer`: no such id.
 * - `not-running`: the task does not run.
 * - `not-permitted`: the owners of the task's framework do not allow it.
 * - `out-of-bounds`: fewer or more instances than the owner of the service allows.
 * - `wrong-amount`: amounts that are no whole quanta, or too many or too few of them; a changed number of GPUs.
 * - `does-not-fit`: too little is free on the machine, or the tasks there need more.
 * - `machine-not-up`: the machine is draining, unreachable or down.
 * - `machine-in-use`: tasks are on the machine, or room there is claimed.
 * - `machine-not-off`: the machine to switch on is not off.
 * - `unsupported`: the host cannot switch this machine off and on; the task cannot write a checkpoint when it is stopped.
 * - `not-drained`: no control loop has drained the machine.
 * - `not-rented`: the machine is not rented, still starts, or is about to be taken back.
 * - `not-revocable`: the machine is an ordinary one.
 * - `sold-out`: fewer machines are available.
 * - `in-the-past`: the time is not after now, or the grace is negative, or either is no whole number of microseconds.
 * - `too-large`: the loop may remember at most 1 MiB.
 */
export type ControlRefusal =
  | 'unknown-task'
  | 'unknown-machine'
  | 'unknown-service'
  | 'unknown-offer'
  | 'not-running'
  | 'not-permitted'
  | 'out-of-bounds'
  | 'wrong-amount'
  | 'does-not-fit'
  | 'machine-not-up'
  | 'machine-in-use'
  | 'machine-not-off'
  | 'unsupported'
  | 'not-drained'
  | 'not-rented'
  | 'not-revocable'
  | 'sold-out'
  | 'in-the-past'
  | 'too-large';

/** `done`, or why not. */
export type ControlVerdict = 'done' | ControlRefusal;

/** The actions of a control loop. Amounts are in quanta, one per dimension, in the order of `Space.dimensions`. */
export interface ControlSink {
  /** Calls the loop at this time. The earliest of all requests counts; each call clears it. Without one, no call follows. */
  wakeAt(time: Micros): ControlVerdict;
  /** Keeps a text for later calls, and over a restart of the host; at most 1 MiB together. Undefined forgets it. */
  remember(key: string, text: string | undefined): ControlVerdict;
  /**
   * Sets the number of instances of a service. The host replaces instances that ended, and ends surplus ones: their room is free
   * after this call.
   */
  scale(service: ServiceId, instances: number): ControlVerdict;
  /** Changes the demand of a running task in place. */
  resize(task: TaskId, demand: ArrayLike<number>): ControlVerdict;
  /** Stops a running task, as `PlacementSink.kill` does: no room is free within this call. The rest of its gang stops with it. */
  evict(task: TaskId, options?: StopOptions): ControlVerdict;
  /** Starts no more tasks on this machine. Running tasks continue. */
  drain(machine: MachineId): ControlVerdict;
  /** Takes a drain back. */
  undrain(machine: MachineId): ControlVerdict;
  /** Switches off a machine without tasks: it is stopping, then off. */
  powerOff(machine: MachineId): ControlVerdict;
  /** Switches on a machine that is off: it is starting until it is up. */
  powerOn(machine: MachineId): ControlVerdict;
  /** Orders this many machines. */
  rent(offer: RentalOfferId, machines: number): ControlVerdict;
  /** Ends the rental of a machine without tasks. */
  giveBack(machine: MachineId): ControlVerdict;
  /**
   * Sets the capacity of a revocable row. Its running tasks must fit. Room that stopping tasks have beyond it leaves with them, and no
   * other task gets it.
   */
  setRevocable(row: MachineId, capacity: ArrayLike<number>): ControlVerdict;
}
