import { type Cluster, type MachineId, NONE, type Observer, type TaskId } from '../../../model/index.js';
import { GpuFragmentation } from '../../../policies/placement/gpu-fragmentation.js';
import type { TypicalTask } from '../../../policies/placement/typical-tasks.js';
import { SumTree } from './sum-tree.js';

/** What became of one arrival, and the cluster after it. GPU in thousandths of a device. */
export interface PackingLine {
  readonly pod: string;
  /** Name of the node; empty when the pod was dropped. */
  readonly node: string;
  /** The devices it got, as the reference writes them: `0-1-2`. */
  readonly devices: string;
  /** GPU asked for by all arrivals so far, dropped ones included. */
  readonly arrived: number;
  readonly used: number;
  /** Free GPU that the next typical pod could not use. */
  readonly fragmented: number;
}

/** Writes a line for each arrival, in the order of arrival; pods that are placed stay. */
export class PackingLog implements Partial<Observer> {
  readonly lines: PackingLine[] = [];
  private readonly cluster: Cluster;
  private readonly gpus: number;
  private readonly fragmentation: GpuFragmentation;
  private readonly fragments: SumTree;
  private arrived = 0;

  constructor(cluster: Cluster, typical: readonly TypicalTask[]) {
    this.cluster = cluster;
    this.gpus = cluster.space.gpuDimension;
    this.fragmentation = new GpuFragmentation(typical);
    this.fragments = new SumTree(cluster.machines.count);
    for (let machine = 0; machine < cluster.machines.count; machine++) this.measure(machine);
  }

  taskStarted(task: TaskId): void {
    const machine = this.cluster.tasks.machine[task];
    this.measure(machine);
    this.write(task, machine);
  }

  taskEnded(task: TaskId): void {
    this.write(task, NONE);
  }

  private measure(machine: MachineId): void {
    this.fragments.set(machine, this.fragmentation.of(this.cluster.free, machine));
  }

  private write(task: TaskId, machine: MachineId): void {
    const { tasks, jobs, classes, machines, allocated, space } = this.cluster;
    this.arrived += classes.demand[tasks.taskClass[task] * space.size + this.gpus];
    this.lines.push({
      pod: String(jobs.name[tasks.job[task]]),
      node: machine === NONE ? '' : machines.specs[machine].name,
      devices: machine === NONE ? '' : deviceText(tasks.devices[task]),
      arrived: this.arrived,
      used: allocated[this.gpus],
      fragmented: this.fragments.total,
    });
  }
}

function deviceText(mask: number): string {
  const devices: number[] = [];
  for (let device = 0; mask >>> device !== 0; device++)
    if ((mask & (1 << device)) !== 0) devices.push(device);
  return devices.join('-');
}
