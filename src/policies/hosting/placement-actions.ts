import {
  type Cluster,
  claimRoom,
  type DeviceMask,
  type FreeTable,
  isMicros,
  isMicrosFrom,
  type JobId,
  type KillCause,
  type MachineId,
  type Micros,
  NONE,
  type Observer,
  type PendingQueue,
  type PlacementAction,
  type Refusal,
  type TaskId,
  withClaim,
} from '../../model/index.js';
import type { Explanations, PlacementSink, Placing, StopOptions, Verdict } from '../contract.js';
import { PolicyMemory } from './policy-memory.js';
import { isGangStopping, PreemptChecker } from './preempt-check.js';

type PowerRefusal = Extract<Refusal, 'machine-not-up' | 'machine-in-use' | 'machine-not-off' | 'unsupported'>;

/** Switches machines off and on, or says why not. */
export interface PowerSwitch {
  off(machine: MachineId): PowerRefusal | undefined;
  on(machine: MachineId): PowerRefusal | undefined;
}

/** Carries out the actions of schedulers: the simulator in virtual time, the built-in framework on real agents. */
export interface PlacementBackend {
  readonly cluster: Cluster;
  readonly now: Micros;
  readonly observer: Observer;
  /** Undefined on a host that cannot switch machines. */
  readonly power: PowerSwitch | undefined;
  /** Starts a pending task now, or returns the reason why it cannot. */
  start(task: TaskId, machine: MachineId, from: FreeTable, devices: DeviceMask): Refusal | undefined;
  /** Starts a task now that has room on a machine. */
  startHeld(task: TaskId): void;
  /** Removes a pending task, which is in no queue, for good. */
  reject(task: TaskId, reason: string): void;
  /** Tells a running task to stop. It is in its room until it is gone, never only until the end of this call. */
  stop(task: TaskId, options: StopOptions, cause: KillCause): void;
  exists(task: TaskId): boolean;
  isPending(task: TaskId): boolean;
  isRunning(task: TaskId): boolean;
  /** The verdict that a scheduler gets for an action. The observer is notified of a refused one. */
  answer(refusal: Refusal | undefined, action: PlacementAction, task: TaskId, machine: MachineId): Verdict;
  /** Calls the scheduler at this time. */
  wakeAt(time: Micros): void;
  /** Set only if a user asked why a job waits. */
  readonly explanations?: Explanations | undefined;
}

/** What the actions of a scheduler need from its host. */
export interface PlacementHost {
  /** The queue in which this task waits; undefined if the task belongs to another scheduler. */
  queueOf(task: TaskId): PendingQueue | undefined;
  /** A task of this scheduler has started on this machine. */
  taskPlaced(machine: MachineId): void;
  /** Under offers: declines a machine. */
  decline(machine: MachineId, refuseFor: Micros): Verdict;
  /** Under offers: gathers machines for a gang that waits. Left out on a host that does not gather. */
  gather?(job: JobId): void;
  /** Is the job one of this scheduler? Left out where the scheduler has all jobs. */
  isOwnJob?(job: JobId): boolean;
  /** A machine is about to stop taking tasks, or takes tasks again. */
  machineLeaves(machine: MachineId, now: Micros): void;
  machineReturns?(machine: MachineId, now: Micros): void;
}

/** Why a running task cannot be stopped in this way. */
export function whyNoStop(
  { checkpoints }: Cluster,
  task: TaskId,
  { grace, save }: StopOptions,
): Extract<Refusal, 'in-the-past' | 'unsupported'> | undefined {
  const isSaved = save !== true || checkpoints?.savesOnStop(task) === true;
  return whyNoGrace(grace) ?? (isSaved ? undefined : 'unsupported');
}

function whyNoGrace(grace: Micros | undefined): 'in-the-past' | undefined {
  return grace === undefined || isMicrosFrom(0, grace) ? undefined : 'in-the-past';
}

/** A gang member cannot be started alone while other members wait. */
export function partOfGang(cluster: Cluster, task: TaskId): Refusal | undefined {
  const { tasks, jobs } = cluster;
  const job = tasks.job[task];
  if (jobs.gang[job] === 0) return undefined;
  return jobs.pending[job] > 1 || isGangStopping({ cluster }, job) ? 'part-of-gang' : undefined;
}

