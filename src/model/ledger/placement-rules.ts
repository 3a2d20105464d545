import { grown, NONE } from './columns.js';
import { type ConstraintId, type Constraints, UNCONSTRAINED } from './constraints.js';
import type { FrameworkSpec } from './framework.js';
import type { JobId, JobTable } from './job.js';
import type { MachineId } from './machine.js';
import type { MachineTable } from './machine-table.js';
import { MACHINE_ATTRIBUTE, NO_RULE, type PlacementRule, type PlacementRuleId } from './placement-rule.js';
import { type TaskId, TaskState, type TaskTable } from './task.js';

/** A task that is somewhere else than the ledger says: put on a machine, or removed from it. */
export interface Move {
  readonly task: TaskId;
  readonly machine: MachineId;
}

/** The tasks on machines as they would be after hypothetical changes. */
export interface ChangedRoom {
  /** No task of the ledger is there. */
  readonly isEmpty: boolean;
  /** Tasks put on machines, and tasks of the ledger removed, in the order of the changes. */
  readonly puts: readonly Move[];
  readonly removals: readonly Move[];
  /** Tasks of a machine, in placement order. */
  firstOn(machine: MachineId): TaskId;
  nextOn(task: TaskId): TaskId;
}

/** Tables of the ledger that the rules refer to. */
interface LedgerTables {
  readonly machines: MachineTable;
  readonly tasks: TaskTable;
  readonly jobs: JobTable;
  readonly constraints: Constraints;
  readonly frameworks: readonly Required<FrameworkSpec>[];
}

/** A rule of the host beside those of jobs: machines are kept for a job. */
export interface KeptMachines {
  /** May the task start on the machine now? */
  allows(task: TaskId, machine: MachineId): boolean;
}

/** A preference of a rule. */
interface WeightedTerm {
  readonly constraint: ConstraintId;
  readonly weight: number;
}

/** Number of a job's tasks by the values of the attributes in its rule. */
interface JobCounts {
  tasks: number;
  readonly byAttribute: ReadonlyMap<string, Map<string, number>>;
}

/**
 * Checks placements against the rules of their jobs. It counts running and held tasks. Jobs without a rule cost only a
 * check of their row.
 */
export class PlacementRules {
  /** Undefined while no machine is kept. */
  kept: KeptMachines | undefined;
  /** Can the end of a task allow a machine to tasks of other frameworks? Only `avoid` forbids it because of them. */
  mayFreeOthers = false;
  private readonly ledger: LedgerTables;
  private readonly rules: PlacementRule[] = [
    { spread: [], together: [], avoid: [], beside: [], prefers: [] },
  ];
  private readonly idOf = new Map<string, PlacementRuleId>();
  /** By rule: all preferences together. */
  private readonly preferred: ConstraintId[] = [UNCONSTRAINED];
  /** By rule: its preferences one by one, made when a policy first compares machines by weights. */
  private readonly weighted: (readonly WeightedTerm[] | undefined)[] = [];
  private readonly counts = new Map<JobId, JobCounts>();
  /** Number of tasks on each machine whose jobs have `avoid`, and their total. */
  private avoiders = new Int32Array(0);
  private avoiderCount = 0;

  constructor(ledger: LedgerTables) {
    this.ledger = ledger;
  }

  /** The id of this rule. Equal rules have the same id. */
  intern(rule: PlacementRule): PlacementRuleId {
    const key = JSON.stringify(rule);
    const known = this.idOf.get(key);
    if (known !== undefined) return known;
    const id = this.rules.push(rule) - 1;
    this.mayFreeOthers ||= rule.avoid.length > 0;
    this.preferred.push(this.ledger.constraints.intern(rule.prefers.map(({ constraint }) => constraint)));
    this.idOf.set(key, id);
    return id;
  }

  /** Whether any job has had a rule. */
  get areInUse(): boolean {
    return this.rules.length > 1;
  }

  rule(id: PlacementRuleId): PlacementRule {
    return this.rules[id];
  }

