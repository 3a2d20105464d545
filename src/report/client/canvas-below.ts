import { element } from './element.js';
import type { Chart } from './plot-options.js';

/** More pixels per pixel of the page cost time and cannot be seen. */
const MOST_RATIO = 2;

/** An empty canvas at the place of a chart's frame, for what is drawn below its marks. `ratio`: its pixels per pixel of the page. */
export function canvasBelow({ left, right, top, bottom }: Pick<Chart, 'left' | 'right' | 'top' | 'bottom'>): {
  readonly canvas: HTMLCanvasElement;
  readonly ratio: number;
} {
  const canvas = element('canvas', { class: 'heat', 'aria-hidden': 'true' });
  const ratio = Math.min(MOST_RATIO, devicePixelRatio || 1);
  canvas.width = Math.round((right - left) * ratio);
  canvas.height = Math.round((bottom - top) * ratio);
  Object.assign(canvas.style, {
    left: `${left}px`,
    top: `${top}px`,
    width: `${right - left}px`,
    height: `${bottom - top}px`,
  });
  return { canvas, ratio };
}
