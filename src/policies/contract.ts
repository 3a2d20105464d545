/**
 * The contract of a policy: what it may know, and what it may do. The author of a policy needs this file and no other.
 *
 * A policy decides. A host (the simulator, the live master) calls it, checks every decision against the ledger and carries
 * it out. The rules:
 *
 * - A policy reads `view.now`; it has no clock, no I/O, and no randomness but `view.random`.
 * - A view is read-only: its methods read the ledger, and no array of the ledger can be reached. It is live, not a
 *   snapshot: a started task leaves the queue, and its demand leaves the free amounts of the machine, at once.
 * - State kept between calls is a cache that `begin` rebuilds from the view, or is kept with `act.remember`. So a restarted
 *   master decides the same.
 * - Ties are broken by a stated rule. By default, the machine of the lowest rank (the lowest id) wins.
 * - A decision that cannot be carried out returns a reason and changes nothing.
 * - Ids are numbers and are reused after the end of what they name. NONE (-1) is the null id.
 */
import type { RolePath } from '../model/index.js';

export { FOREVER, NONE } from '../model/index.js';

/** Microseconds since the start of the run (live: since the epoch); an integer. */
export type Micros = number;
/** Valid from the submission of the task until it has ended. */
export type TaskId = number;
/** Valid until the last task of the job has ended. */
export type JobId = number;
/** Also the rank of the machine. */
export type MachineId = number;
/** Under offers, a framework of several roles has one id for each of them. */
export type FrameworkId = number;
/** Tasks of one class have the same demand, devices and constraints. */
export type TaskClassId = number;
/** Machines of one kind have equal capacity, devices and attributes. From 0. */
export type KindId = number;
/** A value of an attribute, such as rack r7. From 0. */
export type DomainId = number;
/** Bit i stands for GPU device i of the machine. */
export type DeviceMask = number;

declare const handle: unique symbol;
/** A resource. It comes from `Space` only: a plain number does not type-check. */
export type Dimension = number & { readonly [handle]: 'dimension' };
/** An attribute of machines. It comes from `Space` only. The attribute `machine` has a value of its own for each machine. */
export type Attribute = number & { readonly [handle]: 'attribute' };

/**
 * What a policy may need and not every host has. A host refuses a policy at the start if one of its `needs` is missing.
 *
 * - gang: it starts several tasks at one instant.
 * - devices: it gives a task the GPU devices that the policy names.
 * - kill: it stops running tasks.
 * - drain: it keeps new tasks off a machine.
 * - offers: its schedulers get offers, and can decline them.
 * - memory: what a policy remembers outlives a restart of the host.
 */
export type Feature = 'gang' | 'devices' | 'kill' | 'drain' | 'offers' | 'memory';

/** A number in [0, 1) from a stream of the run's seed. */
export type Random = () => number;

/** The dimensions and attributes of a run. Amounts are whole quanta: 1/1000 core, 1 MiB, 1/1000 GPU. */
export interface Space {
  readonly dimensions: readonly Dimension[];
  has(resource: string): boolean;
  /** @throws RangeError for a resource that no machine of the run has; `has` tells. */
  dimension(resource: string): Dimension;
  name(dimension: Dimension): string;
  /** Quanta of one unit: 1000 for cpus and gpus. */
  quantaPerUnit(dimension: Dimension): number;
  attribute(name: string): Attribute;
  /** The value of an attribute as an id; NONE if no machine has it. */
  domain(attribute: Attribute, value: string): DomainId;
}

// Scores

/** What a score may read of a machine and a task class without declaring it. */
export interface MachineSight {
  readonly space: Space;
  free(machine: MachineId, dimension: Dimension): number;
  capacity(machine: MachineId, dimension: Dimension): number;
  kind(machine: MachineId): KindId;
  /** The machine's value of an attribute; NONE without one. */
  domain(machine: MachineId, attribute: Attribute): DomainId;
  /** Number of values of the attribute. */
  domains(attribute: Attribute): number;
  /** Number of GPU devices. */
  devices(machine: MachineId): number;
  /** Free thousandths of one device. */
  deviceFree(machine: MachineId, device: number): number;
  demand(taskClass: TaskClassId, dimension: Dimension): number;
  /** Number of devices that a task of the class needs. */
  deviceCount(taskClass: TaskClassId): number;
  /** Thousandths that it needs of each. */
  deviceShare(taskClass: TaskClassId): number;
  /** The devices that the host would choose: those with the least left that suffice. 0 for none. */
  defaultDevices(machine: MachineId, taskClass: TaskClassId): DeviceMask;
}

