import { canvasBelow } from '../canvas-below.js';
import { element } from '../element.js';
import type { Chart } from '../plot-options.js';

/** A chart with a canvas below its marks, for more marks than a drawing should have. `draw` gets its pixels per pixel of the page. */
export function canvasOver(
  chart: Chart,
  draw: (context: CanvasRenderingContext2D, ratio: number) => void,
): HTMLElement {
  const { canvas, ratio } = canvasBelow(chart);
  const context = canvas.getContext('2d');
  if (context !== null) draw(context, ratio);
  chart.svg.classList.add('above');
  return element('div', { class: 'timed-panel' }, canvas, chart.svg);
}
