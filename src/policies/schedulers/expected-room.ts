import { WHOLE_DEVICE } from '../../model/index.js';
import {
  type DeviceMask,
  type MachineId,
  type Micros,
  NONE,
  type SchedulingView,
  type TaskId,
} from '../contract.js';
import { deviceSlots, fittestDevices, type Need, Needs, takeFittestDevices } from '../planner/need.js';
import { ExpectedEnds } from './expected-ends.js';

/**
 * The room of each machine at a time to come, if running tasks end as estimated and nothing else starts: a row of free amounts
 * per dimension, then of free thousandths per GPU device. A row is set by `copyFree` and then changes by what is released and
 * taken.
 */
export class ExpectedRoom {
  readonly needs = new Needs();
  private readonly ends: ExpectedEnds[] = [];
  private rows = new Int32Array(0);
  /** First column of each machine's row; one entry more than machines. */
  private readonly rowStart: number[] = [0];
  private dims = 0;

  /** Follows the tasks that run on the machines. */
  update(view: SchedulingView): void {
    const { machines, space } = view;
    this.dims = space.dimensions.length;
    for (let machine = this.rowStart.length - 1; machine < machines.count; machine++)
      this.rowStart.push(this.rowStart[machine] + this.dims + machines.devices(machine));
    const size = this.rowStart[machines.count];
    if (this.rows.length < size) this.rows = new Int32Array(size);
    for (let machine = 0; machine < machines.count; machine++) this.endsOf(machine).update(view);
  }

  /** A task has just been started on the machine. */
  started(view: SchedulingView, task: TaskId, machine: MachineId): void {
    this.endsOf(machine).add(view, task);
  }

  /** The running tasks of a machine, the earliest expected end first. */
  endsOf(machine: MachineId): ExpectedEnds {
    this.ends[machine] ??= new ExpectedEnds(machine);
    return this.ends[machine];
  }

  /** Sets the row to the free resources of now. */
  copyFree(view: SchedulingView, machine: MachineId): void {
    const { rows, dims } = this;
    const row = this.rowStart[machine];
    for (const d of view.space.dimensions) rows[row + d] = view.machines.free(machine, d);
    for (let column = row + dims; column < this.rowStart[machine + 1]; column++)
      rows[column] = view.machines.deviceFree(machine, column - row - dims);
  }

  /** Adds what tasks hold that end by `time`, from this place of the ends on. Returns the first place that ends later. */
  release(view: SchedulingView, machine: MachineId, from: number, time: Micros): number {
    const ends = this.endsOf(machine);
    let place = from;
    for (; place < ends.length && Math.max(ends.ends[place], view.now) <= time; place++) {
      const task = ends.tasks[place];
      const mask = view.machines.devices(machine) > 0 ? view.tasks.deviceMask(task) : 0;
      this.move(machine, this.needs.of(view, view.tasks.taskClass(task)), mask, 1);
    }
    return place;
  }

  /** Sets the row to the free resources after all tasks that are expected to end by `time`. */
  releaseUntil(view: SchedulingView, machine: MachineId, time: Micros): void {
    this.copyFree(view, machine);
    this.release(view, machine, 0, time);
  }

  fits(machine: MachineId, need: Need): boolean {
    const { rows } = this;
    const row = this.rowStart[machine];
    const { demand } = need;
    for (let d = 0; d < demand.length; d++) if (rows[row + d] < demand[d]) return false;
    return need.devices === 0 || deviceSlots(this.rowOf(machine), this.dims, need, 1) > 0;
  }

  /** How many tasks with this need, at most `most`, have room. */
  slots(machine: MachineId, need: Need, most: number): number {
    const { rows } = this;
    const row = this.rowStart[machine];
    let slots = most;
    for (let d = 0; d < need.demand.length && slots > 0; d++)
      if (need.demand[d] > 0) slots = Math.min(slots, Math.floor(rows[row + d] / need.demand[d]));
    slots = Math.max(0, slots);
    return slots === 0 || need.devices === 0
      ? slots
      : deviceSlots(this.rowOf(machine), this.dims, need, slots);
  }

  /** The same for the room of now: the free resources, and the row too with `isBoth`. */
  slotsNow(view: SchedulingView, machine: MachineId, need: Need, most: number, isBoth: boolean): number {
    const { machines, space } = view;
    let slots = isBoth ? this.slots(machine, need, most) : most;
    for (const d of space.dimensions)
      if (need.demand[d] > 0) slots = Math.min(slots, Math.floor(machines.free(machine, d) / need.demand[d]));
    slots = Math.max(0, slots);
    if (need.devices === 0 || slots === 0) return slots;
    const row = Int32Array.from({ length: machines.devices(machine) }, (_, device) =>
      Math.min(
        machines.deviceFree(machine, device),
        isBoth ? this.at(machine, this.dims + device) : WHOLE_DEVICE,
      ),
    );
    return deviceSlots(row, 0, need, slots);
  }

  /** Takes the need of one of `tasks` tasks that all have room. Returns its devices. */
  takeOne(machine: MachineId, need: Need, tasks: number): DeviceMask {
    for (let d = 0; d < need.demand.length; d++) this.rows[this.rowStart[machine] + d] -= need.demand[d];
    return takeFittestDevices(this.rowOf(machine), this.dims, need, tasks);
  }

  /** Subtracts a need on these devices from the row (sign -1), or adds it. */
  move(machine: MachineId, need: Need, mask: DeviceMask, sign: 1 | -1): void {
    const { rows } = this;
    const row = this.rowStart[machine];
    for (let d = 0; d < need.demand.length; d++) rows[row + d] += sign * need.demand[d];
    for (let rest = mask, column = row + this.dims; rest !== 0; rest >>>= 1, column++)
      if ((rest & 1) !== 0) rows[column] += sign * need.share;
  }

  /** The free amount of a column of the row: a dimension, or a device behind the dimensions. */
  at(machine: MachineId, column: number): number {
    return this.rows[this.rowStart[machine] + column];
  }

  /**
   * Devices for a task that are free both now and in the row: these, if they are, or those with the least left. NONE if there
   * are too few.
   */
  devicesBoth(
    view: SchedulingView,
    machine: MachineId,
    need: Need,
    wished: DeviceMask,
  ): DeviceMask | typeof NONE {
    if (need.devices === 0) return 0;
    const both = this.rowOf(machine).slice();
    for (let device = 0; device < both.length - this.dims; device++)
      both[this.dims + device] = Math.min(
        both[this.dims + device],
        view.machines.deviceFree(machine, device),
      );
    let isFree = wished !== 0;
    for (let rest = wished, column = this.dims; rest !== 0; rest >>>= 1, column++)
      if ((rest & 1) !== 0 && both[column] < need.share) isFree = false;
    return isFree ? wished : fittestDevices(both, this.dims, need) || NONE;
  }

  private rowOf(machine: MachineId): Int32Array {
    return this.rows.subarray(this.rowStart[machine], this.rowStart[machine + 1]);
  }
}
