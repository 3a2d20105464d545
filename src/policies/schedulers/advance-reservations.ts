import type { MachineId, Micros } from '../contract.js';
import type { PlacementFilter } from './starter.js';

/** A number of machines for one framework only, from one time to another. */
export interface AdvanceReservation {
  readonly framework: string;
  readonly from: Micros;
  readonly until: Micros;
  /** Number of machines. They have the highest ranks that no earlier reservation of the list uses at that time. */
  readonly machines: number;
}

/**
 * Advance reservations: while one is active, its machines start only tasks of its framework. Before, they start tasks of other
 * frameworks only if these end before the reservation begins, by the users' estimates. Running tasks are not stopped.
 *
 * Source: Smith, Foster & Taylor, "Scheduling with advanced reservations", IPDPS 2000 (without restarts).
 */
export function advanceReservations(
  reservations: readonly AdvanceReservation[],
  machineCount: number,
  nameOf: (framework: number) => string,
): PlacementFilter {
  const placed = reservations.map((reservation, i) => ({
    ...reservation,
    lowest: machineCount - reservation.machines - machinesTaken(reservations.slice(0, i), reservation),
  }));
  const holds = (one: (typeof placed)[number], machine: MachineId) =>
    machine >= one.lowest && machine < one.lowest + one.machines;
  return {
    allows(view, task, machine) {
      const ends = view.now + view.tasks.estimate(task);
      return placed.every(
        (one) =>
          !holds(one, machine) ||
          view.now >= one.until ||
          ends <= one.from ||
          nameOf(view.tasks.framework(task)) === one.framework,
      );
    },
    changesAt(now) {
      let next = Number.POSITIVE_INFINITY;
      for (const { from, until } of placed) {
        if (from > now) next = Math.min(next, from);
        else if (until > now) next = Math.min(next, until);
      }
      return next;
    },
  };
}

function machinesTaken(earlier: readonly AdvanceReservation[], one: AdvanceReservation): number {
  return earlier
    .filter((other) => other.from < one.until && one.from < other.until)
    .reduce((sum, other) => sum + other.machines, 0);
}
