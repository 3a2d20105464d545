import { type MachineId, NONE, type Placing, type SchedulingView, type TaskId } from '../contract.js';
import type { SearchFilter } from '../planner/search.js';
import { MachineTrial, WhatIfTrial } from '../planner/victim-trials.js';
import {
  cheaperUnits,
  cheapestFirst,
  costOf,
  costsLess,
  EXACT_UNITS,
  minimalUnits,
  type StopCost,
  type StoppableUnits,
  type Trial,
  type Unit,
} from '../planner/victims.js';

/** A search for victims. `view.whatIf` is the room before any task is stopped. */
export interface VictimQuestion {
  readonly view: SchedulingView;
  readonly tasks: readonly TaskId[];
  readonly where: SearchFilter | undefined;
  readonly stoppable: StoppableUnits;
}

/** Units to stop, and where the tasks stand without them. */
export interface FoundVictims {
  readonly units: readonly Unit[];
  readonly placing: Placing;
}

/** The units on one machine that may stop, the cheapest first, and the cheapest set of them so far. */
interface MachineVictims {
  readonly machine: MachineId;
  readonly all: readonly Unit[];
  readonly units: readonly Unit[];
  readonly cost: StopCost;
}

/**
 * The victims of a single task: the cheapest of all machines. Without placement rules, amounts decide, and the tasks of each
 * machine are tried by themselves. With rules, `view.whatIf` answers for each machine.
 */
export function victimsForTask(question: VictimQuestion): FoundVictims | undefined {
  const { view, tasks } = question;
  const [task] = tasks;
  if (view.rules.mayForbid(task)) return found(question, cheapestMachine(question, true));
  const plain = cheapestMachine(question, false);
  if (plain === undefined || standsWithout(view, task, plain)) return found(question, plain);
  // Older claims take a part of what the victims leave. Then the room as it would be must answer.
  return found(question, cheapestMachine(question, true));
}

function found({ tasks }: VictimQuestion, best: MachineVictims | undefined): FoundVictims | undefined {
  return best && { units: best.units, placing: { tasks, machines: [best.machine] } };
}

function standsWithout(
  { whatIf }: SchedulingView,
  task: TaskId,
  { machine, units }: MachineVictims,
): boolean {
  const mark = whatIf.mark();
  for (const unit of units) for (const victim of unit.tasks) whatIf.remove(victim);
  const stands = whatIf.machines.whyNot(task, machine) === 'done';
  whatIf.undo(mark);
  return stands;
}

/** The machine that costs least, the one of the lowest rank on ties. */
function cheapestMachine(question: VictimQuestion, byRules: boolean): MachineVictims | undefined {
  const { view, where, stoppable } = question;
  const [task] = question.tasks;
  const { machines } = view.whatIf;
  const amounts = new MachineTrial(machines, view.tasks, view.tasks.taskClass(task));
  const counted = byRules ? countedUnits(question) : [];
  const trialOf = (machine: MachineId): Trial => {
    if (byRules) return new WhatIfTrial(view.whatIf, () => machines.whyNot(task, machine) === 'done');
    amounts.load(machine);
    return amounts;
  };
  const possible: MachineVictims[] = [];
  /** Units that could help; no more are added once they are too many for all sets to be tried. */
  const useful = new Set<Unit>();
  let best: MachineVictims | undefined;
  for (let machine = 0; machine < machines.count; machine++) {
    if (!isOpenTo(view, machine, task) || !amounts.isLargeEnough(machine)) continue;
    if (where?.(machine, task) === false) continue;
    const trial = trialOf(machine);
    if (trial.stands()) return { machine, all: [], units: [], cost: costOf([]) };
    const on = unitsOn(question, machine, counted);
    if (useful.size <= EXACT_UNITS && standsWithoutAll(on, trial)) for (const unit of on) useful.add(unit);
    const limit = best?.cost.highestPriority ?? Number.POSITIVE_INFINITY;
    if (on.every((unit) => unit.highestPriority > limit)) continue;
    const all = stoppable.withinBudgets(on.sort(cheapestFirst));
    const units = minimalUnits(all, trial, limit);
    if (units === undefined) continue;
    const victims = { machine, all, units, cost: costOf(units) };
    possible.push(victims);
    if (best === undefined || costsLess(victims.cost, best.cost)) best = victims;
  }
  if (best !== undefined && useful.size <= EXACT_UNITS) best = cheapestOf(possible, best, trialOf);
  return best && withoutUnneeded(question, best);
}

