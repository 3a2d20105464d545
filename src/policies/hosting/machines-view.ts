import {
  type Cluster,
  FOREVER,
  type FreeTable,
  NONE,
  VisibleMachines,
  type WhatIfRoom,
} from '../../model/index.js';
import type {
  AnyScore,
  Attribute,
  Choice,
  ChoiceSpec,
  DeviceMask,
  Dimension,
  DomainId,
  KindId,
  MachineId,
  MachineState,
  Machines,
  Micros,
  Random,
  Read,
  Reads,
  Space,
  TaskClassId,
  TaskId,
  Verdict,
} from '../contract.js';
import { checkChoice, shown } from './checked-arguments.js';
import { PreparedChoice, type PreparedScore, preparedScore, WeightedChoice } from './choices.js';
import { ScoreSight } from './machine-sight.js';
import { hasOwnClaim, type Room, whyNotStart, withOwnClaim } from './why-not.js';

/** What the machines of a view belong to. */
export interface MachinesTerms {
  readonly cluster: Cluster;
  readonly table: FreeTable;
  readonly space: Space;
  /** What a score may declare. */
  readonly reads: Reads;
  readonly random: Random;
  /** Name of the policy, for messages. */
  readonly policy: string;
  /** See Measurements. */
  readonly usageVersion: () => number;
  /** The room of `table`, if that is no table of the ledger. */
  readonly room?: WhatIfRoom | undefined;
}

/** The machines of one table, as its scheduler sees them. */
export class MachinesView implements Machines {
  readonly space: Space;
  readonly #cluster: Cluster;
  readonly #table: FreeTable;
  readonly #visible: VisibleMachines;
  readonly #sight: ScoreSight;
  readonly #reads: Reads;
  readonly #random: Random;
  readonly #usageVersion: () => number;
  readonly #policy: string;
  readonly #room: WhatIfRoom | undefined;
  readonly #where: Room;
  readonly #scores = new Map<AnyScore, PreparedScore>();

  constructor({ cluster, table, space, reads, random, policy, usageVersion, room }: MachinesTerms) {
    this.space = space;
    this.#cluster = cluster;
    this.#table = table;
    this.#visible = new VisibleMachines(table);
    this.#sight = new ScoreSight(cluster, table, space);
    this.#reads = reads;
    this.#random = random;
    this.#policy = policy;
    this.#usageVersion = usageVersion;
    this.#room = room;
    this.#where = { cluster, table, room };
    Object.freeze(this);
  }

  get count(): number {
    return this.#table.count;
  }

  get kinds(): number {
    return this.#cluster.machines.inKind.length;
  }

  inKind(kind: KindId): number {
    return this.#cluster.machines.inKind[kind];
  }

  state(machine: MachineId): MachineState {
    return this.#cluster.machines.stateOf(machine);
  }

  upAt(machine: MachineId): Micros {
    const { machines } = this.#cluster;
    if (machines.isUp(machine)) return 0;
    const state = machines.stateOf(machine);
    if (state === 'off' || state === 'stopping' || state === 'absent') return FOREVER;
    const ready = machines.readyAt[machine] ?? FOREVER;
    return ready === FOREVER ? (machines.returnsAt[machine] ?? FOREVER) : ready;
  }

  awayFrom(machine: MachineId): Micros {
    return this.#cluster.machines.awayFrom[machine] ?? FOREVER;
  }

  startUp(machine: MachineId): Micros {
    return this.#cluster.machines.specs[machine]?.power?.startUp ?? FOREVER;
  }

  power(machine: MachineId, at: 'idle' | 'full'): number {
    return this.#cluster.machines.specs[machine]?.watts?.[at] ?? Number.NaN;
  }

