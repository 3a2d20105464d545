import {
  type Cluster,
  type JobId,
  type MachineId,
  type MachineTable,
  NONE,
  type TaskId,
} from '../../model/index.js';
import type { Random } from '../../policies/contract.js';

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

  /** The next allowed machine, or NONE when all have been drawn. */
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

/** Draws the workers to probe and chooses among them by their reported loads. */
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

  /** Draws `count` workers that fit one of the tasks when empty, or all of them if there are fewer. */
  drawFor(tasks: readonly TaskId[], count: number): MachineId[] {
    const { cluster } = this;
    const classes = [...new Set(tasks.map((task) => cluster.tasks.taskClass[task]))];
    return this.drawUpTo(
      count,
      (machine) =>
        cluster.machines.isUp(machine) && classes.some((taskClass) => cluster.fitsEmpty(machine, taskClass)),
    );
  }

  /** One worker per task: the least loaded of all workers probed for these tasks. On ties, the first drawn is taken. */
  leastLoaded(tasks: readonly TaskId[], probesPerTask: number): MachineId[] {
    const loads = new Map<MachineId, number>();
    const probes = this.draw(tasks[0], Math.ceil(tasks.length * probesPerTask)).map((machine) => {
      // A worker that is drawn twice would already have the first task in its queue.
      const load = loads.get(machine) ?? this.load(machine);
      loads.set(machine, load + 1);
      return { machine, load };
    });
    probes.sort((a, b) => a.load - b.load);
    return probes.slice(0, tasks.length).map(({ machine }) => machine);
  }

  /** One worker per task: the least loaded of the task's own probes. */
  leastOfEach(tasks: readonly TaskId[], probesPerTask: number): MachineId[] {
    return tasks.flatMap((task) => {
      const drawn = this.draw(task, Math.ceil(probesPerTask));
      if (drawn.length === 0) return [];
      return [drawn.reduce((best, machine) => (this.load(machine) < this.load(best) ? machine : best))];
    });
  }

  /** Number of tasks on the machine and in its queue. */
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

/** First-come, first-served queues of the probes at each worker. */
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

  /** Group of the probe at the head, or undefined. */
  first(machine: MachineId): ProbeGroup | undefined {
    const queue = this.queues[machine];
    return queue?.probes[queue.head];
  }

  /** Removes the probe at the head. */
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
  /** Index of the head. Earlier entries are removed. */
  head: number;
}

/** Tasks of one job that share their probes. Any of them may use the room that a probe finds. */
export interface ProbeGroup {
  readonly job: JobId;
  /** Waiting tasks, in order of arrival. */
  readonly tasks: TaskId[];
  /** Number of probes in queues of workers. */
  probes: number;
  /** Of a gang: how often it has probed in vain. Undefined before the first time. */
  vain?: number;
}
