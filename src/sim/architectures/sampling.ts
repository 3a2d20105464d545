import {
  type Cluster,
  type FrameworkId,
  type JobId,
  type MachineId,
  type MachineTable,
  type Micros,
  NONE,
  type TaskId,
  TaskState,
} from '../../model/index.js';
import type { Random } from '../../policies/contract.js';
import type { SamplingTerms } from '../../policies/policy.js';
import { type DecisionTimes, decisionTime, decisionTimeFor } from '../decision-time.js';
import { EventClass } from '../event-queue.js';
import type { Execution } from '../execution.js';
import type { Architecture } from './architecture.js';

/** What the architecture is made of. */
export interface SamplingSetup {
  readonly terms: SamplingTerms;
  readonly decisionTimes: DecisionTimes;
  readonly random: Random;
}

/**
 * Sparrow (Ousterhout et al., SOSP 2013): no scheduler sees the cell. Each job probes a few workers at random, workers queue
 * what reaches them, and with late binding a task is bound to a worker only when a probe has come to the head of its queue
 * and has room. Schedulers are many and share nothing, so that a decision time delays its own job and no other.
 */
export class Sampling implements Architecture {
  private readonly execution: Execution;
  private readonly setup: SamplingSetup;
  private readonly workers = new WorkerQueues();
  private readonly choice: WorkerChoice;
  /** The group in which each task waits, by task. */
  private readonly groupOf: (ProbeGroup | undefined)[] = [];
  /** Tasks that came, or came again, at this instant. */
  private newcomers: TaskId[] = [];
  /** Groups that are about to send probes, by the number in their event. */
  private readonly asking: (ProbeGroup | undefined)[] = [];
  private readonly unusedIds: number[] = [];
  private readonly gangs = new Map<JobId, ProbeGroup>();
  /** Groups of which fewer probes are out than tasks wait: their workers left, or there were none. */
  private short = new Set<ProbeGroup>();
  /** Groups whose next probes are on their way because workers may not take their tasks. */
  private readonly turnedAway = new Set<ProbeGroup>();
  /** Machines that may have room for the heads of their queues. */
  private freed: MachineId[] = [];
  /** When a task that is bound to a worker starts there. */
  private readonly startsAt: Micros[] = [];

  constructor(execution: Execution, setup: SamplingSetup) {
    this.execution = execution;
    this.setup = setup;
    this.choice = new WorkerChoice(execution.cluster, this.workers, setup.random);
  }

  taskArrived(task: TaskId): void {
    this.newcomers.push(task);
    this.execution.passWanted = true;
  }

  taskRequeued(task: TaskId): void {
    this.taskArrived(task);
  }

  taskStopped(_framework: FrameworkId, machine: MachineId): void {
    this.freed.push(machine);
    this.execution.passWanted = true;
  }

  taskLeaves(task: TaskId): void {
    const group = this.groupOf[task];
    this.groupOf[task] = undefined;
    if (group === undefined) {
      this.newcomers = this.newcomers.filter((other) => other !== task);
      return;
    }
    group.tasks.splice(group.tasks.indexOf(task), 1);
    // The row of the job may soon be another gang's.
    if (group.tasks.length === 0 && this.gangs.get(group.job) === group) this.gangs.delete(group.job);
  }

  machineReturned(): void {
    this.execution.passWanted = true;
  }

  machineLeaves(machine: MachineId): void {
    const { cluster } = this.execution;
    const { tasks, machines } = cluster;
    for (let group = this.workers.first(machine); group !== undefined; group = this.workers.first(machine)) {
      this.workers.drop(machine);
      this.short.add(group);
    }
    for (let task = machines.firstTask[machine], next = NONE; task !== NONE; task = next) {
      next = tasks.nextOnMachine[task];
      if (tasks.state[task] !== TaskState.held) continue;
      cluster.release(task);
      this.newcomers.push(task);
    }
    this.execution.passWanted = true;
  }

  pass(now: Micros): void {
    for (const machine of this.freed.splice(0)) this.serve(machine, now);
    for (const group of this.groupsOf(this.newcomers.splice(0))) this.ask(group, now);
    const short = this.short;
    this.short = new Set();
    for (const group of short)
      if (group.tasks.length > group.probes) this.send(group, this.setup.terms.delay, now);
  }