/** What else a score may read. It declares these in `reads`, and gets these and no others. */
export interface Reads {
  /** The tasks on the machine. A kept value is valid until one of them starts, stops or ends. */
  readonly tasks: TaskFacts & MachineTasks;
  /** Totals of the cluster. A kept value is valid until a machine joins, leaves or is resized. */
  readonly cluster: ClusterFacts;
  /** The task that is placed, and its rules. The score is computed anew for each decision. */
  readonly job: JobReads;
  /** The time. The score is computed anew for each decision. */
  readonly time: TimeRead;
}

/** A name that a score may declare in `reads`. */
export type Read = keyof Reads;
/** All that a score with these `reads` sees. */
export type Sight<R extends Read> = MachineSight & Pick<Reads, R>;

/** Tasks in the room of a machine, in placement order: `for (let t = first(m); t !== NONE; t = next(t))`. */
export interface MachineTasks {
  first(machine: MachineId): TaskId;
  next(task: TaskId): TaskId;
}

/** Totals of the machines that are not down. */
export interface ClusterFacts {
  capacity(dimension: Dimension): number;
}

/** Facts about the task that is placed, its job and its rules. */
export interface JobReads {
  readonly tasks: TaskFacts;
  readonly jobs: JobFacts;
  readonly rules: RuleFacts;
}

/** The time of the call. */
export interface TimeRead {
  readonly now: Micros;
}

/** How good a machine is for a task. The highest value wins; NaN is the lowest. */
export interface Score<R extends Read = never> {
  readonly name: string;
  readonly reads: readonly R[];
  /** Do machines of one kind with equal free amounts have equal values? Then machines that are alike are scored once. */
  readonly anonymous?: true;
  /**
   * Called once per view. The function that it returns is called for machines that fit, and allocates nothing. Its values are
   * kept per task class until something that it reads changes. `task` is NONE unless `reads` has `job`.
   */
  make(see: Sight<R>): (machine: MachineId, taskClass: TaskClassId, task: TaskId) => number;
}

/** A score with any `reads`. */
// biome-ignore lint/suspicious/noExplicitAny: `make` is contravariant in what a score reads
export type AnyScore = Score<any>;

/**
 * Several scores as one: the sum of weight x normalised value, as in Kubernetes. Normalisation is over the machines that fit:
 *
 * - none: the value is used as it is.
 * - max: 100 x value / highest. max-reversed: 100 - that.
 * - range: 100 x (value - lowest) / (highest - lowest).
 * - spread: 100 x (highest + lowest - value) / highest.
 */
export interface WeightedScore {
  readonly score: AnyScore;
  readonly weight: number;
  readonly normalise?: 'none' | 'max' | 'max-reversed' | 'range' | 'spread';
  /** Cut to a whole number after normalisation, as kube-scheduler does. */
  readonly whole?: boolean;
}

/** A question about machines that a policy asks often. It is prepared once, in `begin`. */
export interface ChoiceSpec {
  readonly score: AnyScore | readonly WeightedScore[];
  /** Which machine wins among equal scores; the lowest rank by default. */
  readonly ties?: 'lowest-rank' | 'random';
  /** Leaves out machines although the task can start there. */
  readonly where?: (machine: MachineId, task: TaskId) => boolean;
}

/** A prepared question. */
export interface Choice {
  /** The machine with the highest score on which the task can start now, or NONE. */
  best(task: TaskId): MachineId;
}

// Level two: which pending task starts on which machine.

/** Called when the queue or the visible machines changed; starts and preempts tasks. */
export interface Scheduler {
  readonly name: string;
  readonly needs?: readonly Feature[];
  /** Before the first call, and after a restart: prepare questions and rebuild caches. */
  begin?(view: SchedulingView): void;
  schedule(view: SchedulingView, act: PlacementSink): void;
}