  /** Whether a rule of its own, of another job, or of the host may forbid any machine to this task. */
  mayForbid(task: TaskId, room?: ChangedRoom): boolean {
    const { tasks, jobs } = this.ledger;
    if (this.avoiderCount > 0 || this.kept !== undefined || jobs.rule[tasks.job[task]] !== NO_RULE)
      return true;
    return room?.puts.some((put) => this.rules[jobs.rule[tasks.job[put.task]]].avoid.length > 0) === true;
  }

  /** Whether the rules allow the task to be placed on this machine now, or in the room as it would be. */
  allows(task: TaskId, machine: MachineId, room?: ChangedRoom): boolean {
    if (!this.mayForbid(task, room)) return true;
    if (this.kept?.allows(task, machine) === false) return false;
    const { tasks, jobs, frameworks } = this.ledger;
    const rule = this.rules[jobs.rule[tasks.job[task]]];
    if (!this.allowsSpread(rule, tasks.job[task], machine, room)) return false;
    if (rule.beside.length > 0 && !this.hasTaskOf(rule.beside, machine, 'running', room)) return false;
    if (rule.avoid.length > 0 && this.hasTaskOf(rule.avoid, machine, 'running or held', room)) return false;
    const name = frameworks[tasks.framework[task]].name;
    const hasAvoiders = room !== undefined || (this.avoiders[machine] ?? 0) > 0;
    return !hasAvoiders || !this.isAvoidedOn(machine, name, room);
  }

  /** Whether a task of certain frameworks must be on the machine when this task starts, and whether the neighbour is of one. */
  needsNeighbour(task: TaskId, neighbour?: TaskId): boolean {
    const { tasks, jobs, frameworks } = this.ledger;
    const { beside } = this.rules[jobs.rule[tasks.job[task]]];
    if (neighbour === undefined || beside.length === 0) return beside.length > 0;
    return beside.includes(frameworks[tasks.framework[neighbour]].name);
  }

  /** Whether the task prefers some machines. */
  hasPreference(task: TaskId): boolean {
    const { tasks, jobs } = this.ledger;
    return this.preferred[jobs.rule[tasks.job[task]]] !== UNCONSTRAINED;
  }

  /** Whether the task prefers the machine. A task without a preference prefers every machine. */
  prefers(task: TaskId, machine: MachineId): boolean {
    const { tasks, jobs, constraints } = this.ledger;
    return constraints.allows(this.preferred[jobs.rule[tasks.job[task]]], machine);
  }

  /** Sum of the weights of the task's preferences that the machine meets; 0 for a task without a preference. */
  preference(task: TaskId, machine: MachineId): number {
    const terms = this.weightedTerms(task);
    let sum = 0;
    for (let i = 0; i < terms.length; i++)
      if (this.ledger.constraints.allows(terms[i].constraint, machine)) sum += terms[i].weight;
    return sum;
  }

  /** Sum of the weights of all preferences of the task. */
  preferenceTotal(task: TaskId): number {
    return this.weightedTerms(task).reduce((sum, { weight }) => sum + weight, 0);
  }

  private weightedTerms(task: TaskId): readonly WeightedTerm[] {
    const { tasks, jobs, constraints } = this.ledger;
    const id = jobs.rule[tasks.job[task]];
    this.weighted[id] ??= this.rules[id].prefers.map(({ constraint, weight }) => ({
      constraint: constraints.intern([constraint]),
      weight,
    }));
    return this.weighted[id];
  }

  /** Called after the ledger has placed the task on the machine. */
  placed(task: TaskId, machine: MachineId): void {
    const { tasks, jobs } = this.ledger;
    const id = jobs.rule[tasks.job[task]];
    if (id !== NO_RULE) this.count(this.rules[id], tasks.job[task], machine, 1);
  }

  /** Called before the ledger removes the task from the machine. */
  removed(task: TaskId, machine: MachineId): void {
    const { tasks, jobs } = this.ledger;
    const id = jobs.rule[tasks.job[task]];
    if (id !== NO_RULE) this.count(this.rules[id], tasks.job[task], machine, -1);
  }

