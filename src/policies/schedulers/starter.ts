import {
  type DeviceMask,
  FOREVER,
  type JobId,
  type MachineId,
  type Micros,
  NONE,
  type PlacementSink,
  type Placing,
  type SchedulingView,
  type TaskId,
} from '../contract.js';
import type { Placement, PlacementChoice, PlacementView } from '../placement/placement.js';
import type { Preemption, PreemptionPlan } from './preemption.js';
import { StampSet } from './stamp-set.js';

/** A filter of the policy, which excludes machines although the task fits them: a part of a list scheduler. */
export interface PlacementFilter {
  /** May the task start on the machine at `view.now`, which is the time of the call or a later one? */
  allows(view: Pick<SchedulingView, 'now' | 'tasks'>, task: TaskId, machine: MachineId): boolean;
  /** The next time after `now` at which the answer changes by itself; FOREVER when it does not. */
  changesAt(now: Micros): Micros;
}

/** Called for each started task. */
export type StartListener = (view: SchedulingView, task: TaskId, machine: MachineId) => void;

/**
 * Starts tasks on the machines that their placement chooses, and gangs as a whole or not at all. Makes room by preemption if
 * the policy preempts. A gang is tried once per pass.
 */
export class Starter {
  readonly choice: MachineChoice;
  readonly preemption: Preemption | undefined;
  /** Number of tasks preempted in this pass. They wait again, and the room that they left may fit others. */
  stopped = 0;
  private readonly listener: StartListener | undefined;
  private readonly triedGangs = new StampSet();

  constructor(choice: MachineChoice, preemption?: Preemption, listener?: StartListener) {
    this.choice = choice;
    this.preemption = preemption;
    this.listener = listener;
  }

  /** A new pass begins. */
  begin(): void {
    this.triedGangs.clear();
    this.stopped = 0;
    this.preemption?.begin();
  }

  /** Does the task belong to a gang that was tried in this pass? */
  isTried(view: SchedulingView, task: TaskId): boolean {
    return this.triedGangs.has(view.tasks.job(task));
  }

  /** Starts the task, or its gang. Returns whether it started. */
  start(view: SchedulingView, act: PlacementSink, task: TaskId): boolean {
    if (isGang(view, task)) return this.startGang(view, act, task);
    const machine = this.choice.choose(view, act, task);
    if (machine !== NONE) return this.startOn(view, act, task, machine);
    const plan = this.planFor(view, [task]);
    return plan !== undefined && this.stopAll(act, plan) && this.startOn(view, act, task, plan.machines[0]);
  }

  /** Starts a single task on this machine, with these devices or those that the placement chooses. */
  startOn(
    view: SchedulingView,
    act: PlacementSink,
    task: TaskId,
    machine: MachineId,
    devices: DeviceMask | undefined = this.devices(task, machine),
  ): boolean {
    if (act.start(task, machine, devices) !== 'done') return false;
    this.started(view, task, machine);
    return true;
  }

  private startGang(view: SchedulingView, act: PlacementSink, first: TaskId): boolean {
    const job = view.tasks.job(first);
    this.triedGangs.add(job);
    const members = pendingMembers(view, first);
    const placing = this.placeAll(view, act, members) ?? this.placeByPreemption(view, act, members);
    return placing !== undefined && this.startPlaced(view, act, job, placing);
  }

  /** Starts tasks of a job where the placing has them. */
  startPlaced(view: SchedulingView, act: PlacementSink, job: JobId, placing: Placing): boolean {
    if (act.startGang(job, placing) !== 'done') return false;
    for (const [i, member] of placing.tasks.entries()) this.started(view, member, placing.machines[i]);
    return true;
  }

  /** Places one member after another; undefined when one of them finds no room. */
  private placeAll(
    view: SchedulingView,
    act: PlacementSink,
    members: readonly TaskId[],
  ): Placing | undefined {
    const { whatIf } = view;
    const placing = { tasks: members, machines: [] as MachineId[], devices: [] as DeviceMask[] };
    whatIf.reset('now');
    for (const task of members) {
      const machine = this.choice.chooseWhatIf(view, act, task);
      if (machine === NONE) return undefined;
      const devices = this.choice.devicesWhatIf(task, machine) ?? 0;
      if (whatIf.put(task, machine, devices) !== 'done') return undefined;
      placing.machines.push(machine);
      placing.devices.push(devices);
    }
    return placing;
  }

