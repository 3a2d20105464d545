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
import { ClassPlaces } from './class-places.js';
import { GangPlacement, type MemberChoice } from './gang-placement.js';
import type { LocalityWait } from './locality-wait.js';
import type { Preemption, PreemptionPlan } from './preemption.js';
import { StampSet } from './stamp-set.js';
import { WaitingGangs } from './waiting-gangs.js';

/** A filter of the policy, which excludes machines although the task fits them: a part of a list scheduler. */
export interface PlacementFilter {
  /** May the task start on the machine at `view.now`, which is the time of the call or a later one? */
  allows(view: Pick<SchedulingView, 'now' | 'tasks'>, task: TaskId, machine: MachineId): boolean;
  /** Is the machine kept for this task's framework, so that the task takes it before others? Left out if this never happens. */
  isOwn?(view: SchedulingView, task: TaskId, machine: MachineId): boolean;
  /** The next time after `now` at which the answer changes by itself; FOREVER when it does not. */
  changesAt(now: Micros): Micros;
}

/** Key of the memory of planned places. */
const CLAIMS = 'claims';

/** Called for each started task. */
export type StartListener = (view: SchedulingView, task: TaskId, machine: MachineId) => void;

/**
 * Starts tasks on the machines that their placement chooses, and gangs as a whole or not at all. Makes room by preemption if
 * the policy preempts: the victims stop, the task claims their room, and it starts in a later pass. A gang is tried once per
 * pass.
 */
export class Starter {
  readonly choice: MachineChoice;
  readonly preemption: Preemption | undefined;
  /**
   * Tasks were preempted without grace. They are gone at this instant, and another pass follows. So this pass must end: the
   * room that they leave may be enough for the next tasks.
   */
  passFollows = false;
  /** Starts that were refused so far, although the placement had found a machine. */
  refused = 0;
  private readonly listener: StartListener | undefined;
  private readonly gangs: GangPlacement;
  private readonly triedGangs = new StampSet();
  readonly waiting = new WaitingGangs();
  private readonly places = new ClassPlaces();
  /** Where tasks with a claim planned to start, by the first of them. It is remembered. */
  private readonly planned = new Map<TaskId, Placing>();

  constructor(choice: MachineChoice, preemption?: Preemption, listener?: StartListener) {
    this.choice = choice;
    this.gangs = new GangPlacement(choice);
    this.preemption = preemption;
    this.listener = listener;
  }

  /** Before the first pass, and after a restart. */
  restore(view: SchedulingView): void {
    const text = view.recall(CLAIMS);
    if (text === undefined) return;
    for (const [task, placing] of JSON.parse(text) as [TaskId, Placing][]) this.planned.set(task, placing);
  }

  private remember(act: PlacementSink): void {
    act.remember(CLAIMS, this.planned.size === 0 ? undefined : JSON.stringify([...this.planned]));
  }

  /** A new pass begins. */
  begin(): void {
    this.triedGangs.clear();
    this.places.clear();
    this.passFollows = false;
    this.preemption?.begin();
  }

  /** Does the task belong to a gang that was tried in this pass? */
  isTried(view: SchedulingView, task: TaskId): boolean {
    return this.triedGangs.size > 0 && this.triedGangs.has(view.tasks.job(task));
  }

  /** Starts the task, or its gang. Returns whether it started. */
  start(view: SchedulingView, act: PlacementSink, task: TaskId): boolean {
    if (isGang(view, task)) return this.startGang(view, act, task);
    // Most runs have no claims.
    const claimed = this.planned.size === 0 ? undefined : this.claimedPlacing(view, [task]);
    const machine = claimed?.machines[0] ?? this.choice.choose(view, act, task);
    if (machine !== NONE) return this.startOn(view, act, task, machine);
    this.makeRoom(view, act, [task]);
    return false;
  }

  /** Starts a single task on this machine, with these devices or those that the placement chooses. */
  startOn(
    view: SchedulingView,
    act: PlacementSink,
    task: TaskId,
    machine: MachineId,
    devices: DeviceMask | undefined = this.devices(task, machine),
  ): boolean {
    if (act.start(task, machine, devices) !== 'done') {
      this.refused++;
      return false;
    }
    this.started(view, act, task, machine);
    return true;
  }