  private allowsSpread(rule: PlacementRule, job: JobId, machine: MachineId, room?: ChangedRoom): boolean {
    const counts = room === undefined ? this.counts.get(job) : this.countsIn(room, rule, job);
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
    room?: ChangedRoom,
  ): boolean {
    const { machines, tasks, frameworks } = this.ledger;
    const next = (task: TaskId) => (room === undefined ? tasks.nextOnMachine[task] : room.nextOn(task));
    let task = room === undefined ? machines.firstTask[machine] : room.firstOn(machine);
    for (; task !== NONE; task = next(task)) {
      if (which === 'running' && tasks.state[task] !== TaskState.running) continue;
      if (names.includes(frameworks[tasks.framework[task]].name)) return true;
    }
    return false;
  }

  private isAvoidedOn(machine: MachineId, name: string, room?: ChangedRoom): boolean {
    const { machines, tasks, jobs } = this.ledger;
    const next = (task: TaskId) => (room === undefined ? tasks.nextOnMachine[task] : room.nextOn(task));
    let task = room === undefined ? machines.firstTask[machine] : room.firstOn(machine);
    for (; task !== NONE; task = next(task)) {
      if (this.rules[jobs.rule[tasks.job[task]]].avoid.includes(name)) return true;
    }
    return false;
  }

  /** The counts of a job in the room as it would be; undefined when none of its tasks is placed there. */
  private countsIn(room: ChangedRoom, rule: PlacementRule, job: JobId): JobCounts | undefined {
    const { tasks } = this.ledger;
    const isOfJob = (move: Move) => tasks.job[move.task] === job;
    const [puts, removals] = [room.puts.filter(isOfJob), room.removals.filter(isOfJob)];
    const base = room.isEmpty ? undefined : this.counts.get(job);
    if (puts.length === 0 && removals.length === 0) return base;
    const attributes = attributesOf(rule);
    const copied = attributes.map((a) => [a, new Map(base?.byAttribute.get(a))] as const);
    const counts = { tasks: base?.tasks ?? 0, byAttribute: new Map(copied) };
    for (const { machine } of puts) this.add(counts, machine, 1);
    if (!room.isEmpty) for (const { machine } of removals) this.add(counts, machine, -1);
    return counts.tasks === 0 ? undefined : counts;
  }

  private count(rule: PlacementRule, job: JobId, machine: MachineId, sign: 1 | -1): void {
    if (rule.avoid.length > 0) {
      this.avoiders = grown(this.avoiders, machine + 1);
      this.avoiders[machine] += sign;
      this.avoiderCount += sign;
    }
    const attributes = attributesOf(rule);
    if (attributes.length === 0) return;
    let counts = this.counts.get(job);
    if (counts === undefined) {
      counts = { tasks: 0, byAttribute: new Map(attributes.map((attribute) => [attribute, new Map()])) };
      this.counts.set(job, counts);
    }
    this.add(counts, machine, sign);
    if (counts.tasks === 0) this.counts.delete(job);
  }

  private add(counts: JobCounts, machine: MachineId, sign: 1 | -1): void {
    counts.tasks += sign;
    for (const [attribute, values] of counts.byAttribute) {
      const value = this.valueOf(machine, attribute);
      // The machine may have lost the attribute after the task was placed.
      if (value === undefined) continue;
      const tasks = (values.get(value) ?? 0) + sign;
      if (tasks === 0) values.delete(value);
      else values.set(value, tasks);
    }
  }

  private valueOf(machine: MachineId, attribute: string): string | undefined {
    if (attribute === MACHINE_ATTRIBUTE) return String(machine);
    const { attributes, supply = 'own' } = this.ledger.machines.specs[machine];
    // As in constraints: the supply of a machine is an attribute.
    return attributes?.[attribute] ?? (attribute === 'supply' ? supply : undefined);
  }
}

function attributesOf(rule: PlacementRule): readonly string[] {
  return [...rule.spread.map(({ attribute }) => attribute), ...rule.together];
}
