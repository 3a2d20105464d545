import {
  type Attribute,
  type DeviceMask,
  type JobFacts,
  type JobId,
  type MachineId,
  NONE,
  type Placing,
  type RuleFacts,
  type SpreadRule,
  type TaskFacts,
  type TaskId,
  type WhatIf,
} from '../contract.js';
import { type Budget, DepthFirst } from './depth-first.js';
import type { Impossible } from './impossible.js';
import { type Group, type SearchMachines, SearchRoom, type SpreadLimit } from './search-room.js';

/**
 * Where a job as a whole could stand.
 *
 * - yes: on these machines.
 * - no: nowhere. This is a proof; the reason is the first necessary condition that fails.
 * - unknown: the bound was reached before an answer.
 */
export type Answer =
  | { readonly answer: 'yes'; readonly placing: Placing }
  | { readonly answer: 'no'; readonly reason: Impossible }
  | { readonly answer: 'unknown' };

/** Leaves out machines although the task could start there. */
export type SearchFilter = (machine: MachineId, task: TaskId) => boolean;

/** Finds a place for a job as a whole, in the room as it would be. */
export interface Search {
  /**
   * Where these pending members of the job could stand together. The room is `view.whatIf` as the caller has shaped it, with
   * `reset`, `remove`, `put`, `block` and so on. It is as before after the answer. `where` may depend on the class, the
   * estimate and the priority of a task, and on nothing else of it.
   */
  place(job: JobId, members: readonly TaskId[], where?: SearchFilter): Answer;
}

/** What a search reads. A scheduler's view has it. */
export interface SearchView {
  readonly whatIf: WhatIf;
  readonly tasks: TaskFacts;
  readonly jobs: JobFacts;
  readonly rules: RuleFacts;
}

/** The machine of one task after another, in the room as it would be: the choice of a policy's placement. */
export interface GreedyChoice {
  best(task: TaskId): MachineId;
  /** Devices there; undefined leaves the choice to the host. */
  devices?(task: TaskId, machine: MachineId): DeviceMask | undefined;
}

/** Terms of a search. */
export interface SearchTerms {
  /** Placings are by this choice where it finds one. The search is for the others. */
  readonly choice?: GreedyChoice | undefined;
  /**
   * Ignores rules that depend on tasks of other jobs: avoid, beside. The job's own spread and together rules hold. For the
   * question whether a job could ever stand.
   */
  readonly isRelaxed?: boolean;
}

/** Members that a search puts before it answers `unknown`. */
const BOUND = 20_000;

/**
 * The search over groups of members that are alike. Members of one group are exact at any size: their places are counted. Others
 * are searched depth first. No clock, no randomness: equal rooms give equal answers.
 *
 * Complexity: groups x machines + members, where the necessary conditions or the count decide; else at most 20,000 puts.
 */
export class GangSearch implements Search {
  /** Members put in all searches so far, and the number of answers `unknown`. */
  nodesSpent = 0;
  unknowns = 0;
  private readonly view: SearchView;
  private readonly choice: GreedyChoice | undefined;
  private readonly isRelaxed: boolean;

  constructor(view: SearchView, { choice, isRelaxed = false }: SearchTerms = {}) {
    this.view = view;
    this.choice = choice;
    this.isRelaxed = isRelaxed;
  }

  place(job: JobId, members: readonly TaskId[], where?: SearchFilter): Answer {
    const greedy = this.greedy(members, where);
    return greedy === undefined ? this.search(job, members, where) : { answer: 'yes', placing: greedy };
  }

  /** One member after another, where the choice of the policy puts it. */
  private greedy(members: readonly TaskId[], where: SearchFilter | undefined): Placing | undefined {
    const { choice } = this;
    if (choice === undefined) return undefined;
    const { whatIf } = this.view;
    const mark = whatIf.mark();
    const [machines, devices]: [MachineId[], DeviceMask[]] = [[], []];
    for (const task of members) {
      const machine = choice.best(task);
      if (machine === NONE || where?.(machine, task) === false) break;
      const mask = choice.devices?.(task, machine) ?? 0;
      if (whatIf.put(task, machine, mask) !== 'done') break;
      machines.push(machine);
      devices.push(mask);
    }
    whatIf.undo(mark);
    return machines.length === members.length ? { tasks: members, machines, devices } : undefined;
  }

  private search(job: JobId, members: readonly TaskId[], where: SearchFilter | undefined): Answer {
    const { rules } = this.view;
    const together = rules.together(job);
    const groups = this.groupsOf(members, where !== undefined);
    const usable = groups.map((group) => this.usableFor(job, group, where));
    const order = this.orderOf(groups, usable);
    const ordered = order.map((g) => groups[g]);
    const limits = rules.spreads(job).map((rule) => this.limitOf(job, rule, members));
    const budget: Budget = { nodes: BOUND };
    let reason: Impossible | undefined;
    let isProved = true;
    const lists = order.map((g) => usable[g]);
    for (const machines of this.domainsOf(together, lists)) {
      const room = new SearchRoom(this.view.whatIf.machines, ordered, machines, limits);
      const outcome = new DepthFirst(room, budget).run();
      if (outcome.answer === 'yes') return this.spent(budget, outcome);
      if (outcome.answer === 'unknown') isProved = false;
      else reason ??= outcome.reason;
    }
    if (!isProved) return this.spent(budget, { answer: 'unknown' });
    const hasOthers = together.length > 0 && this.standsApart(ordered, lists, limits);
    if (hasOthers || reason === undefined)
      reason = { kind: 'together', attributes: together, tasks: members.length };
    return this.spent(budget, { answer: 'no', reason });
  }

