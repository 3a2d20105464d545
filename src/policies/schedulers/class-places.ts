import { NONE, type SchedulingView, type TaskId } from '../contract.js';
import type { MemberKind } from './waiting-gangs.js';

/**
 * How many tasks of a class have room now: an upper bound. In a pass, starts only make places fewer, so a count stands to its end.
 * Most gangs that wait are refused by it, and need no search.
 */
export class ClassPlaces {
  private readonly known = new Map<number, number>();

  /** A new pass begins. */
  clear(): void {
    // A clear of an empty map costs as much as a decision.
    if (this.known.size > 0) this.known.clear();
  }

  /** Could there be room for each kind of members alone? Not for members that need each other as neighbours. */
  mayHold(view: SchedulingView, kinds: readonly MemberKind[]): boolean {
    return kinds.every(({ task, count }) => this.of(view, task, count) >= count);
  }

  /** Places for tasks like this one, counted up to `wanted`. */
  private of(view: SchedulingView, task: TaskId, wanted: number): number {
    const { machines, space } = view;
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
      let slots = wanted - places;
      for (const d of space.dimensions) {
        const demand = machines.demand(taskClass, d);
        if (demand > 0) slots = Math.min(slots, Math.floor(machines.free(machine, d) / demand));
      }
      places += slots;
      if (places >= wanted) return places;
    }
    if (isShared) this.known.set(taskClass, places);
    return places;
  }
}
