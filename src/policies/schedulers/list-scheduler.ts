import { NONE, type TaskClassId, type TaskId } from '../../model/index.js';
import type { PlacementSink, Scheduler, SchedulingView } from '../contract.js';
import type { Placement } from '../placement/placement.js';

/** The parts a list scheduler is composed of. */
export interface ListSchedulerParts {
  readonly name: string;
  readonly placement: Placement;
  /** When a task fits nowhere: `wait` lets nobody pass it, `skip` tries the next one. */
  readonly whenBlocked: 'wait' | 'skip';
}

/**
 * Goes through the queue once, in its order, and starts what fits. A gang counts as one: it starts whole or is blocked.
 */
export function listScheduler(parts: ListSchedulerParts): Scheduler {
  const { placement, whenBlocked } = parts;
  const blocked = new BlockedClasses();

  /** Starts the task, or its whole gang. Returns whether it could. */
  function place(view: SchedulingView, act: PlacementSink, task: TaskId): boolean {
    if (view.jobs.gang[view.tasks.job[task]] === 1) return placeGang(view, act, task, placement);
    const machine = placement.choose(view, task);
    if (machine === NONE) return false;
    return act.start(task, machine, placement.devices?.(view, task, machine)) === 'done';
  }

  return {
    name: parts.name,
    schedule(view, act) {
      const { queue, tasks } = view;
      blocked.clear();
      let next = NONE;
      for (let task = queue.first; task !== NONE; task = next) {
        next = queue.next(task);
        const taskClass = tasks.taskClass[task];
        const isGang = view.jobs.gang[tasks.job[task]] === 1;
        if (isGang) next = firstOfNextJob(view, task);
        // While nothing ends, what had no room keeps having no room, and so has all of its class.
        if (!isGang && blocked.has(taskClass)) continue;
        if (place(view, act, task)) continue;
        if (whenBlocked === 'wait') return;
        if (!isGang) blocked.add(taskClass);
        if (blocked.count >= queue.classCount) return;
      }
    },
  };
}

/** The tasks of a job stand together in the queue, unless some were killed and came again. */
function firstOfNextJob(view: SchedulingView, task: TaskId): TaskId {
  const job = view.tasks.job[task];
  let next = view.queue.next(task);
  while (next !== NONE && view.tasks.job[next] === job) next = view.queue.next(next);
  return next;
}

function placeGang(view: SchedulingView, act: PlacementSink, first: TaskId, placement: Placement): boolean {
  const job = view.tasks.job[first];
  const members: TaskId[] = [];
  for (
    let task = first;
    members.length < view.jobs.pending[job] && task !== NONE;
    task = view.queue.next(task)
  ) {
    if (view.tasks.job[task] !== job) continue;
    const machine = placement.choose(view, task);
    if (machine === NONE || act.hold(task, machine, placement.devices?.(view, task, machine)) !== 'done')
      break;
    members.push(task);
  }
  // Fewer when one found no room, or when members that came again stand apart and `first` is not the first of all.
  if (members.length < view.jobs.pending[job]) {
    for (const member of members) act.release(member);
    return false;
  }
  return act.startGang(members) === 'done';
}

/** The task classes that found no room in this pass; a set that is emptied in constant time. */
class BlockedClasses {
  count = 0;
  private stamps = new Int32Array(64);
  private stamp = 0;

  clear(): void {
    this.count = 0;
    this.stamp++;
  }

  has(taskClass: TaskClassId): boolean {
    return taskClass < this.stamps.length && this.stamps[taskClass] === this.stamp;
  }

  add(taskClass: TaskClassId): void {
    if (taskClass >= this.stamps.length) {
      const larger = new Int32Array(Math.max(taskClass + 1, this.stamps.length * 2));
      larger.set(this.stamps);
      this.stamps = larger;
    }
    this.stamps[taskClass] = this.stamp;
    this.count++;
  }
}
