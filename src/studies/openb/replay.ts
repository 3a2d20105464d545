import {
  Cluster,
  type DeviceMask,
  FOREVER,
  type MachineId,
  type MachineSpec,
  NONE,
  PendingQueue,
  type ResourceSpace,
  type TaskId,
} from '../../model/index.js';
import type { SchedulingView } from '../../policies/contract.js';
import { viewAtStart } from '../../policies/hosting/scheduling-view.js';
import type { Placement, PlacementChoice } from '../../policies/placement/placement.js';
import type { TaskBatch, Trace } from '../../workloads/trace.js';

/** A placement decision. The machine is NONE when the pod is dropped; the devices are 0 for a pod without GPUs. */
export interface Decision {
  readonly machine: MachineId;
  readonly devices: DeviceMask;
}

/** A cluster on which a placement decides pod by pod. The caller selects the decision that is applied. */
export class Replay {
  readonly cluster: Cluster;
  readonly view: SchedulingView;
  private readonly choice: PlacementChoice;

  constructor(space: ResourceSpace, machines: readonly MachineSpec[], placement: Placement) {
    const cluster = new Cluster(space);
    for (const machine of machines) cluster.addMachine(machine);
    cluster.addFramework({ name: 'pods' });
    this.cluster = cluster;
    const queue = new PendingQueue(cluster.tasks, cluster.jobs);
    const random = () => {
      throw new Error('a recorded run uses no random numbers');
    };
    this.view = viewAtStart({ cluster, queue, table: cluster.free, random });
    this.choice = placement.prepare(this.view);
  }

  /** Submits the pod of a row of the trace. */
  arrive(batch: TaskBatch, row: number, constraints: Trace['constraints']): TaskId {
    const { cluster } = this;
    const taskClass = cluster.classes.acquire({
      demand: batch.demand.subarray(row * batch.dims, (row + 1) * batch.dims),
      gpuCount: batch.gpuCount[row],
      gpuMilliEach: batch.gpuMilliEach[row],
      constraint: cluster.constraints.intern(constraints[batch.constraint[row]]),
    });
    const job = cluster.addJob({ name: batch.job[row], framework: 0, submitted: 0 });
    return cluster.submit({ job, taskClass, estimate: FOREVER, priority: 0, submitted: 0 });
  }

  decide(task: TaskId): Decision {
    const machine = this.choice.best(task);
    return { machine, devices: machine === NONE ? 0 : this.devicesOn(task, machine) };
  }

  /** The devices that a task would get on a machine. */
  devicesOn(task: TaskId, machine: MachineId): DeviceMask {
    const { free, tasks } = this.cluster;
    return this.choice.devices?.(task, machine) ?? free.bestFitDevices(machine, tasks.taskClass[task]);
  }

  /** Applies a decision. */
  follow(task: TaskId, { machine, devices }: Decision): void {
    if (machine === NONE) this.cluster.withdraw(task);
    else this.cluster.start(task, machine, 0, this.cluster.free, devices);
  }
}
