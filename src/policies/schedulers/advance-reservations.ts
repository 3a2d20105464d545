import type { MachineId, Micros } from '../../model/index.js';
import type { PlacementFilter } from './starter.js';

/** So many machines for one framework alone, from one time to another. */
export interface AdvanceReservation {
  readonly framework: string;
  readonly from: Micros;
  readonly until: Micros;
  /** Number of machines; those of the highest ranks that no earlier reservation of the list has at that time. */
  readonly machines: number;
}

/**
 * Reservations in time: while one holds, its machines start tasks of its framework alone; before, they start tasks of others
 * only where these end before it begins, by the users' estimates. Who runs there when it begins runs on.
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
      const ends = view.now + view.tasks.estimate[task];
      return placed.every(
        (one) =>
          !holds(one, machine) ||
          view.now >= one.until ||
          ends <= one.from ||
          nameOf(view.tasks.framework[task]) === one.framework,
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
