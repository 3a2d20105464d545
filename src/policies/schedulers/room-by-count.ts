import { WHOLE_DEVICE } from '../../model/index.js';
import { FOREVER, type MachineId, NONE, type SchedulingView, type TaskId } from '../contract.js';
import type { BetterPlace } from '../planner/better-place.js';
import { ClusterProfile, type Pooling } from '../planner/cluster-profile.js';
import type { EarliestPlace } from '../planner/earliest-start.js';
import { type Need, Needs } from '../planner/need.js';
import { presenceOf } from '../planner/presence.js';
import type { Unit } from './planned-queue.js';
import type { Places, PlannedRoom } from './planned-room.js';

/** What a task takes of the pool. */
const ONE_SLOT: Need = { demand: Int32Array.of(1), devices: 0, share: 0 };

/** All machines as one pool with one amount: the number of slots of the machines that take tasks. */
class SlotPool implements Pooling {
  /** By machine. Empty before the first task, whose size tells what a slot is. */
  slots: readonly number[] = [];

  columns(): number {
    return 1;
  }

  pools(): number {
    return 1;
  }

  poolOf(): number {
    return 0;
  }

  capacity(view: SchedulingView): Int32Array {
    return Int32Array.of(this.present(view));
  }

  isResized(view: SchedulingView, _pool: number, before: Int32Array): boolean {
    return this.present(view) !== before[0];
  }

  begin(): void {}

  need(): Need {
    return ONE_SLOT;
  }

  private present(view: SchedulingView): number {
    let count = 0;
    for (let machine = 0; machine < view.machines.count; machine++) {
      const { from, until } = presenceOf(view, machine);
      if (from <= view.now && until === FOREVER) count += this.slots[machine] ?? 0;
    }
    return count;
  }
}

/**
 * A place is a number of slots. On which machines they are, is decided at the start. That is exact where each task takes one slot:
 * intervals of which at most n overlap can always be given n slots, in the order of their starts. So the plan is that of one
 * machine with the room of all. Either all tasks are of one size, or a machine holds one of each. Other tasks, tasks with constraints
 * or rules, and shares of GPUs, are not taken.
 */
export class RoomByCount implements PlannedRoom {
  readonly profile: ClusterProfile;
  private readonly pool = new SlotPool();
  private readonly needs = new Needs();
  /** Of the first task: amounts per dimension, then the number of devices. Undefined before it. */
  private slot: readonly number[] | undefined;
  private readonly checked: (Need | undefined)[] = [];
  private machinesChecked = 0;

  /** `memory`: the `memory` of the room before a restart. */
  constructor(view: SchedulingView, memory: string | undefined) {
    this.slot = memory?.split(' ').map(Number);
    if (this.slot !== undefined) this.setSlots(view, this.slot);
    this.profile = new ClusterProfile(view, this.pool);
  }

  get memory(): string | undefined {
    return this.slot?.join(' ');
  }

  takes(view: SchedulingView, units: readonly Unit[]): boolean {
    this.needs.begin();
    const isFirst = this.slot === undefined;
    const takesAll = units.every(({ members }) => members.every((task) => this.takesTask(view, task)));
    // Tasks that run already when the policy begins.
    if (takesAll && isFirst)
      for (let task = view.placed.first; task !== NONE; task = view.placed.next(task))
        if (!this.takesTask(view, task)) return false;
    return takesAll;
  }

  find(view: SchedulingView, { members, length }: Unit): EarliestPlace {
    const need = { demand: Int32Array.of(members.length), devices: 0, share: 0 };
    const start = this.profile.machines[0].earliest(view.now, length, need);
    if (start === FOREVER) return { start, machines: [], masks: [], isBound: false, isSettled: false };
    const nowhere = members.map(() => 0);
    return { start, machines: nowhere, masks: nowhere, isBound: false, isSettled: true };
  }