  /** The same with preemption. Gangs with placement rules do not preempt. */
  private placeByPreemption(
    view: SchedulingView,
    act: PlacementSink,
    members: readonly TaskId[],
  ): Placing | undefined {
    const hasRules = members.some((task) => view.rules.mayForbid(task));
    const plan = hasRules ? undefined : this.planFor(view, members);
    if (plan === undefined || !this.stopAll(act, plan)) return undefined;
    return { tasks: members, machines: plan.machines };
  }

  private planFor(view: SchedulingView, tasks: readonly TaskId[]): PreemptionPlan | undefined {
    // A task must not preempt a neighbour that its rules require.
    if (this.preemption === undefined || view.rules.needsNeighbour(tasks[0])) return undefined;
    return this.preemption.plan(view, tasks, (task, machine) => this.choice.allows(view, task, machine));
  }

  private stopAll(act: PlacementSink, plan: PreemptionPlan): boolean {
    this.stopped += plan.victims.length;
    return plan.victims.every((victim) => act.kill(victim) === 'done');
  }

  private started(view: SchedulingView, task: TaskId, machine: MachineId): void {
    this.choice.started(view, task, machine);
    this.listener?.(view, task, machine);
  }

  private devices(task: TaskId, machine: MachineId): DeviceMask | undefined {
    return this.choice.devices(task, machine);
  }
}

/** Is the task a member of a gang? */
export function isGang(view: SchedulingView, task: TaskId): boolean {
  return view.jobs.isGang(view.tasks.job(task));
}

/** All pending tasks of this task's job, in queue order. */
export function pendingMembers(view: SchedulingView, task: TaskId): TaskId[] {
  const job = view.tasks.job(task);
  const members: TaskId[] = [];
  // Tasks of a job are adjacent in the queue, unless some were killed and queued again.
  for (
    let t = view.queue.first;
    t !== NONE && members.length < view.jobs.pending(job);
    t = view.queue.next(t)
  ) {
    if (view.tasks.job(t) === job) members.push(t);
  }
  return members;
}

/**
 * Delay scheduling: a job that could start only away from its data lets other jobs start first, for a limited time (Zaharia et
 * al., "Delay scheduling", EuroSys 2010, algorithm 2, with one level of locality). The wait begins when the job first skips a
 * machine, counts for all of its tasks, and begins anew after a local start.
 */
export class LocalityWait {
  private readonly wait: Micros;
  /** When each job first skipped a machine; NaN if it has not. Valid while `submitted` equals that of the job in the row. */
  private readonly since: Micros[] = [];
  private readonly submitted: Micros[] = [];

  constructor(wait: Micros) {
    this.wait = wait;
  }

  /** The end of the job's wait, now that it could start away from its data. */
  until(view: SchedulingView, job: JobId): Micros {
    if (this.submitted[job] !== view.jobs.submitted(job) || Number.isNaN(this.since[job])) {
      this.submitted[job] = view.jobs.submitted(job);
      this.since[job] = view.now;
    }
    return this.since[job] + this.wait;
  }

  /** A task of the job has started locally. */
  startedLocally(job: JobId): void {
    this.since[job] = Number.NaN;
  }
}

/** Choices of a placement on one room. */
interface Choices {
  /** For tasks that only their class restricts. */
  readonly plain: PlacementChoice;
  /** Among the machines that pass the filters, and among those of them that the task prefers. */
  readonly allowed: PlacementChoice;
  readonly preferred: PlacementChoice;
}

const UNPREPARED: PlacementChoice = {
  best() {
    throw new Error('begin() of the scheduler was not called');
  },
};
const NOT_BEGUN: Choices = { plain: UNPREPARED, allowed: UNPREPARED, preferred: UNPREPARED };

/** Rules of a policy, such as advance reservations, that keep tasks off machines at certain times. */
export interface TimedFilter {
  allows(task: TaskId, machine: MachineId, at: Micros): boolean;
  /** Times after now at which an answer changes by itself, ascending. Mostly empty. */
  readonly times: readonly Micros[];
}

const NO_FILTER: TimedFilter = { allows: () => true, times: [] };

/** Restrictions of the choice of a placement. */
export interface ChoiceTerms {
  readonly filters?: readonly PlacementFilter[];
  readonly locality?: LocalityWait | undefined;
}

/**
 * The machine of a task: its placement chooses among the machines that pass the rules of jobs and the filters of the policy.
 * A task with preferred machines gets one of them if possible. With a locality wait, it first waits for them.
 */