  private startGang(view: SchedulingView, act: PlacementSink, first: TaskId): boolean {
    const job = view.tasks.job(first);
    this.triedGangs.add(job);
    const gang = this.waiting.of(view, first);
    const { members } = gang;
    // A placement that draws is asked all the same, because each question shifts its later answers.
    const isBounded = !this.choice.draws && this.choice.isBounded(view, first);
    if (!isBounded || this.places.mayHold(view, gang.kinds)) {
      const placing = this.claimedPlacing(view, members) ?? this.gangs.place(view, act, job, members);
      if (placing !== undefined) return this.startPlaced(view, act, job, placing);
    }
    this.makeRoom(view, act, members);
    return false;
  }

  /** Starts tasks of a job where the placing has them. */
  startPlaced(view: SchedulingView, act: PlacementSink, job: JobId, placing: Placing): boolean {
    if (act.startGang(job, placing) !== 'done') return false;
    this.waiting.drop(job);
    for (const [i, member] of placing.tasks.entries()) this.started(view, act, member, placing.machines[i]);
    return true;
  }

  /** The placing for which these tasks claimed room, once they can start there. */
  private claimedPlacing({ tasks, whatIf }: SchedulingView, members: readonly TaskId[]): Placing | undefined {
    const placing = this.planned.get(members[0]);
    if (placing === undefined) return undefined;
    const isSame = members.every((task, i) => placing.tasks[i] === task && tasks.state(task) === 'claiming');
    if (!isSame) {
      this.planned.delete(members[0]);
      return undefined;
    }
    whatIf.reset('now');
    const { machines, devices } = placing;
    const fits = members.every((task, i) => whatIf.put(task, machines[i], devices?.[i]) === 'done');
    return fits ? placing : undefined;
  }

  /** Preempts for these tasks of a job, if that makes room for all of them. */
  private makeRoom(view: SchedulingView, act: PlacementSink, tasks: readonly TaskId[]): void {
    const { preemption } = this;
    if (preemption === undefined) return;
    const plan = this.planFor(view, act, tasks, preemption);
    if (plan === undefined) return;
    const { victims, placing } = plan;
    if (act.preempt(victims, view.tasks.job(tasks[0]), placing, preemption.grace) !== 'done') return;
    preemption.stopped(victims);
    this.planned.set(tasks[0], placing);
    this.remember(act);
    if (preemption.grace === 0) this.passFollows = true;
  }

  private planFor(
    view: SchedulingView,
    act: PlacementSink,
    tasks: readonly TaskId[],
    preemption: Preemption,
  ): PreemptionPlan | undefined {
    // Its victims are stopping already.
    if (view.tasks.state(tasks[0]) === 'claiming') return undefined;
    const claimed = this.claimedBeside(view, tasks[0]);
    if (claimed === undefined) return undefined;
    const { choice } = this;
    const passes = choice.filter(view);
    const anywhere = preemption.plan(view, { tasks, where: passes, claimed });
    if (anywhere === undefined || !choice.waitsForData(view, tasks[0])) return anywhere;
    const near = (machine: MachineId, task: TaskId) =>
      view.rules.prefers(task, machine) && passes?.(machine, task) !== false;
    const local = preemption.plan(view, { tasks, where: near, claimed });
    if (local !== undefined) return local;
    return choice.mayStartAway(view, act, tasks[0]) ? anywhere : undefined;
  }

  /** Where other tasks of the job will start that have claims; undefined if that is not known, as after a restart. */
  private claimedBeside({ tasks, jobs }: SchedulingView, task: TaskId): Placing[] | undefined {
    const job = tasks.job(task);
    const placings: Placing[] = [];
    if (jobs.isGang(job) || (this.preemption?.grace === 0 && this.planned.size === 0)) return placings;
    for (let other = jobs.firstPending(job); other !== NONE; other = jobs.nextPending(other)) {
      if (other === task || tasks.state(other) !== 'claiming') continue;
      const placing = this.planned.get(other);
      if (placing?.tasks[0] !== other) return undefined;
      placings.push(placing);
    }
    return placings;
  }

