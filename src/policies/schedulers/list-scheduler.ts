import { FOREVER, type Micros, type Scheduler } from '../contract.js';
import type { Placement } from '../placement/placement.js';
import { EasyPass } from './easy-backfill.js';
import type { Reserved } from './head-reservation.js';
import { LocalityWait } from './locality-wait.js';
import { PlainPass } from './plain-pass.js';
import { Preemption, type PriorityBands } from './preemption.js';
import { MachineChoice, type PlacementFilter, Starter } from './starter.js';
import { type TaskOrder, waitingList } from './waiting-list.js';

/** The parts a list scheduler is composed of. */
export interface ListSchedulerParts {
  readonly name: string;
  /** The order in which tasks are tried; queue order by default. */
  readonly order?: TaskOrder | undefined;
  readonly placement: Placement;
  readonly backfill: Backfill;
  /** Preempts running tasks of lower bands for a task that fits nowhere; no preemption by default. */
  readonly preemption?: PriorityBands | undefined;
  /** How long a preempted task may run on before it is stopped; 0 by default. */
  readonly grace?: Micros;
  /** How long a job waits for its preferred machines; 0 by default. */
  readonly localityWait?: Micros;
  readonly filters?: readonly PlacementFilter[];
  /**
   * Number of unsuccessful tries in one pass after which further passes skip settled tasks, if the parts allow it. It affects speed, not
   * decisions.
   */
  readonly settlesFrom?: number;
}

const SETTLES_FROM = 64;

/**
 * Which tasks may pass a task that fits nowhere. none: no task. any: all tasks that fit. easy: tasks that fit and do not delay
 * it, by the users' estimates. With easy, the tasks behind it are tried in the order `behind` (queue order by default), and
 * its reservation is made by `reserve` (lowest-rank by default).
 */
export type Backfill =
  | 'none'
  | 'any'
  | { readonly rule: 'easy'; readonly behind?: TaskOrder | undefined; readonly reserve?: Reserved };

/**
 * Goes through the waiting tasks in its order and starts those that fit. A gang starts as a whole or not at all.
 */
export function listScheduler(parts: ListSchedulerParts): Scheduler {
  const { name, placement, backfill, filters, localityWait = 0, grace = 0 } = parts;
  const locality = localityWait > 0 ? new LocalityWait(localityWait) : undefined;
  const choice = new MachineChoice(placement, { ...(filters !== undefined && { filters }), locality });
  const preemption = parts.preemption === undefined ? undefined : new Preemption(parts.preemption, grace);
  const pass =
    typeof backfill === 'string'
      ? new PlainPass(new Starter(choice, preemption), {
          order: parts.order,
          backfill,
          settlesFrom: maySettle(parts) ? (parts.settlesFrom ?? SETTLES_FROM) : FOREVER,
        })
      : new EasyPass(choice, preemption, {
          list: waitingList(parts.order),
          behind: waitingList(backfill.behind),
          reserve: backfill.reserve,
        });
  return {
    name,
    ...(preemption !== undefined && { needs: ['preempt'] as const }),
    ...(typeof backfill === 'string' && maySettle(parts) && { isSteady: true as const }),
    begin(view) {
      choice.begin(view);
      pass.restore(view);
    },
    schedule: (view, act) => pass.run(view, act),
  };
}

/** Does a task that fits nowhere stay so until a machine changes, whatever the scheduler asks? */
function maySettle({
  order,
  placement,
  preemption,
  filters = [],
  localityWait = 0,
}: ListSchedulerParts): boolean {
  const isOrderFixed = order?.beginPass === undefined;
  return (
    placement.skipsUnfit === true &&
    isOrderFixed &&
    preemption === undefined &&
    filters.length === 0 &&
    localityWait === 0
  );
}
