import type { Micros } from '../../model/index.js';
import type { Scheduler } from '../contract.js';
import type { Placement } from '../placement/placement.js';
import { EasyPass } from './easy-pass.js';
import { LocalityWait } from './locality-wait.js';
import { MachineChoice } from './machine-choice.js';
import type { MachineLimit } from './machine-limit.js';
import { PlainPass } from './plain-pass.js';
import { Preemption } from './preemption.js';
import type { PriorityBands } from './priority-bands.js';
import { Starter } from './starter.js';
import type { TaskOrder } from './task-order.js';
import { waitingList } from './waiting-list.js';

/** The parts a list scheduler is composed of. */
export interface ListSchedulerParts {
  readonly name: string;
  /** The order in which tasks are tried; that of the queue when left out. */
  readonly order?: TaskOrder | undefined;
  readonly placement: Placement;
  readonly backfill: Backfill;
  /** Stops running tasks of lower bands for a task that fits nowhere; stops nobody when left out. */
  readonly preemption?: PriorityBands | undefined;
  /** How long a job waits for the machines that it prefers; not at all when left out. */
  readonly localityWait?: Micros;
  readonly limits?: readonly MachineLimit[];
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
  const { name, placement, backfill, limits, localityWait = 0 } = parts;
  const list = waitingList(parts.order);
  const locality = localityWait > 0 ? new LocalityWait(localityWait) : undefined;
  const choice = new MachineChoice(placement, { ...(limits !== undefined && { limits }), locality });
  const preemption = parts.preemption === undefined ? undefined : new Preemption(parts.preemption);
  const pass =
    typeof backfill === 'string'
      ? new PlainPass(new Starter(choice, preemption), list, backfill)
      : new EasyPass(choice, preemption, list, waitingList(backfill.behind));
  return { name, schedule: (view, act) => pass.run(view, act) };
}
