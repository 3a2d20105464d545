import type { Micros } from '../../model/index.js';
import type { InstanceActions } from './instance-actions.js';
import { type Instance, serves } from './instances.js';

/** A new instance starts to replace an old one. The old one stops afterwards. */
interface Handover {
  readonly old: Instance;
  readonly fresh: Instance;
  readonly minReady: Micros;
  readonly over: (how: HandoverEnd) => void;
}

/**
 * How a handover ended.
 * - done: the new instance serves, and the old one is stopped.
 * - stepped-in: the old one was lost meanwhile, and the new one already has its place.
 * - dropped: the old one left by itself, or the handover was cancelled.
 */
export type HandoverEnd = 'done' | 'stepped-in' | 'dropped';

/** Current handovers of rollouts with a surge and of machine drains. */
export class Handovers {
  private readonly actions: InstanceActions;
  private readonly underWay = new Set<Handover>();

  constructor(actions: InstanceActions) {
    this.actions = actions;
  }

  /** Starts a new instance to replace `old`. `over` is called once when the handover ends. */
  begin(old: Instance, minReady: Micros, over: (how: HandoverEnd) => void): Instance {
    const fresh = this.actions.add(old);
    fresh.role = 'replaces';
    old.role = 'leaving';
    this.underWay.add({ old, fresh, minReady, over });
    return fresh;
  }

  /** Ends handovers that are complete. Returns the time of the next check; Infinity for never. */
  settle(exists: (instance: Instance) => boolean, now: Micros): Micros {
    let next = Number.POSITIVE_INFINITY;
    for (const handover of this.underWay) {
      const { old, fresh, minReady } = handover;
      if (!exists(old)) this.dropFresh(handover);
      else if (!exists(fresh)) this.finish(handover, 'dropped');
      else if (serves(fresh, now, minReady)) this.takeOver(handover, 'done');
      else if (old.state === 'waiting') this.takeOver(handover, 'stepped-in');
      else if (fresh.state === 'running') next = Math.min(next, fresh.readyAt + minReady);
    }
    return next;
  }

  /** Cancels the handover that has this old or new instance. */
  callOff(instance: Instance): void {
    for (const handover of this.underWay)
      if (handover.fresh === instance || handover.old === instance) this.dropFresh(handover);
  }

  private takeOver(handover: Handover, how: 'done' | 'stepped-in'): void {
    this.finish(handover, how);
    this.actions.retire(handover.old);
  }

  private dropFresh(handover: Handover): void {
    this.finish(handover, 'dropped');
    handover.fresh.role = 'leaving';
    this.actions.retire(handover.fresh);
  }

  private finish(handover: Handover, how: HandoverEnd): void {
    this.underWay.delete(handover);
    handover.old.role = 'wanted';
    handover.fresh.role = 'wanted';
    handover.over(how);
  }
}
