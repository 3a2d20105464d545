import {
  FOREVER,
  type MachineId,
  type Micros,
  NONE,
  type Placing,
  type SchedulingView,
  type TaskId,
} from '../contract.js';
import { GangSearch, type SearchFilter } from '../planner/search.js';
import { WhatIfTrial } from '../planner/victim-trials.js';
import {
  cheaperUnits,
  cheapestFirst,
  costOf,
  costsLess,
  EXACT_UNITS,
  minimalUnits,
  type StopCost,
  StoppableUnits,
  type Unit,
} from '../planner/victims.js';
import { type FoundVictims, type VictimQuestion, victimsForTask } from './task-preemption.js';

/** Where tasks of a job can start, and the tasks that must stop for them. */
export interface PreemptionPlan {
  /** In the order of the tasks. */
  readonly placing: Placing;
  /** Running tasks to stop. A gang stops as a whole. They are tasks that are stopping already where these suffice. */
  readonly victims: readonly TaskId[];
}

/** Tasks that need room. */
export interface PreemptionRequest {
  /** Pending tasks of one job, which start together. */
  readonly tasks: readonly TaskId[];
  /** Leaves out machines although the tasks could start there. */
  readonly where?: SearchFilter | undefined;
  /** Where other tasks of the job will start, for which room is claimed. */
  readonly claimed?: readonly Placing[];
}

/** Puts of all searches for fewer victims of one gang, at most. */
const EXACT_PUTS = 100_000;

/**
 * Chooses the victims that must stop to make room for a job of a higher band. Units of victims are single tasks and whole gangs.
 * The band of each victim is below the bands of all tasks that need room. Placement rules hold for the job as it would stand.
 *
 * Costs are compared in the order of Kubernetes (scheduler framework, preemption): the highest priority of a victim, the number
 * of victims, the lost work. For a single task, the cheapest machine wins, then the one of the lowest rank. Units are taken
 * cheapest first until the job stands, then spared dearest first. So no victim can be left out, and the highest priority is the
 * least possible. With at most 12 units that could help, the cost is the least possible. Disruption budgets (`jobs.mayLose`)
 * are kept.
 *
 * Complexity: for a task, the running tasks of all machines; for a gang, victims x log2(running tasks) searches.
 */
export class Preemption {
  /** How long victims may run on. */
  readonly grace: Micros;
  private readonly bands: PriorityBands;
  /** The lowest band of all running tasks, and the stopping tasks, in this pass; computed on first use. */
  private lowestBand: number | undefined;
  private readonly stopping: TaskId[] = [];
  private search: GangSearch | undefined;

  constructor(bands: PriorityBands, grace: Micros = 0) {
    this.bands = bands;
    this.grace = grace;
  }

  /** A new pass begins. */
  begin(): void {
    this.lowestBand = undefined;
    this.stopping.length = 0;
  }

  /** A task has started in this pass. */
  started(view: SchedulingView, task: TaskId): void {
    if (this.lowestBand !== undefined)
      this.lowestBand = Math.min(this.lowestBand, bandOf(this.bands, view.tasks.priority(task)));
  }

  /** Tasks were told to stop in this pass. */
  stopped(victims: readonly TaskId[]): void {
    if (this.lowestBand !== undefined) this.stopping.push(...victims);
  }

  /**
   * Room for all of these tasks. Undefined if preemption cannot make enough room, and if there is enough without it. Changes
   * `view.whatIf`.
   */
  plan(view: SchedulingView, request: PreemptionRequest): PreemptionPlan | undefined {
    const { tasks, where, claimed = [] } = request;
    this.lowestBand ??= this.lookThrough(view);
    const band = Math.min(...tasks.map((task) => bandOf(this.bands, view.tasks.priority(task))));
    if (band <= this.lowestBand) return undefined;
    const mayStop = (priority: number) => bandOf(this.bands, priority) < band;
    const stoppable = new StoppableUnits(view, { member: tasks[0], mayStop });
    this.withoutStopping(view, claimed);
    const question = { view, tasks, where, stoppable };
    const found = tasks.length === 1 ? victimsForTask(question) : this.victimsForGang(question);
    if (found === undefined) return undefined;
    const victims = found.units.flatMap((unit) => unit.tasks);
    if (victims.length > 0) return { placing: found.placing, victims };
    const leaving = this.stopping.filter((task) => found.placing.machines.includes(view.tasks.machine(task)));
    return leaving.length === 0 ? undefined : { placing: found.placing, victims: leaving };
  }

  private lookThrough({ machines, tasks }: SchedulingView): number {
    let lowest = Number.POSITIVE_INFINITY;
    for (let machine = 0; machine < machines.count; machine++) {
      for (let task = machines.first(machine); task !== NONE; task = machines.next(task)) {
        lowest = Math.min(lowest, bandOf(this.bands, tasks.priority(task)));
        if (tasks.state(task) === 'stopping') this.stopping.push(task);
      }
    }
    return lowest;
  }

  /** The room once tasks that are stopping are gone, and other claims of the job are in use. */
  private withoutStopping({ whatIf, tasks, now }: SchedulingView, claimed: readonly Placing[]): void {
    whatIf.reset('now');
    for (const task of this.stopping) {
      const goneBy = tasks.goneBy(task);
      if (goneBy >= now && goneBy < FOREVER) whatIf.remove(task);
    }
    for (const placing of claimed)
      for (const [i, task] of placing.tasks.entries())
        whatIf.put(task, placing.machines[i], placing.devices?.[i]);
  }

