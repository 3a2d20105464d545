import {
  type Cluster,
  FOREVER,
  MACHINE_ATTRIBUTE,
  NO_RULE,
  NONE,
  type PendingQueue,
  type PlacementRule,
  TaskState as State,
  type WhatIfRoom,
} from '../../model/index.js';
import type {
  Attribute,
  DeviceMask,
  FrameworkId,
  JobId,
  MachineId,
  MachineTasks,
  Micros,
  PlacedTasks,
  Queue,
  RuleFacts,
  SpreadRule,
  TaskClassId,
  TaskId,
  TaskState,
} from '../contract.js';
import type { CurrentTasks } from '../contract-control.js';

/** By the ledger's code. An ended task is not there any more, as far as a policy can know. */
const STATES: Readonly<Record<number, TaskState>> = {
  [State.unused]: 'unknown',
  [State.pending]: 'pending',
  [State.held]: 'claiming',
  [State.running]: 'running',
  [State.stopping]: 'stopping',
  [State.ended]: 'unknown',
};

/** Tasks, and the lists of tasks on machines, over the ledger's columns. With a room, the lists are as they would be. */
export class TasksView implements CurrentTasks, MachineTasks {
  readonly #cluster: Cluster;
  readonly #room: WhatIfRoom | undefined;

  constructor(cluster: Cluster, room?: WhatIfRoom) {
    this.#cluster = cluster;
    this.#room = room;
    Object.freeze(this);
  }

  get bound(): number {
    return this.#cluster.tasks.bound;
  }

  job(task: TaskId): JobId {
    return this.#cluster.tasks.job[task];
  }

  framework(task: TaskId): FrameworkId {
    return this.#cluster.tasks.framework[task];
  }

  taskClass(task: TaskId): TaskClassId {
    return this.#cluster.tasks.taskClass[task];
  }

  state(task: TaskId): TaskState {
    const { claims, tasks } = this.#cluster;
    const state = STATES[tasks.state[task]] ?? 'unknown';
    return state === 'pending' && claims.includes(tasks.job[task], task) ? 'claiming' : state;
  }

  priority(task: TaskId): number {
    return this.#cluster.tasks.priority[task];
  }

  submitted(task: TaskId): Micros {
    return this.#cluster.tasks.submitted[task];
  }

  started(task: TaskId): Micros {
    return this.#cluster.tasks.started[task];
  }

  estimate(task: TaskId): Micros {
    return this.#cluster.tasks.estimate[task];
  }

  timeLimit(task: TaskId): Micros {
    return this.#cluster.tasks.timeLimit[task];
  }

  machine(task: TaskId): MachineId {
    return this.#cluster.tasks.machine[task];
  }

  deviceMask(task: TaskId): DeviceMask {
    return this.#cluster.tasks.devices[task];
  }

  queuedAs(task: TaskId): number {
    return this.#cluster.tasks.enqueueSeq[task];
  }

  attempts(task: TaskId): number {
    return this.#cluster.tasks.attempts[task];
  }

  goneBy(task: TaskId): Micros {
    return this.#cluster.goneBy.get(task) ?? FOREVER;
  }

  checkpoint(task: TaskId): Micros {
    return this.#cluster.checkpoints?.last(task) ?? Number.NaN;
  }

  savesOnStop(task: TaskId): boolean {
    return this.#cluster.checkpoints?.savesOnStop(task) === true;
  }

  first(machine: MachineId): TaskId {
    return this.#room === undefined ? this.#cluster.machines.firstTask[machine] : this.#room.firstOn(machine);
  }

  next(task: TaskId): TaskId {
    return this.#room === undefined ? this.#cluster.tasks.nextOnMachine[task] : this.#room.nextOn(task);
  }
}

