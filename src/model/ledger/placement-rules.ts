import { grown, NONE } from './columns.js';
import { type ConstraintId, type Constraints, UNCONSTRAINED } from './constraints.js';
import type { FrameworkSpec } from './framework.js';
import type { JobId, JobTable } from './job.js';
import type { MachineId } from './machine.js';
import type { MachineTable } from './machine-table.js';
import { MACHINE_ATTRIBUTE, NO_RULE, type PlacementRule, type PlacementRuleId } from './placement-rule.js';
import { type TaskId, TaskState, type TaskTable } from './task.js';

/** The tables of the ledger that rules are read against. */
interface LedgerTables {
  readonly machines: MachineTable;
  readonly tasks: TaskTable;
  readonly jobs: JobTable;
  readonly constraints: Constraints;
  readonly frameworks: readonly Required<FrameworkSpec>[];
}

/** Tasks of one job by the values of the attributes that its rule names. */
interface JobCounts {
  tasks: number;
  readonly byAttribute: ReadonlyMap<string, Map<string, number>>;
}

/**
 * Holds placements to the rules of their jobs. What it counts are tasks that run or are held; jobs without a rule cost
 * nothing but a look at their row.
 */
export class PlacementRules {
  private readonly ledger: LedgerTables;
  private readonly rules: PlacementRule[] = [
    { spread: [], together: [], avoid: [], beside: [], prefers: [] },
  ];
  private readonly idOf = new Map<string, PlacementRuleId>();
  private readonly preference: ConstraintId[] = [UNCONSTRAINED];
  private readonly counts = new Map<JobId, JobCounts>();
  /** Tasks on each machine whose jobs avoid somebody, and the number of all of them. */
  private avoiders = new Int32Array(0);
  private avoiderCount = 0;

  constructor(ledger: LedgerTables) {
    this.ledger = ledger;
  }

  /** The id of this rule; equal rules have the same id. */
  intern(rule: PlacementRule): PlacementRuleId {
    const key = JSON.stringify(rule);
    const known = this.idOf.get(key);
    if (known !== undefined) return known;
    const id = this.rules.push(rule) - 1;
    this.preference.push(this.ledger.constraints.intern(rule.prefers));
    this.idOf.set(key, id);
    return id;
  }

  /** Has any job ever asked for anything? */
  get areInUse(): boolean {
    return this.rules.length > 1;
  }

  /** The rule of this id. */
  rule(id: PlacementRuleId): PlacementRule {
    return this.rules[id];
  }

  /** May any machine be forbidden to this task by a rule, its own or another job's? */
  mayForbid(task: TaskId): boolean {
    const { tasks, jobs } = this.ledger;
    return this.avoiderCount > 0 || jobs.rule[tasks.job[task]] !== NO_RULE;
  }

  /** Do the rules allow the task to be placed on this machine now? */
  allows(task: TaskId, machine: MachineId): boolean {
    if (!this.mayForbid(task)) return true;
    const { tasks, jobs, frameworks } = this.ledger;
    const rule = this.rules[jobs.rule[tasks.job[task]]];
    if (!this.allowsSpread(rule, tasks.job[task], machine)) return false;
    if (rule.beside.length > 0 && !this.hasTaskOf(rule.beside, machine, 'running')) return false;
    if (rule.avoid.length > 0 && this.hasTaskOf(rule.avoid, machine, 'running or held')) return false;
    const name = frameworks[tasks.framework[task]].name;
    return (this.avoiders[machine] ?? 0) === 0 || !this.isAvoidedOn(machine, name);
  }

  /** Must a task of a certain framework be on its machine when it starts? */
  needsNeighbour(task: TaskId): boolean {
    const { tasks, jobs } = this.ledger;
    return this.rules[jobs.rule[tasks.job[task]]].beside.length > 0;
  }

  /** Would the task rather be somewhere than elsewhere? */
  hasPreference(task: TaskId): boolean {
    const { tasks, jobs } = this.ledger;
    return this.preference[jobs.rule[tasks.job[task]]] !== UNCONSTRAINED;
  }

  /** Is the machine one of those that the task would rather have? Every machine is, of a task without a preference. */
  prefers(task: TaskId, machine: MachineId): boolean {
    const { tasks, jobs, constraints } = this.ledger;
    return constraints.allows(this.preference[jobs.rule[tasks.job[task]]], machine);
  }

  /** The ledger has placed the task on the machine. */
  placed(task: TaskId, machine: MachineId): void {
    const { tasks, jobs } = this.ledger;
    const id = jobs.rule[tasks.job[task]];
    if (id !== NO_RULE) this.count(this.rules[id], tasks.job[task], machine, 1);
  }

  /** The ledger is about to take the task off the machine. */
  removed(task: TaskId, machine: MachineId): void {
    const { tasks, jobs } = this.ledger;
    const id = jobs.rule[tasks.job[task]];
    if (id !== NO_RULE) this.count(this.rules[id], tasks.job[task], machine, -1);
  }

  private allowsSpread(rule: PlacementRule, job: JobId, machine: MachineId): boolean {
    const counts = this.counts.get(job);
    for (const { attribute, atMost } of rule.spread) {
      const value = this.valueOf(machine, attribute);
      if (value === undefined) return false;
      if ((counts?.byAttribute.get(attribute)?.get(value) ?? 0) >= atMost) return false;
    }
    for (const attribute of rule.together) {
      const value = this.valueOf(machine, attribute);
      if (value === undefined) return false;
      if (counts !== undefined && !counts.byAttribute.get(attribute)?.has(value)) return false;
    }
    return true;
  }

  private hasTaskOf(
    names: readonly string[],
    machine: MachineId,
    which: 'running' | 'running or held',
  ): boolean {
    const { machines, tasks, frameworks } = this.ledger;
    for (let task = machines.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task]) {
      if (which === 'running' && tasks.state[task] !== TaskState.running) continue;
      if (names.includes(frameworks[tasks.framework[task]].name)) return true;
    }
    return false;
  }

  private isAvoidedOn(machine: MachineId, name: string): boolean {
    const { machines, tasks, jobs } = this.ledger;
    for (let task = machines.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task]) {
      if (this.rules[jobs.rule[tasks.job[task]]].avoid.includes(name)) return true;
    }
    return false;
  }

  private count(rule: PlacementRule, job: JobId, machine: MachineId, sign: 1 | -1): void {
    if (rule.avoid.length > 0) {
      this.avoiders = grown(this.avoiders, machine + 1);
      this.avoiders[machine] += sign;
      this.avoiderCount += sign;
    }
    const attributes = [...rule.spread.map(({ attribute }) => attribute), ...rule.together];
    if (attributes.length === 0) return;
    let counts = this.counts.get(job);
    if (counts === undefined) {
      counts = { tasks: 0, byAttribute: new Map(attributes.map((attribute) => [attribute, new Map()])) };
      this.counts.set(job, counts);
    }
    counts.tasks += sign;
    if (counts.tasks === 0) this.counts.delete(job);
    for (const [attribute, values] of counts.byAttribute) {
      const value = this.valueOf(machine, attribute) as string;
      const tasks = (values.get(value) ?? 0) + sign;
      if (tasks === 0) values.delete(value);
      else values.set(value, tasks);
    }
  }

  private valueOf(machine: MachineId, attribute: string): string | undefined {
    return attribute === MACHINE_ATTRIBUTE
      ? String(machine)
      : this.ledger.machines.specs[machine].attributes?.[attribute];
  }
}
