import { NONE, type TaskId } from '../../../src/policies/contract.js';
import { Preemption } from '../../../src/policies/schedulers/preemption.js';
import { standsSomewhere } from './exhaustive-search.js';
import type { Draw } from './random-gangs.js';
import { type PreemptionCase, type PreemptionKind, randomPreemption } from './random-preemptions.js';

/** What a comparison found. */
export interface PreemptionComparison {
  /** Number of victims of the plan; 0 without a plan. */
  readonly victims: number;
  /** What is wrong with the plan; undefined when it is right. */
  readonly difference: string | undefined;
}

/** Tasks that stop together. */
type Unit = readonly TaskId[];

/** Compares the victims of a random preemption with all sets of running tasks and gangs that could stop. */
export function comparePreemptions(kind: PreemptionKind, draw: Draw): PreemptionComparison {
  const preemption = randomPreemption(kind, draw);
  const { view, members } = preemption;
  const barred = draw() < 0.2 ? Math.floor(draw() * view.machines.count) : NONE;
  const where = (machine: number) => machine !== barred;
  const planner = new Preemption({ starts: [] });
  planner.begin();
  const plan = planner.plan(view, { tasks: members, where });
  const units = unitsOf(preemption);
  const stands = (set: readonly Unit[]) => {
    view.whatIf.reset('now');
    for (const task of set.flat()) view.whatIf.remove(task);
    return standsSomewhere(view, members, where);
  };
  const difference = () => {
    const isNeeded = !stands([]) && stands(units);
    if (plan === undefined) return isNeeded ? 'no plan, but all units together make room' : undefined;
    if (!isNeeded) return 'a plan, but there is room without it, or none with it';
    const victims = new Set(plan.victims);
    const chosen = units.filter((unit) => victims.has(unit[0]));
    if (chosen.flat().length !== victims.size || !chosen.flat().every((task) => victims.has(task)))
      return `the victims ${plan.victims.join()} are not whole units`;
    view.whatIf.reset('now');
    for (const task of plan.victims) view.whatIf.remove(task);
    const { tasks, machines, devices } = plan.placing;
    for (const [i, task] of tasks.entries()) {
      const verdict = machines[i] === barred ? 'barred' : view.whatIf.put(task, machines[i], devices?.[i]);
      if (verdict !== 'done') return `the placing is not valid: ${verdict}`;
    }
    const unneeded = chosen.find((unit) => stands(chosen.filter((other) => other !== unit)));
    if (unneeded !== undefined) return `${unneeded.join()} need not stop`;
    const cheaper = units.length <= 12 ? cheapest(preemption, units, chosen, stands) : undefined;
    return cheaper && `${cheaper.join()} would cost less than ${plan.victims.join()}`;
  };
  return { victims: plan?.victims.length ?? 0, difference: difference() };
}

/** All running tasks and gangs of lower priority than every member, except those that the job needs. */
function unitsOf({ view, members, running, isNeeded }: PreemptionCase): Unit[] {
  const { tasks, jobs } = view;
  const lowest = Math.min(...members.map((member) => tasks.priority(member)));
  const units = new Map<string, TaskId[]>();
  for (const task of running) {
    const key = jobs.isGang(tasks.job(task)) ? `gang ${tasks.job(task)}` : `task ${task}`;
    units.set(key, [...(units.get(key) ?? []), task]);
  }
  return [...units.values()].filter((unit) =>
    unit.every((task) => tasks.priority(task) < lowest && !isNeeded(task)),
  );
}

/** A set that makes room and costs less than the chosen one; undefined if there is none. */
function cheapest(
  { view: { tasks, now } }: PreemptionCase,
  units: readonly Unit[],
  chosen: readonly Unit[],
  stands: (set: readonly Unit[]) => boolean,
): TaskId[] | undefined {
  const costOf = (set: readonly Unit[]) => {
    const victims = set.flat();
    const lost = victims.reduce((sum, task) => sum + now - tasks.started(task), 0);
    return [Math.max(...victims.map((task) => tasks.priority(task))), victims.length, lost];
  };
  const bound = costOf(chosen);
  for (let mask = 1; mask < 2 ** units.length; mask++) {
    const set = units.filter((_, i) => (mask & (1 << i)) !== 0);
    const cost = costOf(set);
    const at = cost.findIndex((part, i) => part !== bound[i]);
    if (at >= 0 && cost[at] < bound[at] && stands(set)) return set.flat();
  }
  return undefined;
}
