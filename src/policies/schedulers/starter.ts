import { type MachineId, NONE, type TaskId } from '../../model/index.js';
import type { PlacementSink, SchedulingView } from '../contract.js';
import type { Placement } from '../placement/placement.js';
import { StampSet } from './stamp-set.js';

/** Told of each task that was started. */
export type StartListener = (view: SchedulingView, task: TaskId, machine: MachineId) => void;

/** Starts tasks where their placement says, and gangs whole or not at all. One gang is tried once in a pass. */
export class Starter {
  private readonly placement: Placement;
  private readonly started: StartListener | undefined;
  private readonly triedGangs = new StampSet();

  constructor(placement: Placement, started?: StartListener) {
    this.placement = placement;
    this.started = started;
  }

  /** A new pass begins. */
  begin(): void {
    this.triedGangs.clear();
  }

  /** Does the task belong to a gang that was tried in this pass? */
  isTried(view: SchedulingView, task: TaskId): boolean {
    return this.triedGangs.has(view.tasks.job[task]);
  }

  /** Starts the task, or its gang. Returns whether it could. */
  start(view: SchedulingView, act: PlacementSink, task: TaskId): boolean {
    if (isGang(view, task)) return this.startGang(view, act, task);
    const machine = this.placement.choose(view, task);
    return machine !== NONE && this.startOn(view, act, task, machine);
  }

  /** Starts a single task on this machine. */
  startOn(view: SchedulingView, act: PlacementSink, task: TaskId, machine: MachineId): boolean {
    if (act.start(task, machine, this.placement.devices?.(view, task, machine)) !== 'done') return false;
    this.started?.(view, task, machine);
    return true;
  }

  private startGang(view: SchedulingView, act: PlacementSink, first: TaskId): boolean {
    this.triedGangs.add(view.tasks.job[first]);
    const members = this.holdGang(view, act, first);
    if (members === undefined || act.startGang(members) !== 'done') return false;
    for (const member of members) this.started?.(view, member, view.tasks.machine[member]);
    return true;
  }

  /** Sets room aside for all pending tasks of the gang; gives it back and returns undefined when one finds none. */
  private holdGang(view: SchedulingView, act: PlacementSink, first: TaskId): readonly TaskId[] | undefined {
    const members: TaskId[] = [];
    for (const task of pendingMembers(view, first)) {
      const machine = this.placement.choose(view, task);
      if (
        machine === NONE ||
        act.hold(task, machine, this.placement.devices?.(view, task, machine)) !== 'done'
      ) {
        for (const member of members) act.release(member);
        return undefined;
      }
      members.push(task);
    }
    return members;
  }
}

/** Must the task start together with the rest of its job? */
export function isGang(view: SchedulingView, task: TaskId): boolean {
  return view.jobs.gang[view.tasks.job[task]] === 1;
}

/** All pending tasks of the job of this task, in the order of the queue. */
export function pendingMembers(view: SchedulingView, task: TaskId): TaskId[] {
  const job = view.tasks.job[task];
  const members: TaskId[] = [];
  // Tasks of a job stand together, unless some were killed and came again.
  for (
    let t = view.queue.first;
    t !== NONE && members.length < view.jobs.pending[job];
    t = view.queue.next(t)
  ) {
    if (view.tasks.job[t] === job) members.push(t);
  }
  return members;
}