/** What every policy may read. */
export interface View {
  readonly now: Micros;
  readonly random: Random;
  readonly space: Space;
}

/** What a policy has kept with `remember`. */
export interface Memory {
  recall(key: string): string | undefined;
}

/** What a scheduler may read. It is the same object for the life of the scheduler. */
export interface SchedulingView extends View, Memory {
  readonly machines: Machines;
  readonly tasks: TaskFacts;
  readonly jobs: JobFacts;
  readonly rules: RuleFacts;
  /** The waiting tasks, the longest wait first. */
  readonly queue: Queue;
  /** How many tasks have ended, or were killed, since the last call. */
  readonly endedSince: number;
  /** The room as it would be: to place a gang, or to see what a preemption would give. */
  readonly whatIf: WhatIf;
}

/**
 * The room of the scheduler as it would be. There is one per view, and nothing of it reaches the ledger. It shows the ledger
 * as of the last `reset`; call that first.
 */
export interface WhatIf {
  /** The machines with all changes. Prepare questions about it in `begin`, as for `SchedulingView.machines`. */
  readonly machines: Machines;
  /** now: the room as it is. empty: all machines that exist, in any state, without tasks. */
  reset(from: 'now' | 'empty'): void;
  mark(): number;
  /** Takes back all changes since a mark. */
  undo(to: number): void;
  /** Places a pending task there, or returns why it cannot start there. */
  put(task: TaskId, machine: MachineId, devices?: DeviceMask): Verdict;
  /** Removes a running task, as if it had ended. */
  remove(task: TaskId): Verdict;
  /** Treats the machine as up. */
  open(machine: MachineId): void;
  /** Placement rules count the task there, but it takes no room. */
  neighbour(task: TaskId, machine: MachineId): void;
  block(machine: MachineId, dimension: Dimension, amount: number): void;
  /** Takes thousandths of one device away. */
  blockDevice(machine: MachineId, device: number, share: number): void;
  /** Has nothing been changed on the machine since `reset`? */
  isUntouched(machine: MachineId): boolean;
}

/** `for (let t = queue.first; t !== NONE; t = next) { next = queue.next(t); … }` */
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

/** up: takes tasks. draining: keeps its tasks, takes no more. unreachable: its tasks may run on. down: nothing runs there. */
export type MachineState = 'up' | 'draining' | 'unreachable' | 'down';

/** The machines of the cluster. Ids run from 0 to count - 1. Nothing can start on a machine that this scheduler may not use. */
export interface Machines extends MachineSight, MachineTasks {
  readonly count: number;
  state(machine: MachineId): MachineState;
  /** Number of tasks in its room. */
  taskCount(machine: MachineId): number;
  /** Number of kinds, and of machines of a kind. */
  readonly kinds: number;
  inKind(kind: KindId): number;
  /** Can the task start there now? `done`, or the first reason against it. */
  whyNot(task: TaskId, machine: MachineId): Verdict;
  /** The machine of the lowest rank >= `from` on which the task can start now, or NONE. */
  firstFit(task: TaskId, from?: MachineId): MachineId;
  prepare(choice: ChoiceSpec): Choice;
}

/**
 * - pending: waits for a machine.
 * - claiming: pending, with room kept for it.
 * - running: in its room on a machine.
 * - unknown: no such task.
 */
export type TaskState = 'pending' | 'claiming' | 'running' | 'unknown';

/** What a master knows of a task. The real run time and usage are missing. */
export interface TaskFacts {
  job(task: TaskId): JobId;
  framework(task: TaskId): FrameworkId;
  taskClass(task: TaskId): TaskClassId;
  state(task: TaskId): TaskState;
  priority(task: TaskId): number;
  submitted(task: TaskId): Micros;
  /** The last start; NaN before it. */
  started(task: TaskId): Micros;
  /** The user's estimate of the run time; FOREVER when there is none. */
  estimate(task: TaskId): Micros;
  /** The machine it is on, or NONE. */
  machine(task: TaskId): MachineId;
  /** The GPU devices it has. */
  deviceMask(task: TaskId): DeviceMask;
  /** Sequence number of its entry into the queue, from 1: a higher number came later. 0 while it does not wait. */
  queuedAs(task: TaskId): number;
  /** Number of starts so far. */
  attempts(task: TaskId): number;
}

