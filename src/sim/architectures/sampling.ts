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
import { GangProbes } from './gang-probes.js';
import { type ProbeGroup, WorkerChoice, WorkerQueues } from './workers.js';

/** Dependencies of the architecture. */
export interface SamplingSetup {
  readonly terms: SamplingTerms;
  readonly decisionTimes: DecisionTimes;
  readonly random: Random;
}

/**
 * Sparrow (Ousterhout et al., SOSP 2013): schedulers do not see the cell. Each job probes a few random workers, and
 * workers queue the probes. With late binding, a task is bound to a worker only when its probe is at the head of the
 * queue and the worker has room. There are many schedulers without shared state, so a decision time delays only its own
 * job.
 */
export class Sampling implements Architecture {
  private readonly execution: Execution;
  private readonly setup: SamplingSetup;
  private readonly workers = new WorkerQueues();
  private readonly choice: WorkerChoice;
  private readonly gangProbes: GangProbes;
  /** The group in which each task waits, by task. */
  private readonly groupOf: (ProbeGroup | undefined)[] = [];
  /** Tasks that arrived, or were requeued, at this instant. */
  private newcomers: TaskId[] = [];
  /** Groups that will send probes, by the number in their event. */
  private readonly asking: (ProbeGroup | undefined)[] = [];
  private readonly unusedIds: number[] = [];
  private readonly gangs = new Map<JobId, ProbeGroup>();
  /** Groups with fewer probes than waiting tasks: their workers left, or there were none. */
  private short = new Set<ProbeGroup>();
  /** Groups whose next probes are scheduled because placement rules exclude the probed workers. */
  private readonly turnedAway = new Set<ProbeGroup>();
  /** Machines that may have room for the heads of their queues. */
  private freed: MachineId[] = [];
  /** When a bound task starts on its worker. */
  private readonly startsAt: Micros[] = [];

  constructor(execution: Execution, setup: SamplingSetup) {
    this.execution = execution;
    this.setup = setup;
    this.choice = new WorkerChoice(execution.cluster, this.workers, setup.random);
    this.gangProbes = new GangProbes(execution.cluster, this.choice);
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
    // The row of the job may soon be reused for another gang.
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
    this.execution.explainer?.probed(now);
  }

  /** Subject 2g: group g sends its probes. Subject 2t + 1: bound task t starts. */
  due(subject: number, now: Micros): void {
    const id = subject >> 1;
    if ((subject & 1) === 1) this.startBound(id, now);
    else this.askNow(id, now);
  }

  // Jobs

  /** Groups tasks by job and class. The tasks of a gang stay together, and join its waiting tasks. */
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

  /** Sends the probes of the group, which arrive after this time. */
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

  /** Probes for each task without a probe, on distinct machines as long as there are enough. */
  private probeLate(group: ProbeGroup): MachineId[] {
    const missing = group.tasks.length - group.probes;
    const reached = this.choice.draw(group.tasks[0], Math.ceil(missing * this.setup.terms.probes));
    if (reached.length === 0) this.short.add(group);
    for (const machine of reached) this.workers.add(machine, group);
    return reached;
  }

  /** Each task of the group queues at one chosen worker, as its own group. */
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

  /** Serves the queue of a worker until its head does not fit. */
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

  /** A placement rule excludes this worker for the task. Its probe is dropped, and another one is sent later. */
  private turnAway(group: ProbeGroup, machine: MachineId, now: Micros): void {
    this.workers.drop(machine);
    if (group.tasks.length <= group.probes || this.turnedAway.has(group)) return;
    this.turnedAway.add(group);
    this.send(group, this.setup.terms.retry, now);
  }

  private isForbidden(task: TaskId, machine: MachineId): boolean {
    return !this.execution.cluster.rules.allows(task, machine);
  }

  /**
   * With late binding, the worker requests the task and receives it: one message each way. An early-bound task is
   * already there.
   */
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
    // The worker may have left meanwhile, and the row may be reused for a later task.
    if (this.startsAt[task] !== now || tasks.state[task] !== TaskState.held) return;
    if (this.keepsItsRules(task)) this.execution.startHeld(task);
    else this.taskArrived(task);
  }

  /**
   * Whether the placement rules still allow the task on its worker. A task that it needs there may have left. Then it
   * becomes pending again.
   */
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

  /**
   * A gang starts on the probed workers if it stands on them as a whole now. Otherwise it probes again later, twice as many
   * workers each time. So it starts on an idle cluster also if few sets of workers suit its rules.
   */
  private probeForGang(gang: ProbeGroup, now: Micros): void {
    const { execution } = this;
    const { cluster } = execution;
    const members = gang.tasks.slice();
    // Members that were requeued at this instant are not included yet.
    const isWhole = members.length === cluster.jobs.pending[gang.job];
    const placing = isWhole ? this.gangProbes.place(gang.job, members, this.probesOf(gang)) : undefined;
    if (placing === undefined) {
      if (isWhole) gang.vain = (gang.vain ?? 0) + 1;
      this.send(gang, this.setup.terms.retry, now);
      return;
    }
    gang.tasks.length = 0;
    this.gangs.delete(gang.job);
    for (const [i, task] of placing.tasks.entries()) {
      this.groupOf[task] = undefined;
      cluster.hold(task, placing.machines[i], cluster.free, placing.devices?.[i] ?? 0);
    }
    for (const task of members) execution.startHeld(task);
  }

  private probesOf({ tasks, vain = 0 }: ProbeGroup): number {
    const first = Math.max(tasks.length, Math.ceil(tasks.length * this.setup.terms.probes));
    return Math.min(first * 2 ** vain, this.execution.cluster.machines.count);
  }
}