export class MachineChoice {
  private readonly placement: Placement;
  private readonly filters: readonly PlacementFilter[];
  private readonly locality: LocalityWait | undefined;
  private now: Choices = NOT_BEGUN;
  private whatIf: Choices = NOT_BEGUN;

  constructor(placement: Placement, { filters = [], locality }: ChoiceTerms = {}) {
    this.placement = placement;
    this.filters = filters;
    this.locality = locality;
  }

  begin(view: SchedulingView): void {
    const { tasks, random, space, whatIf } = view;
    this.now = this.choicesOn(view, view);
    this.whatIf = this.choicesOn(view, { machines: whatIf.machines, tasks, random, space });
  }

  private choicesOn(view: SchedulingView, room: PlacementView): Choices {
    const passes = (machine: MachineId, task: TaskId) => this.passesFilters(view, task, machine);
    const plain = this.placement.prepare(room);
    return {
      plain,
      allowed: this.filters.length === 0 ? plain : this.placement.prepare(room, passes),
      preferred: this.placement.prepare(
        room,
        (machine, task) => view.rules.prefers(task, machine) && passes(machine, task),
      ),
    };
  }

  /** The machine for the task, or NONE. If only a point in time must be reached, the scheduler is called again then. */
  choose(view: SchedulingView, act: PlacementSink, task: TaskId): MachineId {
    return this.chooseBy(this.now, view, act, task);
  }

  /** The same in the room as it would be. */
  chooseWhatIf(view: SchedulingView, act: PlacementSink, task: TaskId): MachineId {
    return this.chooseBy(this.whatIf, view, act, task);
  }

  private chooseBy(choices: Choices, view: SchedulingView, act: PlacementSink, task: TaskId): MachineId {
    if (!this.isNarrowed(view, task)) return choices.plain.best(task);
    const any = choices.allowed.best(task);
    if (any === NONE) {
      this.callAgain(view, act);
      return NONE;
    }
    if (view.rules.prefers(task, any)) return any;
    const preferred = choices.preferred.best(task);
    if (preferred !== NONE || this.locality === undefined) return preferred === NONE ? any : preferred;
    const until = this.locality.until(view, view.tasks.job(task));
    if (until <= view.now) return any;
    act.wakeAt(until);
    return NONE;
  }

  /** The filters of the policy at times to come. */
  timedFilter(view: SchedulingView): TimedFilter {
    const { tasks, now } = view;
    if (this.filters.length === 0) return NO_FILTER;
    const times: Micros[] = [];
    const next = (after: Micros) => Math.min(...this.filters.map((filter) => filter.changesAt(after)));
    for (let at = next(now); at < FOREVER; at = next(at)) times.push(at);
    return {
      allows: (task, machine, at) =>
        this.filters.every((filter) => filter.allows({ now: at, tasks }, task, machine)),
      times,
    };
  }

  /** The devices that the placement chooses on this machine; undefined leaves the choice to the host. */
  devices(task: TaskId, machine: MachineId): DeviceMask | undefined {
    return this.now.plain.devices?.(task, machine);
  }

  devicesWhatIf(task: TaskId, machine: MachineId): DeviceMask | undefined {
    return this.whatIf.plain.devices?.(task, machine);
  }

  /** Do filters, rules or preferences affect this task? Then other tasks of its class may find a machine when it does not. */
  isNarrowed(view: SchedulingView, task: TaskId): boolean {
    return this.filters.length > 0 || view.rules.mayForbid(task) || view.rules.hasPreference(task);
  }

  /** Do the rules and filters allow this machine to the task? Room is not checked. */
  allows(view: SchedulingView, task: TaskId, machine: MachineId): boolean {
    return view.rules.allows(task, machine) && this.passesFilters(view, task, machine);
  }

  private passesFilters(view: SchedulingView, task: TaskId, machine: MachineId): boolean {
    return this.filters.every((filter) => filter.allows(view, task, machine));
  }

  /** Call this when the task has started. */
  started(view: SchedulingView, task: TaskId, machine: MachineId): void {
    if (this.locality === undefined || !view.rules.hasPreference(task)) return;
    if (view.rules.prefers(task, machine)) this.locality.startedLocally(view.tasks.job(task));
  }

  private callAgain(view: SchedulingView, act: PlacementSink): void {
    let next = FOREVER;
    for (const filter of this.filters) next = Math.min(next, filter.changesAt(view.now));
    if (next < FOREVER) act.wakeAt(next);
  }
}
