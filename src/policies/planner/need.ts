import type { DeviceMask, SchedulingView, TaskClassId } from '../contract.js';

/** What one task takes on a machine. */
export interface Need {
  /** Quanta per dimension. */
  readonly demand: Int32Array;
  /** Number of GPU devices, and the thousandths of each. */
  readonly devices: number;
  readonly share: number;
}

/**
 * The needs of task classes, read once for each. The id of a class without tasks is used again for another class, so a need is
 * compared with the class once in each pass. Who keeps one for later must keep the need, not the class.
 */
export class Needs {
  private readonly known: (Need | undefined)[] = [];
  /** By class: the pass in which it was compared. */
  private readonly compared: number[] = [];
  private pass = 0;

  /** A pass of the scheduler begins. */
  begin(): void {
    this.pass++;
  }

  of({ machines, space }: SchedulingView, taskClass: TaskClassId): Need {
    const known = this.known[taskClass];
    if (known !== undefined && this.compared[taskClass] === this.pass) return known;
    this.compared[taskClass] = this.pass;
    if (known !== undefined && isOf(known, machines, space, taskClass)) return known;
    const need = {
      demand: Int32Array.from(space.dimensions, (d) => machines.demand(taskClass, d)),
      devices: machines.deviceCount(taskClass),
      share: machines.deviceShare(taskClass),
    };
    this.known[taskClass] = need;
    return need;
  }
}

function isOf(
  { demand, devices, share }: Need,
  machines: SchedulingView['machines'],
  { dimensions }: SchedulingView['space'],
  taskClass: TaskClassId,
): boolean {
  for (let d = 0; d < dimensions.length; d++)
    if (demand[d] !== machines.demand(taskClass, dimensions[d])) return false;
  return devices === machines.deviceCount(taskClass) && share === machines.deviceShare(taskClass);
}

/**
 * How many tasks, at most `most`, find their devices: each task takes its share of different devices. `free[start]` is the
 * first device. k tasks find devices if and only if the sum of min(k, tasks that fit on the device) is k x devices.
 */
export function deviceSlots(free: Int32Array, start: number, need: Need, most: number): number {
  if (need.share <= 0) return free.length - start >= need.devices ? most : 0;
  for (let tasks = most; tasks > 0; tasks--) {
    let places = 0;
    for (let column = start; column < free.length; column++)
      places += Math.min(tasks, Math.floor(Math.max(0, free[column]) / need.share));
    if (places >= tasks * need.devices) return tasks;
  }
  return 0;
}

/** The devices with the least left that suffice, the lowest index on ties; 0 if there are too few. */
export function fittestDevices(free: Int32Array, start: number, need: Need): DeviceMask {
  let mask = 0;
  for (let wanted = need.devices; wanted > 0; wanted--) {
    let best = -1;
    for (let column = start; column < free.length; column++) {
      if (free[column] < need.share || (mask & (1 << (column - start))) !== 0) continue;
      if (best < 0 || free[column] < free[best]) best = column;
    }
    if (best < 0) return 0;
    mask |= 1 << (best - start);
  }
  return mask;
}

/**
 * Takes the devices of one of `tasks` tasks that all find theirs, and returns them: a device without which the others would not
 * find theirs first, then those with the least left.
 */
export function takeFittestDevices(free: Int32Array, start: number, need: Need, tasks: number): DeviceMask {
  if (need.devices === 0) return 0;
  const places = (column: number) => Math.floor(free[column] / Math.max(1, need.share));
  const columns = [...free.keys()].slice(start).filter((column) => free[column] >= need.share);
  // A device with room for as many tasks as are left must not stay behind: the others cannot use it twice.
  const isFull = (column: number) => (places(column) >= tasks ? 0 : 1);
  columns.sort((a, b) => isFull(a) - isFull(b) || free[a] - free[b] || a - b);
  let mask = 0;
  for (const column of columns.slice(0, need.devices)) {
    free[column] -= need.share;
    mask |= 1 << (column - start);
  }
  return mask;
}
