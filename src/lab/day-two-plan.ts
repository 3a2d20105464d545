import type { Cluster, FrameworkSpec } from '../model/index.js';
import type { DayTwoPlan } from '../sim/day-two/day-two.js';
import { parseOperation } from '../sim/day-two/operation-script.js';
import type { Failures } from '../sim/failures/fleet.js';
import type { RandomStreams } from '../sim/random-streams.js';
import type { ServiceTerms } from '../workloads/recovery.js';

/** Who is in a run, as far as its operators go. */
export interface DayTwoScene {
  readonly cluster: Cluster;
  readonly frameworks: readonly FrameworkSpec[];
  /** Whose operations are left out when they are none of these; undefined for nobody's. */
  readonly only: ReadonlySet<string> | undefined;
  /** By framework; undefined for anything that is no service. */
  readonly terms: readonly (ServiceTerms | undefined)[];
  readonly failures: Failures;
  readonly streams: RandomStreams;
}

/**
 * What operators do in a run: the operations that were asked for, and the machines that faults drain within a time. undefined where they do nothing.
 * @throws InputError
 */
export function planDayTwo(
  operations: readonly string[],
  { cluster, frameworks, only, terms, failures, streams }: DayTwoScene,
): DayTwoPlan | undefined {
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
  const all = operations.map((operation) => parseOperation(operation, scene));
  const kept = all.filter(({ framework }) => only?.has(frameworks[framework].name) !== false);
  return { operations: kept, drains, terms };
}
