import { NONE } from '../../model/index.js';
import type { PlacementSink, SchedulingView } from '../contract.js';
import type { Placement } from '../placement/placement.js';
import { StampSet } from './stamp-set.js';
import { isGang, Starter } from './starter.js';
import type { WaitingList } from './waiting-list.js';

/** One pass over the list without reservations: what is blocked lets nobody pass (none), or everybody (any). */
export class PlainPass {
  private readonly list: WaitingList;
  private readonly backfill: 'none' | 'any';
  private readonly starter: Starter;
  private readonly blocked = new StampSet();

  constructor(placement: Placement, list: WaitingList, backfill: 'none' | 'any') {
    this.list = list;
    this.backfill = backfill;
    this.starter = new Starter(placement);
  }

  run(view: SchedulingView, act: PlacementSink): void {
    const { list, starter, blocked } = this;
    list.restart(view);
    starter.begin();
    blocked.clear();
    for (let task = list.next(); task !== NONE; task = list.next()) {
      if (starter.isTried(view, task)) continue;
      // While nothing ends, what had no room keeps having no room, and so has all of its class.
      if (blocked.has(view.tasks.taskClass[task])) continue;
      if (starter.start(view, act, task)) continue;
      if (this.backfill === 'none') return;
      if (isGang(view, task)) continue;
      blocked.add(view.tasks.taskClass[task]);
      if (blocked.size >= view.queue.classCount) return;
    }
  }
}
