import type { Scheduler } from '../contract.js';
import type { Placement } from '../placement/placement.js';
import { EasyPass } from './easy-pass.js';
import { PlainPass } from './plain-pass.js';
import type { TaskOrder } from './task-order.js';
import { waitingList } from './waiting-list.js';

/** The parts a list scheduler is composed of. */
export interface ListSchedulerParts {
  readonly name: string;
  /** The order in which tasks are tried; that of the queue when left out. */
  readonly order?: TaskOrder | undefined;
  readonly placement: Placement;
  readonly backfill: Backfill;
}

/**
 * What happens when a task fits nowhere. none: nobody passes it. any: whoever fits passes it. easy: whoever fits passes it
 * unless that would delay it, going by the users' estimates; those behind it are tried in `behind` (that of the queue when
 * left out).
 */
export type Backfill = 'none' | 'any' | { readonly rule: 'easy'; readonly behind?: TaskOrder | undefined };

/**
 * Goes through the waiting tasks, in its order, and starts what fits. A gang counts as one: it starts whole or is blocked.
 */
export function listScheduler(parts: ListSchedulerParts): Scheduler {
  const { name, placement, backfill } = parts;
  const list = waitingList(parts.order);
  const pass =
    typeof backfill === 'string'
      ? new PlainPass(placement, list, backfill)
      : new EasyPass(placement, list, waitingList(backfill.behind));
  return { name, schedule: (view, act) => pass.run(view, act) };
}