/** What a master knows of a job. */
export interface JobFacts {
  framework(job: JobId): FrameworkId;
  submitted(job: JobId): Micros;
  /** Do all of its pending tasks start at one instant, or none? */
  isGang(job: JobId): boolean;
  pending(job: JobId): number;
  running(job: JobId): number;
  /** The start that this scheduler has promised; NaN without a promise. */
  promised(job: JobId): Micros;
}

/** The placement rules of jobs: spread, together, avoid others, stay near data. `Machines.whyNot` includes them. */
export interface RuleFacts {
  /** Can a rule of this job or of another forbid machines to this task? Most runs have no rules. */
  mayForbid(task: TaskId): boolean;
  /** Do the rules allow this machine to the task now? Room is not checked. */
  allows(task: TaskId, machine: MachineId): boolean;
  /** Must a task of a certain framework be on its machine when it starts? */
  needsNeighbour(task: TaskId): boolean;
  /** Does the task have preferred machines? */
  hasPreference(task: TaskId): boolean;
  /** Is this machine one of them, or does the task have no preference? */
  prefers(task: TaskId, machine: MachineId): boolean;
  /** All tasks of the job must be on machines with one value of each of these attributes. Mostly empty. */
  together(job: JobId): readonly Attribute[];
  /**
   * Most tasks of the job per value of an attribute. A machine without the attribute takes none of them. Mostly empty. A job
   * that avoids its own framework has at most one task per machine.
   */
  spreads(job: JobId): readonly SpreadRule[];
}

/** At most `atMost` tasks of a job on machines with one value of the attribute. */
export interface SpreadRule {
  readonly attribute: Attribute;
  readonly atMost: number;
}

/**
 * Why an action is refused. A refused action changes nothing.
 *
 * - `unknown-task`, `unknown-machine`: no such id.
 * - `not-pending`: the task runs already, or has ended.
 * - `foreign-task`: the task belongs to another framework.
 * - `part-of-gang`: other tasks of its gang are pending too; a gang starts as a whole, with `startGang`.
 * - `incomplete-gang`: the placing lacks a pending task of the gang.
 * - `unknown-job`: no such job, or a task of the placing belongs to another job.
 * - `not-running`: the task to kill does not run.
 * - `machine-not-up`: the machine is draining, unreachable or down.
 * - `not-offered`: nothing of this machine is offered to the task's framework.
 * - `constraint`: the machine lacks a required attribute.
 * - `placement-rule`: a rule of its job, or of a job on the machine, forbids the placement.
 * - `does-not-fit`: too little is free in some dimension, or on the GPU devices.
 * - `in-the-past`: the time is not after now.
 * - `too-large`: the policy may remember at most 1 MiB.
 * - `wrong-devices`: the chosen devices are not the right number, do not exist, or have too little free.
 */
export type Refusal =
  | 'unknown-task'
  | 'not-pending'
  | 'foreign-task'
  | 'part-of-gang'
  | 'incomplete-gang'
  | 'unknown-job'
  | 'not-running'
  | 'unknown-machine'
  | 'machine-not-up'
  | 'not-offered'
  | 'constraint'
  | 'placement-rule'
  | 'does-not-fit'
  | 'wrong-devices'
  | 'in-the-past'
  | 'too-large';

/** `done`, or why not. */
export type Verdict = 'done' | Refusal;

/** Where the tasks of a job start: `tasks[i]` on `machines[i]`. Read during the call only. */
export interface Placing {
  readonly tasks: readonly TaskId[];
  readonly machines: readonly MachineId[];
  /** Devices of each task; 0 leaves the choice to the host. */
  readonly devices?: readonly DeviceMask[];
}

