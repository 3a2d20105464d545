import { FOREVER, type MachineId, type Micros, type SchedulingView } from '../contract.js';
import type { ClusterProfile, Planned } from './cluster-profile.js';
import type { EarliestPlace } from './earliest-start.js';
import type { Need } from './need.js';
import { mayUse } from './presence.js';
import type { Window } from './profile.js';
import type { RegainedSpans } from './regained-room.js';

const NOTHING: Need = { demand: new Int32Array(0), devices: 0, share: 0 };

/** A better place than the present one; `unknown` when it must be looked for everywhere. */
export type BetterPlace = EarliestPlace | 'none' | 'unknown';

/**
 * Looks for a better place of a planned job, only where room came back since its mark. The job stays in the profile meanwhile. A
 * place is better if it is earlier, or on machines of lower rank at the same time.
 */
export class BetterPlaces {
  private readonly profile: ClusterProfile;
  /** Of the job that is looked at. `latest` is the earliest time found so far. */
  private readonly window: Window = { need: NOTHING, length: 0, earliest: 0, latest: 0, own: FOREVER };

  constructor(profile: ClusterProfile) {
    this.profile = profile;
  }

  /**
   * For a task, the place that `EarliestStart` would find. For identical members, `none` or `unknown`. No rule may forbid a machine
   * to the job.
   */
  find(view: SchedulingView, planned: Planned, length: Micros): BetterPlace {
    const { regained } = this.profile;
    const need = this.profile.needOf(view, view.tasks.taskClass(planned.members[0]));
    if (!regained.knowsSince(planned.mark) || !this.isAsTaken(view, planned, need, length)) return 'unknown';
    this.window.need = need;
    this.window.length = length;
    this.window.latest = planned.start;
    const found = planned.members.length === 1 ? this.forOne(view, planned) : this.forAlike(view, planned);
    if (found === 'none') planned.mark = regained.mark;
    return found;
  }

  /** Do all members take the same as when they were planned, for the same time? And is the choice of devices the same? */
  private isAsTaken(view: SchedulingView, planned: Planned, need: Need, length: Micros): boolean {
    const { members, start, taken, machines } = planned;
    for (let i = 0; i < members.length; i++) {
      if (taken.ends[i] !== start + length || taken.needs[i] !== need) return false;
      if (i > 0 && this.profile.needOf(view, view.tasks.taskClass(members[i])) !== need) return false;
    }
    // What others take of a machine changes which of its devices have the least left.
    return need.devices === 0 || this.profile.machines[machines[0]].version === planned.version;
  }

  private forOne(view: SchedulingView, planned: Planned): BetterPlace {
    const { profile, window } = this;
    const { length } = window;
    const spans = profile.regained.since(planned.mark, planned.start + length);
    let [machine] = planned.machines;
    for (let i = 0; i < spans.length; i++) {
      const pool = spans.pools[i];
      const time = this.timeIn(view, spans, pool, planned);
      if (time > window.latest || (time === window.latest && pool >= machine)) continue;
      if (!this.isOpen(view, pool, planned, time + length)) continue;
      window.latest = time;
      machine = pool;
    }
    const start = window.latest;
    if (start === planned.start && machine === planned.machines[0]) return 'none';
    const mask = profile.machines[machine].devicesFor(start, start + length, window.need);
    return { start, machines: [machine], masks: [mask], isBound: false, isSettled: true };
  }

  /** Is there room for one more member at a time up to its start, or at its start on a machine of lower rank? */
  private forAlike(view: SchedulingView, planned: Planned): BetterPlace {
    const { start } = planned;
    const { length } = this.window;
    const spans = this.profile.regained.since(planned.mark, start + length);
    for (let i = 0; i < spans.length; i++) {
      const pool = spans.pools[i];
      const time = this.timeIn(view, spans, pool, planned);
      if (time > start || !this.isOpen(view, pool, planned, time + length)) continue;
      if (time < start || this.hasMore(pool, planned)) return 'unknown';
    }
    return 'none';
  }

  /** Is there room beside the members on the machine? */
  private hasMore(pool: number, { start }: Planned): boolean {
    const { need, length } = this.window;
    return this.profile.machines[pool].slots(start, start + length, need, 1) > 0;
  }

  private timeIn(view: SchedulingView, { from, to }: RegainedSpans, pool: number, planned: Planned): Micros {
    const { window, profile } = this;
    window.earliest = Math.max(view.now, profile.presence[pool].from);
    window.own = planned.machines.includes(pool) ? planned.start : FOREVER;
    return profile.machines[pool].earliestTouching(from[pool], to[pool], window);
  }

  private isOpen(view: SchedulingView, machine: MachineId, { members }: Planned, end: Micros): boolean {
    const presence = this.profile.presence[machine];
    return end <= presence.until && mayUse(view, presence, machine, members[0]);
  }
}
