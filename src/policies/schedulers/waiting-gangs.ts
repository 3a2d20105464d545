import {
  type JobId,
  type Micros,
  NONE,
  type SchedulingView,
  type TaskClassId,
  type TaskId,
} from '../contract.js';
import { longestEstimate } from '../planner/slot-sweep.js';

/** The members of a gang that are of one task class. */
export interface MemberKind {
  /** The first of them. */
  readonly task: TaskId;
  readonly count: number;
}

/** The waiting tasks of a gang. */
export interface WaitingGang {
  readonly members: readonly TaskId[];
  /** `queuedAs` of the first. */
  readonly joined: number;
  /** One kind for each task class. */
  readonly kinds: readonly MemberKind[];
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
    const gang = {
      members,
      joined: tasks.queuedAs(first),
      kinds: kindsOf(view, members),
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

function kindsOf({ tasks }: SchedulingView, members: readonly TaskId[]): MemberKind[] {
  const kinds = new Map<TaskClassId, { task: TaskId; count: number }>();
  for (const task of members) {
    const kind = kinds.get(tasks.taskClass(task));
    if (kind === undefined) kinds.set(tasks.taskClass(task), { task, count: 1 });
    else kind.count++;
  }
  return [...kinds.values()];
}

/** The tasks of this task's job that are in the queue, in queue order. */
export function pendingMembers(view: SchedulingView, task: TaskId): TaskId[] {
  const job = view.tasks.job(task);
  const members: TaskId[] = [];
  // A task may be pending without being in the queue, such as one that waits before its next attempt.
  for (let t = view.jobs.firstPending(job); t !== NONE; t = view.jobs.nextPending(t))
    if (view.tasks.queuedAs(t) > 0) members.push(t);
  return members;
}
