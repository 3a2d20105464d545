import type { DeviceMask, MachineId, Micros, SchedulingView } from '../contract.js';
import { type BetterPlace, BetterPlaces } from '../planner/better-place.js';
import { ClusterProfile, type Planned } from '../planner/cluster-profile.js';
import { type EarliestPlace, EarliestStart } from '../planner/earliest-start.js';
import type { Unit } from './planned-queue.js';

/** A unit's machines and devices, by member. */
export interface Places {
  readonly machines: readonly MachineId[];
  /** Undefined where the host chooses. */
  readonly masks: readonly DeviceMask[] | undefined;
}

/**
 * What a place in the plan is: machines, those of lowest rank that have room, or a number of machines, which are chosen at the
 * start.
 */
export const PLACES = ['lowest-rank', 'at-start'] as const;
/** One of `PLACES`. */
export type PlaceKind = (typeof PLACES)[number];

/** How a plan looks for room, and what a place in it means. */
export interface PlannedRoom {
  readonly profile: ClusterProfile;
  /** What the room must know after a restart of the master; undefined for nothing. */
  readonly memory: string | undefined;
  /** Can it plan these units, which have joined? */
  takes(view: SchedulingView, units: readonly Unit[]): boolean;
  /** The earliest place of a unit that is not in the profile. Times after `limit` are of no use. */
  find(
    view: SchedulingView,
    unit: Unit,
    planned: Iterable<Planned>,
    hasRules: boolean,
    limit: Micros,
  ): EarliestPlace;
  /**
   * A better place of a unit that is in the profile. No rule forbids a machine to it or to another unit. It changes the unit's mark
   * if there is none.
   */
  better(view: SchedulingView, unit: Unit): BetterPlace;
  /** Adds those of the units in the profile, which are in queue order, whose room will not be there. */
  addStranded(view: SchedulingView, units: readonly Unit[], stranded: Set<Unit>): void;
  /** Where a unit whose time has come starts; undefined if it has no room there now. */
  placesNow(view: SchedulingView, unit: Unit): Places | undefined;
}

/** A place is a set of machines. */
export class RoomOnMachines implements PlannedRoom {
  readonly profile: ClusterProfile;
  readonly memory: string | undefined;
  private readonly earliest: EarliestStart;
  private readonly betterPlaces: BetterPlaces;

  constructor(view: SchedulingView, memory?: string) {
    this.memory = memory;
    this.profile = new ClusterProfile(view);
    this.earliest = new EarliestStart(view, this.profile);
    this.betterPlaces = new BetterPlaces(this.profile);
  }

  takes(): boolean {
    return true;
  }

  find(
    view: SchedulingView,
    { members }: Unit,
    planned: Iterable<Planned>,
    hasRules: boolean,
    limit: Micros,
  ): EarliestPlace {
    return this.earliest.find(view, members, planned, hasRules, limit);
  }

  better(view: SchedulingView, unit: Unit): BetterPlace {
    return this.betterPlaces.find(view, unit, unit.length);
  }

  addStranded(_view: SchedulingView, units: readonly Unit[], stranded: Set<Unit>): void {
    for (const unit of units) if (!Number.isNaN(unit.start) && !this.isStanding(unit)) stranded.add(unit);
  }

  private isStanding({ start, length, machines }: Unit): boolean {
    const { presence } = this.profile;
    for (const machine of machines)
      if (presence[machine].from > start || presence[machine].until < start + length) return false;
    return true;
  }

  placesNow(view: SchedulingView, { members, machines, masks }: Unit): Places | undefined {
    if (!view.jobs.isGang(view.tasks.job(members[0])))
      return view.machines.whyNot(members[0], machines[0]) === 'done' ? { machines, masks } : undefined;
    // `put` tells without a refusal.
    view.whatIf.reset('now');
    const fits = members.every((member, i) => view.whatIf.put(member, machines[i], masks[i]) === 'done');
    return fits ? { machines, masks } : undefined;
  }
}