/** A gang starts with all of its pending tasks. Other jobs may start any of theirs. */
export function incompleteGang(cluster: Cluster, job: JobId, tasks: readonly TaskId[]): Refusal | undefined {
  const { jobs } = cluster;
  if (!(job >= 0 && job < jobs.bound) || jobs.framework[job] === NONE || tasks.length === 0)
    return 'unknown-job';
  if (jobs.gang[job] === 0) return undefined;
  const isWhole = new Set(tasks).size >= jobs.pending[job] && !isGangStopping({ cluster }, job);
  return isWhole ? undefined : 'incomplete-gang';
}

/** The actions of one scheduler on one table of free resources. */
export class PlacementActions implements PlacementSink {
  readonly explain: Explanations | undefined;
  private readonly ground: PlacementBackend;
  private readonly table: FreeTable;
  private readonly host: PlacementHost;
  private readonly preemptions: PreemptChecker;
  /** Texts that the scheduler keeps. */
  readonly memory = new PolicyMemory();
  /** Machines that this scheduler has drained. */
  private readonly drained = new Set<MachineId>();
  /** The earliest wish of this call, and the time for which an event is scheduled. */
  private wanted: Micros = Number.POSITIVE_INFINITY;
  private wakesAt: Micros = Number.NEGATIVE_INFINITY;

  constructor(ground: PlacementBackend, table: FreeTable, host: PlacementHost) {
    this.explain = ground.explanations;
    this.ground = ground;
    this.table = table;
    this.host = host;
    this.preemptions = new PreemptChecker({ cluster: ground.cluster, table });
  }

  start(task: TaskId, machine: MachineId, devices: DeviceMask = 0): Verdict {
    const refusal =
      this.whyNotWaiting(task) ??
      partOfGang(this.ground.cluster, task) ??
      this.ground.start(task, machine, this.table, devices);
    if (refusal === undefined) this.placed(task);
    return this.ground.answer(refusal, 'start', task, machine);
  }

  startGang(job: JobId, placing: Placing): Verdict {
    const { cluster } = this.ground;
    const { refusal, task } = this.whyNotPlaced(job, placing.tasks);
    if (refusal !== undefined) return this.ground.answer(refusal, 'startGang', task, NONE);
    if (!cluster.claims.has(job)) return this.startAll(placing);
    return withClaim(cluster, this.table, job, () => this.startAll(placing));
  }

  private startAll({ tasks, machines, devices }: Placing): Verdict {
    const { cluster } = this.ground;
    for (const [i, task] of tasks.entries()) {
      const refusal = cluster.refusal(task, machines[i], this.table, devices?.[i] ?? 0);
      if (refusal === undefined) cluster.hold(task, machines[i], this.table, devices?.[i] ?? 0);
      else {
        for (const held of tasks.slice(0, i)) cluster.release(held, this.table);
        return this.ground.answer(refusal, 'startGang', task, machines[i] ?? NONE);
      }
    }
    for (const task of tasks) {
      this.ground.startHeld(task);
      this.placed(task);
    }
    return 'done';
  }

  kill(task: TaskId, options: StopOptions = {}): Verdict {
    const refusal = this.whyNotMine(task) ?? whyNoStop(this.ground.cluster, task, options);
    if (refusal === undefined) this.ground.stop(task, options, 'preempted');
    return this.ground.answer(refusal, 'kill', task, NONE);
  }

  preempt(victims: readonly TaskId[], job: JobId, placing: Placing, grace?: Micros): Verdict {
    const { cluster } = this.ground;
    const { refusal, task } = this.whyNotPreempt(victims, job, placing, grace);
    if (refusal !== undefined) return this.ground.answer(refusal, 'preempt', task, NONE);
    const check = this.preemptions.check(victims, job, placing);
    if ('refusal' in check) return this.ground.answer(check.refusal, 'preempt', check.task, NONE);
    for (const victim of new Set(victims))
      if (this.ground.isRunning(victim))
        this.ground.stop(victim, { ...(grace !== undefined && { grace }) }, 'preempted');
    claimRoom(cluster, this.table, job, check.places);
    return 'done';
  }

