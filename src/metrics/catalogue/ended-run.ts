import { type FrameworkId, HOUR, type ResourceSpace } from '../../model/index.js';
import type { TenantMetrics } from '../collectors/tenant-metrics.js';
import type { Recorder } from '../recorder.js';
import type { OperationsSummary, RunSection } from './data-schemas.js';
import { type Entry, entriesOf } from './entry.js';

/** The inputs and settings of a run, which a recorder does not have. */
export type RunDescription = Omit<RunSection, 'start' | 'length'>;

/** An ended run: all that its metrics are computed from. */
export interface EndedRun {
  readonly recorder: Recorder;
  readonly run: RunDescription;
  /** Undefined without tenants. */
  readonly tenants?: TenantMetrics | undefined;
  /** Undefined without operations. */
  readonly operations?: OperationsSummary | undefined;
  /** The part after the warm-up; undefined without a warm-up. */
  readonly afterWarmUp?: EndedRun | undefined;
}

/** Entries of a run. */
export const ofRun = entriesOf<readonly [run: EndedRun]>();
/** Entries of a resource of a run. */
export const ofResource = entriesOf<readonly [run: EndedRun, dimension: number]>();
/** Entries of a framework of a run. */
export const ofFramework = entriesOf<readonly [run: EndedRun, framework: FrameworkId]>();

/** A metric of the steady state: it leaves out the warm-up. All others are of the whole run. */
export function steady<A extends readonly [run: EndedRun, ...where: readonly unknown[]], V>({
  shape,
  compute,
}: Entry<A, V>): Entry<A, V> {
  return {
    shape: { ...shape, span: 'steady' },
    compute: (...[run, ...where]) => compute(...([run.afterWarmUp ?? run, ...where] as unknown as A)),
  };
}

/** The resources of the cluster, in the order of its dimensions. */
export function resources({ recorder }: EndedRun): readonly (readonly [string, number])[] {
  return recorder.cluster.space.names.map((name, dimension) => [name, dimension]);
}

/** The frameworks in the order in which they joined. The trace determines this order. */
export function frameworks({ recorder }: EndedRun): readonly (readonly [string, FrameworkId])[] {
  return recorder.frameworks.map((_, framework) => [recorder.cluster.frameworks[framework].name, framework]);
}

/** Hours x amount in the unit of the resource, from quanta x Micros. */
export function resourceHours(space: ResourceSpace, dimension: number, integral: number): number {
  return integral / space.kinds[dimension].quantaPerUnit / HOUR;
}

/** Micros. */
export function length({ recorder: { start, end } }: EndedRun): number {
  return end - start;
}

/** A time as a share of the run. */
export function shareOfRun(run: EndedRun, time: number): number {
  return length(run) > 0 ? time / length(run) : 0;
}
