/**
 * The contract of a policy: what it may read, and what it may do. This is the only file that the author of a policy must read.
 *
 * A policy decides. A host (the simulator, the live master) calls it, checks every decision against the ledger and carries
 * it out. The rules:
 *
 * - A policy reads `view.now`; it has no clock, no I/O, and no randomness but `view.random`.
 * - State kept between calls is a cache. It can be rebuilt from the view, so a restarted master decides the same.
 * - Ties are broken by a stated rule. By default, the machine of the lowest rank (the lowest id) wins.
 * - A decision that cannot be carried out returns a reason and changes nothing.
 * - Views are live, not snapshots: a started task leaves the queue, and its demand leaves the machine's free row, at once.
 *   Ids, not objects, pass in both directions. NONE (-1) is the null id.
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

/** What a scheduler may read when it is called: the time, the waiting tasks, and the machines that it may use. */
export interface SchedulingView {
  readonly now: Micros;
  readonly random: Random;
  readonly space: ResourceSpace;
  /** How many tasks have ended, or were killed, since the last call. */
  readonly endedSince: number;
  /** The waiting tasks, the longest wait first. */
  readonly queue: Queue;
  readonly tasks: TaskFacts;
  readonly jobs: JobFacts;
  readonly machines: Machines;
  readonly rules: PlacementRuleFacts;
}

/** `for (let t = queue.first; t !== NONE; t = next) { const next = queue.next(t); … }` */
export interface Queue {
  readonly length: number;
  /** Number of task classes in the queue. */
  readonly classCount: number;
  readonly first: TaskId;
  readonly last: TaskId;
  /** The task behind this one. Call it before you start the task: a started task is no longer in the queue. */
  next(task: TaskId): TaskId;
  /** The task before this one. */
  previous(task: TaskId): TaskId;
}