/** All sets of units on these machines are tried that may be cheaper. */
function cheapestOf(
  possible: readonly MachineVictims[],
  best: MachineVictims,
  trialOf: (machine: MachineId) => Trial,
): MachineVictims {
  let cheapest = best;
  for (const victims of possible) {
    if (victims.cost.highestPriority > cheapest.cost.highestPriority) continue;
    const units = cheaperUnits(victims.all, cheapest.cost, trialOf(victims.machine));
    if (units !== undefined) cheapest = { ...victims, units, cost: costOf(units) };
  }
  return cheapest;
}

function standsWithoutAll(units: readonly Unit[], trial: Trial): boolean {
  for (const unit of units) trial.remove(unit);
  const stands = trial.stands();
  for (let i = units.length - 1; i >= 0; i--) trial.putBack(units[i]);
  return stands;
}

/** A unit that is not on this machine only may make room on another one, without the other units. */
function withoutUnneeded(question: VictimQuestion, best: MachineVictims): MachineVictims {
  const { view, where } = question;
  const [task] = question.tasks;
  const isHere = (victim: TaskId) => view.tasks.machine(victim) === best.machine;
  if (best.units.length < 2 || best.units.every((unit) => unit.tasks.every(isHere))) return best;
  const { machines } = view.whatIf;
  let { machine } = best;
  const trial = new WhatIfTrial(view.whatIf, () => {
    let fitting = machines.firstFit(task);
    while (fitting !== NONE && where?.(fitting, task) === false)
      fitting = machines.firstFit(task, fitting + 1);
    if (fitting !== NONE) machine = fitting;
    return fitting !== NONE;
  });
  const units = minimalUnits([...best.units].sort(cheapestFirst), trial);
  return units === undefined || units.length === best.units.length ? best : { ...best, machine, units };
}

/** The units on a machine and the counted ones. */
function unitsOn({ view, stoppable }: VictimQuestion, machine: MachineId, counted: readonly Unit[]): Unit[] {
  const units: Unit[] = [...counted];
  for (let other = view.machines.first(machine); other !== NONE; other = view.machines.next(other)) {
    const unit = stoppable.of(other);
    const isKnown = unit === undefined || counted.some(({ tasks: [first] }) => first === unit.tasks[0]);
    if (!isKnown && (unit.tasks.length === 1 || !units.includes(unit))) units.push(unit);
  }
  return units;
}

/** Tasks of the same job that its rules count, wherever they run: the spread rule and the rule that keeps it together. */
function countedUnits({ view, tasks: [task], stoppable }: VictimQuestion): Unit[] {
  const { jobs, rules, tasks } = view;
  const job = tasks.job(task);
  if (rules.spreads(job).length + rules.together(job).length === 0) return [];
  const units: Unit[] = [];
  for (let other = jobs.firstTask(job); other !== NONE; other = jobs.nextTask(other)) {
    const unit = tasks.machine(other) === NONE ? undefined : stoppable.of(other);
    if (unit !== undefined) units.push(unit);
  }
  return units;
}

/** Is the machine up and visible, and does it have the attributes that the task requires? Room is not checked. */
function isOpenTo({ machines }: SchedulingView, machine: MachineId, task: TaskId): boolean {
  const why = machines.whyNot(task, machine);
  return why !== 'machine-not-up' && why !== 'not-offered' && why !== 'constraint';
}
