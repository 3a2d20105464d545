import { type Cluster, type MachineId, NONE, type TaskId } from '../../model/index.js';
import type { Random } from '../../policies/contract.js';
import { MachineSampler } from './machine-sampler.js';
import type { WorkerQueues } from './worker-queues.js';

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

  /** So many workers that could ever take the task: none a second time before all were drawn. None when there are none. */
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

  /** So many machines that are up, or all of them. */
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
