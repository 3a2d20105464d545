import { NONE, type TaskId, type TaskShape } from '../../model/index.js';
import type { Architecture } from '../architectures/architecture.js';
import type { Execution } from '../execution.js';
import type { Instance, Instances } from './instances.js';

/**
 * Actions on the instances of a service. All of them go through the ledger. The policy chooses new machines. Stops free their room at
 * once: operations act in events of their own, so no policy sees that room within its call.
 */
export class InstanceActions {
  private readonly execution: Execution;
  private readonly architecture: Architecture;
  private readonly instances: Instances;

  constructor(execution: Execution, architecture: Architecture, instances: Instances) {
    this.execution = execution;
    this.architecture = architecture;
    this.instances = instances;
  }

  /** Stops a running instance. It restarts on its machine if possible, or on any machine that the policy chooses. */
  restart(
    instance: Instance,
    where: 'in-place' | 'anywhere',
    cause: 'restarted' | 'failed' = 'restarted',
  ): void {
    const { execution } = this;
    this.keepEnd(instance.task);
    if (this.isOfGang(instance.task)) this.keepEndsOfGang(instance);
    if (where === 'in-place') execution.restartInPlace(instance.task, cause);
    else execution.kill(instance.task, cause);
  }

  /** Adds an instance like this one: the same job and the same hidden state. `shape` may differ. */
  add(like: Instance, shape: TaskShape = this.shapeOf(like)): Instance {
    const fresh = this.submit(like, shape);
    this.architecture.taskArrived(fresh.task, this.execution.now);
    return fresh;
  }

  /** Replaces the instance by a task of another shape, on its own machine if that has room. */
  replace(instance: Instance, shape: TaskShape): Instance {
    const { execution } = this;
    const { cluster, observer } = execution;
    const machine = instance.machine;
    const wasRunning = instance.state === 'running';
    const fresh = this.submit(instance, shape);
    fresh.machine = machine;
    observer.taskReplaced(instance.task, fresh.task, execution.now);
    this.retire(instance);
    const fits =
      wasRunning && cluster.refusal(fresh.task, machine) === undefined && !this.isOfGang(fresh.task);
    if (fits) execution.start(fresh.task, machine, cluster.free, 0);
    else this.architecture.taskArrived(fresh.task, execution.now);
    return fresh;
  }

  /** Stops a running instance for good, or withdraws a pending one. */
  retire(instance: Instance): void {
    const { execution } = this;
    if (execution.isPlaced(instance.task)) {
      execution.retire(instance.task);
      return;
    }
    if (!execution.isPending(instance.task)) return;
    this.architecture.taskLeaves(instance.task);
    execution.withdraw(instance.task, 'abandoned');
  }

  /** The requested resources. This is a copy, because a class is released with its last task. */
  shapeOf({ task }: Instance): TaskShape {
    const { classes, tasks } = this.execution.cluster;
    const taskClass = tasks.taskClass[task];
    const dims = classes.dims;
    return {
      demand: classes.demand.slice(taskClass * dims, (taskClass + 1) * dims),
      gpuCount: classes.gpuCount[taskClass],
      gpuMilliEach: classes.gpuMilliEach[taskClass],
      constraint: classes.constraint[taskClass],
    };
  }

  private submit(like: Instance, shape: TaskShape): Instance {
    const { cluster, truth, observer, now } = this.execution;
    const { tasks } = cluster;
    this.keepEnd(like.task);
    const task = cluster.submit({
      job: tasks.job[like.task],
      taskClass: cluster.classes.acquire(shape),
      estimate: tasks.estimate[like.task],
      timeLimit: tasks.timeLimit[like.task],
      priority: tasks.priority[like.task],
      submitted: now,
    });
    truth.copy(like.task, task, shape.demand);
    observer.taskSubmitted(task, now);
    const fresh = this.instances.get(task) as Instance;
    fresh.startsCold = true;
    return fresh;
  }

  /** An instance with a fixed end, set by its load, keeps this end after a restart. */
  private keepEnd(task: TaskId): void {
    const { cluster, runTimes, truth, now } = this.execution;
    const { tasks } = cluster;
    const duration = truth.duration[task];
    if (!Number.isFinite(duration) || tasks.machine[task] === NONE) return;
    runTimes.workDone(task, now - tasks.started[task]);
    truth.duration[task] = Math.max(1, truth.duration[task]);
  }

  /** The other members restart with it. */
  private keepEndsOfGang({ framework, task }: Instance): void {
    const { tasks } = this.execution.cluster;
    for (const other of this.instances.of(framework))
      if (other.task !== task && tasks.job[other.task] === tasks.job[task]) this.keepEnd(other.task);
  }

  private isOfGang(task: TaskId): boolean {
    const { jobs, tasks } = this.execution.cluster;
    return jobs.gang[tasks.job[task]] === 1;
  }
}
