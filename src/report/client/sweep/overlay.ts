import { canvasBelow } from '../canvas-below.js';
import { element } from '../element.js';
import type { Chart } from '../plot-options.js';

/** A chart with a canvas below its marks. */
export interface Overlay {
  readonly element: HTMLElement;
  /** Draws the canvas again. */
  readonly paint: () => void;
}

/** A chart with a canvas below its marks, for more marks than a drawing should have. `draw` gets its pixels per pixel of the page. */
export function canvasOver(
  chart: Chart,
  draw: (context: CanvasRenderingContext2D, ratio: number) => void,
): Overlay {
  const { canvas, ratio } = canvasBelow(chart);
  const context = canvas.getContext('2d');
  const paint = () => {
    if (context === null) return;
    context.clearRect(0, 0, canvas.width, canvas.height);
    draw(context, ratio);
  };
  paint();
  chart.svg.classList.add('above');
  return { element: element('div', { class: 'timed-panel' }, canvas, chart.svg), paint };
}
