/**
 * What a policy is, and all that it may know and do. This is the only file that the author of a policy must read.
 *
 * A policy decides; a host (the simulator, the live master) asks, checks every decision against the ledger and carries it
 * out. The rules:
 *
 * - A policy reads `view.now`; it has no clock, no I/O, and no randomness but `view.random`.
 * - What it remembers between calls is a cache: it can be rebuilt from the view, so a restarted master decides the same.
 * - Ties are broken by a stated rule; where nothing is said, the machine of the lowest rank (the lowest id) wins.
 * - A decision that cannot be carried out is answered with a reason and changes nothing.
 * - Views are live windows onto the ledger, not snapshots: what the policy starts is gone from the queue and from the
 *   machine's free row at once. Ids, not objects, pass in both directions; NONE (-1) stands for nothing.
 */
import type {
  Column,
  DeviceMask,
  FrameworkId,
  FrameworkSpec,
  FrameworkTraits,
  FreeTable,
  JobId,
  MachineId,
  MachineScore,
  MachineTraits,
  Micros,
  Parcels,
  Refusal,
  ResourceSpace,
  RolePath,
  TaskClassId,
  TaskId,
} from '../model/index.js';

/** A number in [0, 1) from a stream of the run's seed. */
export type Random = () => number;

// Level two: which pending task starts on which machine.

/** Called when the queue or the visible machines changed; starts (or preempts, or reserves for) tasks. */
export interface Scheduler {
  readonly name: string;
  schedule(view: SchedulingView, act: PlacementSink): void;
}

/** What a scheduler may know when it is called: the time, who waits, and the machines that it may use. */
export interface SchedulingView {
  readonly now: Micros;
  readonly random: Random;
  readonly space: ResourceSpace;
  /** How many tasks have ended, or were killed, since the last call. */
  readonly endedSince: number;
  /** The tasks that wait, longest first. */
  readonly queue: Queue;
  readonly tasks: TaskFacts;
  readonly jobs: JobFacts;
  readonly machines: Machines;
  readonly rules: PlacementRuleFacts;
}

/** `for (let t = queue.first; t !== NONE; t = next) { const next = queue.next(t); … }` */
export interface Queue {
  readonly length: number;
  /** Number of different task classes among them. */
  readonly classCount: number;
  readonly first: TaskId;
  readonly last: TaskId;
  /** The task behind this one. Ask before starting a task: a started task has left the queue. */
  next(task: TaskId): TaskId;
  /** The task before this one. */
  previous(task: TaskId): TaskId;
}

/** One entry per task. Its real duration and usage are not here: a master does not know them. */
export interface TaskFacts {
  readonly job: Column;
  readonly framework: Column;
  /** Tasks of one class ask for exactly the same; see `FreeTable.classes` for what. */
  readonly taskClass: Column;
  readonly priority: Column;
  /** Micros. */
  readonly submitted: Column;
  /** Micros of the last start; NaN before it. */
  readonly started: Column;
  /** The user's estimate of the run time in Micros; Infinity when there is none. */
  readonly estimate: Column;
  /** The machine it runs on, or NONE. */
  readonly machine: Column;
  /** Number of its joining of the queue, counted from 1: higher came later. 0 while it does not wait. */
  readonly enqueueSeq: Column;
  /** Mask of the GPU devices it has. */
  readonly devices: Column;
  /** Since when room is promised to it; NaN without a reservation. */
  readonly reserved: Column;
  /** Number of starts so far. */
  readonly attempts: Column;
  /** The task placed next on the same machine, or NONE; begin with `Machines.firstTask`. */
  readonly nextOnMachine: Column;
}

/** One entry per job. */
export interface JobFacts {
  readonly framework: Column;
  readonly submitted: Column;
  /** 1 for a gang: all of its pending tasks start at one instant, or none. */
  readonly gang: Column;
  readonly pending: Column;
  readonly running: Column;
}

/** The machines this scheduler may place on. Ids run from 0 to count - 1; a machine it may not use fits nothing. */
export interface Machines {
  readonly count: number;
  /** Free amounts, capacities (`table.machines.capacity`), demands (`table.classes.demand`): read, never write. */
  readonly table: FreeTable;
  fits(machine: MachineId, taskClass: TaskClassId): boolean;
  /** The fitting machine of the lowest rank (from rank `from` on), or NONE. */
  firstFit(taskClass: TaskClassId, from?: MachineId): MachineId;
  /** Asks `ask` as if only the machines that pass the filter were there: a placement can be narrowed to them so. */
  among<T>(filter: (machine: MachineId) => boolean, ask: () => T): T;
  /** The fitting machine with the highest score, or NONE. The lowest rank wins ties; with `random`, a draw among the highest. */
  best(taskClass: TaskClassId, score: MachineScore, random?: Random): MachineId;
}

