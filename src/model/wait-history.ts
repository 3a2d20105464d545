/**
 * Why a job waits after its scheduler was called. A closed set.
 *
 * - `no-room`: no machine takes it. Each class of machines says why.
 * - `behind-head`: a job before it in the queue fits nowhere, and the policy lets no job pass that one.
 * - `reservation`: a machine has room, but the job would delay the reserved start of another job.
 * - `plan`: the policy has planned its start for a later time. The holder, if any, is a job that a start now would delay.
 * - `filter`: a machine has room, but a rule of the policy, such as an advance reservation, keeps the job off it.
 * - `preferred-machines`: it waits for its preferred machines; others have room.
 * - `claim`: its room is claimed, and preempted tasks have not left it yet.
 * - `limit`: its role has reached a limit.
 * - `no-offers`: the allocator made offers to other frameworks, and none to its own.
 * - `conflict`: another scheduler took the room while this one decided.
 * - `scheduler-busy`: its scheduler was serving another job.
 * - `probes`: a machine has room, but the job waits in the queues of the machines that it has sampled.
 * - `not-chosen`: a machine has room, and the policy said no reason.
 */
export type WaitCause =
  | 'no-room'
  | 'behind-head'
  | 'reservation'
  | 'plan'
  | 'filter'
  | 'preferred-machines'
  | 'claim'
  | 'limit'
  | 'no-offers'
  | 'conflict'
  | 'scheduler-busy'
  | 'probes'
  | 'not-chosen';

/**
 * Why a machine does not take the first waiting task of a job: the first of these that holds. A closed set.
 *
 * - `constraint`: it lacks a required attribute.
 * - `too-small`: its capacity is less than the task asks for.
 * - `other-framework`: the policy never gives it to this framework.
 * - `not-up`: it is draining, down, off, or on the way up or down.
 * - `too-little-free`: too little is free in some dimension.
 * - `claimed`: the room is kept for the claim of another job, the holder.
 * - `offered`: it is offered to another framework, the holder.
 * - `placement-rule`: a rule of the job, or of a job on the machine, forbids it.
 * - `gathered`: it is kept for a gang, the holder.
 * - `not-offered`: it has room, and its framework has no offer of it.
 * - `room`: it has room.
 */
export type MachineReason =
  | 'constraint'
  | 'too-small'
  | 'other-framework'
  | 'not-up'
  | 'too-little-free'
  | 'claimed'
  | 'offered'
  | 'placement-rule'
  | 'gathered'
  | 'not-offered'
  | 'room';

/** A resource of which machines of a class have too little, in units of the user: cores, MiB. */
export interface Shortage {
  /** `cpus`; `devices` if enough of a resource is free, but not on enough GPU devices. */
  readonly resource: string;
  readonly needed: number;
  /** The most that was free, or the largest capacity, on such a machine; null for `devices`. */
  most: number | null;
  /** Fewest and most machines that lacked it. */
  least: number;
  greatest: number;
}

/** What some machines of a class answered, over the considerations of an entry. */
export interface ClassAnswer {
  readonly reason: MachineReason;
  /** Names of the jobs or frameworks that hold them; empty if the reason has no holder. */
  readonly holders: readonly string[];
  /** Fewest and most machines with this answer. */
  least: number;
  greatest: number;
  readonly short: Shortage[];
}

/** Machines of equal capacity, and what they answered. */
export interface ClassAnswers {
  /** Capacity in units of the user, by resource. */
  readonly capacity: Readonly<Record<string, number>>;
  machines: number;
  readonly answers: ClassAnswer[];
}

/** Considerations in a row with the same cause, holder and answers. Times are seconds of simulated time. */
export interface WaitEntry {
  readonly kind: 'waited';
  readonly from: number;
  /** The last of these considerations. */
  to: number;
  times: number;
  /** True if it came in turn with the entries before or after it, again and again: its time is that from the first to the last. */
  isInTurn: boolean;
  readonly cause: WaitCause;
  /** Names of the jobs or frameworks that held its place. */
  readonly holders: readonly string[];
  /** The last planned time, of the reserved start or of its own one; null for none. */
  until: number | null;
  /** In words, of the first consideration: the limit, the required attributes, the shares. */
  readonly detail: string;
  /** Fewest and most waiting tasks. */
  least: number;
  greatest: number;
  /** Of a gang: the most of its tasks that had room at one time; null for other jobs. */
  standing: number | null;
  /** Empty if no machine was looked at. */
  readonly classes: readonly ClassAnswers[];
  /** Number of classes of machines that are left out. */
  readonly classesLeftOut: number;
}

/** Something else that happened to the job. Equal ones in a row are merged. */
export interface EventEntry {
  readonly kind: 'started' | 'stopped' | 'ended' | 'never-runs' | 'waits-at-end';
  readonly from: number;
  to: number;
  tasks: number;
  /** Names of the first machines, the cause of the stop, the outcome, or the reason. */
  words: string;
  /** Number of machines that are not in `words`. */
  more: number;
}

/** The history of one job. Plain data. */
export interface JobHistory {
  readonly job: string;
  readonly framework: string;
  /** Seconds. */
  readonly submitted: number;
  /** Number of its tasks. */
  tasks: number;
  isGang: boolean;
  /** What its first task asks for, in units of the user, by resource; and the attributes that it requires, in words. */
  needs: Readonly<Record<string, number>>;
  requires: string;
  /** Seconds until its first start; null if it has not started. */
  waited: number | null;
  /** In order of time. */
  readonly entries: (WaitEntry | EventEntry)[];
  /** Number of entries that are left out between the first and the last ones, and of their considerations. */
  leftOut: number;
  leftOutTimes: number;
}

/** The histories that a user asked for. */
export interface WaitHistories {
  /** Names of jobs and frameworks, as asked for. */
  readonly asked: readonly string[];
  /** In order of submission. */
  readonly jobs: readonly JobHistory[];
  /** Jobs that are left out, which waited no longer than the jobs of their frameworks that are kept. */
  readonly jobsLeftOut: number;
}
