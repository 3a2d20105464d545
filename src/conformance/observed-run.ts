import {
  type Cluster,
  type Constraint,
  type FrameworkId,
  type JobId,
  type KillCause,
  type MachineId,
  type MachineState,
  type Micros,
  NONE,
  type Observer,
  type OfferEnd,
  type PlacementAction,
  type PlacementRule,
  type Refusal,
  type TaskId,
  type TaskOutcome,
} from '../model/index.js';
import { SERVICE } from './scenario.js';

/** The state of a task according to its events. */
export interface ObservedTask {
  /**
   * Number in order of submission, from 0. Rows of the ledger are reused, but serial numbers are not. NONE for an instance of a
   * service, which no row of the scenario describes.
   */
  readonly serial: number;
  readonly job: ObservedJob;
  readonly framework: FrameworkId;
  readonly demand: readonly number[];
  readonly gpuCount: number;
  readonly gpuMilliEach: number;
  readonly constraint: readonly Constraint[];
  readonly submitted: Micros;
  state: 'pending' | 'running' | 'gone';
  machine: MachineId;
  devices: readonly number[];
  started: Micros;
  starts: number;
}

/** The state of a job according to its events. */
export interface ObservedJob {
  readonly name: string | number;
  readonly isGang: boolean;
  readonly rule: PlacementRule;
  readonly tasks: ObservedTask[];
  hasEnded: boolean;
  isRejected: boolean;
  /** The host has rejected it, because it can never run. */
  isImpossible: boolean;
}

/** The state of a machine according to its events. */
export interface ObservedMachine {
  readonly id: MachineId;
  readonly capacity: readonly number[];
  readonly attributes: Readonly<Record<string, string>>;
  state: MachineState;
  /** Capacity minus the demand of the tasks that run there. Offered amounts count as free. */
  readonly free: number[];
  readonly deviceFree: number[];
  readonly tasks: Set<ObservedTask>;
}

/** Events for checks. Each hook is called before the change of the observed state. */
export interface Hooks {
  submitted?(task: ObservedTask): void;
  started?(task: ObservedTask, machine: MachineId, devices: readonly number[]): void;
  /** It was told to stop. It still runs. */
  stopping?(task: ObservedTask, goneBy: Micros): void;
  killed?(task: ObservedTask, machine: MachineId, cause: KillCause): void;
  ended?(task: ObservedTask, machine: MachineId, outcome: TaskOutcome): void;
  jobEnded?(job: ObservedJob): void;
  machineChanged?(machine: MachineId, state: MachineState): void;
  offerMade?(framework: FrameworkId, machine: MachineId): void;
  offerEnded?(framework: FrameworkId, machine: MachineId, end: OfferEnd, held: Micros): void;
  refused?(refusal: Refusal): void;
  /** All events of the instant `seen.now` have happened. The next event is at `until`. */
  instantOver?(until: Micros): void;
  runOver?(): void;
}

/**
 * The state of a cluster, computed from the events alone: running tasks, free amounts, and the order of waiting tasks. It is
 * independent of the ledger, except for the events and the demands in the ledger's rows at submission.
 */
export class ObservedRun implements Observer {
  now: Micros = Number.NaN;
  readonly machines: ObservedMachine[];
  readonly tasks: ObservedTask[] = [];
  /** Pending tasks, the longest wait first. A task that waits again is at the back. */
  queue: ObservedTask[] = [];
  readonly hooks: Hooks[] = [];
  readonly cluster: Cluster;

