import { element, svgElement } from './element.js';
import type { LineStyle } from './palette.js';

/** An entry of a legend. */
export type LegendItem =
  | { readonly label: string; readonly fill: string }
  | { readonly label: string; readonly line: LineStyle }
  /** Colours from the lowest to the highest value. */
  | { readonly label: string; readonly ramp: readonly string[] };

const HEIGHT = 12;
const WIDTHS = { fill: 12, line: 26, ramp: 120 };

/** The element of a legend entry: its mark and its label. */
export function legendItem(item: LegendItem): HTMLElement {
  return element(
    'span',
    { class: 'legend-item' },
    swatch(item),
    element('span', { class: 'in-figure' }, item.label),
  );
}

function swatch(item: LegendItem): SVGSVGElement {
  if ('fill' in item) return drawing(WIDTHS.fill, [box(0, WIDTHS.fill, item.fill)]);
  if ('line' in item) return drawing(WIDTHS.line, [lineSample(item.line)]);
  const step = WIDTHS.ramp / item.ramp.length;
  return drawing(
    WIDTHS.ramp,
    item.ramp.map((color, i) => box(i * step, step, color)),
  );
}

function drawing(width: number, marks: readonly SVGElement[]): SVGSVGElement {
  const size = { width: `${width}`, height: `${HEIGHT}`, viewBox: `0 0 ${width} ${HEIGHT}` };
  return svgElement('svg', { ...size, 'aria-hidden': 'true', 'shape-rendering': 'crispEdges' }, ...marks);
}

function box(x: number, width: number, fill: string): SVGRectElement {
  return svgElement('rect', { x: `${x}`, width: `${width}`, height: `${HEIGHT}`, fill });
}

function lineSample({ color, dash }: LineStyle): SVGLineElement {
  const ends = { x1: '0', x2: `${WIDTHS.line}`, y1: `${HEIGHT / 2}`, y2: `${HEIGHT / 2}` };
  return svgElement('line', { ...ends, stroke: color, 'stroke-width': '2', 'stroke-dasharray': dash });
}