  /** Subjects: 2g, group g sends its probes; 2t + 1, task t starts where it is bound. */
  due(subject: number, now: Micros): void {
    const id = subject >> 1;
    if ((subject & 1) === 1) this.startBound(id, now);
    else this.askNow(id, now);
  }

  // Jobs

  /** The tasks by job and class; those of a gang stay together, and with what waits of it already. */
  private groupsOf(tasks: readonly TaskId[]): ProbeGroup[] {
    const { tasks: table, jobs } = this.execution.cluster;
    const groups = new Map<string, ProbeGroup>();
    for (const task of tasks) {
      const job = table.job[task];
      const isGang = jobs.gang[job] === 1;
      const key = isGang ? `${job}` : `${job}/${table.taskClass[task]}`;
      let group = (isGang ? this.gangs.get(job) : undefined) ?? groups.get(key);
      if (group === undefined) {
        group = { job, tasks: [], probes: 0 };
        groups.set(key, group);
        if (isGang) this.gangs.set(job, group);
      }
      group.tasks.push(task);
      this.groupOf[task] = group;
    }
    return [...groups.values()];
  }

  /** Sends the probes after the decision time of the job's scheduler. */
  private ask(group: ProbeGroup, now: Micros): void {
    const delay = this.decisionTimeOf(group);
    if (delay > 0)
      this.execution.observer.decided(this.execution.cluster.jobs.framework[group.job], delay, now);
    this.send(group, delay + this.setup.terms.delay, now);
  }

  /** The probes of the group reach their workers after so long. */
  private send(group: ProbeGroup, after: Micros, now: Micros): void {
    if (after === 0) {
      this.probe(group, now);
      return;
    }
    const id = this.unusedIds.pop() ?? this.asking.length;
    this.asking[id] = group;
    this.execution.schedule(now + after, EventClass.decision, 2 * id);
  }

  private askNow(id: number, now: Micros): void {
    const group = this.asking[id] as ProbeGroup;
    this.asking[id] = undefined;
    this.unusedIds.push(id);
    this.probe(group, now);
  }

  private decisionTimeOf({ job, tasks }: ProbeGroup): Micros {
    const { jobs, frameworks } = this.execution.cluster;
    const times = decisionTimeFor(this.setup.decisionTimes, frameworks[jobs.framework[job]].name);
    return decisionTime(times, 1, tasks.length);
  }

  private probe(group: ProbeGroup, now: Micros): void {
    this.turnedAway.delete(group);
    if (group.tasks.length <= group.probes) return;
    if (this.gangs.get(group.job) === group) {
      this.probeForGang(group, now);
    } else {
      const reached =
        this.setup.terms.rule === 'late-binding' ? this.probeLate(group) : this.bindEarly(group);
      for (const machine of reached) this.serve(machine, now);
    }
  }

  /** Probes for each task that has none yet, on machines of their own as long as there are any. */
  private probeLate(group: ProbeGroup): MachineId[] {
    const missing = group.tasks.length - group.probes;
    const reached = this.choice.draw(group.tasks[0], Math.ceil(missing * this.setup.terms.probes));
    if (reached.length === 0) this.short.add(group);
    for (const machine of reached) this.workers.add(machine, group);
    return reached;
  }

  /** Each task of the group queues at a worker of its choice, as a group of its own. */
  private bindEarly(group: ProbeGroup): MachineId[] {
    const { rule, probes } = this.setup.terms;
    const tasks = group.tasks.splice(0);
    const chosen =
      rule === 'batch' ? this.choice.leastLoaded(tasks, probes) : this.choice.leastOfEach(tasks, probes);
    if (chosen.length === 0) {
      group.tasks.push(...tasks);
      this.short.add(group);
    }
    for (let i = 0; i < chosen.length; i++) {
      const own: ProbeGroup = { job: group.job, tasks: [tasks[i]], probes: 0 };
      this.groupOf[tasks[i]] = own;
      this.workers.add(chosen[i], own);
    }
    return chosen;
  }

  // Workers

  /** Goes through the queue of a worker until its head has no room. */
  private serve(machine: MachineId, now: Micros): void {
    const { cluster } = this.execution;
    for (let group = this.workers.first(machine); group !== undefined; group = this.workers.first(machine)) {
      if (group.tasks.length > 0) {
        const [task] = group.tasks;
        if (!cluster.free.fits(machine, cluster.tasks.taskClass[task])) return;
        if (this.isForbidden(task, machine)) {
          this.turnAway(group, machine, now);
          continue;
        }
        this.bind(group.tasks.shift() as TaskId, machine, now);
      }
      this.workers.drop(machine);
    }
  }

