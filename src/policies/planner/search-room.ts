import {
  type DeviceMask,
  type MachineId,
  type Machines,
  NONE,
  type TaskClassId,
  type TaskId,
} from '../contract.js';

/** Members of a job that are alike: they have the same demand, and may use the same machines. */
export interface Group {
  readonly taskClass: TaskClassId;
  readonly members: readonly TaskId[];
  /** Quanta, one per dimension. */
  readonly demand: Int32Array;
  /** Number of devices of each member, and thousandths of each device. */
  readonly deviceCount: number;
  readonly deviceShare: number;
}

/** A limit on the tasks of a job per domain, on the machines of one search. */
export interface SpreadLimit {
  /** The domain of a machine; NONE if it takes no task of the job. */
  readonly domainOf: (machine: MachineId) => number;
  /** How many more tasks of the job the domain may take. */
  readonly leftOf: (domain: number) => number;
}

/** The machines of a search, and which groups may use them. */
export interface SearchMachines {
  readonly machines: readonly MachineId[];
  /** By group: 1 for a machine that its members may use, in the order of `machines`. */
  readonly usable: readonly Uint8Array[];
}

interface SpreadColumn {
  /** Of each machine, as an index of `left`. */
  readonly domain: Int32Array;
  readonly left: Int32Array;
  /** How many of the machines are in the domain. */
  readonly size: Int32Array;
}

/**
 * Free amounts of the machines of one search. Members are put on them and taken back, and the view does not change. Machines
 * are indexes from 0 here.
 */
export class SearchRoom {
  readonly machines: readonly MachineId[];
  readonly groups: readonly Group[];
  readonly usable: readonly Uint8Array[];
  /** Number of members put on each machine. */
  readonly members: Int32Array;
  /** Is each domain of a spread rule a part of one domain of each coarser rule? Then counts by `places` are exact. */
  readonly isNested: boolean;
  private readonly dims: number;
  private readonly free: Int32Array;
  private readonly deviceStart: Int32Array;
  private readonly deviceFree: Int32Array;
  private readonly spreads: readonly SpreadColumn[];
  /** Scratch: what is left of each domain while places are counted. */
  private readonly scratch: readonly Int32Array[];

  constructor(
    view: Machines,
    groups: readonly Group[],
    { machines, usable }: SearchMachines,
    spreads: readonly SpreadLimit[],
  ) {
    const { dimensions } = view.space;
    this.machines = machines;
    this.groups = groups;
    this.usable = usable;
    this.dims = dimensions.length;
    this.members = new Int32Array(machines.length);
    this.free = new Int32Array(machines.length * this.dims);
    this.deviceStart = new Int32Array(machines.length + 1);
    const needsDevices = groups.some(({ deviceCount }) => deviceCount > 0);
    for (const [i, machine] of machines.entries()) {
      for (const d of dimensions) this.free[i * this.dims + d] = view.free(machine, d);
      this.deviceStart[i + 1] = this.deviceStart[i] + (needsDevices ? view.devices(machine) : 0);
    }
    this.deviceFree = new Int32Array(this.deviceStart[machines.length]);
    for (const [i, machine] of machines.entries()) {
      const start = this.deviceStart[i];
      for (let at = start; at < this.deviceStart[i + 1]; at++)
        this.deviceFree[at] = view.deviceFree(machine, at - start);
    }
    this.spreads = spreads
      .map((limit) => spreadColumn(machines, limit))
      .sort((a, b) => b.left.length - a.left.length);
    this.scratch = this.spreads.map(({ left }) => new Int32Array(left.length));
    this.isNested = areNested(this.spreads, machines.length);
  }

  /** How many members of the group the machine could take, at most `limit`. Spread rules are not counted. */
  slots(at: number, group: number, limit: number): number {
    if (this.usable[group][at] === 0) return 0;
    const { demand, deviceCount, deviceShare } = this.groups[group];
    const row = at * this.dims;
    let slots = limit;
    for (let d = 0; d < this.dims; d++) {
      const [free, need] = [this.free[row + d], demand[d]];
      if (free < need) return 0;
      if (need > 0 && free < need * slots) slots = Math.floor(free / need);
    }
    return deviceCount === 0 ? slots : this.deviceSlots(at, deviceCount, deviceShare, slots);
  }