  /** Number of tasks of rows of the scenario so far. */
  rowTasks = 0;
  private readonly taskInRow: ObservedTask[] = [];
  private readonly jobInRow: ObservedJob[] = [];

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.machines = cluster.machines.specs.map((spec, id) => ({
      id,
      capacity: Array.from(spec.capacity),
      attributes: spec.attributes ?? {},
      state: 'up',
      free: Array.from(spec.capacity),
      deviceFree: new Array<number>(cluster.machines.devices(id)).fill(1000),
      tasks: new Set(),
    }));
  }

  /** Does the task fit on the machine now? Computed without the ledger. */
  fits(task: ObservedTask, machine: ObservedMachine): boolean {
    return (
      machine.state === 'up' &&
      task.demand.every((amount, d) => amount <= machine.free[d]) &&
      machine.deviceFree.filter((left) => left >= task.gpuMilliEach).length >= task.gpuCount &&
      satisfies(machine, task) &&
      this.obeysRules(task, machine)
    );
  }

  /** Do the rules of the task's job, and of the jobs on the machine, allow the start? Computed without the ledger. */
  obeysRules(task: ObservedTask, machine: ObservedMachine): boolean {
    const { rule } = task.job;
    const running = task.job.tasks.filter((other) => other.state === 'running');
    const attributeOf = (at: ObservedMachine, attribute: string) =>
      attribute === 'machine' ? `m${at.id}` : at.attributes[attribute];
    const sharing = (attribute: string) =>
      running.filter(
        (other) => attributeOf(this.machines[other.machine], attribute) === attributeOf(machine, attribute),
      ).length;
    const owners = [...machine.tasks].map((other) => this.cluster.frameworks[other.framework].name);
    const avoided = [...machine.tasks].flatMap((other) => other.job.rule.avoid);
    return (
      rule.spread.every(({ attribute, atMost }) => sharing(attribute) < atMost) &&
      rule.together.every((attribute) => sharing(attribute) === running.length) &&
      !owners.some((owner) => rule.avoid.includes(owner)) &&
      (rule.beside.length === 0 || owners.some((owner) => rule.beside.includes(owner))) &&
      !avoided.includes(this.cluster.frameworks[task.framework].name)
    );
  }

  /** Would the task fit on the machine if it were up and empty? */
  couldEverFit(task: ObservedTask, machine: ObservedMachine): boolean {
    return (
      task.demand.every((amount, d) => amount <= machine.capacity[d]) &&
      machine.deviceFree.length >= task.gpuCount &&
      satisfies(machine, task)
    );
  }

  /**
   * Does first fit place these tasks of one job on the machines if all are up and empty, under the job's own rules? Tasks with
   * devices and tasks that need a neighbour are left out: the answer is false.
   */
  standsWhenEmpty(tasks: readonly ObservedTask[]): boolean {
    const free = this.machines.map(({ capacity }) => [...capacity]);
    const counts = new Map<string, number>();
    const domain = (machine: ObservedMachine, attribute: string) =>
      attribute === 'machine' ? `m${machine.id}` : machine.attributes[attribute];
    const place = (task: ObservedTask, placed: number): boolean => {
      const { spread, together, avoid, beside } = task.job.rule;
      if (task.gpuCount > 0 || beside.length > 0) return false;
      const limits = avoid.length > 0 ? [...spread, { attribute: 'machine', atMost: 1 }] : spread;
      const count = (machine: ObservedMachine, attribute: string) =>
        counts.get(`${attribute}=${domain(machine, attribute)}`) ?? 0;
      const machine = this.machines.find(
        (one) =>
          satisfies(one, task) &&
          task.demand.every((amount, d) => amount <= free[one.id][d]) &&
          limits.every((rule) => domain(one, rule.attribute) && count(one, rule.attribute) < rule.atMost) &&
          together.every((attribute) => domain(one, attribute) && count(one, attribute) === placed),
      );
      if (machine === undefined) return false;
      for (const [d, amount] of task.demand.entries()) free[machine.id][d] -= amount;
      for (const attribute of new Set([...limits.map((rule) => rule.attribute), ...together])) {
        const key = `${attribute}=${domain(machine, attribute)}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      return true;
    };
    return tasks.every((task, placed) => place(task, placed));
  }

  runStarted(now: Micros): void {
    this.now = now;
  }

  runEnded(now: Micros): void {
    for (const hooks of this.hooks) hooks.instantOver?.(now);
    this.now = now;
    for (const hooks of this.hooks) hooks.runOver?.();
  }

  passEnded(): void {}

  jobSubmitted(job: JobId, now: Micros): void {
    this.clock(now);
    const { jobs, rules } = this.cluster;
    this.jobInRow[job] = {
      name: jobs.name[job],
      isGang: jobs.gang[job] === 1,
      rule: rules.rule(jobs.rule[job]),
      tasks: [],
      hasEnded: false,
      isRejected: false,
      isImpossible: false,
    };
  }

  taskSubmitted(row: TaskId, now: Micros): void {
    this.clock(now);
    const { tasks, classes, constraints } = this.cluster;
    const taskClass = tasks.taskClass[row];
    const job = this.jobInRow[tasks.job[row]];
    const task: ObservedTask = {
      serial: String(job.name).startsWith(SERVICE) ? NONE : this.rowTasks++,
      job,
      framework: tasks.framework[row],
      demand: Array.from(classes.demand.subarray(taskClass * classes.dims, (taskClass + 1) * classes.dims)),
      gpuCount: classes.gpuCount[taskClass],
      gpuMilliEach: classes.gpuMilliEach[taskClass],
      constraint: constraints.conjunction(classes.constraint[taskClass]),
      submitted: now,
      state: 'pending',
      machine: NONE,
      devices: [],
      started: Number.NaN,
      starts: 0,
    };
    for (const hooks of this.hooks) hooks.submitted?.(task);
    job.tasks.push(task);
    this.tasks.push(task);
    this.taskInRow[row] = task;
    this.queue.push(task);
  }

  taskStarted(row: TaskId, now: Micros): void {
    this.clock(now);
    const task = this.taskInRow[row];
    const machine = this.cluster.tasks.machine[row];
    const devices = devicesOf(this.cluster.tasks.devices[row]);
    for (const hooks of this.hooks) hooks.started?.(task, machine, devices);
    task.state = 'running';
    task.machine = machine;
    task.devices = devices;
    task.started = now;
    task.starts++;
    this.queue = this.queue.filter((other) => other !== task);
    this.occupy(task, -1);
  }

  taskStopping(row: TaskId, goneBy: Micros, now: Micros): void {
    this.clock(now);
    for (const hooks of this.hooks) hooks.stopping?.(this.taskInRow[row], goneBy);
  }

  taskKilled(row: TaskId, machine: MachineId, cause: KillCause, now: Micros): void {
    this.clock(now);
    const task = this.taskInRow[row];
    for (const hooks of this.hooks) hooks.killed?.(task, machine, cause);
    this.leave(task);
    task.state = 'pending';
    this.queue.push(task);
  }

  taskEnded(row: TaskId, machine: MachineId, outcome: TaskOutcome, now: Micros): void {
    this.clock(now);
    const task = this.taskInRow[row];
    for (const hooks of this.hooks) hooks.ended?.(task, machine, outcome);
    this.leave(task);
    task.state = 'gone';
    this.queue = this.queue.filter((other) => other !== task);
  }

  /** Nothing to do: the end of the task follows as an event of its own. */
  taskReplaced(): void {}

  jobRejected(row: JobId, _reason: string, now: Micros): void {
    this.clock(now);
    this.jobInRow[row].isRejected = true;
  }

  /** The job waits on, so no state changes. */
  jobStuck(): void {}

  jobNotRun(): void {}

  notSubmitted(): void {}

  criticalPathKnown(): void {}

  jobImpossible(row: JobId, _tasks: number, _reason: string, now: Micros): void {
    this.clock(now);
    this.jobInRow[row].isImpossible = true;
  }

  jobEnded(row: JobId, now: Micros): void {
    this.clock(now);
    const job = this.jobInRow[row];
    for (const hooks of this.hooks) hooks.jobEnded?.(job);
    job.hasEnded = true;
  }

  machineChanged(machine: MachineId, state: MachineState, now: Micros): void {
    this.clock(now);
    for (const hooks of this.hooks) hooks.machineChanged?.(machine, state);
    this.machines[machine].state = state;
  }

  machineFailed(_machine: MachineId, _cause: string, now: Micros): void {
    this.clock(now);
  }

  machineNoticed(_machine: MachineId, _since: Micros, now: Micros): void {
    this.clock(now);
  }

  workKept(_task: TaskId, _kept: Micros, now: Micros): void {
    this.clock(now);
  }

  volumeLost(_task: TaskId, now: Micros): void {
    this.clock(now);
  }

  machineIsolated(_machine: MachineId, _isIsolated: boolean, now: Micros): void {
    this.clock(now);
  }

  taskSilenced(_task: TaskId, now: Micros): void {
    this.clock(now);
  }

  offerMade(framework: FrameworkId, machine: MachineId, now: Micros): void {
    this.clock(now);
    for (const hooks of this.hooks) hooks.offerMade?.(framework, machine);
  }

  offerEnded(framework: FrameworkId, machine: MachineId, end: OfferEnd, held: Micros, now: Micros): void {
    this.clock(now);
    for (const hooks of this.hooks) hooks.offerEnded?.(framework, machine, end, held);
  }

  usageChanged(): void {}

  provisionChanged(): void {}

  taskResized(): void {}

  machineOrdered(): void {}

  machineGivenBack(): void {}

  limitsReviewed(): void {}

  decided(): void {}

  attempted(): void {}

  refused(refusal: Refusal, _action: PlacementAction, _task: TaskId, _machine: MachineId, now: Micros): void {
    this.clock(now);
    for (const hooks of this.hooks) hooks.refused?.(refusal);
  }

  private clock(now: Micros): void {
    if (now === this.now) return;
    for (const hooks of this.hooks) hooks.instantOver?.(now);
    this.now = now;
  }

  private leave(task: ObservedTask): void {
    if (task.state === 'running') this.occupy(task, 1);
    task.machine = NONE;
    task.devices = [];
  }

  private occupy(task: ObservedTask, sign: 1 | -1): void {
    const machine = this.machines[task.machine];
    if (machine === undefined) return;
    if (sign === -1) machine.tasks.add(task);
    else machine.tasks.delete(task);
    task.demand.forEach((amount, d) => {
      machine.free[d] += sign * amount;
    });
    for (const device of task.devices) machine.deviceFree[device] += sign * task.gpuMilliEach;
  }
}

function satisfies(machine: ObservedMachine, task: ObservedTask): boolean {
  return task.constraint.every(({ attribute, oneOf }) => oneOf.includes(machine.attributes[attribute]));
}

function devicesOf(mask: number): number[] {
  return Array.from({ length: 31 }, (_, device) => device).filter((device) => (mask & (1 << device)) !== 0);
}
