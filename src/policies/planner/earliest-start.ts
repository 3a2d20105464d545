import {
  type DeviceMask,
  FOREVER,
  type MachineId,
  type Micros,
  NONE,
  type SchedulingView,
  type TaskId,
} from '../contract.js';
import type { ClusterProfile, Planned } from './cluster-profile.js';
import { takeFittestDevices } from './need.js';
import { mayUse } from './presence.js';
import { GangSearch } from './search.js';
import { type Alike, groupsOf, longestEstimate, SlotSweep } from './slot-sweep.js';
import { shapeWindow } from './window.js';

/** When and where a job could start. */
export interface EarliestPlace {
  /** FOREVER when no time is known. */
  readonly start: Micros;
  /** By member; empty without a time. */
  readonly machines: readonly MachineId[];
  readonly masks: readonly DeviceMask[];
  /** Was the search cut off at an earlier time? Then the job can start no later than `start`, but perhaps earlier. */
  readonly isBound: boolean;
  /** Can only room that comes back make another place the better one? */
  readonly isSettled: boolean;
}

const NO_DEVICES: readonly DeviceMask[] = [0];
const NOWHERE: EarliestPlace = { start: FOREVER, machines: [], masks: [], isBound: false, isSettled: false };

/**
 * Finds the earliest time at which a job has room for as long as its members are estimated to run.
 *
 * - One task without rules: exact, by the steps of each machine's profile.
 * - Identical members without rules: exact, by the sum of the members that each machine holds, followed over time.
 * - Otherwise: the planner searches at each time when room is released, if each group of identical members fits on its own. The
 *   result is exact unless the search reached its bound at an earlier time. All members get room for the longest estimate.
 *
 * Ties: the machines of the lowest rank.
 */
export class EarliestStart {
  private readonly profile: ClusterProfile;
  private readonly search: GangSearch;
  private readonly sweep: SlotSweep;
  private readonly lists: (readonly MachineId[])[] = [];

  constructor(view: SchedulingView, profile: ClusterProfile) {
    this.profile = profile;
    this.search = new GangSearch(view);
    this.sweep = new SlotSweep(profile);
  }

  /**
   * `planned`: the other jobs of the plan. `hasRules`: may a rule of one of these jobs forbid a machine? Times after `limit` are
   * of no use: the answer may then be FOREVER.
   */
  find(
    view: SchedulingView,
    members: readonly TaskId[],
    planned: Iterable<Planned>,
    hasRules: boolean,
    limit: Micros = FOREVER,
  ): EarliestPlace {
    if (!hasRules && members.length === 1) return this.findForOne(view, members[0]);
    const groups = groupsOf(view, this.profile, members);
    const length = longestEstimate(view, members);
    this.sweep.begin(view, groups, length, limit);
    if (!hasRules && groups.length === 1) return this.findForAlike(view, groups[0], length);
    return this.findBySearch(view, members, length, planned);
  }

  private findForOne(view: SchedulingView, task: TaskId): EarliestPlace {
    const { profile } = this;
    const need = profile.needOf(view, view.tasks.taskClass(task));
    const length = view.tasks.estimate(task);
    let start = FOREVER;
    let best = NONE;
    for (let machine = 0; machine < profile.machines.length; machine++) {
      const presence = profile.presence[machine];
      const { from, until } = presence;
      if (from >= start || !mayUse(view, presence, machine, task)) continue;
      const time = profile.machines[machine].earliest(Math.max(from, view.now), length, need);
      if (time >= start || time + length > until) continue;
      start = time;
      best = machine;
    }
    if (best === NONE) return NOWHERE;
    const machines = this.alone(best);
    if (need.devices === 0) return { start, machines, masks: NO_DEVICES, isBound: false, isSettled: true };
    const mask = profile.machines[best].devicesFor(start, start + length, need);
    return { start, machines, masks: [mask], isBound: false, isSettled: true };
  }

  /** Lists of one machine, made once. */
  private alone(machine: MachineId): readonly MachineId[] {
    this.lists[machine] ??= [machine];
    return this.lists[machine];
  }

  private findForAlike(view: SchedulingView, { tasks, need }: Alike, length: Micros): EarliestPlace {
    const { sweep, profile } = this;
    const start = sweep.next(view, true);
    if (!Number.isFinite(start)) return NOWHERE;
    const machines: MachineId[] = [];
    const masks: DeviceMask[] = [];
    for (let machine = 0; machines.length < tasks.length; machine++) {
      let slots = Math.min(sweep.slotsOf(0, machine), tasks.length - machines.length);
      if (slots === 0) continue;
      const least = profile.machines[machine].leastFrom(start, start + length);
      for (; slots > 0; slots--) {
        machines.push(machine);
        masks.push(takeFittestDevices(least, view.space.dimensions.length, need, slots));
      }
    }
    return { start, machines, masks, isBound: false, isSettled: need.devices === 0 };
  }

  private findBySearch(
    view: SchedulingView,
    members: readonly TaskId[],
    length: Micros,
    planned: Iterable<Planned>,
  ): EarliestPlace {
    const job = view.tasks.job(members[0]);
    let isBound = false;
    for (
      let start = this.sweep.next(view, true);
      Number.isFinite(start);
      start = this.sweep.next(view, false)
    ) {
      shapeWindow(view, this.profile, planned, start, start + length);
      const answer = this.search.place(job, members);
      isBound ||= answer.answer === 'unknown';
      if (answer.answer !== 'yes') continue;
      return { start, ...byMember(members, answer.placing), isBound, isSettled: false };
    }
    return { ...NOWHERE, isBound };
  }
}

/** The machines and devices of a placing in the order of the members. */
function byMember(
  members: readonly TaskId[],
  {
    tasks,
    machines,
    devices = [],
  }: {
    readonly tasks: readonly TaskId[];
    readonly machines: readonly MachineId[];
    readonly devices?: readonly DeviceMask[];
  },
): { machines: MachineId[]; masks: DeviceMask[] } {
  const places = members.map((member) => tasks.indexOf(member));
  return { machines: places.map((at) => machines[at]), masks: places.map((at) => devices[at] ?? 0) };
}
