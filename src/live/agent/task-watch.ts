import type { Cancel, Clock } from '../clock.js';
import type { TaskInfo } from '../wire/messages.js';
import { type CheckStatus, type Verdict, watchCheck, watchHealth } from './health.js';
import type { ProbePlace } from './run-probe.js';

/** What is looked at while a task runs, besides its process. */
export interface TaskWatch {
  readonly clock: Clock;
  readonly place: ProbePlace;
  /** Its time is over then; infinite for never. */
  readonly deadline: number;
  readonly health: (verdict: Verdict) => void;
  readonly check: (status: CheckStatus) => void;
  readonly overdue: () => void;
}

/** Watches the health, the check and the time of a task, until it is cancelled. */
export function watchTask({ health_check, check }: TaskInfo, watch: TaskWatch): Cancel {
  const { clock, deadline } = watch;
  const cancels: readonly Cancel[] = [
    clock.after(Math.max(0, deadline - clock.now()), watch.overdue),
    ...(health_check === undefined ? [] : [watchHealth(health_check, watch, watch.health)]),
    ...(check === undefined ? [] : [watchCheck(check, watch, watch.check)]),
  ];
  return () => {
    for (const cancel of cancels) cancel();
  };
}
