import {
  type FrameworkId,
  type JobId,
  type MachineId,
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
import { type ProbeGroup, WorkerChoice, WorkerQueues } from './workers.js';

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
