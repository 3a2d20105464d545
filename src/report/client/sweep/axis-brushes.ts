import { type BrushBehavior, brushY, type D3BrushEvent, type Selection, select } from 'd3';
import { svgElement } from '../element.js';
import type { Chart } from '../plot-options.js';
import { BELOW } from './parallel-columns.js';
import type { RangeSelection } from './range-selection.js';

/** Half of the widest strip that starts a drag, in pixels. */
const HALF_STRIP = 14;
/** A range is drawn so many pixels beyond its values, so that one value is a range, too. */
const BEYOND = 7;

/** Brushes on the columns of parallel coordinates. */
export interface AxisBrushes {
  /** Shows the ranges of the selection, except where a drag is going on. */
  readonly follow: () => void;
  /** Ends a drag without a range. */
  readonly cancel: () => void;
}

/** One brush of d3. */
interface AxisBrush {
  readonly behavior: BrushBehavior<unknown>;
  readonly group: Selection<SVGGElement, unknown, null, undefined>;
}

/** Adds a vertical brush to each column of a chart. A drag selects the values that it covers. */
export function axisBrushes(chart: Chart, selection: RangeSelection): AxisBrushes {
  const { left, right, top, bottom } = chart;
  const columns = selection.columns();
  const each = (right - left) / Math.max(1, columns.length - 1);
  const half = Math.min(HALF_STRIP, each / 2 - 1);
  const pixelOf = (place: number) => top + ((1 - place) / (1 - BELOW)) * (bottom - top);
  const placeOf = (pixel: number) => 1 - ((pixel - top) / (bottom - top)) * (1 - BELOW);
  let dragged: number | undefined;
  let isCancelled = false;

  const brushes = columns.map((_, column): AxisBrush => {
    const behavior = brushY<unknown>().extent([
      [-half, top - BEYOND],
      [half, bottom + BEYOND],
    ]);
    const place = { class: 'range', transform: `translate(${left + column * each} 0)` };
    const group = select<SVGGElement, unknown>(svgElement('g', place));
    group.call(behavior);
    group
      .select('.selection')
      .attr('fill', 'var(--ink)')
      .attr('fill-opacity', 0.15)
      .attr('stroke', 'var(--ink)');
    const selectCovered = ({ selection: covered }: D3BrushEvent<unknown>) => {
      if (covered === null) selection.select(column, undefined);
      else {
        const [high, low] = (covered as [number, number]).map(placeOf);
        selection.selectPlaces(column, low, high);
      }
    };
    // An event without a source is of a brush that follows the selection.
    behavior.on('start', ({ sourceEvent }: D3BrushEvent<unknown>) => {
      if (sourceEvent === undefined) return;
      dragged = column;
      isCancelled = false;
    });
    behavior.on('brush', (event: D3BrushEvent<unknown>) => {
      if (event.sourceEvent !== undefined && !isCancelled) selectCovered(event);
    });
    behavior.on('end', (event: D3BrushEvent<unknown>) => {
      if (event.sourceEvent === undefined) return;
      dragged = undefined;
      if (isCancelled) follow();
      else selectCovered(event);
    });
    chart.svg.append(group.node() as SVGGElement);
    return { behavior, group };
  });

  /** From the top to the bottom; at most to the middle between a selected value and the next one. */
  function pixelsOf(column: number): [number, number] | null {
    const range = selection.range(column);
    if (range === undefined) return null;
    const { stops } = selection.columns()[column];
    const edge = (stop: number, next: number) => {
      const pixel = pixelOf(stops[stop].place);
      const reach = stops[next] === undefined ? BEYOND : Math.abs(pixelOf(stops[next].place) - pixel) / 2;
      return pixel + Math.sign(stop - next) * Math.min(BEYOND, reach);
    };
    return [edge(range.to, range.to + 1), edge(range.from, range.from - 1)];
  }

  function follow(): void {
    for (const [column, { behavior, group }] of brushes.entries())
      if (column !== dragged) group.call(behavior.move, pixelsOf(column));
  }

  follow();
  return {
    follow,
    cancel: () => {
      isCancelled = dragged !== undefined;
    },
  };
}
