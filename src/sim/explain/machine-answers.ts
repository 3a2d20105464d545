import {
  type ClassAnswer,
  type ClassAnswers,
  type Cluster,
  type FrameworkId,
  type FreeTable,
  type JobId,
  type MachineId,
  type MachineReason,
  NONE,
  type ResourceSpace,
  type TaskClassId,
  type TaskId,
} from '../../model/index.js';

/** What the answers need of the policy and its architecture. */
export interface AnswerTerms {
  readonly cluster: Cluster;
  /** The machines that the framework may ever use; undefined for all. */
  machinesOf(framework: FrameworkId): ((machine: MachineId) => boolean) | undefined;
  /** Under offers: the gang for which the machine is gathered now, NONE for none. Undefined without offers. */
  readonly keeperOf: ((machine: MachineId) => JobId) | undefined;
}

/** The classes of machines that do not take a task, the largest class first. */
export interface Answers {
  readonly classes: readonly ClassAnswers[];
  readonly leftOut: number;
  readonly hasRoom: boolean;
}

/** Who has the open offers of the whole cell: the framework of the task, or others. */
export type OpenCells = 'own' | 'others';

const MOST_CLASSES = 8;
const MOST_HOLDERS = 3;

/** Asks each machine why it does not take a task, and counts the answers by capacity and reason. It changes nothing. */
export class MachineAnswers {
  private readonly terms: AnswerTerms;
  private epoch = NONE;
  /** The class of each machine; NONE for one that is absent. */
  private classOf: number[] = [];
  private capacities: Readonly<Record<string, number>>[] = [];

  constructor(terms: AnswerTerms) {
    this.terms = terms;
  }

  /** The answers to a task. `cells` names the frameworks that have an open offer of the whole cell. */
  of(task: TaskId, cells: OpenCells): Answers {
    const { cluster } = this.terms;
    this.classify();
    const framework = cluster.tasks.framework[task];
    const look = new Look(this.terms, task, framework, cells);
    const classes = this.capacities.map((capacity): Counted => ({ capacity, machines: 0, answers: [] }));
    let hasRoom = false;
    for (let machine = 0; machine < cluster.machines.count; machine++) {
      const counted = classes[this.classOf[machine]];
      if (counted === undefined) continue;
      counted.machines++;
      const answer = look.at(machine);
      hasRoom ||= answer.reason === 'room';
      add(counted.answers, answer, look);
    }
    const sorted = classes.filter(({ machines }) => machines > 0).sort((a, b) => b.machines - a.machines);
    return {
      classes: sorted.slice(0, MOST_CLASSES),
      leftOut: Math.max(0, sorted.length - MOST_CLASSES),
      hasRoom,
    };
  }

  /** Groups the machines that are present by their capacity. */
  private classify(): void {
    const { cluster } = this.terms;
    const { machines, space } = cluster;
    if (this.epoch === cluster.machineEpoch) return;
    this.epoch = cluster.machineEpoch;
    this.classOf = [];
    this.capacities = [];
    const known = new Map<string, number>();
    for (let machine = 0; machine < machines.count; machine++) {
      if (!machines.isPresent(machine)) {
        this.classOf.push(NONE);
        continue;
      }
      const row = machine * space.size;
      const key = machines.capacity.slice(row, row + space.size).join();
      const place = known.get(key) ?? known.size;
      if (place === known.size) {
        known.set(key, place);
        this.capacities.push(amountsOf(space, machines.capacity, row));
      }
      this.classOf.push(place);
    }
  }
}

/** Amounts above 0 in units of the user, by resource. */
export function amountsOf(
  { kinds }: ResourceSpace,
  column: ArrayLike<number>,
  row: number,
): Readonly<Record<string, number>> {
  const amounts = kinds.map(({ name, quantaPerUnit }, d) => [name, column[row + d] / quantaPerUnit] as const);
  return Object.fromEntries(amounts.filter(([, amount]) => amount > 0));
}

interface Counted {
  readonly capacity: Readonly<Record<string, number>>;
  machines: number;
  readonly answers: MutableAnswer[];
}

type MutableAnswer = Omit<ClassAnswer, 'holders'> & { holders: string[] };

interface Answer {
  readonly reason: MachineReason;
  readonly holders: readonly string[];
}

function add(answers: MutableAnswer[], { reason, holders }: Answer, look: Look): void {
  let answer = answers.find((one) => one.reason === reason);
  if (answer === undefined) {
    answer = { reason, holders: [], least: 0, greatest: 0, short: [] };
    answers.push(answer);
  }
  answer.least++;
  answer.greatest++;
  for (const name of holders)
    if (answer.holders.length < MOST_HOLDERS && !answer.holders.includes(name)) answer.holders.push(name);
  for (const { resource, needed, most } of look.short) {
    const known = answer.short.find((one) => one.resource === resource);
    if (known === undefined) answer.short.push({ resource, needed, most, least: 1, greatest: 1 });
    else {
      known.least++;
      known.greatest++;
      if (most !== null) known.most = Math.max(known.most ?? 0, most);
    }
  }
}