/** The actions of a scheduler. Every real master has them. */
export interface PlacementSink {
  /**
   * Starts a pending task. Refused for a gang of which other tasks wait; see `startGang`. `devices` names GPU devices;
   * without it, the host takes the fitting devices with the least left.
   */
  start(task: TaskId, machine: MachineId, devices?: DeviceMask): Verdict;
  /**
   * Starts these tasks of a job at one instant, or none of them: the reason is that of the first task that cannot start. The
   * placing of a gang must have all of its pending tasks.
   */
  startGang(job: JobId, placing: Placing): Verdict;
  /** Stops a running task and puts it at the back of the queue, to run from zero. */
  kill(task: TaskId): Verdict;
  /**
   * Calls the scheduler at this time, also when nothing else happens. The earliest wish of a call counts, and the next call
   * clears it.
   */
  wakeAt(time: Micros): Verdict;
  /** Tells users when the job is planned to start. It keeps no room; FOREVER withdraws it. */
  promise(job: JobId, at: Micros): Verdict;
  /** Keeps a text for later calls, and over a restart of the master; at most 1 MiB together. Undefined forgets it. */
  remember(key: string, text: string | undefined): Verdict;
  /** Starts no more tasks on this machine. Running tasks continue. */
  drain(machine: MachineId): Verdict;
  /** Takes back a drain of this scheduler. Drains of an operator stay. */
  undrain(machine: MachineId): Verdict;
  /** Under offers: declines this machine and refuses further offers of it for this time. */
  decline(machine: MachineId, refuseFor: Micros): Verdict;
}

// Level one: which framework is offered which free resources.

/** Called at allocation events; offers free resources to frameworks until nothing is worth offering. */
export interface Allocator {
  readonly name: string;
  readonly needs?: readonly Feature[];
  /** Before the first call, and after a restart. */
  begin?(view: AllocationView): void;
  allocate(view: AllocationView, offers: OfferSink): void;
}

/** A framework in one of its roles. A framework of several roles has several ids. */
export interface FrameworkFacts {
  /** Unique among the frameworks that are present. In a real master, it is the framework's id. */
  readonly name: string;
  /** In a real master: the name that the framework gave itself. It need not be unique. */
  readonly title?: string;
  readonly role: RolePath;
  readonly weight: number;
}

/** What an allocator may read. It is the same object for the life of the allocator. */
export interface AllocationView extends View {
  /** By framework id. Replaced, not changed, when they change. */
  readonly frameworks: readonly FrameworkFacts[];
  /** Number of machines that are up and have free resources. */
  readonly candidateCount: number;
  /** One of them, for an index from 0; the lowest rank first. */
  candidate(index: number): MachineId;
  /** Neither offered nor allocated. */
  free(machine: MachineId, dimension: Dimension): number;
  /** Capacity of the cluster. */
  total(dimension: Dimension): number;
  /** Allocated to the framework's tasks. */
  allocated(framework: FrameworkId, dimension: Dimension): number;
  /** Offered to the framework and not yet answered. */
  offered(framework: FrameworkId, dimension: Dimension): number;
  /** Offers ever made to the framework. */
  offersMade(framework: FrameworkId): number;
  /** Does the framework have tasks to place, and has it not suppressed offers? */
  wants(framework: FrameworkId): boolean;
}

/** A part of the free resources of a machine. The host reads it during the call only. */
export interface Portion {
  /** Amounts in quanta, in the order of `Space.dimensions`. */
  readonly amounts: ArrayLike<number>;
}

/** `done`, or why the offer was not made. */
export type OfferVerdict =
  | 'done'
  | 'unknown-framework'
  | 'unknown-machine'
  | 'machine-not-up'
  | 'nothing-free'
  /** The portion is larger than the free resources, or contains resources that are reserved for another role. */
  | 'not-free'
  /** In a real master: the framework is disconnected, or has suppressed offers. */
  | 'not-wanted'
  | 'filtered';

/** The action of an allocator. */
export interface OfferSink {
  /**
   * Offers a portion of the machine's free resources, or all of them. `filtered`: the framework recently refused as much of
   * this machine.
   */
  offer(framework: FrameworkId, machine: MachineId, portion?: Portion): OfferVerdict;
}
