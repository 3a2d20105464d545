import {
  type DeviceMask,
  type MachineId,
  type Micros,
  NONE,
  type SchedulingView,
  type TaskId,
} from '../contract.js';
import type { Planned } from '../planner/cluster-profile.js';
import { NO_MARK } from '../planner/regained-room.js';
import { longestEstimate } from '../planner/slot-sweep.js';
import { isGang } from './starter.js';
import { pendingMembers } from './waiting-gangs.js';

/** A waiting task, or the waiting tasks of a gang: what the plan moves as one. */
export class Unit implements Planned {
  readonly members: readonly TaskId[];
  /** `queuedAs` of each member. A task that left and came again is another unit. */
  readonly joined: readonly number[];
  start: Micros = Number.NaN;
  machines: readonly MachineId[] = [];
  masks: readonly DeviceMask[] = [];
  mark = NO_MARK;
  version = 0;
  readonly taken: Planned['taken'] = { needs: [], ends: [] };
  /** Microseconds from its start until its last member is expected to end. */
  readonly length: Micros;
  /** Must a task of a certain framework be beside it? Then a start of another task may give it a place. */
  readonly needsNeighbour: boolean;
  /** Has no place been looked for yet? */
  isNew = true;
  /** Could a rule forbid machines to it when it was planned? */
  hasRules = false;

  constructor(view: SchedulingView, members: readonly TaskId[]) {
    this.members = members;
    this.joined = members.map((task) => view.tasks.queuedAs(task));
    this.length = longestEstimate(view, members);
    this.needsNeighbour = members.some((task) => view.rules.needsNeighbour(task));
  }
}

/** The waiting units in queue order, as they were at the last call. It is a cache of the queue. */
export class PlannedQueue {
  units: Unit[] = [];
  private readonly unitOf: (Unit | undefined)[] = [];

  /** Follows the queue. Returns the units that left it or have other members now, and those that joined, in queue order. */
  follow(view: SchedulingView): { readonly left: readonly Unit[]; readonly joined: readonly Unit[] } {
    const left = this.units.filter((unit) => !isWaiting(view, unit));
    for (const unit of left) this.drop(unit);
    const joined: Unit[] = [];
    const units: Unit[] = [];
    const { queue } = view;
    for (let task = queue.first; task !== NONE; task = queue.next(task)) {
      let unit = this.unitOf[task];
      if (unit === undefined) {
        unit = new Unit(view, isGang(view, task) ? pendingMembers(view, task) : [task]);
        for (const member of unit.members) this.unitOf[member] = unit;
        joined.push(unit);
      }
      if (unit.members[0] === task) units.push(unit);
    }
    this.units = units;
    return { left, joined };
  }

  /** The unit is no longer in the queue. It stays in `units` until `compact`. */
  drop(unit: Unit): void {
    for (const member of unit.members) if (this.unitOf[member] === unit) this.unitOf[member] = undefined;
  }

  /** Was the unit dropped? */
  hasLeft(unit: Unit): boolean {
    return this.unitOf[unit.members[0]] !== unit;
  }

  /** Removes dropped units from `units`. */
  compact(): void {
    this.units = this.units.filter((unit) => this.unitOf[unit.members[0]] === unit);
  }
}

function isWaiting({ tasks, jobs }: SchedulingView, { members, joined }: Unit): boolean {
  for (let i = 0; i < members.length; i++) if (tasks.queuedAs(members[i]) !== joined[i]) return false;
  const job = tasks.job(members[0]);
  return members.length === 1
    ? !jobs.isGang(job) || jobs.pending(job) === 1
    : jobs.pending(job) === members.length;
}
