import { FOREVER, type MachineId, type Micros, type SchedulingView, type TaskId } from '../contract.js';
import type { ClusterProfile } from './cluster-profile.js';
import type { Need } from './need.js';
import { mayUse } from './presence.js';
import { TimeHeap } from './time-heap.js';

/** Members of one task class. */
export interface Alike {
  readonly tasks: readonly TaskId[];
  readonly need: Need;
}

/** The members by task class, in the order of their first members. */
export function groupsOf(
  view: SchedulingView,
  profile: ClusterProfile,
  members: readonly TaskId[],
): readonly Alike[] {
  const groups = new Map<number, TaskId[]>();
  for (const task of members) {
    const taskClass = view.tasks.taskClass(task);
    const group = groups.get(taskClass);
    if (group === undefined) groups.set(taskClass, [task]);
    else group.push(task);
  }
  return [...groups].map(([taskClass, tasks]) => ({ tasks, need: profile.needOf(view, taskClass) }));
}

/**
 * Goes through the times at which every group of a job may have enough room: on each machine, as many members as find room
 * throughout [t, t + length), by themselves. Room returns only at steps of the profiles. A heap merges the next change of
 * each machine, so a change costs one window of one machine.
 */
export class SlotSweep {
  private groups: readonly Alike[] = [];
  private length: Micros = 0;
  private limit: Micros = FOREVER;
  private machines = 0;
  /** `slots[group * machines + machine]`: members that the machine holds at the present time of the sweep. */
  private slots = new Int32Array(0);
  private sums = new Int32Array(0);
  private readonly heap = new TimeHeap();
  private time: Micros = Number.NaN;
  private readonly profile: ClusterProfile;

  constructor(profile: ClusterProfile) {
    this.profile = profile;
  }

  /** Begins with a job; `next` gives the times up to the limit. */
  begin(view: SchedulingView, groups: readonly Alike[], length: Micros, limit: Micros = FOREVER): void {
    const { profile, heap } = this;
    this.groups = groups;
    this.length = length;
    this.limit = limit;
    this.machines = profile.machines.length;
    this.time = view.now;
    const size = groups.length * this.machines;
    if (this.slots.length < size) this.slots = new Int32Array(size);
    this.slots.fill(0, 0, size);
    this.sums = new Int32Array(groups.length);
    heap.clear();
    for (let machine = 0; machine < this.machines; machine++) {
      const { from } = profile.presence[machine];
      if (!Number.isFinite(from)) continue;
      if (from > view.now) heap.push(from, machine);
      else this.count(view, machine);
    }
  }

  /** The first time, or the one after the last answer, at which all groups have enough slots; Infinity without one. */
  next(view: SchedulingView, isFirst: boolean): Micros {
    if (isFirst && this.isEnough()) return this.time;
    const { heap } = this;
    while (heap.time < FOREVER && heap.time <= this.limit) {
      this.time = heap.time;
      while (heap.time <= this.time) this.count(view, heap.pop());
      if (this.isEnough()) return this.time;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Members of a group that the machine holds at the time of the last answer. */
  slotsOf(group: number, machine: MachineId): number {
    return this.slots[group * this.machines + machine];
  }

  private isEnough(): boolean {
    for (let g = 0; g < this.groups.length; g++) if (this.sums[g] < this.groups[g].tasks.length) return false;
    return true;
  }

  private count(view: SchedulingView, machine: MachineId): void {
    const { time, length, profile } = this;
    const end = time + length;
    const isThere = end <= profile.presence[machine].until;
    for (let g = 0; g < this.groups.length; g++) {
      const { need, tasks } = this.groups[g];
      const at = g * this.machines + machine;
      const slots =
        isThere && mayUse(view, profile.presence[machine], machine, tasks[0])
          ? profile.machines[machine].slots(time, end, need, tasks.length)
          : 0;
      this.sums[g] += slots - this.slots[at];
      this.slots[at] = slots;
    }
    if (isThere) this.heap.push(profile.machines[machine].nextChange(time, length), machine);
  }
}

/** The longest estimate of the members. */
export function longestEstimate({ tasks }: SchedulingView, members: readonly TaskId[]): Micros {
  let longest = 0;
  for (const task of members) longest = Math.max(longest, tasks.estimate(task));
  return longest;
}
