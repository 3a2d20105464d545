import { type DeviceMask, type Dimension, type MachineId, NONE, type TaskId } from '../contract.js';
import type { Impossible } from './impossible.js';
import type { SearchRoom } from './search-room.js';

/** A placing of all members: `tasks[i]` on `machines[i]`. */
export interface FoundPlacing {
  readonly tasks: TaskId[];
  readonly machines: MachineId[];
  readonly devices: DeviceMask[];
}

/** What a search in one room has found. */
export type Outcome =
  | { readonly answer: 'yes'; readonly placing: FoundPlacing }
  | { readonly answer: 'no'; readonly reason: Impossible }
  | { readonly answer: 'unknown' };

/** How many nodes a search may still visit. It is shared by the searches of one question. */
export interface Budget {
  nodes: number;
}

const NO_DEVICES: readonly DeviceMask[] = [0];
/** Checks of large rooms cost nodes too: one for so many machines. Small rooms are checked free of charge. */
const MACHINES_PER_NODE = 256;

/**
 * Depth-first search for a placing of groups in a room. Groups are placed in the order of the room. Members of a group take
 * machines in rising order, because they are alike. Of machines that are alike and without members, one is tried. Before
 * each group the necessary conditions of the rest are checked. The last group is counted, not searched, if spread rules are
 * nested: the count is exact.
 */
export class DepthFirst {
  private readonly room: SearchRoom;
  private readonly budget: Budget;
  /** By member, in the order of groups. */
  private readonly groupOf: number[] = [];
  private readonly tasks: TaskId[] = [];
  /** First member of each group, and the number of members. */
  private readonly start: number[] = [];
  /** The machine of each placed member, its choices of devices, and the one in use. */
  private readonly machine: Int32Array;
  private readonly choices: (readonly DeviceMask[] | undefined)[] = [];
  private readonly choice: Int32Array;
  private readonly mask: Int32Array;
  /** By group: slots on this machine and all behind it, when the group was begun. */
  private readonly suffix: Int32Array[];
  private readonly slots: Int32Array;
  private previousAlike: Int32Array | undefined;

  constructor(room: SearchRoom, budget: Budget) {
    this.room = room;
    this.budget = budget;
    for (const [g, { members }] of room.groups.entries()) {
      this.start.push(this.tasks.length);
      for (const member of members) {
        this.tasks.push(member);
        this.groupOf.push(g);
      }
    }
    const machines = room.machines.length;
    this.machine = new Int32Array(this.tasks.length);
    this.choice = new Int32Array(this.tasks.length);
    this.mask = new Int32Array(this.tasks.length);
    this.slots = new Int32Array(machines);
    this.suffix = room.groups.map(() => new Int32Array(0));
  }

  /** The room is as before after the answer, except after `yes`. */
  run(): Outcome {
    const failed = this.failedCondition(0);
    if (failed !== undefined) return { answer: 'no', reason: failed };
    if (this.isCounted(0)) return this.counted();
    this.previousAlike = this.room.previousAlike();
    this.begin(0);
    for (let depth = 0; ; ) {
      if (this.budget.nodes <= 0) return this.giveUp(depth);
      if (!this.nextChoice(depth)) {
        if (depth === 0) return { answer: 'no', reason: { kind: 'packing', tasks: this.tasks.length } };
        this.takeBack(--depth);
        continue;
      }
      this.budget.nodes--;
      this.put(depth++);
      if (depth === this.tasks.length) return this.found();
      this.choices[depth] = undefined;
      const group = this.groupOf[depth];
      if (group === this.groupOf[depth - 1]) continue;
      if (this.failedCondition(group) !== undefined) this.takeBack(--depth);
      else if (this.isCounted(group)) return this.counted();
      else this.begin(group);
    }
  }

  /** Is the group the last one, and is a count of its places exact? */
  private isCounted(group: number): boolean {
    return group === this.room.groups.length - 1 && this.room.isNested;
  }

  /** The first necessary condition that fails for the groups from this one on. */
  private failedCondition(first: number): Impossible | undefined {
    const { room, slots } = this;
    const { groups } = room;
    this.budget.nodes -= Math.floor((room.machines.length * (groups.length - first)) / MACHINES_PER_NODE);
    const all = first < groups.length - 1 ? new Int32Array(slots.length) : slots;
    let tasks = 0;
    for (let g = first; g < groups.length; g++) {
      const wanted = groups[g].members.length;
      tasks += wanted;
      let unruled = 0;
      for (let at = 0; at < slots.length; at++) {
        slots[at] = room.slots(at, g, wanted);
        unruled += slots[at];
        if (all !== slots) all[at] += slots[at];
      }
      if (unruled < wanted)
        return { kind: 'places', taskClass: groups[g].taskClass, tasks: wanted, places: unruled };
      const places = room.places(slots);
      if (places < wanted) return { kind: 'spread', tasks: wanted, places };
    }
    if (all === slots) return undefined;
    const places = room.places(all);
    return places < tasks ? { kind: 'spread', tasks, places } : this.failedVolume(first);
  }

