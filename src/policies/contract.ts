/**
 * The contract of a policy: what it may know, and what it may do. The author of a policy needs this file and no other.
 *
 * A policy decides. A host (the simulator, the live master) calls it, checks every decision against the ledger and carries
 * it out. The rules:
 *
 * - A policy reads `view.now`; it has no clock, no I/O, and no randomness but `view.random`.
 * - A view is read-only: its methods read the ledger, and no array of the ledger can be reached. It is live, not a
 *   snapshot: a started task leaves the queue, and its demand leaves the free amounts of the machine, at once.
 * - No stop frees room inside a call, on any host. A stopping task keeps its room until it is really gone.
 * - State kept between calls is a cache that `begin` rebuilds from the view, or is kept with `act.remember`. So a restarted
 *   master decides the same.
 * - Ties are broken by a stated rule. By default, the machine of the lowest rank (the lowest id) wins.
 * - A decision that cannot be carried out returns a reason and changes nothing.
 * - Ids are numbers and are reused after the end of what they name. NONE (-1) is the null id.
 */
import type { Refusal, RolePath, WaitCause } from '../model/index.js';

export { FOREVER, NONE } from '../model/index.js';
/** Why an action is refused. The ledger defines the reasons: src/model/ledger/refusal.ts says what each means. */
/** Why a job waits. The model defines the causes: src/model/wait-history.ts says what each means. */
export type { Refusal, WaitCause };

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
/** An application whose number of instances an owner or a control loop sets. From 0. */
export type ServiceId = number;
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
 * - preempt: it stops running tasks and keeps their room for a job.
 * - checkpoint: its tasks can write a checkpoint when they are stopped.
 * - drain: it keeps new tasks off a machine.
 * - offers: its schedulers get offers, and can decline them.
 * - usage: it measures the usage of tasks.
 * - power: it switches machines off and on, if their specification declares how long that takes.
 * - gather: under offers, it keeps machines for a gang until the whole gang can start.
 * - memory: what a policy remembers outlives a restart of the host.
 */
export type Feature =
  | 'gang'
  | 'devices'
  | 'kill'
  | 'preempt'
  | 'checkpoint'
  | 'drain'
  | 'usage'
  | 'power'
  | 'offers'
  | 'gather'
  | 'memory';

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
  /** The value of this id as a text; undefined for NONE. The value of the attribute `machine` is the machine's id. */
  value(attribute: Attribute, domain: DomainId): string | undefined;
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
  /** Speed of machines of a kind at tasks of the class, relative to a reference machine; NaN when the master does not know it. */
  speed(kind: KindId, taskClass: TaskClassId): number;
  /** The devices that the host would choose: those with the least left that suffice. 0 for none. */
  defaultDevices(machine: MachineId, taskClass: TaskClassId): DeviceMask;
}

/** What else a score may read. It declares these in `reads`, and gets these and no others. */
export interface Reads {
  /** The tasks on the machine. A kept value is valid until one of them starts, stops or ends. */
  readonly tasks: TaskFacts & MachineTasks;
  /** Measured usage. A kept value is valid until the next sample, and until a task on the machine starts, stops or ends. */
  readonly usage: UsageFacts;
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

/** Totals of the machines that are up, draining or unreachable. */
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
  readonly make: (see: Sight<R>) => ScoreFunction;
}

/** The value of a machine for a task of the class. */
export type ScoreFunction = (machine: MachineId, taskClass: TaskClassId, task: TaskId) => number;

/** A score with any `reads`. Write a score as a `Score<…>`, or within the call of `prepare`: then its reads are checked. */
export type AnyScore = Omit<Score<Read>, 'make'> & { readonly make: (see: never) => ScoreFunction };

/**
 * Several scores as one: the sum of weight x normalised value, as in Kubernetes. Normalisation is over the machines that fit:
 *
 * - none: the value is used as it is.
 * - max: 100 x value / highest. max-reversed: 100 - that.
 * - range: 100 x (value - lowest) / (highest - lowest).
 * - spread: 100 x (highest + lowest - value) / highest.
 */
export interface WeightedScore<S extends AnyScore = AnyScore> {
  readonly score: S;
  readonly weight: number;
  readonly normalise?: 'none' | 'max' | 'max-reversed' | 'range' | 'spread';
  /** Cut to a whole number after normalisation, as kube-scheduler does. */
  readonly whole?: boolean;
}