  forgo(job: JobId): Verdict {
    const { claims } = this.ground.cluster;
    const [place] = claims.placesOf(job);
    const isOurs = place !== undefined && this.host.queueOf(place.task) !== undefined;
    const refusal = place === undefined ? 'unknown-job' : isOurs ? undefined : 'foreign-task';
    if (refusal === undefined) claims.end(job, this.ground.cluster.free);
    return this.ground.answer(refusal, 'forgo', NONE, NONE);
  }

  wakeAt(time: Micros): Verdict {
    const refusal = isMicros(time) && time > this.ground.now ? undefined : 'in-the-past';
    if (refusal === undefined) this.wanted = Math.min(this.wanted, time);
    return this.ground.answer(refusal, 'wakeAt', NONE, NONE);
  }

  promise(job: JobId, at: Micros): Verdict {
    const { jobs } = this.ground.cluster;
    const isTime = isMicrosFrom(this.ground.now, at);
    const refusal = !this.isJob(job) ? 'unknown-job' : isTime ? undefined : 'in-the-past';
    if (refusal === undefined) jobs.promised[job] = Number.isFinite(at) ? at : Number.NaN;
    return this.ground.answer(refusal, 'promise', NONE, NONE);
  }

  reject(job: JobId, reason: string): Verdict {
    const { ground, host } = this;
    const { jobs } = ground.cluster;
    const members: TaskId[] = [];
    let refusal: Refusal | undefined = this.isJob(job) ? undefined : 'unknown-job';
    if (refusal === undefined) {
      for (let t = jobs.allTasks.first[job]; t !== NONE; t = jobs.allTasks.next[t]) members.push(t);
      for (const task of members) refusal ??= this.whyNotWaiting(task);
    }
    if (refusal === undefined) {
      ground.observer.jobRejected(job, reason, ground.now);
      for (const task of members) {
        host.queueOf(task)?.remove(task);
        ground.reject(task, reason);
      }
    }
    return ground.answer(refusal, 'reject', NONE, NONE);
  }

  private isJob(job: JobId): boolean {
    const { jobs } = this.ground.cluster;
    return job >= 0 && job < jobs.bound && jobs.framework[job] !== NONE;
  }

  remember(key: string, text: string | undefined): Verdict {
    const isKept = this.memory.set(key, text);
    return this.ground.answer(isKept ? undefined : 'too-large', 'remember', NONE, NONE);
  }

  drain(machine: MachineId): Verdict {
    const { cluster } = this.ground;
    const refusal =
      this.whyNoMachine(machine) ?? (cluster.machines.isUp(machine) ? undefined : 'machine-not-up');
    if (refusal === undefined) {
      this.host.machineLeaves(machine, this.ground.now);
      cluster.machines.setDrain(machine, 'policy', true);
      cluster.setMachineState(machine, 'draining');
      this.drained.add(machine);
      this.ground.observer.machineChanged(machine, 'draining', this.ground.now);
    }
    return this.ground.answer(refusal, 'drain', NONE, machine);
  }

  undrain(machine: MachineId): Verdict {
    const { cluster } = this.ground;
    const isOurs = this.drained.has(machine) && cluster.machines.stateOf(machine) === 'draining';
    const refusal = this.whyNoMachine(machine) ?? (isOurs ? undefined : 'machine-not-up');
    if (refusal === undefined) {
      this.endDrain(machine);
      // An operator may drain it, too.
      if (cluster.machines.openState(machine) === 'up') {
        cluster.setMachineState(machine, 'up');
        this.ground.observer.machineChanged(machine, 'up', this.ground.now);
        this.host.machineReturns?.(machine, this.ground.now);
      }
    }
    return this.ground.answer(refusal, 'undrain', NONE, machine);
  }

  powerOff(machine: MachineId): Verdict {
    const refusal = this.whyNoMachine(machine) ?? this.switched('off', machine);
    if (refusal === undefined) this.endDrain(machine);
    return this.ground.answer(refusal, 'powerOff', NONE, machine);
  }

  private endDrain(machine: MachineId): void {
    if (this.drained.delete(machine)) this.ground.cluster.machines.setDrain(machine, 'policy', false);
  }

