import { type MachineId, NONE, type SchedulingView, type TaskClassId, type TaskId } from '../contract.js';
import type { MemberKind } from './waiting-gangs.js';

/** How many tasks of a class have room on a machine, at most `most`. More than have room is allowed, fewer is not. */
export type CountSlots = (
  view: SchedulingView,
  machine: MachineId,
  taskClass: TaskClassId,
  most: number,
) => number;

/**
 * How many tasks of a class have room now: an upper bound. In a pass, starts only make places fewer, so a count stands to its end.
 * Most gangs that wait are refused by it, and need no search.
 */
export class ClassPlaces {
  private readonly known = new Map<TaskClassId, number>();
  private readonly slotsOn: CountSlots;

  constructor(slotsOn: CountSlots = slotsByAmounts) {
    this.slotsOn = slotsOn;
  }

  /** A new pass begins. */
  clear(): void {
    // A clear of an empty map costs as much as a decision.
    if (this.known.size > 0) this.known.clear();
  }

  /** Could there be room for each kind of members alone? Not for members that need each other as neighbours. */
  mayHold(view: SchedulingView, kinds: readonly MemberKind[]): boolean {
    return kinds.every(({ task, count }) => this.of(view, task, count) >= count);
  }

  /** Was too little room for one of these kinds counted in this pass already? */
  isKnownToLack(view: SchedulingView, kinds: readonly MemberKind[]): boolean {
    return kinds.some(({ task, count }) => (this.known.get(view.tasks.taskClass(task)) ?? count) < count);
  }

  /** Places for tasks like this one, counted up to `wanted`. */
  private of(view: SchedulingView, task: TaskId, wanted: number): number {
    const { machines } = view;
    const taskClass = view.tasks.taskClass(task);
    // A rule may forbid machines to one job and not to others.
    const isShared = !view.rules.mayForbid(task);
    const known = isShared ? this.known.get(taskClass) : undefined;
    if (known !== undefined && known < wanted) return known;
    let places = 0;
    for (
      let machine = machines.firstFit(task);
      machine !== NONE;
      machine = machines.firstFit(task, machine + 1)
    ) {
      places += this.slotsOn(view, machine, taskClass, wanted - places);
      if (places >= wanted) return places;
    }
    if (isShared) this.known.set(taskClass, places);
    return places;
  }
}

/** GPU devices are not looked at. */
function slotsByAmounts(
  { machines, space }: SchedulingView,
  machine: MachineId,
  taskClass: TaskClassId,
  most: number,
): number {
  let slots = most;
  for (const d of space.dimensions) {
    const demand = machines.demand(taskClass, d);
    if (demand > 0) slots = Math.min(slots, Math.floor(machines.free(machine, d) / demand));
  }
  return slots;
}
