import type { OperationsSummary } from '../../../metrics/catalogue/data-schemas.js';
import {
  atPath,
  type Cluster,
  type FrameworkSpec,
  InputError,
  type Micros,
  RESOURCE_NAMES,
  toSeconds,
} from '../../../model/index.js';
import type { Failures } from '../../../sim/failures/fleet.js';
import { parseOperation } from '../../../sim/operations/operation-script.js';
import type { OperationsPlan, OperationsReport } from '../../../sim/operations/operations.js';
import type { RandomStreams } from '../../../sim/random-streams.js';
import type { ServiceTerms } from '../../../workloads/recovery.js';

/** The run for which operations are planned. */
export interface OperationsScene {
  readonly cluster: Cluster;
  readonly frameworks: readonly FrameworkSpec[];
  /** Only operations of these frameworks are kept; undefined for all. */
  readonly only: ReadonlySet<string> | undefined;
  /** By framework; undefined for one that is not a service. */
  readonly terms: readonly (ServiceTerms | undefined)[];
  readonly failures: Failures;
  readonly streams: RandomStreams;
}

/**
 * The operations of a run: those of the script, and the drains of its faults. undefined when there are none.
 * @throws InputError
 */
export function planOperations(
  operations: readonly string[],
  { cluster, frameworks, only, terms, failures, streams }: OperationsScene,
): OperationsPlan | undefined {
  const drains = failures.outages
    .filter(({ cause }) => cause === 'drain')
    .map(({ machines, notice, start }) => ({ machines, notice, deadline: start }));
  if (operations.length === 0 && drains.length === 0) return undefined;
  const scene = {
    services: frameworks.map(({ name }, framework) => ({ name, terms: terms[framework] })),
    space: cluster.space,
    machines: cluster.machines.specs,
    stream: (name: string) => streams.stream(name),
  };
  const all = operations.map((operation, i) =>
    atPath(['operations', i], () => {
      checkAmounts(operation);
      return parseOperation(operation, scene);
    }),
  );
  const kept = all.filter(({ framework }) => only?.has(frameworks[framework].name) !== false);
  return { operations: kept, drains, terms };
}

/** @throws InputError for `cpus=0`: an instance of size 0 would fit everywhere. */
function checkAmounts(operation: string): void {
  for (const [, name, amount] of operation.matchAll(/[\s,](\w+)=([^,\s]*)/g))
    if (RESOURCE_NAMES.includes(name) && Number(amount) === 0)
      throw InputError.expected({ field: `--operation ${name}` }, amount, 'an amount above 0');
}

/** The results of operations, in seconds from the start of the run. */
export function operationsSummary(
  { rollouts, drains }: OperationsReport,
  cluster: Cluster,
  start: Micros,
): OperationsSummary {
  const length = (begun: Micros, ended: Micros) => (Number.isNaN(ended) ? null : toSeconds(ended - begun));
  return {
    rollouts: rollouts.map(({ rollout, begun, ended, ...came }) => ({
      service: cluster.frameworks[rollout.framework]?.name ?? '',
      kind: rollout.kind,
      version: rollout.version,
      begun: toSeconds(begun - start),
      length: length(begun, ended),
      ...came,
    })),
    drains: drains.map(({ machine, begun, deadline, emptyAt, ...tasks }) => ({
      machine: cluster.machines.specs[machine].name,
      begun: toSeconds(begun - start),
      deadline: toSeconds(deadline - start),
      length: length(begun, emptyAt),
      ...tasks,
    })),
  };
}