/** One task before all machines. */
class Look {
  /** What the last machine lacked. */
  short: { readonly resource: string; readonly needed: number; readonly most: number | null }[] = [];
  private readonly terms: AnswerTerms;
  private readonly task: TaskId;
  private readonly taskClass: TaskClassId;
  private readonly job: JobId;
  private readonly mine: ((machine: MachineId) => boolean) | undefined;
  private readonly own: FreeTable | undefined;
  private readonly cells: OpenCells;

  constructor(terms: AnswerTerms, task: TaskId, framework: FrameworkId, cells: OpenCells) {
    this.cells = cells;
    const { tasks, offered } = terms.cluster;
    this.terms = terms;
    this.task = task;
    this.taskClass = tasks.taskClass[task];
    this.job = tasks.job[task];
    this.mine = terms.machinesOf(framework);
    this.own = terms.keeperOf === undefined ? undefined : offered.of(framework);
  }

  at(machine: MachineId): Answer {
    const { cluster, keeperOf } = this.terms;
    const { machines, constraints, classes, rules } = cluster;
    this.short = [];
    if (!constraints.allows(classes.constraint[this.taskClass], machine)) return plain('constraint');
    if (this.lacks((d) => machines.capacity[machine * classes.dims + d])) return plain('too-small');
    if (classes.gpuCount[this.taskClass] > machines.devices(machine)) return this.lacksDevices('too-small');
    if (this.mine?.(machine) === false) return plain('other-framework');
    if (!machines.isUp(machine)) return plain('not-up');
    const held = this.whyTaken(machine);
    if (held !== undefined) return held;
    const keeper = keeperOf?.(machine) ?? NONE;
    const isKept = keeper !== NONE && keeper !== this.job;
    if (!rules.allows(this.task, machine))
      return isKept ? this.heldByJobs('gathered', [keeper]) : plain('placement-rule');
    if (keeperOf === undefined || this.own?.open[machine] === 1) return plain('room');
    return isKept ? this.heldByJobs('gathered', [keeper]) : plain('not-offered');
  }

  /** Why too little is free; undefined if enough is. */
  private whyTaken(machine: MachineId): Answer | undefined {
    const { cluster } = this.terms;
    const { classes, claims, free, offered } = cluster;
    const isOwn = this.own?.open[machine] === 1;
    const tables = isOwn && this.own !== undefined ? [free, this.own] : [free];
    if (this.cells === 'own') tables.push(...offered.wholeCells);
    const amount = (d: number) => amountIn(tables, machine * classes.dims + d);
    const isShort = this.lacks(amount);
    const lacksDevices =
      !isShort &&
      classes.gpuCount[this.taskClass] > 0 &&
      tables.every((table) => table.bestFitDevices(machine, this.taskClass) === 0);
    if (!isShort && !lacksDevices) return undefined;
    const short = this.short;
    this.short = [];
    if (claims.size > 0 && claims.hides(machine, this.taskClass, free))
      return this.heldByJobs('claimed', claims.jobsOn(machine));
    const others = this.offeredToOthers(machine, isOwn);
    const isEnough = !this.lacks((d) => amount(d) + amountIn(others.tables, machine * classes.dims + d));
    this.short = [];
    if (isEnough && others.tables.length > 0) return { reason: 'offered', holders: others.names };
    if (lacksDevices) return this.lacksDevices('too-little-free');
    this.short = short;
    return plain('too-little-free');
  }

  /** The tables of other frameworks that have an offer of the machine, and their names, if they are known. */
  private offeredToOthers(
    machine: MachineId,
    isOwn: boolean,
  ): { readonly tables: readonly FreeTable[]; readonly names: readonly string[] } {
    const { offered, frameworks } = this.terms.cluster;
    if (this.own === undefined)
      return { tables: this.cells === 'own' ? [] : [...offered.wholeCells], names: [] };
    const holder = isOwn ? undefined : offered.holderOf(machine);
    if (holder === undefined) return { tables: [], names: [] };
    return { tables: [offered.of(holder)], names: [frameworks[holder].name] };
  }

  private lacks(has: (dimension: number) => number): boolean {
    const { classes, space } = this.terms.cluster;
    for (const [d, { name, quantaPerUnit }] of space.kinds.entries()) {
      const needed = classes.demand[this.taskClass * classes.dims + d];
      const most = has(d);
      if (most < needed)
        this.short.push({ resource: name, needed: needed / quantaPerUnit, most: most / quantaPerUnit });
    }
    return this.short.length > 0;
  }

  private lacksDevices(reason: MachineReason): Answer {
    this.short = [
      { resource: 'devices', needed: this.terms.cluster.classes.gpuCount[this.taskClass], most: null },
    ];
    return plain(reason);
  }

  private heldByJobs(reason: MachineReason, jobs: readonly JobId[]): Answer {
    const { name } = this.terms.cluster.jobs;
    return { reason, holders: jobs.map((job) => String(name[job])) };
  }
}

function amountIn(tables: readonly FreeTable[], place: number): number {
  return tables.reduce((sum, { free }) => sum + free[place], 0);
}

function plain(reason: MachineReason): Answer {
  return { reason, holders: [] };
}