  /** The same place at an earlier time, where room came back. */
  better(view: SchedulingView, unit: Unit): BetterPlace {
    const { regained, machines } = this.profile;
    const { members, start, length, mark, taken } = unit;
    if (!regained.knowsSince(mark) || taken.ends.some((end) => end !== start + length)) return 'unknown';
    const need: Need = { demand: Int32Array.of(members.length), devices: 0, share: 0 };
    const spans = regained.since(mark, start + length);
    if (spans.length > 0) {
      const window = { need, length, earliest: view.now, latest: start, own: start };
      const time = machines[0].earliestTouching(spans.from[0], spans.to[0], window);
      if (time < start)
        return { start: time, machines: unit.machines, masks: unit.masks, isBound: false, isSettled: true };
    }
    unit.mark = regained.mark;
    return 'none';
  }

  /** The last units in the queue, as many as have too few slots. */
  addStranded(view: SchedulingView, units: readonly Unit[], stranded: Set<Unit>): void {
    const [slots] = this.profile.machines;
    if (slots.leastFrom(view.now, FOREVER)[0] >= 0) return;
    for (let i = units.length - 1; i >= 0; i--) {
      const { start, length } = units[i];
      if (Number.isNaN(start) || slots.leastFrom(Math.max(start, view.now), start + length)[0] >= 0) continue;
      stranded.add(units[i]);
      this.profile.lift(view, units[i]);
    }
    for (const unit of stranded) this.profile.take(view, unit);
  }

  /** The free slots of lowest rank. */
  placesNow(view: SchedulingView, { members, length }: Unit): Places | undefined {
    const { machines, whatIf } = view;
    whatIf.reset('now');
    const found: MachineId[] = [];
    let machine = 0;
    for (const task of members) {
      const isThere = () => machines.awayFrom(machine) >= view.now + length;
      while (machine < machines.count && !(isThere() && whatIf.put(task, machine) === 'done')) machine++;
      if (machine === machines.count) return undefined;
      found.push(machine);
    }
    return { machines: found, masks: undefined };
  }

  private takesTask(view: SchedulingView, task: TaskId): boolean {
    const { machines, rules, tasks } = view;
    if (rules.mayForbid(task)) return false;
    const taskClass = tasks.taskClass(task);
    const need = this.needs.of(view, taskClass);
    if (this.machinesChecked < machines.count) this.checked.length = 0;
    if (this.checked[taskClass] === need) return true;
    if (need.devices > 0 && need.share < WHOLE_DEVICE) return false;
    for (let machine = 0; machine < machines.count; machine++)
      if (machines.whyNot(task, machine) === 'constraint') return false;
    const size = [...need.demand, need.devices];
    const slot = this.slot ?? size;
    const isAlike = slot.every((amount, i) => amount === size[i]);
    if (!isAlike && ![slot, size].every((one) => fills(view, one))) return false;
    this.checked[taskClass] = need;
    if (this.slot === undefined || this.machinesChecked < machines.count) {
      this.slot = slot;
      this.setSlots(view, slot);
      this.profile.update(view);
    }
    return true;
  }

  private setSlots(view: SchedulingView, slot: readonly number[]): void {
    this.machinesChecked = view.machines.count;
    this.pool.slots = Array.from({ length: view.machines.count }, (_, machine) =>
      slotsOf(view, machine, slot),
    );
  }
}

/** How many tasks of this size an empty machine holds. */
function slotsOf({ machines, space }: SchedulingView, machine: MachineId, size: readonly number[]): number {
  let slots = Number.POSITIVE_INFINITY;
  for (const d of space.dimensions)
    if (size[d] > 0) slots = Math.min(slots, Math.floor(machines.capacity(machine, d) / size[d]));
  return Number.isFinite(slots) ? slots : 0;
}

/** Does every machine hold one such task? Tasks of other sizes may fit beside it: then the plan has less room than there is. */
function fills(view: SchedulingView, size: readonly number[]): boolean {
  for (let machine = 0; machine < view.machines.count; machine++)
    if (slotsOf(view, machine, size) !== 1) return false;
  return true;
}
