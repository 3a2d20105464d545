import type { Cluster, MachineId, Observer, TaskId } from '../../model/index.js';
import { GpuFragmentation } from '../../policies/placement/gpu-fragmentation.js';
import type { TypicalTask } from '../../policies/placement/typical-tasks.js';

/**
 * A sum of many numbers of which one changes at a time: O(log n) a change. The additions are those of a fixed tree, so the sum
 * depends on the numbers alone and not on the way they were reached; a running sum drifts.
 */
export class SumTree {
  private readonly leaves: number;
  private readonly nodes: Float64Array;

  constructor(count: number) {
    this.leaves = 2 ** Math.ceil(Math.log2(Math.max(1, count)));
    this.nodes = new Float64Array(2 * this.leaves);
  }

  /** Sum of all. */
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

/** The cluster after one arrival. Thousandths of a GPU. */
export interface PackingLine {
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
    this.measure(this.cluster.tasks.machine[task]);
    this.write(task);
  }

  taskEnded(task: TaskId): void {
    this.write(task);
  }

  private measure(machine: MachineId): void {
    this.fragments.set(machine, this.fragmentation.of(this.cluster.free, machine));
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