  powerOn(machine: MachineId): Verdict {
    const refusal = this.whyNoMachine(machine) ?? this.switched('on', machine);
    return this.ground.answer(refusal, 'powerOn', NONE, machine);
  }

  private switched(to: 'on' | 'off', machine: MachineId): Refusal | undefined {
    const { power } = this.ground;
    return power === undefined ? 'unsupported' : power[to](machine);
  }

  private whyNoMachine(machine: MachineId): Refusal | undefined {
    return machine >= 0 && machine < this.ground.cluster.machines.count ? undefined : 'unknown-machine';
  }

  decline(machine: MachineId, refuseFor: Micros): Verdict {
    const verdict = isMicrosFrom(0, refuseFor) ? this.host.decline(machine, refuseFor) : 'in-the-past';
    return this.ground.answer(verdict === 'done' ? undefined : verdict, 'decline', NONE, machine);
  }

  gather(job: JobId): Verdict {
    const { jobs } = this.ground.cluster;
    const isWaiting = job >= 0 && job < jobs.bound && jobs.gang[job] === 1 && jobs.pending[job] > 0;
    const isOwn = isWaiting && this.host.isOwnJob?.(job) !== false;
    const refusal =
      this.host.gather === undefined ? 'not-offered' : isOwn ? undefined : ('unknown-job' as const);
    if (refusal === undefined) this.host.gather?.(job);
    return this.ground.answer(refusal, 'gather', NONE, NONE);
  }

  /** Ends a call of the scheduler: the earliest of its wishes is the next call. */
  finishCall(): void {
    const { wanted } = this;
    this.wanted = Number.POSITIVE_INFINITY;
    if (!Number.isFinite(wanted)) return;
    const isComing = this.wakesAt > this.ground.now && this.wakesAt <= wanted;
    if (isComing) return;
    this.wakesAt = wanted;
    this.ground.wakeAt(wanted);
  }

  private placed(task: TaskId): void {
    this.host.queueOf(task)?.remove(task);
    this.host.taskPlaced(this.ground.cluster.tasks.machine[task]);
  }

  private whyNotWaiting(task: TaskId): Refusal | undefined {
    if (!this.ground.isPending(task)) return this.ground.exists(task) ? 'not-pending' : 'unknown-task';
    if (this.host.queueOf(task) === undefined) return 'foreign-task';
    // It waits for something else, such as the delay before its next attempt.
    return this.ground.cluster.tasks.enqueueSeq[task] === 0 ? 'not-pending' : undefined;
  }

  private whyNotOf(task: TaskId, job: JobId): Refusal | undefined {
    const refusal = this.whyNotWaiting(task);
    if (refusal !== undefined) return refusal;
    return this.ground.cluster.tasks.job[task] === job ? undefined : 'unknown-job';
  }

  /** Why these tasks, as the pending tasks of the job, cannot be placed, and the task that is the reason. */
  private whyNotPlaced(job: JobId, tasks: readonly TaskId[]): { refusal: Refusal | undefined; task: TaskId } {
    const task = tasks.find((one) => this.whyNotOf(one, job) !== undefined) ?? NONE;
    if (task !== NONE) return { refusal: this.whyNotOf(task, job), task };
    return { refusal: incompleteGang(this.ground.cluster, job, tasks), task };
  }

  private whyNotPreempt(
    victims: readonly TaskId[],
    job: JobId,
    placing: Placing,
    grace: Micros | undefined,
  ): { refusal: Refusal | undefined; task: TaskId } {
    const placed = this.whyNotPlaced(job, placing.tasks);
    if (placed.refusal !== undefined) return placed;
    const { claims, goneBy } = this.ground.cluster;
    const claimed = placing.tasks.find((task) => claims.includes(job, task));
    if (claimed !== undefined) return { refusal: 'claimed', task: claimed };
    const stray = victims.find((victim) => !goneBy.has(victim) && this.whyNotMine(victim) !== undefined);
    if (stray !== undefined) return { refusal: this.whyNotMine(stray), task: stray };
    return { refusal: whyNoGrace(grace), task: NONE };
  }

  private whyNotMine(task: TaskId): Refusal | undefined {
    if (!this.ground.isRunning(task)) return 'not-running';
    return this.host.queueOf(task) === undefined ? 'foreign-task' : undefined;
  }
}