  private started(view: SchedulingView, act: PlacementSink, task: TaskId, machine: MachineId): void {
    if (this.planned.size > 0 && this.planned.delete(task)) this.remember(act);
    this.preemption?.started(view, task);
    this.choice.started(view, act, task, machine);
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

/** Choices of a placement on one room. */
interface Choices {
  /** For tasks that only their class restricts. */
  readonly plain: PlacementChoice;
  /** Among the machines that pass the filters, and among those of them that the task prefers. */
  readonly allowed: PlacementChoice;
  /** Among those of them that are kept for the task; undefined if no filter keeps machines. */
  readonly own: PlacementChoice | undefined;
  readonly preferred: PlacementChoice;
}

const UNPREPARED: PlacementChoice = {
  best() {
    throw new Error('begin() of the scheduler was not called');
  },
};
const NOT_BEGUN: Choices = { plain: UNPREPARED, allowed: UNPREPARED, own: undefined, preferred: UNPREPARED };

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
 * A task with preferred machines gets one of them if possible, unless the placement weighs preferences itself. With a locality
 * wait, it first waits for them.
 */
export class MachineChoice implements MemberChoice {
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
      own: this.filters.some(({ isOwn }) => isOwn !== undefined)
        ? this.placement.prepare(
            room,
            (machine, task) => this.isOwn(view, task, machine) && passes(machine, task),
          )
        : undefined,
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
    const own = choices.own?.best(task) ?? NONE;
    const any = own === NONE ? choices.allowed.best(task) : own;
    if (any === NONE) {
      const next = this.callAgain(view, act);
      if (act.explain?.follows(view.tasks.job(task)) === true && this.isFiltered(view, task))
        act.explain.waits(view.tasks.job(task), 'filter', NONE, next);
      return NONE;
    }
    if (view.rules.prefers(task, any)) return any;
    if (this.placement.weighsPreferences === true && this.locality === undefined) return any;
    const preferred = choices.preferred.best(task);
    if (preferred !== NONE || this.locality === undefined) return preferred === NONE ? any : preferred;
    return this.mayStartAway(view, act, task) ? any : NONE;
  }

  waitsForData(view: SchedulingView, task: TaskId): boolean {
    return this.locality !== undefined && view.rules.hasPreference(task);
  }

  mayStartAway(view: SchedulingView, act: PlacementSink, task: TaskId): boolean {
    if (this.locality === undefined) return true;
    const job = view.tasks.job(task);
    const until = this.locality.until(view, act, job);
    if (until <= view.now) return true;
    act.wakeAt(until);
    act.explain?.waits(job, 'preferred-machines', NONE, until);
    return false;
  }

  filter(view: SchedulingView): ((machine: MachineId, task: TaskId) => boolean) | undefined {
    return this.filters.length === 0 ? undefined : (machine, task) => this.passesFilters(view, task, machine);
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

  get draws(): boolean {
    return this.placement.draws === true;
  }

  /**
   * Is what `firstFit` finds for a waiting task all that its gang could use? Filters and the wait for data must be asked in any case:
   * they note the time.
   */
  isBounded(view: SchedulingView, task: TaskId): boolean {
    if (this.filters.length > 0 || this.waitsForData(view, task)) return false;
    return view.tasks.state(task) !== 'claiming' && !view.rules.needsNeighbour(task);
  }

  /** Do the rules and filters allow this machine to the task? Room is not checked. */
  allows(view: SchedulingView, task: TaskId, machine: MachineId): boolean {
    return view.rules.allows(task, machine) && this.passesFilters(view, task, machine);
  }

  private passesFilters(view: SchedulingView, task: TaskId, machine: MachineId): boolean {
    return this.filters.every((filter) => filter.allows(view, task, machine));
  }

  private isOwn(view: SchedulingView, task: TaskId, machine: MachineId): boolean {
    return this.filters.some((filter) => filter.isOwn?.(view, task, machine) === true);
  }

  /** Call this when the task has started. */
  started(view: SchedulingView, act: PlacementSink, task: TaskId, machine: MachineId): void {
    if (this.locality === undefined || !view.rules.hasPreference(task)) return;
    if (view.rules.prefers(task, machine)) this.locality.startedLocally(view, act, view.tasks.job(task));
  }

  /** Calls the scheduler when an answer of a filter changes. Returns that time. */
  private callAgain(view: SchedulingView, act: PlacementSink): Micros {
    const next = Math.min(FOREVER, ...this.filters.map((filter) => filter.changesAt(view.now)));
    if (next < FOREVER) act.wakeAt(next);
    return next;
  }

  /** Does a filter keep the task off a machine that would take it? */
  private isFiltered(view: SchedulingView, task: TaskId): boolean {
    const { machines } = view;
    for (let at = machines.firstFit(task); at !== NONE; at = machines.firstFit(task, at + 1))
      if (!this.passesFilters(view, task, at)) return true;
    return false;
  }
}