  /**
   * n tasks of k distinct devices each fit if the sum of min(slots of a device, n) is at least n k (Gale and Ryser: a matrix of
   * zeros and ones with such sums of rows and columns exists).
   */
  private deviceSlots(at: number, count: number, share: number, limit: number): number {
    for (let slots = limit; slots > 0; ) {
      let sum = 0;
      for (let device = this.deviceStart[at]; device < this.deviceStart[at + 1]; device++) {
        const free = this.deviceFree[device];
        if (free >= share) sum += free >= share * slots ? slots : Math.floor(free / share);
      }
      if (sum >= slots * count) return slots;
      // The sum does not rise when the number of tasks falls.
      slots = Math.min(slots - 1, Math.floor(sum / count));
    }
    return 0;
  }

  /** How many more members the spread rules allow on the machine. */
  allowed(at: number): number {
    let allowed = Number.MAX_SAFE_INTEGER;
    for (const { domain, left } of this.spreads) {
      if (left[domain[at]] < allowed) allowed = left[domain[at]];
    }
    return allowed;
  }

  /**
   * How many of these slots (one count per machine) the spread rules allow together. Exact if the rules are nested: then each
   * order of machines gives the same sum. Otherwise an upper bound.
   */
  places(slots: Int32Array): number {
    if (this.spreads.length === 0) return sumOf(slots);
    if (this.isNested) return this.takeNested(slots, Number.MAX_SAFE_INTEGER, () => undefined);
    let places = Number.MAX_SAFE_INTEGER;
    for (const [rule, { domain, left }] of this.spreads.entries()) {
      const rest = this.scratch[rule];
      rest.set(left);
      let sum = 0;
      for (let at = 0; at < slots.length; at++) {
        const taken = Math.min(slots[at], rest[domain[at]]);
        rest[domain[at]] -= taken;
        sum += taken;
      }
      places = Math.min(places, sum);
    }
    return places;
  }

  /** Takes up to `wanted` slots in the order of machines under nested rules. Returns their number. */
  takeNested(slots: Int32Array, wanted: number, take: (at: number, count: number) => void): number {
    for (const [rule, { left }] of this.spreads.entries()) this.scratch[rule].set(left);
    let taken = 0;
    for (let at = 0; at < slots.length && taken < wanted; at++) {
      let count = Math.min(slots[at], wanted - taken);
      for (let rule = 0; rule < this.spreads.length; rule++)
        count = Math.min(count, this.scratch[rule][this.spreads[rule].domain[at]]);
      if (count <= 0) continue;
      for (let rule = 0; rule < this.spreads.length; rule++)
        this.scratch[rule][this.spreads[rule].domain[at]] -= count;
      taken += count;
      take(at, count);
    }
    return taken;
  }

  /** Puts a member of the group on the machine (sign 1), or takes it back (sign -1). */
  move(at: number, group: number, mask: DeviceMask, sign: 1 | -1): void {
    const { demand, deviceShare } = this.groups[group];
    for (let d = 0; d < this.dims; d++) this.free[at * this.dims + d] -= sign * demand[d];
    for (let rest = mask, device = this.deviceStart[at]; rest !== 0; rest >>>= 1, device++)
      if ((rest & 1) !== 0) this.deviceFree[device] -= sign * deviceShare;
    for (const { domain, left } of this.spreads) left[domain[at]] -= sign;
    this.members[at] += sign;
  }

  /** Free quanta over the machines that one of these groups may use, from `first` on. */
  volume(dimension: number, first: number): number {
    let sum = 0;
    for (let at = 0; at < this.machines.length; at++) {
      if (!this.isUsable(at, first)) continue;
      sum += Math.max(0, this.free[at * this.dims + dimension]);
    }
    return sum;
  }

  private isUsable(at: number, first: number): boolean {
    for (let group = first; group < this.usable.length; group++)
      if (this.usable[group][at] === 1) return true;
    return false;
  }

