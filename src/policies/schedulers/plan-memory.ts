import { FOREVER, type PlacementSink, type SchedulingView } from '../contract.js';
import type { Presence } from '../planner/presence.js';
import type { Unit } from './planned-queue.js';
import { isGang } from './starter.js';

const STATE = 'plan';
/** In the place of a start. */
const NO_PLACE = 'none';

/**
 * Keeps a plan over a restart of the master: the place of each unit, and what the plan had noticed. A text is written only when
 * it changes.
 */
export class PlanMemory {
  /** Number of units that are kept. */
  private units = 0;
  private readonly keyOf = new Map<Unit, string>();
  private known = '';
  /** What the known text says, so that an unchanged state costs no text. */
  private isUnsettled = false;
  private knownUnits = Number.NaN;
  private readonly presence: Presence[] = [];

  /** Keeps the place of the unit, or that none was found: a unit that is not kept is a new one. */
  keep(view: SchedulingView, act: PlacementSink, unit: Unit): void {
    const { joined, start, machines, masks, hasRules } = unit;
    const key = this.keyOf.get(unit) ?? this.add(view, unit);
    if (Number.isNaN(start)) {
      act.remember(key, `${joined[0]} ${NO_PLACE}`);
      return;
    }
    const places = machines.length === 1 ? String(machines[0]) : machines.join();
    const hasNoDevices = masks.length === 1 ? masks[0] === 0 : masks.every((mask) => mask === 0);
    const devices = hasNoDevices ? '' : masks.join();
    act.remember(
      key,
      `${joined[0]} ${start} ${places}${hasRules ? ` ${devices} rules` : devices && ` ${devices}`}`,
    );
  }

  forget(act: PlacementSink, unit: Unit): void {
    const key = this.keyOf.get(unit);
    if (key === undefined) return;
    this.keyOf.delete(unit);
    this.units--;
    act.remember(key, undefined);
  }

  /** Gives the unit its place back, if it is remembered. */
  recall(view: SchedulingView, unit: Unit): void {
    const [joined, start, machines = '', masks = '', rules] =
      view.recall(keyOf(view, unit))?.split(' ') ?? [];
    const places = machines.split(',').map(Number);
    if (joined !== String(unit.joined[0])) return;
    if (start === NO_PLACE) {
      unit.isNew = false;
      this.add(view, unit);
      return;
    }
    if (places.length !== unit.members.length) return;
    unit.start = Number(start);
    unit.machines = places;
    unit.masks = masks === '' ? places.map(() => 0) : masks.split(',').map(Number);
    unit.hasRules = rules !== undefined;
    unit.isNew = false;
    this.add(view, unit);
  }

  /**
   * After a restart: was the plan unsettled, and has a unit or a machine changed since? Without a memory it was not, and nothing
   * has.
   */
  recallState(
    view: SchedulingView,
    presence: readonly Presence[],
  ): { readonly isUnsettled: boolean; readonly isStale: boolean } {
    this.known = view.recall(STATE) ?? '';
    const isUnsettled = this.known.startsWith('1');
    return {
      isUnsettled,
      isStale: this.known !== '' && this.known !== this.text(view, presence, isUnsettled),
    };
  }

  /** Keeps the state at the end of a pass: whether it is unsettled, the number of units, and the machines that are away. */
  keepState(
    view: SchedulingView,
    act: PlacementSink,
    presence: readonly Presence[],
    isUnsettled: boolean,
  ): void {
    if (!this.isChanged(presence, isUnsettled)) return;
    const text = this.text(view, presence, isUnsettled);
    if (text === this.known) return;
    this.known = text;
    act.remember(STATE, text);
  }

  private isChanged(presence: readonly Presence[], isUnsettled: boolean): boolean {
    const before = this.presence;
    let isChanged =
      this.isUnsettled !== isUnsettled || this.knownUnits !== this.units || before.length !== presence.length;
    for (let machine = 0; machine < presence.length; machine++) {
      const { from, until } = presence[machine];
      if (before[machine]?.from === from && before[machine].until === until) continue;
      before[machine] = presence[machine];
      isChanged = true;
    }
    this.isUnsettled = isUnsettled;
    this.knownUnits = this.units;
    return isChanged;
  }

  private add(view: SchedulingView, unit: Unit): string {
    const key = keyOf(view, unit);
    this.keyOf.set(unit, key);
    this.units++;
    return key;
  }

  private text({ now }: SchedulingView, presence: readonly Presence[], isUnsettled: boolean): string {
    let away = '';
    for (let machine = 0; machine < presence.length; machine++) {
      const { from, until } = presence[machine];
      if (from > now || until < FOREVER) away += ` ${machine}:${from}:${until}`;
    }
    return `${isUnsettled ? 1 : 0} ${this.units} of ${presence.length}${away}`;
  }
}

function keyOf(view: SchedulingView, { members }: Unit): string {
  return isGang(view, members[0]) ? `job ${view.tasks.job(members[0])}` : `task ${members[0]}`;
}
