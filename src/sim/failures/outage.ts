import type { MachineId, Micros } from '../../model/index.js';

/** What brought an outage about. */
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
 * Something that happens to machines, or to the master, from `start` until `end` (FOREVER for good), counted from the start
 * of the run. It is the same under every policy.
 *
 * off: the machines stop without a word. cut: they run on, but the master cannot reach them. isolated: nor can those whom their tasks serve.
 * disk: their disks are lost with all volumes, at once and for good, and nothing else. planned: they take no new tasks from
 * `notice` on, and are stopped in an orderly way; with the cause `drain` their frameworks get inverse offers then (operations/drain.ts).
 * drained: they take no new tasks, and nothing else. master: the master is gone, and another leads from `end` on. framework: the scheduler of a framework is
 * gone, and is back at `end`.
 */
export interface Outage {
  readonly kind: 'off' | 'cut' | 'isolated' | 'disk' | 'planned' | 'drained' | 'master' | 'framework';
  readonly cause: OutageCause;
  /** None for the master and for frameworks. */
  readonly machines: readonly MachineId[];
  readonly start: Micros;
  readonly end: Micros;
  /** When a planned outage is announced; `start` for others. */
  readonly notice: Micros;
  /** Name of the framework, of that kind. */
  readonly framework?: string;
}
