import {
  FOREVER,
  type JobFacts,
  type JobId,
  type Micros,
  NONE,
  type RuleFacts,
  type TaskFacts,
  type TaskId,
} from '../contract.js';

/** Running tasks that stop together: a single task, or all running members of a gang. */
export interface Unit {
  readonly tasks: readonly TaskId[];
  /** The highest priority of its tasks. */
  readonly highestPriority: number;
  /** Task-Micros that have to be run again. */
  readonly lostWork: Micros;
}

/** What it costs to stop units. Costs are compared in the order of these fields. */
export interface StopCost {
  /** The highest priority of a victim; -Infinity without victims. */
  readonly highestPriority: number;
  /** Number of victims. */
  readonly tasks: number;
  /** Task-Micros that have to be run again. */
  readonly lostWork: Micros;
}

/** What stopping all of these units costs. */
export function costOf(units: readonly Unit[]): StopCost {
  let [highestPriority, tasks, lostWork] = [Number.NEGATIVE_INFINITY, 0, 0];
  for (const unit of units) {
    highestPriority = Math.max(highestPriority, unit.highestPriority);
    tasks += unit.tasks.length;
    lostWork += unit.lostWork;
  }
  return { highestPriority, tasks, lostWork };
}

/** Does `a` cost less than `b`? */
export function costsLess(a: StopCost, b: StopCost): boolean {
  if (a.highestPriority !== b.highestPriority) return a.highestPriority < b.highestPriority;
  if (a.tasks !== b.tasks) return a.tasks < b.tasks;
  return a.lostWork < b.lostWork;
}

/** The order in which units are taken. Among equally cheap ones, the task that was submitted last comes first. */
export function cheapestFirst(a: Unit, b: Unit): number {
  return (
    a.highestPriority - b.highestPriority ||
    a.tasks.length - b.tasks.length ||
    a.lostWork - b.lostWork ||
    b.tasks[0] - a.tasks[0]
  );
}

/** For which job units are stopped, and which tasks may be stopped for it. */
export interface StopTerms {
  /** A pending task of the job. */
  readonly member: TaskId;
  /** May tasks of this priority be stopped for it? */
  readonly mayStop: (priority: number) => boolean;
}

/** What is read to make units. A scheduler's view has it. */
interface UnitView {
  readonly now: Micros;
  readonly tasks: TaskFacts;
  readonly jobs: JobFacts;
  readonly rules: RuleFacts;
}

/**
 * The units that may be stopped for a job. All tasks of a unit run, may be stopped by their priority, and are not needed as
 * neighbours by the job. A gang cannot start without its own running tasks, so they are no unit.
 */
export class StoppableUnits {
  private readonly view: UnitView;
  private readonly terms: StopTerms;
  private readonly job: JobId;
  private readonly gangs = new Map<JobId, Unit | undefined>();
  private readonly needsNeighbour: boolean;

  constructor(view: UnitView, terms: StopTerms) {
    this.view = view;
    this.terms = terms;
    this.job = view.tasks.job(terms.member);
    this.needsNeighbour = view.rules.needsNeighbour(terms.member);
  }

  /** The unit of a task on a machine; undefined if it may not be stopped. The unit of a gang is the same object each time. */
  of(task: TaskId): Unit | undefined {
    const { tasks, jobs, now } = this.view;
    const job = tasks.job(task);
    if (jobs.isGang(job)) return this.gang(job);
    if (!this.mayStop(task) || jobs.mayLose(job) < 1) return undefined;
    return { tasks: [task], highestPriority: tasks.priority(task), lostWork: now - tasks.started(task) };
  }

  private gang(job: JobId): Unit | undefined {
    const known = this.gangs.get(job);
    if (known !== undefined || this.gangs.has(job)) return known;
    const unit = job === this.job ? undefined : this.makeGang(job);
    this.gangs.set(job, unit);
    return unit;
  }

  private makeGang(job: JobId): Unit | undefined {
    const { tasks, jobs, now } = this.view;
    const members: TaskId[] = [];
    let [highestPriority, lostWork] = [Number.NEGATIVE_INFINITY, 0];
    for (let task = jobs.firstTask(job); task !== NONE; task = jobs.nextTask(task)) {
      if (tasks.machine(task) === NONE) continue;
      if (!this.mayStop(task)) return undefined;
      members.push(task);
      highestPriority = Math.max(highestPriority, tasks.priority(task));
      lostWork += now - tasks.started(task);
    }
    if (members.length === 0 || members.length > jobs.mayLose(job)) return undefined;
    return { tasks: members, highestPriority, lostWork };
  }

