import type { MachineId, Micros } from '../../model/index.js';

/** The cause of an outage. */
export type OutageCause =
  | 'machine'
  | 'burst'
  | 'rack'
  | 'power'
  | 'zone'
  | 'disk'
  | 'network'
  | 'reboot'
  | 'maintenance'
  | 'drain'
  | 'script'
  | 'trace';

/**
 * An outage of machines, of the master or of a framework, from `start` until `end` (FOREVER: permanent). Times are
 * relative to the start of the run. Outages are the same under every policy.
 *
 * - off: the machines stop without notice.
 * - cut: the machines keep running, but the master cannot reach them.
 * - isolated: neither the master nor clients can reach the machines.
 * - disk: the disks and their volumes are lost for good. The machines keep running.
 * - planned: the machines take no new tasks from `notice` on and are shut down at `start`. With the cause `drain`,
 *   their frameworks get inverse offers at `notice` (operations/drain.ts).
 * - drained: the machines take no new tasks, but keep running.
 * - master: the master fails, and another one leads from `end` on.
 * - framework: the scheduler of a framework is gone until `end`.
 */
export interface Outage {
  readonly kind: 'off' | 'cut' | 'isolated' | 'disk' | 'planned' | 'drained' | 'master' | 'framework';
  readonly cause: OutageCause;
  /** Empty for the master and for frameworks. */
  readonly machines: readonly MachineId[];
  readonly start: Micros;
  readonly end: Micros;
  /** When a planned outage is announced; `start` for other kinds. */
  readonly notice: Micros;
  /** Name of the framework, for the kind `framework`. */
  readonly framework?: string;
}