/** The placement rules of jobs, over the ledger's counts. */
export class RulesView implements RuleFacts {
  readonly #cluster: Cluster;
  readonly #rules: Cluster['rules'];
  /** By rule and framework. */
  readonly #known = new Map<number, JobRules>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#rules = cluster.rules;
    Object.freeze(this);
  }

  mayForbid(task: TaskId): boolean {
    return this.#exists(task) && this.#rules.mayForbid(task);
  }

  allows(task: TaskId, machine: MachineId): boolean {
    return this.#exists(task) && this.#rules.allows(task, machine);
  }

  needsNeighbour(task: TaskId, neighbour?: TaskId): boolean {
    const isKnown = this.#exists(task) && (neighbour === undefined || this.#exists(neighbour));
    return isKnown && this.#rules.needsNeighbour(task, neighbour);
  }

  hasPreference(task: TaskId): boolean {
    return this.#exists(task) && this.#rules.hasPreference(task);
  }

  prefers(task: TaskId, machine: MachineId): boolean {
    return !this.#exists(task) || this.#rules.prefers(task, machine);
  }

  preference(task: TaskId, machine: MachineId): number {
    return this.#exists(task) ? this.#rules.preference(task, machine) : 0;
  }

  preferenceTotal(task: TaskId): number {
    return this.#exists(task) ? this.#rules.preferenceTotal(task) : 0;
  }

  #exists(task: TaskId): boolean {
    return this.#cluster.tasks.taskClass[task] !== undefined;
  }

  together(job: JobId): readonly Attribute[] {
    return this.#rulesOf(job).together;
  }

  spreads(job: JobId): readonly SpreadRule[] {
    return this.#rulesOf(job).spreads;
  }

  #rulesOf(job: JobId): JobRules {
    const { jobs } = this.#cluster;
    if (jobs.rule[job] === undefined || jobs.rule[job] === NO_RULE) return UNRULED;
    const key = jobs.rule[job] * FRAMEWORKS + jobs.framework[job];
    let known = this.#known.get(key);
    if (known === undefined) {
      known = this.#makeRules(this.#rules.rule(jobs.rule[job]), jobs.framework[job]);
      this.#known.set(key, known);
    }
    return known;
  }

  #makeRules({ together, spread, avoid }: PlacementRule, framework: FrameworkId): JobRules {
    const { attributes, frameworks } = this.#cluster;
    const handle = (name: string) => attributes.intern(name) as Attribute;
    const spreads = spread.map(({ attribute, atMost }) =>
      Object.freeze({ attribute: handle(attribute), atMost }),
    );
    if (avoid.includes(frameworks[framework].name))
      spreads.push(Object.freeze({ attribute: handle(MACHINE_ATTRIBUTE), atMost: 1 }));
    return Object.freeze({
      together: Object.freeze(together.map(handle)),
      spreads: Object.freeze(spreads),
    });
  }
}

/** More than there can be, to make one key of a rule and a framework. */
const FRAMEWORKS = 2 ** 24;

/** The rules of a job that couple its tasks. */
interface JobRules {
  readonly together: readonly Attribute[];
  readonly spreads: readonly SpreadRule[];
}

const UNRULED: JobRules = Object.freeze({ together: Object.freeze([]), spreads: Object.freeze([]) });

/** The running tasks in the order of their starts. */
export class PlacedView implements PlacedTasks {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    Object.freeze(this);
  }

  get first(): TaskId {
    return this.#cluster.tasks.placed.first[0];
  }

  next(task: TaskId): TaskId {
    return this.#cluster.tasks.placed.next[task] ?? NONE;
  }
}

/** A queue of waiting tasks. */
export class QueueView implements Queue {
  readonly #queue: PendingQueue;

  constructor(queue: PendingQueue) {
    this.#queue = queue;
    Object.freeze(this);
  }

  get length(): number {
    return this.#queue.length;
  }

  get classCount(): number {
    return this.#queue.classCount;
  }

  get first(): TaskId {
    return this.#queue.first;
  }

  get last(): TaskId {
    return this.#queue.last;
  }

  next(task: TaskId): TaskId {
    return this.#queue.next(task);
  }

  previous(task: TaskId): TaskId {
    return this.#queue.previous(task);
  }
}
