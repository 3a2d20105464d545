import { WHOLE_DEVICE } from '../../model/index.js';
import {
  type DeviceMask,
  FOREVER,
  type JobId,
  type MachineId,
  type Micros,
  NONE,
  type SchedulingView,
  type TaskClassId,
  type TaskId,
} from '../contract.js';
import { type Need, Needs } from './need.js';
import { type Presence, presenceOf } from './presence.js';
import { Profile } from './profile.js';
import { RegainedRoom, type RoomMark } from './regained-room.js';

/** A task in the room of a machine, until its end is noticed. */
interface Running {
  readonly task: TaskId;
  readonly job: JobId;
  readonly machine: MachineId;
  taskClass: number;
  /** Of its class. After its end, the id of the class may stand for another one. */
  need: Need;
  readonly mask: DeviceMask;
  readonly since: Micros;
  /** By `expectedEnd`. A task that is overdue is expected to end one microsecond from now, at each pass anew. */
  expectedEnd: Micros;
}

/** A task that waits alone, or the pending tasks of a gang, with its place in the plan. */
export interface Planned {
  readonly members: readonly TaskId[];
  /** Planned start; NaN without one. */
  start: Micros;
  /** By member. Valid with a start. */
  machines: readonly MachineId[];
  masks: readonly DeviceMask[];
  /** Since when it is known that it has no better place; NO_MARK when that is not known. */
  mark: RoomMark;
  /** Version of the profile of its first machine when it was put in. */
  version: number;
  /** What `ClusterProfile.take` took, by member, so that `lift` gives back the same when the tasks are gone. */
  readonly taken: { readonly needs: Need[]; readonly ends: Micros[] };
}

/** Which machines have a profile together, and what a task takes of it. */
export interface Pooling {
  /** The first `columns` of a capacity are amounts; the others are thousandths of devices. */
  columns(view: SchedulingView): number;
  pools(view: SchedulingView): number;
  poolOf(machine: MachineId): number;
  capacity(view: SchedulingView, pool: number): Int32Array;
  /** Is the capacity another one than `before`? Called for each pool in each pass. */
  isResized(view: SchedulingView, pool: number, before: Int32Array): boolean;
  /** A pass of the scheduler begins. */
  begin(): void;
  need(view: SchedulingView, taskClass: TaskClassId): Need;
}

/** A profile for each machine, with its amounts per dimension, then 1000 for each device. */
class PoolPerMachine implements Pooling {
  private readonly needs = new Needs();

  columns({ space }: SchedulingView): number {
    return space.dimensions.length;
  }

  pools({ machines }: SchedulingView): number {
    return machines.count;
  }

  poolOf(machine: MachineId): number {
    return machine;
  }

  capacity({ machines, space }: SchedulingView, machine: MachineId): Int32Array {
    const amounts = space.dimensions.map((d) => machines.capacity(machine, d));
    return Int32Array.from([...amounts, ...new Array<number>(machines.devices(machine)).fill(WHOLE_DEVICE)]);
  }

  isResized({ machines, space }: SchedulingView, machine: MachineId, before: Int32Array): boolean {
    for (const d of space.dimensions) if (machines.capacity(machine, d) !== before[d]) return true;
    return false;
  }

  begin(): void {
    this.needs.begin();
  }

  need(view: SchedulingView, taskClass: TaskClassId): Need {
    return this.needs.of(view, taskClass);
  }
}

/**
 * The room of all machines over time: running tasks until their expected ends, and the planned tasks that were put in with
 * `take`. It follows the ledger by `update`, and can be rebuilt from the view and the plan.
 */
export class ClusterProfile {
  /** By pool, which is the machine unless the pooling says otherwise. */
  readonly machines: Profile[] = [];
  /** When each machine takes tasks. */
  readonly presence: Presence[] = [];
  running: Running[] = [];
  /** Where room came back. What `lift` gives back is in it only by `regain`. */
  readonly regained = new RegainedRoom();
  /** Is a running task overdue? */
  hasOverdue = false;
  private readonly pooling: Pooling;
  /** Capacity of each pool as its profile has it. */
  private readonly capacity: Int32Array[] = [];
  /** By machine: the kind of machine, NONE if it is not offered. */
  private readonly usable: number[] = [];

