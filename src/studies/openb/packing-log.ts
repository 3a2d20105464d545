import type { Cluster, MachineId, Observer, TaskId } from '../../model/index.js';
import { sightOf } from '../../policies/hosting/machine-sight.js';
import { GpuFragmentation } from '../../policies/placement/gpu-fragmentation.js';
import type { TypicalTask } from '../../policies/placement/typical-tasks.js';

/**
 * A sum of many numbers that change one at a time, in O(log n) per change. The numbers are added in a fixed tree. So the sum
 * depends only on the current numbers, while the rounding errors of a running sum would accumulate.
 */
export class SumTree {
  private readonly leaves: number;
  private readonly nodes: Float64Array;

  constructor(count: number) {
    this.leaves = 2 ** Math.ceil(Math.log2(Math.max(1, count)));
    this.nodes = new Float64Array(2 * this.leaves);
  }

  /** Sum of all numbers. */
  get total(): number {
    return this.nodes[1];
  }

  set(place: number, value: number): void {
    const { nodes } = this;
    let node = this.leaves + place;
    nodes[node] = value;
    for (node >>= 1; node >= 1; node >>= 1) nodes[node] = nodes[2 * node] + nodes[2 * node + 1];
  }
}

/** State of the cluster after one arrival, in thousandths of a GPU. */
export interface PackingLine {
  /** Demanded GPUs of all arrivals so far, including dropped pods. */
  readonly arrived: number;
  readonly used: number;
  /** Expected free GPU that a typical pod cannot use. */
  readonly fragmented: number;
}

/** Records a line for each arrival, in order. Placed pods never end. */
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
    this.fragmentation = new GpuFragmentation(typical, sightOf(cluster));
    this.fragments = new SumTree(cluster.machines.count);
    for (let machine = 0; machine < cluster.machines.count; machine++) this.measure(machine);
  }

  taskStarted(task: TaskId): void {
    this.measure(this.cluster.tasks.machine[task]);
    this.write(task);
  }

  taskEnded(task: TaskId): void {
    this.write(task);
  }

  private measure(machine: MachineId): void {
    this.fragments.set(machine, this.fragmentation.of(machine));
  }

  private write(task: TaskId): void {
    const { tasks, classes, allocated, space } = this.cluster;
    this.arrived += classes.demand[tasks.taskClass[task] * space.size + this.gpus];
    this.lines.push({
      arrived: this.arrived,
      used: allocated[this.gpus],
      fragmented: this.fragments.total,
    });
  }
}
