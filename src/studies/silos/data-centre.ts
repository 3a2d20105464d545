import type { Objective } from '../../lab/compaction/objective.js';
import type { RunSpec } from '../../lab/run/run-spec.js';

/** The part of a run that is the same under every arrangement. */
export type CommonSpec = Pick<RunSpec, 'workload' | 'set' | 'seed' | 'failures'>;

/** Frameworks that run on silos or in a pool, with their objectives. */
export interface DataCentre {
  readonly frameworks: readonly string[];
  /** Resources of a machine, as in `--machines`. */
  readonly shape: string;
  /** Approximate mean number of machines that these frameworks need; the starting point of a search. */
  readonly meanMachines: (frameworks: readonly string[]) => number;
  /** The workload of these frameworks. It does not depend on the other frameworks, because each has its own random streams. */
  readonly spec: (frameworks: readonly string[], seed: string) => CommonSpec;
  /** Objectives, the same in silos and pools. */
  readonly objectives: (frameworks: readonly string[]) => readonly Objective[];
  /** Whether a framework is batch work, which may wait longer. */
  readonly isBatch: (framework: string) => boolean;
}

/** Objective for the p99 wait of service instances, seconds (proposal). */
const SERVICE_WAIT = 60;

/** Objective for the p95 time until a lost task runs again, seconds (proposal). Detection takes 75 to 90 s of it. */
const RECOVERY = 180;

/** Objectives: waits of services, the p95 wait of batch tasks (`batchWait`, seconds), and recovery if machines can fail. */
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
