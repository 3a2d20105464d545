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
  VisibleMachines,
} from '../../../model/index.js';
import type { SchedulingView } from '../../../policies/contract.js';
import type { Placement } from '../../../policies/placement/placement.js';
import type { TaskBatch, Trace } from '../../../workloads/trace.js';

/** What a placement answered, or what a record says: machine NONE when the pod is dropped, devices 0 where it has no GPU. */
export interface Decision {
  readonly machine: MachineId;
  readonly devices: DeviceMask;
}

/**
 * Asks a placement for one decision after another, each in the state that the recorded decisions before it have left: what
 * differs then differs by itself, and not because of an earlier difference.
 */
export class Replay {
  readonly cluster: Cluster;
  private readonly placement: Placement;
  private readonly view: SchedulingView;

  constructor(space: ResourceSpace, machines: readonly MachineSpec[], placement: Placement) {
    const cluster = new Cluster(space);
    for (const machine of machines) cluster.addMachine(machine);
    cluster.addFramework({ name: 'pods' });
    this.cluster = cluster;
    this.placement = placement;
    this.view = {
      now: 0,
      random: () => {
        throw new Error('a recorded run draws nothing');
      },
      space,
      endedSince: 0,
      queue: new PendingQueue(cluster.tasks, cluster.jobs),
      tasks: cluster.tasks,
      jobs: cluster.jobs,
      machines: new VisibleMachines(cluster.free),
      rules: cluster.rules,
    };
  }

  /** The pod of a row of the trace arrives. */
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
    const { placement, view, cluster } = this;
    const machine = placement.choose(view, task);
    if (machine === NONE) return { machine, devices: 0 };
    const devices =
      placement.devices?.(view, task, machine) ??
      cluster.free.bestFitDevices(machine, cluster.tasks.taskClass[task]);
    return { machine, devices };
  }

  /** Carries the recorded decision out. Returns why it cannot be, or undefined. */
  follow(task: TaskId, { machine, devices }: Decision): string | undefined {
    if (machine !== NONE) return this.cluster.tryStart(task, machine, 0, this.cluster.free, devices);
    this.cluster.withdraw(task);
    return undefined;
  }
}
