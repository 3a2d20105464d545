import { type Cluster, FOREVER, fromSeconds, type Observer, toSeconds } from '../../../src/model/index.js';
import type { Operation, Rollout, RolloutTerms } from '../../../src/sim/operations/operation.js';
import { RESTART_ELSEWHERE, type ServiceTerms } from '../../../src/workloads/recovery.js';
import {
  CPUS,
  listParts,
  machinesOf,
  type SimulationResult,
  type SimulationSketch,
  simulate,
} from '../../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../../traces-in-memory.js';
import { failuresOf } from '../failures/outages.js';

/** Startup time of an instance of these services, seconds. */
const STARTUP = 20;

/** A stateless service, which can start on any machine. */
export const STATELESS: ServiceTerms = {
  ...RESTART_ELSEWHERE,
  minimum: 0.5,
  startup: fromSeconds(STARTUP),
  rebuild: 0,
  replay: undefined,
  data: undefined,
};

/** A stateful service: it waits up to an hour for the machine with its volume. Copying the volume takes 300 s. */
export const WITH_VOLUME: ServiceTerms = {
  ...STATELESS,
  wait: fromSeconds(3600),
  restart: 'in-place',
  rebuild: fromSeconds(300),
};

/** The default rollout: one instance at a time. */
export const CAREFUL: RolloutTerms = {
  maxUnavailable: 1,
  maxSurge: 0,
  canary: 0,
  observe: 0,
  minReady: 0,
  healthyWithin: FOREVER,
  defects: { isBad: () => false, after: undefined },
};

/** An upgrade of the service at 100 s. */
export function upgrade(terms: Partial<RolloutTerms> = {}, more: Partial<Rollout> = {}): Rollout {
  return {
    kind: 'upgrade',
    at: fromSeconds(100),
    framework: 0,
    version: '2',
    reshaped: undefined,
    terms: { ...CAREFUL, ...terms },
    ...more,
  };
}

/** Five instances of one core on a number of machines with one core each, for an hour. */
export function fiveInstances(
  operations: readonly Operation[],
  more: Partial<SimulationSketch> & { readonly machineCount?: number; readonly terms?: ServiceTerms } = {},
): Promise<SimulationResult> {
  const { machineCount = 8, terms = STATELESS, ...sketch } = more;
  const rows: RowSketch[] = [{ tasks: 5, needs: { cpus: 1 }, runs: FOREVER }];
  return simulate({
    space: CPUS,
    machines: machinesOf(
      CPUS,
      Array.from({ length: machineCount }, () => ({ cpus: 1 })),
    ),
    trace: traceOf(CPUS, rowsOf(CPUS, rows)),
    parts: listParts('any'),
    until: 3600,
    health: [terms],
    failures: failuresOf([], terms),
    operations: { operations, drains: [], terms: [terms] },
    ...sketch,
  });
}

/**
 * Counts the serving tasks independently of the operators. A task serves when it has been running for its startup time. The first
 * five tasks serve immediately.
 */
export class ServingCount implements Partial<Observer> {
  private readonly cluster: Cluster;
  private readonly since = new Map<number, number>();
  private submitted = 0;
  /** [seconds, number of serving tasks from the previous change until then], in order. */
  readonly levels: [number, number][] = [];

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  taskSubmitted(task: number, now: number): void {
    this.note(now);
    if (this.submitted++ < 5) this.since.set(task, Number.NEGATIVE_INFINITY);
    else this.since.set(task, FOREVER);
  }

  taskStarted(task: number, now: number): void {
    this.note(now);
    if (this.since.get(task) !== Number.NEGATIVE_INFINITY || this.cluster.tasks.attempts[task] > 1)
      this.since.set(task, now + fromSeconds(STARTUP));
  }

  taskKilled(task: number, _machine: number, _cause: string, now: number): void {
    this.note(now);
    this.since.set(task, FOREVER);
  }

  taskSilenced(task: number, now: number): void {
    this.note(now);
    this.since.set(task, FOREVER);
  }

  taskEnded(task: number, _machine: number, _outcome: string, now: number): void {
    this.note(now);
    this.since.delete(task);
  }

  /** The minimum number of serving tasks between these seconds, ignoring intervals of length 0. */
  least(from: number, to: number): number {
    return Math.min(
      ...this.levels.filter(([time]) => time > from && time <= to).map(([, serving]) => serving),
    );
  }

  private note(now: number): void {
    const last = this.levels.at(-1)?.[0] ?? 0;
    if (toSeconds(now) === last) return;
    // State just before this instant: instances that become ready at this instant do not count yet.
    const serving = [...this.since.values()].filter((ready) => ready < now).length;
    this.levels.push([toSeconds(now), serving]);
  }
}
