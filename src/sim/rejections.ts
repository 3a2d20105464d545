import { type Cluster, FOREVER, type TaskId } from '../model/index.js';
import type { Trace } from '../workloads/trace.js';
import type { AnnouncedMachines } from './announced-machines.js';
import type { Architecture } from './architectures/architecture.js';
import type { Arrivals } from './arrivals.js';
import type { Execution } from './execution.js';
import type { FrameworkBounds } from './framework-bounds.js';
import { type Arrived, type ImpossibleJob, ImpossibleJobs } from './impossible-jobs.js';
import { PlaceableClasses } from './placeable-classes.js';

/** What rejections depend on. */
export interface RejectionTerms {
  readonly execution: Execution;
  readonly bounds: FrameworkBounds;
  readonly trace: Trace;
  readonly architecture: () => Architecture;
  readonly arrivals: () => Arrivals;
  /** Changes of machines that are still to come; undefined for none. */
  readonly announced: AnnouncedMachines | undefined;
}

/** Rejects jobs that can never run, on any machine that exists or is announced. */
export class Rejections {
  readonly placeable: PlaceableClasses;
  private readonly terms: RejectionTerms;
  private readonly cluster: Cluster;
  private readonly impossible: ImpossibleJobs;
  /** Tasks that the architecture did not get, because they fit no machine. */
  private readonly unplaceable = new Set<TaskId>();
  /** Tasks in its queue that may fit no machine any more. */
  private readonly stranded = new Set<TaskId>();

  constructor(terms: RejectionTerms) {
    const { announced, bounds, execution, trace } = terms;
    this.terms = terms;
    this.cluster = execution.cluster;
    this.placeable = new PlaceableClasses(this.cluster, bounds, announced);
    this.impossible = new ImpossibleJobs(this.cluster, bounds, trace, {
      announced,
      placeable: this.placeable,
    });
  }

  /** Notes a submitted task. Returns whether it fits some machine, so that the architecture gets it. */
  taskArrived(task: TaskId): boolean {
    this.impossible.taskArrived(task);
    if (this.isPlaceable(task)) return true;
    // Rejected only at the pass, because more rows of its job may follow until then.
    this.unplaceable.add(task);
    this.terms.execution.passWanted = true;
    return false;
  }

  /** A machine was added, removed or changed. Waiting jobs that can never run any more are found at the next pass. */
  machinesChanged(): void {
    const { cluster } = this;
    this.impossible.machinesChanged();
    if (!this.placeable.lostAny()) return;
    for (let task = 0; task < cluster.tasks.bound; task++)
      if (this.terms.execution.isPending(task) && !this.unplaceable.has(task) && !this.isPlaceable(task))
        this.stranded.add(task);
  }

  /** Are there jobs to check? */
  get areDue(): boolean {
    if (this.unplaceable.size > 0 || this.stranded.size > 0) return true;
    return this.impossible.mayHaveNews && this.impossible.hasNews(this.arrived);
  }

  /** Rejects the jobs that can never run. */
  reject(): void {
    const { execution } = this.terms;
    const arrivals = this.terms.arrivals();
    // With `each`, more rows of a job may follow at this instant.
    if (arrivals.isStarved || arrivals.nextTime === execution.now) return;
    for (const job of this.impossible.find(this.arrived)) this.rejectJob(job);
    for (const task of this.stranded) if (!execution.isPending(task)) this.stranded.delete(task);
    for (const tasks of [this.unplaceable, this.stranded])
      for (const job of this.impossible.alone(tasks)) this.rejectJob(job);
  }

  private isPlaceable(task: TaskId): boolean {
    const { taskClass, framework } = this.cluster.tasks;
    return this.placeable.has(taskClass[task], framework[task]);
  }

  private get arrived(): Arrived {
    const arrivals = this.terms.arrivals();
    return !arrivals.isStarved && arrivals.nextTime === FOREVER ? 'all' : 'some';
  }

  private rejectJob({ job, tasks, reason }: ImpossibleJob): void {
    const { execution } = this.terms;
    execution.observer.jobImpossible(job, tasks.length, reason, execution.now);
    for (const task of tasks) {
      this.stranded.delete(task);
      // The architecture did not get a task that fits no machine.
      if (!this.unplaceable.delete(task)) this.terms.architecture().taskLeaves(task);
      execution.withdraw(task, 'rejected');
    }
  }
}