/** What jobs ask of where their tasks stand: spread, together, not beside, near their data. */
export interface PlacementRuleFacts {
  /** May any machine be forbidden to this task by a rule, of its own job or of another? Most runs have no rules. */
  mayForbid(task: TaskId): boolean;
  /** Do the rules allow this machine to the task now? */
  allows(task: TaskId, machine: MachineId): boolean;
  /** Must a task of a certain framework be on its machine when it starts? */
  needsNeighbour(task: TaskId): boolean;
  /** Does the task prefer some machines? */
  hasPreference(task: TaskId): boolean;
  /** Is this machine one of those, or has the task no preference? */
  prefers(task: TaskId, machine: MachineId): boolean;
}

/** `done`, or why not. */
export type Verdict = 'done' | Refusal;

/** What a scheduler can do: what every real master can do, and nothing else. */
export interface PlacementSink {
  /** Starts a pending task, but for one of a gang of which more waits. `devices` names GPU devices; without it the host takes those with the least left that suffice. */
  start(task: TaskId, machine: MachineId, devices?: DeviceMask): Verdict;
  /** Sets room aside for a pending task while the rest of its gang is placed; the end of the call gives it back. */
  hold(task: TaskId, machine: MachineId, devices?: DeviceMask): Verdict;
  /** Gives the room of a held task back. */
  release(task: TaskId): Verdict;
  /** Starts all of these held tasks at one instant, or, when one of them is not held, none. */
  startGang(tasks: readonly TaskId[]): Verdict;
  /** Stops a running task and puts it at the back of the queue, to run from zero. */
  kill(task: TaskId): Verdict;
  /** Promises room to a pending task from this time on: the scheduler is called again then. FOREVER takes it back. */
  reserve(task: TaskId, from: Micros): Verdict;
  /** Starts nothing more on this machine; what runs there runs on. */
  drain(machine: MachineId): Verdict;
  /** Under offers: gives this machine back and asks not to be offered it again for so long. */
  decline(machine: MachineId, refuseFor: Micros): Verdict;
}

// Level one: which framework is offered which free resources.

/** Called at allocation events; offers free resources to frameworks until nothing is worth offering. */
export interface Allocator {
  readonly name: string;
  allocate(view: AllocationView, offers: OfferSink): void;
}

/** What an allocator may know when it is called: what is free, who has what, and who wants more. */
export interface AllocationView {
  readonly now: Micros;
  readonly random: Random;
  readonly space: ResourceSpace;
  /** One entry per framework and role: a framework of several roles has several ids. Replaced, not changed, when they change. */
  readonly frameworks: readonly Required<FrameworkSpec>[];
  /** Machines that are up and have something free, lowest rank first; `candidateCount` of them. */
  readonly candidates: Column;
  readonly candidateCount: number;
  /** What is free (neither offered nor taken) on each machine. */
  readonly table: FreeTable;
  /** Capacity of the cluster, per dimension. */
  readonly total: Column;
  /** Taken by a framework's tasks: `allocated[framework * dims + dimension]`. */
  readonly allocated: Column;
  /** In its hands as offers, likewise. */
  readonly offered: Column;
  /** Offers ever made to the framework. */
  readonly offersMade: Column;
  /** What rows of amounts cannot say: reserved, revocable, exclusive. Undefined where there is none of it. */
  readonly parcels: ParcelView | undefined;
  /** What frameworks and machines can handle. Undefined where all can handle all. */
  readonly traits: TraitView | undefined;
  /** Has the framework tasks to place, and has it not asked to be left alone? */
  wants(framework: FrameworkId): boolean;
}

/** `done`, or why the offer was not made. */
export type OfferVerdict =
  | 'done'
  | 'unknown-framework'
  | 'unknown-machine'
  | 'machine-not-up'
  | 'nothing-free'
  /** The portion is not a part of what is free. */
  | 'not-free'
  | 'filtered';

/** Reserved, revocable, exclusive and non-scalar resources, which count in `total`, `allocated` and `offered` too. */
export interface ParcelView {
  /** The machine's parcels that are neither offered nor taken. */
  free(machine: MachineId): Parcels;
  /** Reserved on all machines, taken or not: amounts per dimension, by the role that owns them. */
  readonly reserved: ReadonlyMap<RolePath, Column>;
  /** Reserved and offered or taken, per dimension. */
  readonly reservedHeld: Column;
  /** Revocable and free, per dimension. */
  readonly revocableFree: Column;
  /** Reserved or revocable and in a framework's hands: `heldBesides[framework * dims + dimension]`. */
  readonly heldBesides: Column;
}

/** What frameworks and machines can handle: machines with GPUs, say, go to frameworks that know what to do with them. */
export interface TraitView {
  framework(framework: FrameworkId): FrameworkTraits;
  machine(machine: MachineId): MachineTraits;
}

/** A part of what is free on a machine: amounts per dimension, and parcels. Read during the call only. */
export interface Portion {
  readonly amounts: Column;
  readonly parcels: Parcels;
}

/** What an allocator can do. */
export interface OfferSink {
  /**
   * Offers a portion of what is free on the machine; without one, all that is free there. `filtered`: the framework refused
   * as much of this machine a short while ago.
   */
  offer(framework: FrameworkId, machine: MachineId, portion?: Portion): OfferVerdict;
}

export type { JobId };
