import {
  Cluster,
  type DeviceMask,
  FOREVER,
  type MachineId,
  type MachineSpec,
  PendingQueue,
  ResourceSpace,
  type TaskId,
  type TaskShape,
} from '../../src/model/index.js';
import type { SchedulingView } from '../../src/policies/contract.js';
import { viewAtStart } from '../../src/policies/hosting/scheduling-view.js';
import type { Placement, PlacementChoice } from '../../src/policies/placement/placement.js';

/** A cluster with one framework, and the view of a scheduler for the whole cluster. */
export interface PlacingView {
  readonly cluster: Cluster;
  readonly view: SchedulingView;
  /** The machine that a placement chooses now. */
  choose(placement: Placement, task: TaskId): MachineId;
  /** The devices that it chooses there; undefined leaves the choice to the host. */
  devices(placement: Placement, task: TaskId, machine: MachineId): DeviceMask | undefined;
  /** Submits a task as a new job and queues it. */
  submit(shape: TaskShape): TaskId;
  /** Submits a task and starts it on a machine, to set up the initial state of a test. */
  occupy(machine: MachineId, shape: TaskShape): TaskId;
}

export function placingView(
  resources: readonly string[],
  capacities: readonly (readonly number[])[],
  random: () => number = () => 0,
): PlacingView {
  const cluster = new Cluster(new ResourceSpace(resources));
  const specs: MachineSpec[] = capacities.map((capacity, rank) => ({ name: `m${rank}`, capacity }));
  for (const spec of specs) cluster.addMachine(spec);
  cluster.addFramework({ name: 'f' });
  const queue = new PendingQueue(cluster.tasks, cluster.jobs);
  const view = viewAtStart({ cluster, queue, table: cluster.free, random });
  const choices = new Map<Placement, PlacementChoice>();
  const choiceOf = (placement: Placement) => {
    const choice = choices.get(placement) ?? placement.prepare(view);
    choices.set(placement, choice);
    return choice;
  };
  const add = (shape: TaskShape) => {
    const job = cluster.addJob({ name: cluster.jobs.bound, framework: 0, submitted: 0 });
    const taskClass = cluster.classes.acquire(shape);
    return cluster.submit({ job, taskClass, estimate: FOREVER, priority: 0, submitted: 0 });
  };
  return {
    cluster,
    view,
    choose: (placement, task) => choiceOf(placement).best(task),
    devices: (placement, task, machine) => choiceOf(placement).devices?.(task, machine),
    submit(shape) {
      const task = add(shape);
      queue.add(task);
      return task;
    },
    occupy(machine, shape) {
      const task = add(shape);
      cluster.start(task, machine, 0);
      return task;
    },
  };
}