  constructor(view: SchedulingView, pooling: Pooling = new PoolPerMachine()) {
    this.pooling = pooling;
    this.addMachines(view);
  }

  /**
   * Follows the ledger to now. Returns whether room came back that was taken: a task ended before its estimate, or a machine
   * changed.
   */
  update(view: SchedulingView): boolean {
    this.pooling.begin();
    for (const profile of this.machines) profile.trim(view.now);
    let hasChanged = this.followMachines(view);
    if (view.endedSince > 0 && this.dropEnded(view)) hasChanged = true;
    if (this.followTasks(view)) hasChanged = true;
    return hasChanged;
  }

  needOf(view: SchedulingView, taskClass: TaskClassId): Need {
    return this.pooling.need(view, taskClass);
  }

  /** A task runs now on the machine. */
  note(view: SchedulingView, task: TaskId): void {
    const { tasks } = view;
    const [machine, since] = [tasks.machine(task), tasks.started(task)];
    const run = {
      task,
      job: tasks.job(task),
      machine,
      taskClass: tasks.taskClass(task),
      need: this.needOf(view, tasks.taskClass(task)),
      mask: tasks.deviceMask(task),
      since,
      expectedEnd: expectedEnd(view, task),
    };
    this.running.push(run);
    this.change(run, view.now, run.expectedEnd, -1);
  }

  /** Puts a planned job into the profile. */
  take(view: SchedulingView, planned: Planned): void {
    const { members, start, taken } = planned;
    const { tasks } = view;
    for (let i = 0; i < members.length; i++) {
      taken.needs[i] = this.needOf(view, tasks.taskClass(members[i]));
      taken.ends[i] = start + tasks.estimate(members[i]);
    }
    this.changePlanned(view.now, planned, -1);
    planned.version = this.machines[planned.machines[0]].version;
  }

  /** Takes it out again. Its tasks may have left. */
  lift(view: SchedulingView, planned: Planned): void {
    this.changePlanned(view.now, planned, 1);
  }

  /** The room of a planned job is left to others. `start`: of the place that it had. */
  regain({ now }: SchedulingView, { members, machines, taken }: Planned, start: Micros): void {
    for (let i = 0; i < members.length; i++)
      this.regained.add(machines[i], Math.max(now, start), taken.ends[i]);
  }

  private changePlanned(
    now: Micros,
    { members, start, machines, masks, taken }: Planned,
    sign: 1 | -1,
  ): void {
    const from = Math.max(now, start);
    // Members that take the same change the profile once: with one pool, these are often all.
    for (let i = 0, alike = 1; i < members.length; i += alike) {
      const [pool, need, end, mask] = [machines[i], taken.needs[i], taken.ends[i], masks[i]];
      const isAlike = (j: number) =>
        machines[j] === pool && taken.needs[j] === need && taken.ends[j] === end && masks[j] === mask;
      for (alike = 1; i + alike < members.length && isAlike(i + alike); ) alike++;
      this.machines[pool].change(from, end, need, mask, sign * alike);
    }
  }

  private change({ machine, need, mask }: Running, from: Micros, to: Micros, sign: 1 | -1): void {
    this.machines[this.pooling.poolOf(machine)].change(from, to, need, mask, sign);
  }

  private dropEnded(view: SchedulingView): boolean {
    const { tasks, now } = view;
    let hasRoom = false;
    this.running = this.running.filter((run) => {
      if (tasks.machine(run.task) === run.machine && tasks.started(run.task) === run.since) return true;
      this.change(run, now, run.expectedEnd, 1);
      this.regained.add(this.pooling.poolOf(run.machine), now, run.expectedEnd);
      hasRoom ||= run.expectedEnd > now;
      return false;
    });
    return hasRoom;
  }

