import type { Objective } from '../../lab/compaction/objective.js';
import type { RunSpec } from '../../lab/run/run-spec.js';

/** What a run of some of the frameworks of a data centre has in common under every arrangement. */
export type CommonSpec = Pick<RunSpec, 'workload' | 'set' | 'seed' | 'failures'>;

/** Frameworks that are to run on silos or in a pool, and what must be kept of them. */
export interface DataCentre {
  readonly frameworks: readonly string[];
  /** Resources of a machine, as in `--machines`. */
  readonly shape: string;
  /** About how many machines these frameworks need on average; where a search begins. */
  readonly meanMachines: (frameworks: readonly string[]) => number;
  /** The workload of these frameworks, which is the same in company as alone: each draws from streams of its own. */
  readonly spec: (frameworks: readonly string[], seed: string) => CommonSpec;
  /** The same in silos and pools. */
  readonly objectives: (frameworks: readonly string[]) => readonly Objective[];
  /** Whether a framework is batch work: it may wait. */
  readonly isBatch: (framework: string) => boolean;
}

/** An instance of a service starts within a minute, but for one in a hundred; seconds (proposal). */
const SERVICE_WAIT = 60;

/** Where machines fail, a lost task runs again within three minutes, of which 75 to 90 s are detection; seconds (proposal). */
const RECOVERY = 180;

/** What is asked of services; of batch tasks, that 95 % start within this many seconds; and of recovery, where machines fail. */
export function waitObjectives(
  frameworks: readonly string[],
  isBatch: (framework: string) => boolean,
  batchWait: number,
  canFail: boolean,
): readonly Objective[] {
  const waits = frameworks.map(
    (name): Objective =>
      isBatch(name)
        ? { metric: `byFramework.${name}.wait.p95`, relation: '<=', bound: batchWait }
        : { metric: `byFramework.${name}.wait.p99`, relation: '<=', bound: SERVICE_WAIT },
  );
  if (!canFail) return waits;
  return [...waits, { metric: 'recovery.timeToRecover.p95', relation: '<=', bound: RECOVERY }];
}
