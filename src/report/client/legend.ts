import { element, svgElement } from './element.js';
import { FAILURE_COLOR, type LineStyle } from './palette.js';

/** An entry of a legend. */
export type LegendItem =
  | { readonly label: string; readonly fill: string }
  | { readonly label: string; readonly line: LineStyle }
  /** Colours from the lowest to the highest value. */
  | { readonly label: string; readonly ramp: readonly string[] }
  /** A mark at the end of a bar. */
  | { readonly label: string; readonly cap: string }
  /** The hatching of failures. */
  | { readonly label: string; readonly hatch: true };

const HEIGHT = 12;
const WIDTHS = { fill: 12, cap: 14, line: 26, ramp: 120, hatch: 26 };

/** The element of a legend entry: its mark and its label. */
export function legendItem(item: LegendItem): HTMLElement {
  return element(
    'span',
    { class: 'legend-item' },
    swatch(item),
    element('bdi', { class: 'in-figure' }, item.label),
  );
}

function swatch(item: LegendItem): SVGSVGElement {
  if ('fill' in item) return drawing(WIDTHS.fill, [box(0, WIDTHS.fill, item.fill)]);
  if ('line' in item) return drawing(WIDTHS.line, [lineSample(item.line)]);
  if ('cap' in item) return drawing(WIDTHS.cap, [box(0, 10, 'var(--rule)'), box(10, 3, item.cap)]);
  if ('hatch' in item) return drawing(WIDTHS.hatch, hatching());
  const step = WIDTHS.ramp / item.ramp.length;
  return drawing(
    WIDTHS.ramp,
    item.ramp.map((color, i) => box(i * step, step, color)),
  );
}

function drawing(width: number, marks: readonly SVGElement[]): SVGSVGElement {
  const size = { width: `${width}`, height: `${HEIGHT}`, viewBox: `0 0 ${width} ${HEIGHT}` };
  return svgElement('svg', { ...size, 'aria-hidden': 'true' }, ...marks);
}

function box(x: number, width: number, fill: string): SVGRectElement {
  const size = { x: `${x}`, width: `${width}`, height: `${HEIGHT}` };
  return svgElement('rect', { ...size, fill, 'shape-rendering': 'crispEdges' });
}

function lineSample({ color, dash }: LineStyle): SVGLineElement {
  const ends = { x1: '0', x2: `${WIDTHS.line}`, y1: `${HEIGHT / 2}`, y2: `${HEIGHT / 2}` };
  return svgElement('line', { ...ends, stroke: color, 'stroke-width': '2', 'stroke-dasharray': dash });
}

function hatching(): SVGLineElement[] {
  return [0, 6, 12, 18].map((x) =>
    svgElement('line', {
      ...{ x1: `${x}`, x2: `${x + 8}`, y1: `${HEIGHT}`, y2: '0' },
      stroke: FAILURE_COLOR,
      'stroke-width': '1.5',
    }),
  );
}