/** One entry per task. The real duration and usage are missing: a master does not know them. */
export interface TaskFacts {
  readonly job: Column;
  readonly framework: Column;
  /** Tasks of one class have the same demand and constraints; see `FreeTable.classes`. */
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
  /** Sequence number of its entry into the queue, counted from 1: a higher number came later. 0 while it does not wait. */
  readonly enqueueSeq: Column;
  /** Mask of the GPU devices it has. */
  readonly devices: Column;
  /** The time from which room is reserved for it; NaN without a reservation. */
  readonly reserved: Column;
  /** Number of starts so far. */
  readonly attempts: Column;
  /** The next task on the same machine, or NONE. The first one is `view.machines.table.machines.firstTask[machine]`. */
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

/** The machines of the cluster. Ids run from 0 to count - 1. A machine that this scheduler may not use fits nothing. */
export interface Machines {
  readonly count: number;
  /** Free amounts, capacities (`table.machines.capacity`), demands (`table.classes.demand`): read, never write. */
  readonly table: FreeTable;
  fits(machine: MachineId, taskClass: TaskClassId): boolean;
  /** The fitting machine of the lowest rank (from rank `from` on), or NONE. */
  firstFit(taskClass: TaskClassId, from?: MachineId): MachineId;
  /** Calls `ask` while only the machines that pass the filter are visible, for example to restrict a placement. */
  among<T>(filter: (machine: MachineId) => boolean, ask: () => T): T;
  /** The fitting machine with the highest score, or NONE. The lowest rank wins ties; with `random`, a random one of them. */
  best(taskClass: TaskClassId, score: MachineScore, random?: Random): MachineId;
}

/** The placement rules of jobs: spread, together, avoid others, stay near data. */
export interface PlacementRuleFacts {
  /** Can a rule of this job or of another forbid machines to this task? Most runs have no rules. */
  mayForbid(task: TaskId): boolean;
  /** Do the rules allow this machine to the task now? */
  allows(task: TaskId, machine: MachineId): boolean;
  /** Must a task of a certain framework be on its machine when it starts? */
  needsNeighbour(task: TaskId): boolean;
  /** Does the task have preferred machines? */
  hasPreference(task: TaskId): boolean;
  /** Is this machine one of them, or does the task have no preference? */
  prefers(task: TaskId, machine: MachineId): boolean;
}

/** `done`, or why not. */
export type Verdict = 'done' | Refusal;

/** The actions of a scheduler. Every real master has them. */
export interface PlacementSink {
  /**
   * Starts a pending task. Refused for a gang of which other tasks wait; see `startGang`. `devices` names GPU devices;
   * without it, the host takes the fitting devices with the least left.
   */
  start(task: TaskId, machine: MachineId, devices?: DeviceMask): Verdict;
  /** Keeps room for a pending task while the rest of its gang is placed. The end of the call releases it. */
  hold(task: TaskId, machine: MachineId, devices?: DeviceMask): Verdict;
  /** Releases the room of a held task. */
  release(task: TaskId): Verdict;
  /** Starts all of these held tasks at one instant, or none if one of them is not held. */
  startGang(tasks: readonly TaskId[]): Verdict;
  /** Stops a running task and puts it at the back of the queue, to run from zero. */
  kill(task: TaskId): Verdict;
  /** Reserves room for a pending task from this time on; the scheduler is called again then. FOREVER cancels it. */
  reserve(task: TaskId, from: Micros): Verdict;
  /** Starts no more tasks on this machine. Running tasks continue. */
  drain(machine: MachineId): Verdict;
  /** Under offers: declines this machine and refuses further offers of it for this time. */
  decline(machine: MachineId, refuseFor: Micros): Verdict;
}

// Level one: which framework is offered which free resources.

/** Called at allocation events; offers free resources to frameworks until nothing is worth offering. */
export interface Allocator {
  readonly name: string;
  allocate(view: AllocationView, offers: OfferSink): void;
}

/** What an allocator may read when it is called: free resources, holdings of frameworks, and which frameworks want more. */
export interface AllocationView {
  readonly now: Micros;
  readonly random: Random;
  readonly space: ResourceSpace;
  /** One entry per framework and role: a framework of several roles has several ids. Replaced, not changed, when they change. */
  readonly frameworks: readonly Required<FrameworkSpec>[];
  /** Machines that are up and have free resources, lowest rank first; the first `candidateCount` entries count. */
  readonly candidates: Column;
  readonly candidateCount: number;
  /** Free resources (neither offered nor allocated) of each machine. */
  readonly table: FreeTable;
  /** Capacity of the cluster, per dimension. */
  readonly total: Column;
  /** Allocated to a framework's tasks: `allocated[framework * dims + dimension]`. */
  readonly allocated: Column;
  /** Offered to a framework and not yet answered: `offered[framework * dims + dimension]`. */
  readonly offered: Column;
  /** Offers ever made to the framework. */
  readonly offersMade: Column;
  /** Reserved, revocable and exclusive resources. Undefined when there are none. */
  readonly parcels: ParcelView | undefined;
  /** Capabilities of frameworks and machines. Undefined when all have all of them. */
  readonly traits: TraitView | undefined;
  /** Does the framework have tasks to place, and has it not suppressed offers? */
  wants(framework: FrameworkId): boolean;
}

/** `done`, or why the offer was not made. */
export type OfferVerdict =
  | 'done'
  | 'unknown-framework'
  | 'unknown-machine'
  | 'machine-not-up'
  | 'nothing-free'
  /** The portion is larger than the free resources. */
  | 'not-free'
  | 'filtered';

/** Reserved, revocable, exclusive and non-scalar resources, which count in `total`, `allocated` and `offered` too. */
export interface ParcelView {
  /** The machine's parcels that are neither offered nor allocated. */
  free(machine: MachineId): Parcels;
  /** Reserved on all machines, free or not: amounts per dimension, by the role that owns them. */
  readonly reserved: ReadonlyMap<RolePath, Column>;
  /** Reserved and either offered or allocated, per dimension. */
  readonly reservedHeld: Column;
  /** Revocable and free, per dimension. */
  readonly revocableFree: Column;
  /** Reserved or revocable and held by a framework: `heldBesides[framework * dims + dimension]`. */
  readonly heldBesides: Column;
}

/** Capabilities of frameworks and machines. For example, machines with GPUs are offered to frameworks that can use GPUs. */
export interface TraitView {
  framework(framework: FrameworkId): FrameworkTraits;
  machine(machine: MachineId): MachineTraits;
}

/** A part of the free resources of a machine: amounts per dimension, and parcels. The host reads it during the call only. */
export interface Portion {
  readonly amounts: Column;
  readonly parcels: Parcels;
}

/** The action of an allocator. */
export interface OfferSink {
  /**
   * Offers a portion of the machine's free resources, or all of them. `filtered`: the framework recently refused as much of
   * this machine.
   */
  offer(framework: FrameworkId, machine: MachineId, portion?: Portion): OfferVerdict;
}

export type { JobId };