/** A question about machines that a policy asks often. It is prepared once, in `begin`. */
export interface ChoiceSpec<S = AnyScore | readonly WeightedScore[]> {
  readonly score: S;
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
  /**
   * True if the policy depends on queue, machines and offers alone, not on the time, and draws no random numbers. If one call takes no
   * action, the next takes none either until one of these changes, so a simulator skips it.
   */
  readonly isSteady?: true;
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
  readonly usage: UsageFacts;
  readonly shares: ShareFacts;
  readonly services: ServiceFacts;
  /** The waiting tasks, the longest wait first. */
  readonly queue: Queue;
  /** How many tasks have ended, or were killed, since the last call. */
  readonly endedSince: number;
  /** How many changes of machines (of a state or a capacity, or a new machine) there were since the last call. */
  readonly machinesChangedSince: number;
  /** The running tasks, in the order of their starts. */
  readonly placed: PlacedTasks;
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
  /** Removes a running or stopping task, as if it had ended. Claims get its room first. */
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

/** `for (let t = placed.first; t !== NONE; t = placed.next(t))`. Ask for the next one before you stop a task. */
export interface PlacedTasks {
  readonly first: TaskId;
  next(task: TaskId): TaskId;
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

/**
 * up: takes tasks. draining: keeps its tasks, takes no more. unreachable: its tasks may run on. down: nothing runs there.
 * off: switched off. starting, stopping: on the way up or down; nothing runs there. absent: not (yet, or any more) in the cluster.
 */
export type MachineState =
  | 'up'
  | 'draining'
  | 'unreachable'
  | 'down'
  | 'off'
  | 'starting'
  | 'stopping'
  | 'absent';

/** The machines of the cluster. Ids run from 0 to count - 1. Nothing can start on a machine that this scheduler may not use. */
export interface Machines extends MachineSight, MachineTasks {
  readonly count: number;
  state(machine: MachineId): MachineState;
  /** When it is expected to be up: 0 if it is up, the end of a start or of an announced absence; else FOREVER. */
  upAt(machine: MachineId): Micros;
  /** From when on it is announced to be away; FOREVER when nothing is announced. */
  awayFrom(machine: MachineId): Micros;
  /** How long it takes to start; FOREVER when it cannot be switched off and on. */
  startUp(machine: MachineId): Micros;
  /** Watts without tasks (idle) and fully allocated (full); NaN when unknown. */
  power(machine: MachineId, at: 'idle' | 'full'): number;
  /** Number of tasks in its room. */
  taskCount(machine: MachineId): number;
  /**
   * Number of changes of rooms so far: a start, an end, an offer, a new state. A scheduler that notes it looks, at its next call, only
   * at the machines of the changes since then. It may count changes that gave no room.
   */
  readonly changes: number;
  /** The machine of the change of this number, from 0. NONE if the host no longer knows it: then any machine may have changed. */
  changedAt(change: number): MachineId;
  /** Number of kinds, and of machines of a kind. */
  readonly kinds: number;
  inKind(kind: KindId): number;
  /**
   * Can the task start there now? `done`, or the first reason against it. Room that is claimed for the task counts as free. So
   * it does for `firstFit` and `prepare`, but not for `free`.
   */
  whyNot(task: TaskId, machine: MachineId): Verdict;
  /** The machine of the lowest rank >= `from` on which the task can start now, or NONE. */
  firstFit(task: TaskId, from?: MachineId): MachineId;
  /** A score may read only what it declares: in a score that is written here, other reads do not compile. */
  prepare<R extends Read = never>(choice: ChoiceSpec<Score<R>>): Choice;
  prepare<P extends readonly Read[]>(
    choice: ChoiceSpec<{ readonly [K in keyof P]: WeightedScore<Score<P[K]>> }>,
  ): Choice;
  prepare(choice: ChoiceSpec): Choice;
}

/**
 * - pending: waits for a machine.
 * - claiming: pending, with room kept for it by `preempt`. It is in the queue.
 * - running: in its room on a machine.
 * - stopping: told to stop, and still in its room.
 * - unknown: no such task.
 */
export type TaskState = 'pending' | 'claiming' | 'running' | 'stopping' | 'unknown';

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
  /** What the user expects as run time; without it, the time limit; without both, FOREVER. Plan with it. */
  estimate(task: TaskId): Micros;
  /** The host stops the task after so long; FOREVER without a limit. */
  timeLimit(task: TaskId): Micros;
  /** The machine it is on, or NONE. */
  machine(task: TaskId): MachineId;
  /** The GPU devices it has. */
  deviceMask(task: TaskId): DeviceMask;
  /** Sequence number of its entry into the queue, from 1: a higher number came later. 0 while it does not wait. */
  queuedAs(task: TaskId): number;
  /** Number of starts so far. */
  attempts(task: TaskId): number;
  /** When a stopping task is gone at the latest, as far as the host knows; FOREVER otherwise. */
  goneBy(task: TaskId): Micros;
  /** The end of its last checkpoint; NaN without one. */
  checkpoint(task: TaskId): Micros;
  /** Can it write a checkpoint when it is stopped? */
  savesOnStop(task: TaskId): boolean;
}

/** What a master knows of a job. */
export interface JobFacts {
  framework(job: JobId): FrameworkId;
  name(job: JobId): string;
  /** Who submitted it; undefined when unknown. */
  user(job: JobId): string | undefined;
  /** The user's group, and the queue that the job was submitted to; undefined when unknown. */
  group(job: JobId): string | undefined;
  queue(job: JobId): string | undefined;
  label(job: JobId, key: string): string | undefined;
  submitted(job: JobId): Micros;
  /** Since when none of its tasks runs; NaN while one runs. */
  waitingSince(job: JobId): Micros;
  /** When it should be done; FOREVER without a deadline. */
  deadline(job: JobId): Micros;
  /** Do all of its pending tasks start at one instant, or none? */
  isGang(job: JobId): boolean;
  /**
   * Fewest tasks that may run. A gang that loses a task restarts as a whole if fewer of its tasks run; otherwise they run on, and
   * the lost tasks start again by themselves, together. All unless the user says less; 0 for independent tasks.
   */
  minimum(job: JobId): number;
  /** Number of its tasks that have not ended; those that are pending; those that run. */
  tasks(job: JobId): number;
  pending(job: JobId): number;
  /** Its running and stopping tasks. */
  running(job: JobId): number;
  /** Its tasks in order of submission: `for (let t = firstTask(job); t !== NONE; t = nextTask(t))`. */
  firstTask(job: JobId): TaskId;
  nextTask(task: TaskId): TaskId;
  /** Its pending tasks, the longest wait first. Ask for the next one before you start a task. */
  firstPending(job: JobId): TaskId;
  nextPending(task: TaskId): TaskId;
  /** What its tasks ask for together. */
  demand(job: JobId, dimension: Dimension): number;
  /** Amount x Micros that it has had, over all attempts. */
  attained(job: JobId, dimension: Dimension): number;
  /** The part of it whose work is not lost: running attempts, finished ones, and what checkpoints kept. */
  kept(job: JobId, dimension: Dimension): number;
  /** Tasks that may be stopped now without harm to the job (a disruption budget); FOREVER without a budget. */
  mayLose(job: JobId): number;
  /** The start that this scheduler has promised; NaN without a promise. */
  promised(job: JobId): Micros;
}

/** Measured usage of running tasks, in quanta, with the delay of the host's measurement. NaN before the first sample. */
export interface UsageFacts {
  last(task: TaskId, dimension: Dimension): number;
  /** Over the last `window`. */
  mean(task: TaskId, dimension: Dimension): number;
  peak(task: TaskId, dimension: Dimension): number;
  /** 0 where the host keeps the last sample only. */
  readonly window: Micros;
  /** Time of the last sample. */
  sampled(task: TaskId): Micros;
}

/** Services: ids from 0 to count - 1. */
export interface ServiceFacts {
  readonly count: number;
  framework(service: ServiceId): FrameworkId;
  /** Requested number of instances: by its owner at first, then by `scale`. */
  wanted(service: ServiceId): number;
  /** Number of instances that pass their health check, and so take load. */
  ready(service: ServiceId): number;
  /** Bounds of `wanted` that its owner set. */
  least(service: ServiceId): number;
  most(service: ServiceId): number;
  /** Measured mean utilization of the ready instances, 0 to 1. It is 1 when they are overloaded or when none is ready. */
  utilization(service: ServiceId): number;
}

/** Roles and what they hold. A role is a path such as eng/ads; amounts count the roles below it. Ids are framework ids. */
export interface ShareFacts {
  readonly frameworks: number;
  role(framework: FrameworkId): RolePath;
  weight(role: RolePath): number;
  /** 0 without a guarantee. */
  guarantee(role: RolePath, dimension: Dimension): number;
  /** FOREVER without a limit. */
  limit(role: RolePath, dimension: Dimension): number;
  /** Allocated to tasks. */
  held(role: RolePath, dimension: Dimension): number;
  /** Capacity of the cluster. */
  total(dimension: Dimension): number;
}

/** The placement rules of jobs: spread, together, avoid others, stay near data. `Machines.whyNot` includes them. */
export interface RuleFacts {
  /** Can a rule of this job or of another forbid machines to this task? Most runs have no rules. */
  mayForbid(task: TaskId): boolean;
  /** Do the rules allow this machine to the task now? Room is not checked. */
  allows(task: TaskId, machine: MachineId): boolean;
  /** Must a task of a certain framework be on its machine when it starts? With a neighbour: does its framework count? */
  needsNeighbour(task: TaskId, neighbour?: TaskId): boolean;
  /** Does the task have preferred machines? */
  hasPreference(task: TaskId): boolean;
  /** Does this machine meet all preferences of the task? Also true for a task without preferences. */
  prefers(task: TaskId, machine: MachineId): boolean;
  /** Sum of the weights (1 to 100 each) of those preferences of the task that the machine meets; 0 without preferences. */
  preference(task: TaskId, machine: MachineId): number;
  /** Sum of the weights of all preferences of the task. */
  preferenceTotal(task: TaskId): number;
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

/** `done`, or why not. */
export type Verdict = 'done' | Refusal;

/** Where the tasks of a job start: `tasks[i]` on `machines[i]`. Read during the call only. */
export interface Placing {
  readonly tasks: readonly TaskId[];
  readonly machines: readonly MachineId[];
  /** Devices of each task; 0 leaves the choice to the host. */
  readonly devices?: readonly DeviceMask[];
}

/** How a running task is stopped. */
export interface StopOptions {
  /** How long it may run on at most; 0 by default. A task that ends within its grace has ended as usual. */
  readonly grace?: Micros;
  /**
   * It stops working, writes a checkpoint and leaves. Without `grace`, it gets the time that this takes. A checkpoint that
   * takes longer than the grace is lost.
   */
  readonly save?: boolean;
  /** Afterwards it waits again, at the back of the queue (default), or it has left for good. */
  readonly requeue?: boolean;
}

/**
 * What a scheduler knows of the causes for which jobs wait. A host has it only if a user asked why a job waits. It is information:
 * it changes nothing, and no decision may depend on it.
 */
export interface Explanations {
  /** Did the user ask about this job? Other jobs need no cause. */
  follows(job: JobId): boolean;
  /**
   * The job waits for this cause, as of this call. `holder` is the job that holds its place, NONE for none; `until` the planned time,
   * of the holder's start or its own, FOREVER for none. The last cause of a call counts. That no machine has room needs no cause.
   */
  waits(job: JobId, cause: WaitCause, holder: JobId, until: Micros): void;
  /** The call ends at this job, which fits nowhere: all jobs behind it wait. */
  stopsAt(job: JobId): void;
}

/** The actions of a scheduler. Every real master has them. */
export interface PlacementSink {
  /** Left out unless a user asked why a job waits: `act.explain?.stopsAt(job)`. */
  readonly explain?: Explanations | undefined;
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
  /**
   * Stops a running task. It loses its work, except what its checkpoints keep. Its room is free when it is gone; with grace 0,
   * that is at the same instant, after this call. The other members of its gang stop with it.
   */
  kill(task: TaskId, options?: StopOptions): Verdict;
  /**
   * Stops the victims as `kill` does, and claims room for these pending tasks of the job. A gang stops as a whole. The claim
   * takes free room at once. What ends on its machines fills the oldest claim before anything else may use it. The scheduler
   * is called when the claim is full; the start is its own decision. `devices` of the placing are kept as `start` does.
   */
  preempt(victims: readonly TaskId[], job: JobId, placing: Placing, grace?: Micros): Verdict;
  /**
   * Gives the claims of the job back. The host does it when the job leaves, or when a machine of the claim no longer takes
   * tasks. Victims stop all the same.
   */
  forgo(job: JobId): Verdict;
  /**
   * Calls the scheduler at this time, also when nothing else happens. The earliest wish of a call counts, and the next call
   * clears it.
   */
  wakeAt(time: Micros): Verdict;
  /** Tells users when the job is planned to start. It keeps no room; FOREVER withdraws it. */
  promise(job: JobId, at: Micros): Verdict;
  /** The job can never run: it leaves, is counted, and is named with the reason. None of its tasks may run. */
  reject(job: JobId, reason: string): Verdict;
  /** Keeps a text for later calls, and over a restart of the master; at most 1 MiB together. Undefined forgets it. */
  remember(key: string, text: string | undefined): Verdict;
  /** Starts no more tasks on this machine. Running tasks continue. */
  drain(machine: MachineId): Verdict;
  /** Takes back a drain of this scheduler. Drains of an operator stay. */
  undrain(machine: MachineId): Verdict;
  /** Switches off a machine without tasks: it is stopping, then off. */
  powerOff(machine: MachineId): Verdict;
  /** Switches on a machine that is off: it is starting until it is up. */
  powerOn(machine: MachineId): Verdict;
  /** Under offers: declines this machine and refuses further offers of it for this time. */
  decline(machine: MachineId, refuseFor: Micros): Verdict;
  /**
   * Under offers: gathers machines for this waiting gang. They are offered together, as soon as the whole gang can start on them.
   * A framework gathers for one job at a time. Without a request, it gathers for the first gang of its queue. `not-offered` on a
   * host that does not gather.
   */
  gather(job: JobId): Verdict;
}

// Level one: which framework is offered which free resources.

/** Called at allocation events; offers free resources to frameworks until nothing is worth offering. */
export interface Allocator {
  readonly name: string;
  readonly needs?: readonly Feature[];
  /**
   * True if the allocator draws no random numbers and, while a single framework wants offers, makes offers to that framework only. It
   * repeats these offers until machines or filters change, whatever the time and the number of earlier offers. A simulator skips repeats.
   */
  readonly isSteady?: true;
  /** Before the first call, and after a restart. */
  begin?(view: AllocationView): void;
  allocate(view: AllocationView, offers: OfferSink): void;
  /**
   * Can the machine be offered to the framework at all, now or later? Machines of which this is false are not gathered for its
   * gangs, and a job that needs them can never run: a simulation rejects it. When left out, every machine can be offered.
   */
  mayOffer?(framework: FrameworkId, machine: MachineId): boolean;
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
export interface AllocationView extends View, Memory {
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
  /** The part of it that is free on machines that take no tasks now, such as draining ones. */
  closedFree(dimension: Dimension): number;
  /** Allocated to the framework's tasks. */
  allocated(framework: FrameworkId, dimension: Dimension): number;
  /** Offered to the framework and not yet answered. */
  offered(framework: FrameworkId, dimension: Dimension): number;
  /** Offers ever made to the framework. */
  offersMade(framework: FrameworkId): number;
  /** The framework for whose gang the machine is gathered; NONE for none, or while it is lent. Others do not get it. */
  gathering(machine: MachineId): FrameworkId;
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
  /** The framework has suppressed offers; in a real master, also: it is disconnected. */
  | 'not-wanted'
  /** The machine is gathered for a gang: of another framework, or of this one while the whole gang cannot start. */
  | 'gathered'
  | 'filtered'
  /** The end of the offer is not after now, or no whole number of microseconds. */
  | 'in-the-past';

/** The actions of an allocator. */
export interface OfferSink {
  /**
   * Offers a portion of the machine's free resources, or all of them. `filtered`: the framework recently refused as much of
   * this machine. `until`: the offer is rescinded then if it is not answered; FOREVER by default. Offers of one machine that a
   * framework holds together end at the earliest of their ends.
   */
  offer(framework: FrameworkId, machine: MachineId, portion?: Portion, until?: Micros): OfferVerdict;
  /**
   * Takes all offers of the machine back from the framework, after this call. What it has started stays. `done` even if it has
   * none: an answer may be on its way.
   */
  rescind(framework: FrameworkId, machine: MachineId): OfferVerdict;
  /**
   * Calls the allocator at this time, also when nothing else happens. The earliest wish of a call counts. A real master calls it
   * in its first batch from then on.
   */
  wakeAt(time: Micros): Verdict;
  /** As `PlacementSink.remember`. */
  remember(key: string, text: string | undefined): Verdict;
}
