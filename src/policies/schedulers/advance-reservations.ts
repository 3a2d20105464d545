import type { MachineId, Micros } from '../contract.js';
import type { PlacementFilter } from './starter.js';

/** A number of machines for one framework only, from one time to another. */
export interface AdvanceReservation {
  readonly framework: string;
  readonly from: Micros;
  readonly until: Micros;
  /** Number of machines. They have the highest ranks that no reservation that begins earlier uses at that time. */
  readonly machines: number;
}

/**
 * Advance reservations: while one is active, its machines start only tasks of its framework. Before, they start tasks of other
 * frameworks only if these end before the reservation begins, by the users' estimates. Running tasks are not stopped. The
 * framework of a reservation uses the machines of its reservation first, because the others may be used by all.
 *
 * Source: Smith, Foster & Taylor, "Scheduling with advanced reservations", IPDPS 2000 (without restarts).
 */
export function advanceReservations(
  reservations: readonly AdvanceReservation[],
  machineCount: number,
  nameOf: (framework: number) => string,
): PlacementFilter {
  const placed = assigned(reservations, machineCount);
  return {
    allows(view, task, machine) {
      const ends = view.now + view.tasks.estimate(task);
      return placed.every(
        (one) =>
          !one.holds.has(machine) ||
          view.now >= one.until ||
          ends <= one.from ||
          nameOf(view.tasks.framework(task)) === one.framework,
      );
    },
    isOwn(view, task, machine) {
      const ends = view.now + view.tasks.estimate(task);
      const framework = nameOf(view.tasks.framework(task));
      return placed.some(
        (one) =>
          one.framework === framework && one.holds.has(machine) && view.now < one.until && ends > one.from,
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

/** The largest number of machines that are reserved at one time. */
export function mostReserved(reservations: readonly AdvanceReservation[]): number {
  const at = (time: Micros) =>
    reservations
      .filter(({ from, until }) => from <= time && time < until)
      .reduce((sum, { machines }) => sum + machines, 0);
  // The number rises only when a reservation begins.
  return Math.max(0, ...reservations.map(({ from }) => at(from)));
}

/** A reservation with its machines. */
interface Assigned extends AdvanceReservation {
  readonly holds: ReadonlySet<MachineId>;
}

/**
 * Gives each reservation its machines, in the order in which they begin. Those that have begun and not ended are all that it
 * overlaps with at that time, so there are enough machines if no more are reserved at one time than exist.
 */
function assigned(reservations: readonly AdvanceReservation[], machineCount: number): readonly Assigned[] {
  const placed: Assigned[] = [];
  for (const one of [...reservations].sort((a, b) => a.from - b.from)) {
    const holds = new Set<MachineId>();
    const active = placed.filter(({ until }) => until > one.from);
    for (let machine = machineCount - 1; machine >= 0 && holds.size < one.machines; machine--)
      if (!active.some((other) => other.holds.has(machine))) holds.add(machine);
    placed.push({ ...one, holds });
  }
  return placed;
}
