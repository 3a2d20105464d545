import type { Constraint, FrameworkSpec, PlacementRule } from '../../model/index.js';
import type { OpenTrace } from '../../workloads/formats/format.js';
import { ReadMeter } from '../../workloads/formats/text-file.js';
import type { TaskBatch } from '../../workloads/trace.js';

/**
 * What a reader adds to a trace, beside the rows, while it reads a batch. A run that ends early has the frameworks and the counts of
 * the batches that it read, and no others.
 */
export interface Growth {
  readonly frameworks: readonly FrameworkSpec[];
  readonly constraints: readonly (readonly Constraint[])[];
  readonly rules: readonly (PlacementRule | undefined)[];
  readonly followed: readonly (string | number)[];
  /** The counts so far. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly adjusted: Readonly<Record<string, number>>;
  readonly read: number;
  readonly total: number;
}

/** Whether rows and their growth are all of this trace. Load curves, for example, are functions. */
export function isRowsAlone({ curves, history, services, applications, followed }: OpenTrace): boolean {
  return (
    curves.every((curve) => curve === undefined) &&
    history === undefined &&
    services === undefined &&
    applications === undefined &&
    (followed === undefined || followed instanceof Set)
  );
}

/** Follows how a trace grows while it is read. */
export class GrowthWatch {
  private readonly trace: OpenTrace;
  private frameworks = 0;
  private constraints = 0;
  private rules = 0;
  private followed = 0;

  constructor(trace: OpenTrace) {
    this.trace = trace;
  }

  /** What was added since the last call. */
  next(): Growth {
    const { frameworks, constraints, rules = [], dropped, adjusted, meter } = this.trace;
    const followed = (this.trace.followed ?? new Set()) as ReadonlySet<string | number>;
    const growth = {
      frameworks: frameworks.slice(this.frameworks),
      constraints: constraints.slice(this.constraints),
      rules: rules.slice(this.rules),
      followed: followed.size === this.followed ? [] : [...followed].slice(this.followed),
      dropped: { ...dropped },
      adjusted: { ...adjusted },
      read: meter.read,
      total: meter.total,
    };
    this.frameworks = frameworks.length;
    this.constraints = constraints.length;
    this.rules = rules.length;
    this.followed = followed.size;
    return growth;
  }
}

/** A trace that grows as the trace of a reader did. */
export class GrownTrace {
  private readonly frameworks: FrameworkSpec[] = [];
  private readonly constraints: (readonly Constraint[])[] = [];
  private readonly rules: (PlacementRule | undefined)[] = [];
  private readonly followed = new Set<string | number>();
  private readonly dropped: Record<string, number> = {};
  private readonly adjusted: Record<string, number> = {};
  private readonly meter = new ReadMeter();

  grow(growth: Growth): void {
    this.frameworks.push(...growth.frameworks);
    this.constraints.push(...growth.constraints);
    this.rules.push(...growth.rules);
    for (const job of growth.followed) this.followed.add(job);
    Object.assign(this.dropped, growth.dropped);
    Object.assign(this.adjusted, growth.adjusted);
    this.meter.read = growth.read;
    this.meter.total = growth.total;
  }

  /** This trace with these batches. The other facts are those of `like`, without the count of censored jobs, which no run uses. */
  open({ censored: _unread, ...like }: OpenTrace, batches: () => AsyncIterable<TaskBatch>): OpenTrace {
    return {
      ...like,
      frameworks: this.frameworks,
      constraints: this.constraints,
      ...(like.rules !== undefined && { rules: this.rules }),
      ...(like.followed !== undefined && { followed: this.followed }),
      dropped: this.dropped,
      adjusted: this.adjusted,
      meter: this.meter,
      batches,
    };
  }
}
