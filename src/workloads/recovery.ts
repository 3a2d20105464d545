import type { Micros } from '../model/index.js';

/** What a framework does when the master has lost sight of a machine that has tasks of it. */
export interface RecoveryTerms {
  /**
   * How long it waits for the machine before the tasks are started again elsewhere. Without a wait they are lost at once, as those of a
   * framework that is not partition-aware.
   */
  readonly wait: Micros;
  /** When the machine is back in time: its dead tasks start there again (their volume is there), or anywhere. */
  readonly restart: 'anywhere' | 'in-place';
  /** Which tasks begin anew when one is lost: it alone, or all that run of its job (a gang that goes back to its checkpoint). */
  readonly scope: 'task' | 'job';
}

/** Lost at once, started again wherever the policy likes. */
export const RESTART_ELSEWHERE: RecoveryTerms = { wait: 0, restart: 'anywhere', scope: 'task' };