  private failedVolume(first: number): Impossible | undefined {
    const { groups } = this.room;
    for (let d = 0; d < groups[first].demand.length; d++) {
      let demand = 0;
      for (let g = first; g < groups.length; g++) demand += groups[g].demand[d] * groups[g].members.length;
      const free = demand === 0 ? 0 : this.room.volume(d, first);
      if (free < demand) return { kind: 'volume', dimension: d as Dimension, demand, free };
    }
    return undefined;
  }

  /** Begins a group: sums up its slots from the back. */
  private begin(group: number): void {
    const { room } = this;
    const wanted = room.groups[group].members.length;
    if (this.suffix[group].length === 0) this.suffix[group] = new Int32Array(room.machines.length + 1);
    const suffix = this.suffix[group];
    for (let at = room.machines.length - 1; at >= 0; at--)
      suffix[at] = suffix[at + 1] + Math.min(room.allowed(at), room.slots(at, group, wanted));
    this.choices[this.start[group]] = undefined;
  }

  /** The next machine and devices of this member; false when none is left. */
  private nextChoice(depth: number): boolean {
    const { room } = this;
    const group = this.groupOf[depth];
    const tried = this.choices[depth];
    if (tried !== undefined && ++this.choice[depth] < tried.length) return true;
    const isFirst = depth === this.start[group];
    const from = isFirst ? 0 : this.machine[depth - 1];
    const missing = this.start[group] + room.groups[group].members.length - depth;
    for (let at = tried === undefined ? from : this.machine[depth] + 1; at < room.machines.length; at++) {
      const used = at === from ? this.membersBefore(depth, at) : 0;
      if (this.suffix[group][at] - used < missing) return false;
      if (room.allowed(at) <= 0 || room.slots(at, group, 1) === 0 || this.isLikeAnother(at, from)) continue;
      const hasDevices = room.groups[group].deviceCount > 0;
      this.machine[depth] = at;
      this.choices[depth] = hasDevices ? room.deviceChoices(at, group, this.budget.nodes + 1) : NO_DEVICES;
      this.choice[depth] = 0;
      return true;
    }
    return false;
  }

  /** How many members of the group before this one are on the machine. */
  private membersBefore(depth: number, at: number): number {
    const first = this.start[this.groupOf[depth]];
    let before = depth - 1;
    while (before >= first && this.machine[before] === at) before--;
    return depth - 1 - before;
  }

  /** Was a machine that is alike tried for this member? Both are without members. */
  private isLikeAnother(at: number, from: number): boolean {
    const previous = this.previousAlike as Int32Array;
    const { members } = this.room;
    if (members[at] > 0) return false;
    for (let other = previous[at]; other !== NONE && other >= from; other = previous[other])
      if (members[other] === 0) return true;
    return false;
  }

  private put(depth: number): void {
    const mask = (this.choices[depth] as readonly DeviceMask[])[this.choice[depth]];
    this.mask[depth] = mask;
    this.room.move(this.machine[depth], this.groupOf[depth], mask, 1);
  }

  private takeBack(depth: number): void {
    this.room.move(this.machine[depth], this.groupOf[depth], this.mask[depth], -1);
  }

  private giveUp(placed: number): Outcome {
    for (let depth = placed - 1; depth >= 0; depth--) this.takeBack(depth);
    return { answer: 'unknown' };
  }

  /** Places the last group in the order of machines. `slots` has its slots. */
  private counted(): Outcome {
    const { room } = this;
    const group = room.groups.length - 1;
    const hasDevices = room.groups[group].deviceCount > 0;
    let depth = this.start[group];
    room.takeNested(this.slots, room.groups[group].members.length, (at, count) => {
      for (let i = 0; i < count; i++, depth++) {
        this.machine[depth] = at;
        this.mask[depth] = hasDevices ? room.widestDevices(at, group) : 0;
        room.move(at, group, this.mask[depth], 1);
      }
    });
    return this.found();
  }

  private found(): Outcome {
    const { tasks, room } = this;
    const machines = tasks.map((_, depth) => room.machines[this.machine[depth]]);
    return { answer: 'yes', placing: { tasks, machines, devices: [...this.mask] } };
  }
}
