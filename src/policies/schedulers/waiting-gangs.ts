import type { JobId, Micros, SchedulingView, TaskId } from '../contract.js';
import { longestEstimate } from '../planner/slot-sweep.js';
import { pendingMembers } from './starter.js';

/** The waiting tasks of a gang. */
export interface WaitingGang {
  readonly members: readonly TaskId[];
  /** `queuedAs` of the first. */
  readonly joined: number;
  /** Are all of one task class? */
  readonly isAlike: boolean;
  /** The longest estimate. */
  readonly length: Micros;
}

/** The waiting gangs by job: a cache of the queue, because it takes a walk through the queue to find the members of one. */
export class WaitingGangs {
  private readonly gangs = new Map<JobId, WaitingGang>();

  /** The gang of its first waiting task. */
  of(view: SchedulingView, first: TaskId): WaitingGang {
    const { tasks, jobs } = view;
    const job = tasks.job(first);
    const known = this.gangs.get(job);
    if (known?.joined === tasks.queuedAs(first) && known.members.length === jobs.pending(job)) return known;
    const members = pendingMembers(view, first);
    const taskClass = tasks.taskClass(first);
    const gang = {
      members,
      joined: tasks.queuedAs(first),
      isAlike: members.every((task) => tasks.taskClass(task) === taskClass),
      length: longestEstimate(view, members),
    };
    this.gangs.set(job, gang);
    return gang;
  }

  /** The gang has started. */
  drop(job: JobId): void {
    this.gangs.delete(job);
  }
}