  /** A rule of placement keeps the task off this worker: its probe is of no use here, and another one is sent later. */
  private turnAway(group: ProbeGroup, machine: MachineId, now: Micros): void {
    this.workers.drop(machine);
    if (group.tasks.length <= group.probes || this.turnedAway.has(group)) return;
    this.turnedAway.add(group);
    this.send(group, this.setup.terms.retry, now);
  }

  private isForbidden(task: TaskId, machine: MachineId): boolean {
    return !this.execution.cluster.rules.allows(task, machine);
  }

  /** The worker asks for the task and gets it, which takes a message each way; an early-bound task is there already. */
  private bind(task: TaskId, machine: MachineId, now: Micros): void {
    const { execution } = this;
    const { rule, delay } = this.setup.terms;
    this.groupOf[task] = undefined;
    if (rule !== 'late-binding' || delay === 0) {
      execution.start(task, machine, execution.cluster.free, 0);
      return;
    }
    execution.cluster.hold(task, machine);
    this.startsAt[task] = now + 2 * delay;
    execution.schedule(this.startsAt[task], EventClass.decision, 2 * task + 1);
  }

  private startBound(task: TaskId, now: Micros): void {
    const { tasks } = this.execution.cluster;
    // The worker may have left meanwhile, and the row may belong to a later task.
    if (this.startsAt[task] !== now || tasks.state[task] !== TaskState.held) return;
    if (this.keepsItsRules(task)) this.execution.startHeld(task);
    else this.taskArrived(task);
  }

  /** Is the task still allowed where it is bound? Whom it needs beside it may have gone; then it is pending again. */
  private keepsItsRules(task: TaskId): boolean {
    const { cluster } = this.execution;
    if (!cluster.rules.mayForbid(task)) return true;
    const machine = cluster.tasks.machine[task];
    cluster.release(task);
    if (this.isForbidden(task, machine)) return false;
    cluster.hold(task, machine);
    return true;
  }

  // Gangs

  /** A gang starts on the workers it probes if they have room for all of it now; else it probes others later. */
  private probeForGang(gang: ProbeGroup, now: Micros): void {
    const { execution } = this;
    const { cluster } = execution;
    const members = gang.tasks.slice();
    // Who came again at this very instant is not among them yet.
    const isWhole = members.length === cluster.jobs.pending[gang.job];
    const held = isWhole ? this.holdMembers(members) : [];
    if (held.length < members.length) {
      for (const task of held) cluster.release(task);
      this.send(gang, this.setup.terms.retry, now);
      return;
    }
    gang.tasks.length = 0;
    this.gangs.delete(gang.job);
    for (const task of members) {
      this.groupOf[task] = undefined;
      execution.startHeld(task);
    }
  }

  /** Sets room aside on probed workers, for one member after another, until one finds none. */
  private holdMembers(members: readonly TaskId[]): TaskId[] {
    const { cluster } = this.execution;
    const probes = Math.max(members.length, Math.ceil(members.length * this.setup.terms.probes));
    const probed = this.choice.drawUp(probes);
    const held: TaskId[] = [];
    for (const task of members) {
      const machine = probed.find(
        (one) => cluster.free.fits(one, cluster.tasks.taskClass[task]) && !this.isForbidden(task, one),
      );
      if (machine === undefined) break;
      cluster.hold(task, machine);
      held.push(task);
    }
    return held;
  }
}

/** Draws machines at random without replacement (an incremental Fisher-Yates shuffle). */
export class MachineSampler {
  private readonly machines: MachineTable;
  private readonly random: Random;
  private order = new Int32Array(0);
  private drawn = 0;

  constructor(machines: MachineTable, random: Random) {
    this.machines = machines;
    this.random = random;
  }

  /** Puts all machines back. */
  restart(): void {
    this.drawn = 0;
    if (this.order.length !== this.machines.count)
      this.order = Int32Array.from({ length: this.machines.count }, (_, machine) => machine);
  }

  /** The next machine that may be used, or NONE when all have been drawn. */
  draw(mayUse: (machine: MachineId) => boolean): MachineId {
    const { order } = this;
    while (this.drawn < order.length) {
      const place = this.drawn + Math.floor(this.random() * (order.length - this.drawn));
      const machine = order[place];
      order[place] = order[this.drawn];
      order[this.drawn++] = machine;
      if (mayUse(machine)) return machine;
    }
    return NONE;
  }
}

