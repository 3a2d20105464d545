import {
  type ActualState,
  type Cluster,
  type FrameworkId,
  type JobId,
  type KillCause,
  type MachineId,
  type MachineRevision,
  type MachineState,
  type Micros,
  NONE,
  type Observer,
  type OfferEnd,
  type PlacementAction,
  type Refusal,
  type TaskId,
  type TaskOutcome,
} from '../model/index.js';
import type { ObservedJob, ObservedMachine, ObservedTask } from './observed-state.js';
import { SERVICE } from './scenario.js';
import { allows, occupy, roomOf, satisfies } from './standing.js';

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
  /** Number of machines that were added, removed or updated. */
  revisions = 0;
  readonly cluster: Cluster;

  /** Number of tasks of rows of the scenario so far. */
  rowTasks = 0;
  private readonly taskInRow: ObservedTask[] = [];
  /** By row of the ledger. A row may stand for another job later. */
  readonly jobs: ObservedJob[] = [];

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.machines = cluster.machines.specs.map((spec, id) => ({
      id,
      capacity: Array.from(spec.capacity),
      attributes: spec.attributes ?? {},
      state: spec.joinsLater === true ? 'absent' : 'up',
      free: Array.from(spec.capacity),
      deviceFree: new Array<number>(cluster.machines.devices(id)).fill(1000),
      tasks: new Set(),
    }));
  }

  /** The task that this row of the ledger stands for now. */
  taskIn(row: TaskId): ObservedTask {
    return this.taskInRow[row];
  }

  /** Does the task fit on the machine now, under all rules? Computed without the ledger. */
  fits(task: ObservedTask, machine: ObservedMachine): boolean {
    return (
      machine.state === 'up' &&
      task.demand.every((amount, d) => amount <= machine.free[d]) &&
      machine.deviceFree.filter((left) => left >= task.gpuMilliEach).length >= task.gpuCount &&
      satisfies(machine, task) &&
      this.obeysRules(task, machine)
    );
  }

  /** Do the rules of the task's job, and of the jobs on the machine, allow the start? */
  obeysRules(task: ObservedTask, { id }: ObservedMachine): boolean {
    const rooms = this.machines.map((machine) => roomOf(machine));
    return allows(this.cluster, task, rooms[id], rooms);
  }

  /** Would the task fit on the machine if it were up and empty? */
  couldEverFit(task: ObservedTask, machine: ObservedMachine): boolean {
    return (
      task.demand.every((amount, d) => amount <= machine.capacity[d]) &&
      machine.deviceFree.length >= task.gpuCount &&
      satisfies(machine, task)
    );
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
    this.jobs[job] = {
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
    const job = this.jobs[tasks.job[row]];
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
    this.jobs[row].isRejected = true;
  }

  /** The job waits on, so no state changes. */
  jobStuck(): void {}

  jobNotRun(): void {}

  notSubmitted(): void {}

  criticalPathKnown(): void {}

  jobImpossible(row: JobId, _tasks: number, _reason: string, now: Micros): void {
    this.clock(now);
    this.jobs[row].isImpossible = true;
  }

  jobEnded(row: JobId, now: Micros): void {
    this.clock(now);
    const job = this.jobs[row];
    for (const hooks of this.hooks) hooks.jobEnded?.(job);
    job.hasEnded = true;
  }

  machineChanged(machine: MachineId, state: MachineState, now: Micros): void {
    this.clock(now);
    for (const hooks of this.hooks) hooks.machineChanged?.(machine, state);
    this.machines[machine].state = state;
  }

  machineRevised(id: MachineId, revision: MachineRevision, _before: unknown, now: Micros): void {
    this.clock(now);
    const machine = this.machines[id];
    for (const hooks of this.hooks) hooks.machineChanged?.(id, machine.state);
    this.revisions++;
    if (revision === 'removed') return;
    const { capacity, specs, space } = this.cluster.machines;
    const after = Array.from(capacity.subarray(id * space.size, (id + 1) * space.size));
    for (const [d, amount] of after.entries()) machine.free[d] += amount - machine.capacity[d];
    machine.capacity = after;
    machine.attributes = specs[id].attributes ?? {};
  }

  machineFailed(_machine: MachineId, _cause: string, now: Micros): void {
    this.clock(now);
  }

  actualStateChanged(_machine: MachineId, _state: ActualState, now: Micros): void {
    this.clock(now);
  }

  usageExceeds(_machine: MachineId, _beyond: Float64Array, now: Micros): void {
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
    if (machine !== undefined) occupy(machine, task, task.devices, sign);
  }
}

function devicesOf(mask: number): number[] {
  return Array.from({ length: 31 }, (_, device) => device).filter((device) => (mask & (1 << device)) !== 0);
}
