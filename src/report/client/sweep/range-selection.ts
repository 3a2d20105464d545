import type { SweepMetric } from '../../sweep/sweep-data.js';
import type { LoadedSweep } from './loaded-sweep.js';
import { type Column, columnsOf } from './parallel-columns.js';

/** The first and the last stop of a column that are selected. */
export interface StopRange {
  readonly from: number;
  readonly to: number;
}

/** The combinations that a reader selects by ranges on the columns of parallel coordinates: those within all ranges. */
export class RangeSelection {
  private readonly ranges = new Map<number, StopRange>();
  private readonly listeners: (() => void)[] = [];
  private known: { readonly metric: SweepMetric; readonly columns: readonly Column[] } | undefined;

  constructor(
    private readonly sweep: LoadedSweep,
    private readonly metric: () => SweepMetric,
  ) {}

  /** The columns for the metric of the page. A range of another metric is dropped, because it has other values. */
  columns(): readonly Column[] {
    const metric = this.metric();
    if (this.known?.metric !== metric) {
      this.known = { metric, columns: columnsOf(this.sweep, metric) };
      this.ranges.delete(this.sweep.data.axes.length);
    }
    return this.known.columns;
  }

  range(column: number): StopRange | undefined {
    this.columns();
    return this.ranges.get(column);
  }

  isEmpty(): boolean {
    this.columns();
    return this.ranges.size === 0;
  }

  /** Whether a point is within all ranges. */
  has(point: number): boolean {
    const columns = this.columns();
    for (const [column, { from, to }] of this.ranges) {
      const stop = columns[column].stopOf[point];
      if (stop < from || stop > to) return false;
    }
    return true;
  }

  /** Selects the stops between two places of a column. Without a stop there, the column has no range. */
  selectPlaces(column: number, low: number, high: number): void {
    const { stops } = this.columns()[column];
    const from = stops.findIndex(({ place }) => place >= low);
    const to = stops.findLastIndex(({ place }) => place <= high);
    this.select(column, from < 0 || to < from ? undefined : { from, to });
  }

  /** Selects stops of a column. All of its stops leave nothing out, so they are no range. */
  select(column: number, range: StopRange | undefined): void {
    const last = this.columns()[column].stops.length - 1;
    if (range === undefined || (range.from === 0 && range.to === last)) this.ranges.delete(column);
    else this.ranges.set(column, range);
    this.changed();
  }

  /** All points are selected again. */
  clear(): void {
    if (this.ranges.size === 0) return;
    this.ranges.clear();
    this.changed();
  }

  /** The selected values of each column with a range: `machines 10 to 20`. */
  texts(): string[] {
    return this.columns().flatMap(({ name, stops }, column) => {
      const range = this.ranges.get(column);
      if (range === undefined) return [];
      const [from, to] = [stops[range.from].text, stops[range.to].text];
      return [from === to ? `${name} ${from}` : `${name} ${from} to ${to}`];
    });
  }

  /** Calls `listener` after each change. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}