/** Draws the workers that are probed, and picks among them by the loads that they report. */
export class WorkerChoice {
  private readonly cluster: Cluster;
  private readonly workers: WorkerQueues;
  private readonly sampler: MachineSampler;

  constructor(cluster: Cluster, workers: WorkerQueues, random: Random) {
    this.cluster = cluster;
    this.workers = workers;
    this.sampler = new MachineSampler(cluster.machines, random);
  }

  /** Draws `count` workers that fit the task when empty. A worker repeats only after all were drawn. Empty when no worker fits. */
  draw(task: TaskId, count: number): MachineId[] {
    const { cluster } = this;
    const taskClass = cluster.tasks.taskClass[task];
    const drawn = this.drawUpTo(count, (machine) => {
      return cluster.machines.isUp(machine) && cluster.fitsEmpty(machine, taskClass);
    });
    const all = drawn.length;
    for (let i = 0; all > 0 && drawn.length < count; i++) drawn.push(drawn[i % all]);
    return drawn;
  }

  /** Draws `count` machines that are up, or all of them if there are fewer. */
  drawUp(count: number): MachineId[] {
    return this.drawUpTo(count, (machine) => this.cluster.machines.isUp(machine));
  }

  /** A worker per task: the least loaded of all that are probed for the tasks together; first drawn, first taken on ties. */
  leastLoaded(tasks: readonly TaskId[], probesPerTask: number): MachineId[] {
    const loads = new Map<MachineId, number>();
    const probes = this.draw(tasks[0], Math.ceil(tasks.length * probesPerTask)).map((machine) => {
      // A worker that is drawn twice would have the first task in its queue already.
      const load = loads.get(machine) ?? this.load(machine);
      loads.set(machine, load + 1);
      return { machine, load };
    });
    probes.sort((a, b) => a.load - b.load);
    return probes.slice(0, tasks.length).map(({ machine }) => machine);
  }

  /** A worker per task: the least loaded of those that the task probes by itself. */
  leastOfEach(tasks: readonly TaskId[], probesPerTask: number): MachineId[] {
    return tasks.flatMap((task) => {
      const drawn = this.draw(task, Math.ceil(probesPerTask));
      if (drawn.length === 0) return [];
      return [drawn.reduce((best, machine) => (this.load(machine) < this.load(best) ? machine : best))];
    });
  }

  /** Tasks there and in the queue. */
  private load(machine: MachineId): number {
    return this.cluster.machines.tasks[machine] + this.workers.length(machine);
  }

  private drawUpTo(count: number, mayUse: (machine: MachineId) => boolean): MachineId[] {
    const drawn: MachineId[] = [];
    this.sampler.restart();
    while (drawn.length < count) {
      const machine = this.sampler.draw(mayUse);
      if (machine === NONE) break;
      drawn.push(machine);
    }
    return drawn;
  }
}

/** The queue that each worker keeps of the probes that reached it: first come, first served. */
export class WorkerQueues {
  private readonly queues: Queue[] = [];

  length(machine: MachineId): number {
    const queue = this.queues[machine];
    return queue === undefined ? 0 : queue.probes.length - queue.head;
  }

  add(machine: MachineId, group: ProbeGroup): void {
    this.queues[machine] ??= { probes: [], head: 0 };
    this.queues[machine].probes.push(group);
    group.probes++;
  }

  /** Whose probe is at the head, or undefined. */
  first(machine: MachineId): ProbeGroup | undefined {
    const queue = this.queues[machine];
    return queue?.probes[queue.head];
  }

  /** Takes the probe at the head out. */
  drop(machine: MachineId): void {
    const queue = this.queues[machine];
    queue.probes[queue.head++].probes--;
    if (queue.head < 64 || queue.head * 2 < queue.probes.length) return;
    queue.probes.splice(0, queue.head);
    queue.head = 0;
  }
}

interface Queue {
  readonly probes: ProbeGroup[];
  /** Place of the head; what lies before it is gone. */
  head: number;
}

/** Tasks of one job that ask for workers together, and what they have out. Any of them may take the room that a probe finds. */
export interface ProbeGroup {
  readonly job: JobId;
  /** Tasks that wait, in the order of their coming. */
  readonly tasks: TaskId[];
  /** Probes that stand in queues of workers. */
  probes: number;
}