  private mayStop(task: TaskId): boolean {
    const { tasks, rules } = this.view;
    if (tasks.state(task) !== 'running' || !this.terms.mayStop(tasks.priority(task))) return false;
    return !this.needsNeighbour || !rules.needsNeighbour(this.terms.member, task);
  }

  /** Of units in the order of cost, those that may stop together: no job loses more tasks than it may. */
  withinBudgets(units: readonly Unit[]): Unit[] {
    const { tasks, jobs } = this.view;
    const lost = new Map<JobId, number>();
    return units.filter(({ tasks: [task] }) => {
      const job = tasks.job(task);
      if (jobs.isGang(job) || jobs.mayLose(job) === FOREVER) return true;
      const before = lost.get(job) ?? 0;
      lost.set(job, before + 1);
      return before < jobs.mayLose(job);
    });
  }
}

/** A room from which units are removed, to see whether a job stands. Units are put back in reverse order. */
export interface Trial {
  remove(unit: Unit): void;
  /** Puts the unit back that was removed last. */
  putBack(unit: Unit): void;
  stands(): boolean;
}

/** Most units of which all subsets are tried. */
export const EXACT_UNITS = 12;

/**
 * Units without which the job stands, and none of which can be left out. Units are taken in the given order, the cheapest first,
 * until the job stands. Then they are spared in reverse order, if it stands without them. So the highest priority of a victim
 * is the least that is possible. Undefined if the job does not stand without all units, or if a victim must have a higher
 * priority than `limit`. The room is as before, and the last answer of the trial was about the units returned.
 *
 * The room must be monotone: a job that stands without some units stands without more of them. Then the number of trials is
 * victims x log2(units), instead of one for each unit.
 */
export function minimalUnits(
  units: readonly Unit[],
  trial: Trial,
  limit: number = Number.POSITIVE_INFINITY,
): Unit[] | undefined {
  const kept: Unit[] = [];
  let removed = 0;
  const takeOut = (count: number) => {
    while (removed > count) trial.putBack(units[--removed]);
    while (removed < count) trial.remove(units[removed++]);
  };
  const stands = (count: number) => {
    takeOut(count);
    for (const unit of kept) trial.remove(unit);
    const answer = trial.stands();
    for (let i = kept.length - 1; i >= 0; i--) trial.putBack(kept[i]);
    return answer;
  };
  let enough = units.length;
  let isFound = stands(enough);
  // The job stands without `kept` and the first `enough` units.
  while (isFound && enough > 0 && !stands(0)) {
    let low = 1;
    while (low < enough) {
      const middle = (low + enough) >> 1;
      if (stands(middle)) enough = middle;
      else low = middle + 1;
    }
    kept.push(units[--enough]);
    isFound = kept[0].highestPriority <= limit && (enough > 0 || stands(0));
  }
  takeOut(0);
  return isFound ? kept : undefined;
}

/**
 * The cheapest units without which the job stands, if they cost less than `bound`. All subsets are tried in the order of cost. At
 * most 12 units. The room is as before, and the last answer of the trial was about the units returned.
 */
export function cheaperUnits(units: readonly Unit[], bound: StopCost, trial: Trial): Unit[] | undefined {
  const cheaper: { readonly set: Unit[]; readonly cost: StopCost }[] = [];
  for (let mask = 1; mask < 2 ** units.length; mask++) {
    const set = units.filter((_, i) => (mask & (1 << i)) !== 0);
    const cost = costOf(set);
    if (costsLess(cost, bound)) cheaper.push({ set, cost });
  }
  // The sort is stable: of equally cheap sets, the one of the cheaper units comes first.
  cheaper.sort((a, b) => (costsLess(a.cost, b.cost) ? -1 : costsLess(b.cost, a.cost) ? 1 : 0));
  return cheaper.find(({ set }) => {
    for (const unit of set) trial.remove(unit);
    const answer = trial.stands();
    for (let i = set.length - 1; i >= 0; i--) trial.putBack(set[i]);
    return answer;
  })?.set;
}
