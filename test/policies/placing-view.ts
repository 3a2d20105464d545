import {
  Cluster,
  FOREVER,
  type MachineId,
  type MachineSpec,
  PendingQueue,
  ResourceSpace,
  type TaskId,
  type TaskShape,
  VisibleMachines,
} from '../../src/model/index.js';
import type { SchedulingView } from '../../src/policies/contract.js';

/** A cluster with one framework, and the view of a scheduler for the whole cluster. */
export interface PlacingView {
  readonly cluster: Cluster;
  readonly view: SchedulingView;
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
  const view: SchedulingView = {
    now: 0,
    random,
    space: cluster.space,
    endedSince: 0,
    queue,
    tasks: cluster.tasks,
    jobs: cluster.jobs,
    machines: new VisibleMachines(cluster.free),
    rules: cluster.rules,
  };
  const add = (shape: TaskShape) => {
    const job = cluster.addJob({ name: cluster.jobs.bound, framework: 0, submitted: 0 });
    const taskClass = cluster.classes.acquire(shape);
    return cluster.submit({ job, taskClass, estimate: FOREVER, priority: 0, submitted: 0 });
  };
  return {
    cluster,
    view,
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