  /** Follows tasks that were resized, told to stop, or are overdue. Returns whether one has another size, or ends earlier. */
  private followTasks(view: SchedulingView): boolean {
    const { now, tasks } = view;
    let isResized = false;
    this.hasOverdue = false;
    for (const run of this.running) {
      if (tasks.taskClass(run.task) !== run.taskClass) {
        this.change(run, now, run.expectedEnd, 1);
        run.taskClass = tasks.taskClass(run.task);
        run.need = this.needOf(view, run.taskClass);
        this.change(run, now, run.expectedEnd, -1);
        this.regained.forget();
        isResized = true;
      }
      if (tasks.goneBy(run.task) < FOREVER && this.followStop(view, run)) isResized = true;
      if (run.expectedEnd > now) continue;
      this.change(run, now, now + 1, -1);
      run.expectedEnd = now + 1;
      this.hasOverdue = true;
    }
    return isResized;
  }

  /** A task that was told to stop ends by another time. Returns whether that is earlier. */
  private followStop(view: SchedulingView, run: Running): boolean {
    const before = run.expectedEnd;
    const end = expectedEnd(view, run.task);
    if (end === before || end <= view.now) return false;
    this.change(run, Math.max(view.now, Math.min(before, end)), Math.max(before, end), end < before ? 1 : -1);
    this.regained.forget();
    run.expectedEnd = end;
    return end < before;
  }

  /** Returns whether a machine joined, left, returned, or was resized. */
  private followMachines(view: SchedulingView): boolean {
    let hasChanged = view.machines.count > this.presence.length;
    for (let machine = 0; machine < this.presence.length; machine++) {
      const before = this.presence[machine];
      const presence = presenceOf(view, machine);
      this.presence[machine] = presence;
      const isThere = presence.from <= view.now && before.from <= view.now;
      if ((!isThere && presence.from !== before.from) || presence.until !== before.until) hasChanged = true;
      if (presence.from !== before.from || presence.until !== before.until) this.regainAll(view, machine);
    }
    this.followUsable(view);
    for (let pool = 0; pool < this.machines.length; pool++) {
      if (!this.pooling.isResized(view, pool, this.capacity[pool])) continue;
      this.resize(view, pool);
      hasChanged = true;
    }
    this.addMachines(view);
    return hasChanged;
  }

  /** Which machines tasks may use: no profile shows their attributes, and whether they are offered. */
  private followUsable(view: SchedulingView): void {
    const { machines, queue } = view;
    for (let machine = 0; machine < this.presence.length; machine++) {
      const kind = machines.kind(machine);
      const isHidden = queue.first !== NONE && machines.whyNot(queue.first, machine) === 'not-offered';
      const known = isHidden ? NONE : kind;
      if (this.usable[machine] === known) continue;
      this.usable[machine] = known;
      this.regained.forget();
    }
  }

  private regainAll({ now }: SchedulingView, machine: MachineId): void {
    this.regained.add(this.pooling.poolOf(machine), now, FOREVER);
  }

  /** Changes the capacity for all times. Tasks and plans stay in. */
  private resize(view: SchedulingView, pool: number): void {
    const capacity = this.pooling.capacity(view, pool);
    const added = capacity.map((amount, column) => amount - this.capacity[pool][column]);
    const need = { demand: added, devices: 0, share: 0 };
    this.machines[pool].change(view.now, Number.POSITIVE_INFINITY, need, 0, 1);
    this.regained.forget();
    this.capacity[pool] = capacity;
  }

  private addMachines(view: SchedulingView): void {
    const { machines } = view;
    const { pooling } = this;
    for (let pool = this.machines.length; pool < pooling.pools(view); pool++) {
      const capacity = pooling.capacity(view, pool);
      this.capacity.push(capacity);
      this.machines.push(new Profile(view.now, capacity, pooling.columns(view)));
      this.regained.add(pool, view.now, FOREVER);
    }
    for (let machine = this.presence.length; machine < machines.count; machine++) {
      this.presence.push(presenceOf(view, machine));
      for (let task = machines.first(machine); task !== NONE; task = machines.next(task))
        this.note(view, task);
    }
  }
}

/** Start + estimate; for a task that was told to stop, the time by which it is gone, if it is not expected to end before. */
export function expectedEnd({ tasks, now }: SchedulingView, task: TaskId): Micros {
  const end = tasks.started(task) + tasks.estimate(task);
  const goneBy = tasks.goneBy(task);
  return goneBy < end || (goneBy < FOREVER && end <= now) ? goneBy : end;
}
