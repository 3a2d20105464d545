import type { Cluster } from './cluster.js';
import { grown, NONE } from './columns.js';
import { type Constraint, type ConstraintId, UNCONSTRAINED } from './constraints.js';
import type { JobId } from './job.js';
import type { MachineId } from './machine.js';
import type { TaskId } from './task.js';

/** What a job asks of where its tasks stand, beside the attributes that every one of their machines must have. */
export interface PlacementRule {
  /** At most so many of the job's tasks on machines that share a value of an attribute. */
  readonly spread: readonly Spread[];
  /** All of the job's tasks on machines that share one value of each of these attributes. */
  readonly together: readonly string[];
  /** Names of frameworks whose tasks must not share a machine with those of the job, whoever of them comes first. */
  readonly avoid: readonly string[];
  /** Names of frameworks: a machine must have a task of one of them when a task of the job starts there. */
  readonly beside: readonly string[];
  /** Attributes of the machines that the tasks would rather have, such as those that hold their data. */
  readonly prefers: readonly Constraint[];
}

/** At most `atMost` tasks of a job to each value of the attribute; the attribute `machine` is the machine itself. */
export interface Spread {
  readonly attribute: string;
  readonly atMost: number;
}

/** Index of an interned rule. */
export type PlacementRuleId = number;

/** The rule that asks for nothing. */
export const NO_RULE: PlacementRuleId = 0;

/** The attribute that every machine has and no two share. */
export const MACHINE_ATTRIBUTE = 'machine';

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
  private readonly cluster: Cluster;
  private readonly rules: PlacementRule[] = [
    { spread: [], together: [], avoid: [], beside: [], prefers: [] },
  ];
  private readonly idOf = new Map<string, PlacementRuleId>();
  private readonly preference: ConstraintId[] = [UNCONSTRAINED];
  private readonly counts = new Map<JobId, JobCounts>();
  /** Tasks on each machine whose jobs avoid somebody, and the number of all of them. */
  private avoiders = new Int32Array(0);
  private avoiderCount = 0;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  /** The id of this rule; equal rules have the same id. */
  intern(rule: PlacementRule): PlacementRuleId {
    const key = JSON.stringify(rule);
    const known = this.idOf.get(key);
    if (known !== undefined) return known;
    const id = this.rules.push(rule) - 1;
    this.preference.push(this.cluster.constraints.intern(rule.prefers));
    this.idOf.set(key, id);
    return id;
  }

  /** May any machine be forbidden to this task by a rule, its own or another job's? */
  mayForbid(task: TaskId): boolean {
    const { tasks, jobs } = this.cluster;
    return this.avoiderCount > 0 || jobs.rule[tasks.job[task]] !== NO_RULE;
  }

  /** Do the rules allow the task to be placed on this machine now? */
  allows(task: TaskId, machine: MachineId): boolean {
    const { tasks, jobs, frameworks } = this.cluster;
    const rule = this.rules[jobs.rule[tasks.job[task]]];
    if (!this.allowsSpread(rule, tasks.job[task], machine)) return false;
    if (rule.beside.length > 0 && !this.hasTaskOf(rule.beside, machine)) return false;
    if (rule.avoid.length > 0 && this.hasTaskOf(rule.avoid, machine)) return false;
    const name = frameworks[tasks.framework[task]].name;
    return (this.avoiders[machine] ?? 0) === 0 || !this.isAvoidedOn(machine, name);
  }

  /** Would the task rather be somewhere than elsewhere? */
  hasPreference(task: TaskId): boolean {
    const { tasks, jobs } = this.cluster;
    return this.preference[jobs.rule[tasks.job[task]]] !== UNCONSTRAINED;
  }

  /** Is the machine one of those that the task would rather have? Every machine is, of a task without a preference. */
  prefers(task: TaskId, machine: MachineId): boolean {
    const { tasks, jobs, constraints } = this.cluster;
    return constraints.allows(this.preference[jobs.rule[tasks.job[task]]], machine);
  }

  /** The ledger has placed the task on the machine. */
  placed(task: TaskId, machine: MachineId): void {
    const { tasks, jobs } = this.cluster;
    const id = jobs.rule[tasks.job[task]];
    if (id !== NO_RULE) this.count(this.rules[id], tasks.job[task], machine, 1);
  }

  /** The ledger is about to take the task off the machine. */
  removed(task: TaskId, machine: MachineId): void {
    const { tasks, jobs } = this.cluster;
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

  private hasTaskOf(names: readonly string[], machine: MachineId): boolean {
    const { machines, tasks, frameworks } = this.cluster;
    for (let task = machines.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task]) {
      if (names.includes(frameworks[tasks.framework[task]].name)) return true;
    }
    return false;
  }

  private isAvoidedOn(machine: MachineId, name: string): boolean {
    const { machines, tasks, jobs } = this.cluster;
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
      : this.cluster.machines.specs[machine].attributes?.[attribute];
  }
}