  private victimsForGang(question: VictimQuestion): FoundVictims | undefined {
    const { view, tasks, where, stoppable } = question;
    const { whatIf } = view;
    this.search ??= new GangSearch(view);
    const { search } = this;
    const job = view.tasks.job(tasks[0]);
    let placing: Placing = { tasks: [], machines: [] };
    let putsLeft = Number.POSITIVE_INFINITY;
    const trial = new WhatIfTrial(whatIf, () => {
      if (putsLeft <= 0) return false;
      const before = search.nodesSpent;
      const answer = search.place(job, tasks, where);
      putsLeft -= search.nodesSpent - before;
      if (answer.answer === 'yes') placing = answer.placing;
      return answer.answer === 'yes';
    });
    if (trial.stands()) return { units: [], placing };
    const units = stoppable.withinBudgets(usefulUnits(question).sort(cheapestFirst));
    const minimal = minimalUnits(units, trial);
    if (minimal === undefined) return undefined;
    const found = { units: minimal, placing };
    if (units.length > EXACT_UNITS) return arranged(question, found);
    putsLeft = EXACT_PUTS;
    const cheaper = cheaperUnits(units, costOf(minimal), trial);
    return arranged(question, cheaper === undefined ? found : { units: cheaper, placing });
  }
}

/** The units on machines that could take a task of the job without all of them, and those that its rules count. */
function usefulUnits({ view, tasks, stoppable }: VictimQuestion): Unit[] {
  const { whatIf, machines, jobs, rules } = view;
  const units = new Set<Unit>();
  for (let machine = 0; machine < machines.count; machine++) {
    for (let task = machines.first(machine); task !== NONE; task = machines.next(task)) {
      const unit = stoppable.of(task);
      if (unit !== undefined) units.add(unit);
    }
  }
  const mark = whatIf.mark();
  for (const unit of units) for (const task of unit.tasks) whatIf.remove(task);
  const useful = new Set<MachineId>();
  const alike = new Map(tasks.map((task) => [view.tasks.taskClass(task), task]));
  for (const task of alike.values()) {
    const room = whatIf.machines;
    for (let machine = room.firstFit(task); machine !== NONE; machine = room.firstFit(task, machine + 1))
      useful.add(machine);
  }
  whatIf.undo(mark);
  const job = view.tasks.job(tasks[0]);
  const counts = !jobs.isGang(job) && rules.spreads(job).length + rules.together(job).length > 0;
  const isUseful = (task: TaskId) =>
    useful.has(view.tasks.machine(task)) || (counts && view.tasks.job(task) === job);
  return [...units].filter((unit) => unit.tasks.some(isUseful));
}

/**
 * The same victims, with members on machines without victims first, then where the cheapest victims stop, if they all stand so.
 * Victims are in the order of the members that get their room.
 */
function arranged({ view, tasks, where }: VictimQuestion, { units, placing }: FoundVictims): FoundVictims {
  const { whatIf } = view;
  const unitsOn = new Map<MachineId, Unit[]>();
  for (const unit of units) {
    for (const machine of new Set(unit.tasks.map((task) => view.tasks.machine(task))))
      unitsOn.set(machine, [...(unitsOn.get(machine) ?? []), unit]);
  }
  const costs = new Map([...unitsOn].map(([machine, on]) => [machine, costOf(on)]));
  const best = (task: TaskId): MachineId => {
    const room = whatIf.machines;
    let cheapest: MachineId = NONE;
    for (let machine = room.firstFit(task); machine !== NONE; machine = room.firstFit(task, machine + 1)) {
      if (where?.(machine, task) === false) continue;
      const cost = costs.get(machine);
      if (cost === undefined) return machine;
      if (cheapest === NONE || costsLess(cost, costs.get(cheapest) as StopCost)) cheapest = machine;
    }
    return cheapest;
  };
  const mark = whatIf.mark();
  for (const unit of units) for (const task of unit.tasks) whatIf.remove(task);
  const answer = new GangSearch(view, { choice: { best } }).place(view.tasks.job(tasks[0]), tasks, where);
  whatIf.undo(mark);
  const ordered = inOrder(answer.answer === 'yes' ? answer.placing : placing, tasks);
  const inRoomOrder = ordered.machines.flatMap((machine) => unitsOn.get(machine) ?? []);
  return { placing: ordered, units: [...new Set([...inRoomOrder, ...units])] };
}

/** The same placing, in the order of these tasks. */
function inOrder(placing: Placing, tasks: readonly TaskId[]): Placing {
  const at = new Map(placing.tasks.map((task, i) => [task, i]));
  const places = tasks.map((task) => at.get(task) as number);
  return {
    tasks,
    machines: places.map((i) => placing.machines[i]),
    devices: places.map((i) => placing.devices?.[i] ?? 0),
  };
}

/**
 * Bands of priorities. A task preempts running tasks of lower bands only, so tasks of one band cannot preempt each other in a
 * cascade (Verma et al., "Large-scale cluster management at Google with Borg", EuroSys 2015, section 2.5: production tasks
 * do not preempt one another).
 */
export interface PriorityBands {
  /** Lowest priority of each band except the first, ascending; empty when each priority is a band of its own. */
  readonly starts: readonly number[];
}

/** The band of a priority; higher bands may preempt lower ones. */
function bandOf(bands: PriorityBands, priority: number): number {
  if (bands.starts.length === 0) return priority;
  let band = 0;
  while (band < bands.starts.length && priority >= bands.starts[band]) band++;
  return band;
}