  private spent(budget: Budget, answer: Answer): Answer {
    this.nodesSpent += BOUND - Math.max(0, budget.nodes);
    if (answer.answer === 'unknown') this.unknowns++;
    return answer;
  }

  /** Do the necessary conditions hold without the rule that keeps the job together? Then this rule is the reason. */
  private standsApart(
    groups: readonly Group[],
    lists: readonly (readonly MachineId[])[],
    limits: readonly SpreadLimit[],
  ): boolean {
    const [machines] = this.domainsOf([], lists);
    const room = new SearchRoom(this.view.whatIf.machines, groups, machines, limits);
    return new DepthFirst(room, { nodes: BOUND }).run().answer !== 'no';
  }

  /** Members of one class are alike. A filter may also look at the estimate and the priority. */
  private groupsOf(members: readonly TaskId[], isFiltered: boolean): Group[] {
    const { tasks, whatIf } = this.view;
    const { machines } = whatIf;
    const groups = new Map<number | string, TaskId[]>();
    for (const task of members) {
      const taskClass = tasks.taskClass(task);
      const key = isFiltered ? `${taskClass} ${tasks.estimate(task)} ${tasks.priority(task)}` : taskClass;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [task]);
      else group.push(task);
    }
    return [...groups.values()].map((group) => {
      const taskClass = tasks.taskClass(group[0]);
      return {
        taskClass,
        members: group,
        demand: Int32Array.from(machines.space.dimensions, (d) => machines.demand(taskClass, d)),
        deviceCount: machines.deviceCount(taskClass),
        deviceShare: machines.deviceShare(taskClass),
      };
    });
  }

  /** The machines on which a member of the group could start alone, the lowest rank first. */
  private usableFor(job: JobId, { members }: Group, where: SearchFilter | undefined): MachineId[] {
    const { machines } = this.view.whatIf;
    const task = members[0];
    const usable: MachineId[] = [];
    if (this.isRelaxed && this.view.rules.mayForbid(task)) {
      const needed = this.view.rules.together(job);
      for (let machine = 0; machine < machines.count; machine++) {
        const verdict = machines.whyNot(task, machine);
        const stands = verdict === 'done' || verdict === 'placement-rule';
        if (stands && needed.every((attribute) => machines.domain(machine, attribute) !== NONE))
          usable.push(machine);
      }
    } else {
      for (let m = machines.firstFit(task); m !== NONE; m = machines.firstFit(task, m + 1)) usable.push(m);
    }
    return where === undefined ? usable : usable.filter((machine) => where(machine, task));
  }

  /**
   * Fewest places per member first, then the largest share of the free room, then the class. Places are an upper bound: by
   * amounts, one machine at a time.
   */
  private orderOf(groups: readonly Group[], usable: readonly (readonly MachineId[])[]): number[] {
    const { machines } = this.view.whatIf;
    const { dimensions } = machines.space;
    const total = dimensions.map(() => 0);
    const tightness = groups.map(({ demand, members }, g) => {
      let places = 0;
      for (const machine of usable[g]) {
        let slots = members.length;
        for (const d of dimensions) {
          const free = machines.free(machine, d);
          total[d] += free;
          if (demand[d] > 0) slots = Math.min(slots, Math.floor(free / demand[d]));
        }
        places += slots;
      }
      return places / members.length;
    });
    const share = ({ demand }: Group) =>
      Math.max(0, ...dimensions.map((d) => (total[d] > 0 ? demand[d] / total[d] : 0)));
    const shares = groups.map(share);
    return [...groups.keys()].sort(
      (a, b) =>
        tightness[a] - tightness[b] ||
        shares[b] - shares[a] ||
        groups[a].taskClass - groups[b].taskClass ||
        a - b,
    );
  }

  /** The rule as a limit per domain, less what tasks of the job that are placed already take. */
  private limitOf(job: JobId, { attribute, atMost }: SpreadRule, members: readonly TaskId[]): SpreadLimit {
    const { whatIf, jobs, tasks } = this.view;
    const { machines } = whatIf;
    const domainOf = (machine: MachineId) => machines.domain(machine, attribute);
    const taken = new Map<number, number>();
    const hasOthers = jobs.running(job) > 0 || jobs.pending(job) > members.length;
    for (let machine = 0; hasOthers && machine < machines.count; machine++) {
      for (let task = machines.first(machine); task !== NONE; task = machines.next(task)) {
        if (tasks.job(task) !== job) continue;
        taken.set(domainOf(machine), (taken.get(domainOf(machine)) ?? 0) + 1);
      }
    }
    return { domainOf, leftOf: (domain) => atMost - (taken.get(domain) ?? 0) };
  }

  /** The machines of each domain that the job may share; all machines without such a rule. */
  private domainsOf(
    together: readonly Attribute[],
    usable: readonly (readonly MachineId[])[],
  ): readonly SearchMachines[] {
    const { machines } = this.view.whatIf;
    const byDomain = new Map<string, MachineId[]>();
    for (const machine of [...new Set(usable.flat())].sort((a, b) => a - b)) {
      const domain = together.map((attribute) => machines.domain(machine, attribute)).join();
      const known = byDomain.get(domain);
      if (known === undefined) byDomain.set(domain, [machine]);
      else known.push(machine);
    }
    if (byDomain.size === 0) byDomain.set('', []);
    const allowed = usable.map((list) => new Set(list));
    return [...byDomain.values()].map((list) => ({
      machines: list,
      usable: allowed.map((set) => Uint8Array.from(list, (machine) => (set.has(machine) ? 1 : 0))),
    }));
  }
}