  /**
   * The choices of devices for one member, as masks. Devices with equal amounts left are alike, so one choice stands for all
   * that differ only in them. Devices with the least left come first. At most `limit` choices.
   */
  deviceChoices(at: number, group: number, limit: number): readonly DeviceMask[] {
    const { deviceCount, deviceShare } = this.groups[group];
    const start = this.deviceStart[at];
    const fitting: number[] = [];
    for (let device = start; device < this.deviceStart[at + 1]; device++)
      if (this.deviceFree[device] >= deviceShare) fitting.push(device - start);
    const left = (device: number) => this.deviceFree[start + device];
    fitting.sort((a, b) => left(a) - left(b) || a - b);
    const masks: DeviceMask[] = [];
    const choose = (from: number, missing: number, mask: DeviceMask): void => {
      if (missing === 0) masks.push(mask);
      for (let i = from; i <= fitting.length - missing && missing > 0 && masks.length < limit; i++) {
        if (i > from && left(fitting[i]) === left(fitting[i - 1])) continue;
        choose(i + 1, missing - 1, mask | (1 << fitting[i]));
      }
    };
    choose(0, deviceCount, 0);
    return masks;
  }

  /** Devices for one of several members of one group: those with the most left, so that the others fit too. */
  widestDevices(at: number, group: number): DeviceMask {
    const { deviceCount } = this.groups[group];
    const start = this.deviceStart[at];
    let mask = 0;
    for (let missing = deviceCount; missing > 0; missing--) {
      let best = NONE;
      for (let device = start; device < this.deviceStart[at + 1]; device++) {
        if ((mask & (1 << (device - start))) !== 0) continue;
        if (best === NONE || this.deviceFree[device] > this.deviceFree[best]) best = device;
      }
      mask |= 1 << (best - start);
    }
    return mask;
  }

  /**
   * For each machine the last one before it that is alike, or NONE: it has equal amounts and devices, the same groups may use
   * it, and it counts alike for the spread rules. Valid while no member is on either.
   */
  previousAlike(): Int32Array {
    const previous = new Int32Array(this.machines.length);
    const last = new Map<string, number>();
    for (let at = 0; at < this.machines.length; at++) {
      const key = this.likeness(at);
      previous[at] = last.get(key) ?? NONE;
      last.set(key, at);
    }
    return previous;
  }

  private likeness(at: number): string {
    const free = this.free.subarray(at * this.dims, (at + 1) * this.dims).join();
    const devices = this.deviceFree
      .slice(this.deviceStart[at], this.deviceStart[at + 1])
      .sort()
      .join();
    const groups = this.usable.map((column) => column[at]).join('');
    const domains = this.spreads.map(({ domain, left, size }) =>
      size[domain[at]] === 1 ? `left ${left[domain[at]]}` : domain[at],
    );
    return [free, devices, groups, ...domains].join(';');
  }
}

function spreadColumn(machines: readonly MachineId[], { domainOf, leftOf }: SpreadLimit): SpreadColumn {
  const ids = new Map<number, number>();
  const domain = new Int32Array(machines.length);
  for (const [at, machine] of machines.entries()) {
    const named = domainOf(machine);
    if (!ids.has(named)) ids.set(named, ids.size);
    domain[at] = ids.get(named) as number;
  }
  const size = new Int32Array(ids.size);
  for (const id of domain) size[id]++;
  // NONE: a machine without the attribute takes no task of the job.
  return {
    domain,
    left: Int32Array.from(ids.keys(), (named) => (named === NONE ? 0 : Math.max(0, leftOf(named)))),
    size,
  };
}

/** The finest rule comes first. */
function areNested(spreads: readonly SpreadColumn[], machines: number): boolean {
  for (const [i, fine] of spreads.entries()) {
    for (const coarse of spreads.slice(i + 1)) {
      const coarseOf = new Int32Array(fine.left.length).fill(NONE);
      for (let at = 0; at < machines; at++) {
        const known = coarseOf[fine.domain[at]];
        if (known !== NONE && known !== coarse.domain[at]) return false;
        coarseOf[fine.domain[at]] = coarse.domain[at];
      }
    }
  }
  return true;
}

function sumOf(values: Int32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