  taskCount(machine: MachineId): number {
    if (this.#room === undefined) return this.#cluster.machines.tasks[machine];
    let count = 0;
    for (let task = this.first(machine); task !== NONE; task = this.next(task)) count++;
    return count;
  }

  get changes(): number {
    return this.#table.changes.head;
  }

  changedAt(change: number): MachineId {
    const { changes } = this.#table;
    return change >= 0 && change < changes.head && changes.remembers(change) ? changes.at(change) : NONE;
  }

  first(machine: MachineId): TaskId {
    return this.#reads.tasks.first(machine);
  }

  next(task: TaskId): TaskId {
    return this.#reads.tasks.next(task);
  }

  whyNot(task: TaskId, machine: MachineId): Verdict {
    return whyNotStart(this.#where, task, machine);
  }

  firstFit(task: TaskId, from: MachineId = 0): MachineId {
    if (hasOwnClaim(this.#where, task)) return withOwnClaim(this.#where, task, () => this.#first(task, from));
    return this.#first(task, from);
  }

  #first(task: TaskId, from: MachineId): MachineId {
    const { rules, tasks } = this.#cluster;
    const taskClass = tasks.taskClass[task];
    if (taskClass === undefined) return NONE;
    let machine = this.#visible.firstFit(taskClass, from);
    const room = this.#room;
    if (!rules.mayForbid(task, room)) return machine;
    while (machine !== NONE && !rules.allows(task, machine, room))
      machine = this.#visible.firstFit(taskClass, machine + 1);
    return machine;
  }

  prepare(choice: ChoiceSpec): Choice {
    checkChoice(choice, this.#policy);
    const { score, ties = 'lowest-rank', where } = choice;
    const random = ties === 'random' ? this.#random : undefined;
    const terms = { cluster: this.#cluster, visible: this.#visible, room: this.#room, random, where };
    if (!Array.isArray(score)) return new PreparedChoice(terms, this.#scoreFor(score as AnyScore));
    const parts = score.map((part) => ({ ...part, score: this.#scoreFor(part.score) }));
    return new WeightedChoice(terms, parts);
  }

  /** One per score, so that all choices by it share its kept values. */
  #scoreFor(score: AnyScore): PreparedScore {
    const known = this.#scores.get(score);
    if (known !== undefined) return known;
    const reader = `the score "${score.name}" of ${this.#policy}`;
    const reads: Partial<Record<Read, unknown>> = {};
    for (const read of score.reads) {
      if (!Object.hasOwn(this.#reads, read)) {
        const known = Object.keys(this.#reads).join(', ');
        throw new RangeError(`${reader} reads "${String(read)}", expected one of ${known}`);
      }
      reads[read] = this.#reads[read];
    }
    const declared = reads as Partial<Reads>;
    const sight = new ScoreSight(this.#cluster, this.#table, this.space, declared, reader);
    const prepared = preparedScore(score, sight, this.#cluster, this.#usageVersion);
    if (typeof prepared.value !== 'function')
      throw new RangeError(`${reader}: make: returned ${shown(prepared.value)}, expected a function`);
    this.#scores.set(score, prepared);
    return prepared;
  }

  free(machine: MachineId, dimension: Dimension): number {
    return this.#sight.free(machine, dimension);
  }

  capacity(machine: MachineId, dimension: Dimension): number {
    return this.#sight.capacity(machine, dimension);
  }

  kind(machine: MachineId): KindId {
    return this.#sight.kind(machine);
  }

  domain(machine: MachineId, attribute: Attribute): DomainId {
    return this.#sight.domain(machine, attribute);
  }

  domains(attribute: Attribute): number {
    return this.#sight.domains(attribute);
  }

  devices(machine: MachineId): number {
    return this.#sight.devices(machine);
  }

  deviceFree(machine: MachineId, device: number): number {
    return this.#sight.deviceFree(machine, device);
  }

  demand(taskClass: TaskClassId, dimension: Dimension): number {
    return this.#sight.demand(taskClass, dimension);
  }

  deviceCount(taskClass: TaskClassId): number {
    return this.#sight.deviceCount(taskClass);
  }

  deviceShare(taskClass: TaskClassId): number {
    return this.#sight.deviceShare(taskClass);
  }

  speed(kind: KindId, taskClass: TaskClassId): number {
    return this.#sight.speed(kind, taskClass);
  }

  defaultDevices(machine: MachineId, taskClass: TaskClassId): DeviceMask {
    return this.#sight.defaultDevices(machine, taskClass);
  }
}
