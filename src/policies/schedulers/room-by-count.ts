import { InputError, WHOLE_DEVICE } from '../../model/index.js';
import { FOREVER, type MachineId, NONE, type SchedulingView, type TaskId } from '../contract.js';
import { ClusterProfile, type Planned, type Pooling } from '../planner/cluster-profile.js';
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
 * machine with the room of all. Either all tasks are of one size, or each task fills a machine.
 */
export class RoomByCount implements PlannedRoom {
  readonly profile: ClusterProfile;
  private readonly pool = new SlotPool();
  private readonly needs = new Needs();
  /** The first task's. */
  private slot: Need | undefined;
  private readonly checked: (Need | undefined)[] = [];
  private machinesChecked = 0;

  /** @throws InputError when running tasks do not take one slot each. */
  constructor(view: SchedulingView) {
    const { machines } = view;
    this.profile = new ClusterProfile(view, this.pool);
    for (let machine = 0; machine < machines.count; machine++)
      for (let task = machines.first(machine); task !== NONE; task = machines.next(task))
        this.check(view, task);
  }

  /** @throws InputError when the unit's tasks do not take one slot each. */
  find(
    view: SchedulingView,
    { members, length }: Unit,
    _planned: Iterable<Planned>,
    hasRules: boolean,
  ): EarliestPlace {
    if (hasRules) throw refused('jobs without placement rules');
    for (const task of members) this.check(view, task);
    const need = { demand: Int32Array.of(members.length), devices: 0, share: 0 };
    const start = this.profile.machines[0].earliest(view.now, length, need);
    if (start === FOREVER) return { start, machines: [], masks: [], isBound: false };
    const nowhere = members.map(() => 0);
    return { start, machines: nowhere, masks: nowhere, isBound: false };
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

  /** Does a task of this class take one slot, on any machine? @throws InputError if not. */
  private check(view: SchedulingView, task: TaskId): void {
    const { machines, tasks } = view;
    const taskClass = tasks.taskClass(task);
    const need = this.needs.of(view, taskClass);
    if (this.checked[taskClass] === need && this.machinesChecked === machines.count) return;
    if (this.machinesChecked < machines.count) this.checked.length = 0;
    this.checked[taskClass] = need;
    if (need.devices > 0 && need.share < WHOLE_DEVICE) throw refused('tasks with whole GPUs');
    for (let machine = 0; machine < machines.count; machine++)
      if (machines.whyNot(task, machine) === 'constraint') throw refused('tasks without constraints');
    this.setSlots(view, need);
  }

  private setSlots(view: SchedulingView, need: Need): void {
    const { machines } = view;
    const slot = this.slot ?? need;
    const slots = Array.from({ length: machines.count }, (_, machine) => slotsOf(view, machine, need));
    const isAlike =
      slot.demand.every((amount, d) => amount === need.demand[d]) && slot.devices === need.devices;
    const fillMachines = [slot, need].every((one) => fills(view, one));
    if (!isAlike && !fillMachines)
      throw refused('tasks of one size, or tasks of which every machine holds one');
    if (this.slot !== undefined && this.machinesChecked === machines.count) return;
    this.slot = slot;
    this.machinesChecked = machines.count;
    this.pool.slots = slots;
    this.profile.update(view);
  }
}

/** How many tasks of this need an empty machine holds. */
function slotsOf({ machines, space }: SchedulingView, machine: MachineId, { demand }: Need): number {
  let slots = Number.POSITIVE_INFINITY;
  for (const d of space.dimensions)
    if (demand[d] > 0) slots = Math.min(slots, Math.floor(machines.capacity(machine, d) / demand[d]));
  return Number.isFinite(slots) ? slots : 0;
}

/** Does every machine hold one such task? Tasks of other sizes may fit beside it: then the plan has less room than there is. */
function fills(view: SchedulingView, need: Need): boolean {
  for (let machine = 0; machine < view.machines.count; machine++)
    if (slotsOf(view, machine, need) !== 1) return false;
  return true;
}

function refused(needs: string): InputError {
  return new InputError({ field: 'reserve' }, `at-start needs ${needs}; use lowest-rank`);
}
