import { element } from '../element.js';
import type { Chart } from '../plot-options.js';

/** A chart with a canvas below its marks, for more marks than a drawing should have. `draw` gets its pixels per pixel of the page. */
export function canvasOver(
  { svg, left, right, top, bottom }: Chart,
  draw: (context: CanvasRenderingContext2D, ratio: number) => void,
): HTMLElement {
  const canvas = element('canvas', { class: 'heat', 'aria-hidden': 'true' });
  const ratio = Math.min(2, devicePixelRatio || 1);
  canvas.width = Math.round((right - left) * ratio);
  canvas.height = Math.round((bottom - top) * ratio);
  Object.assign(canvas.style, {
    left: `${left}px`,
    top: `${top}px`,
    width: `${right - left}px`,
    height: `${bottom - top}px`,
  });
  const context = canvas.getContext('2d');
  if (context !== null) draw(context, ratio);
  svg.classList.add('above');
  return element('div', { class: 'timed-panel' }, canvas, svg);
}

/** The value of a colour variable of the page, because a canvas has no variables. */
export function solidColor(color: string): string {
  const [, name] = /^var\((--[\w-]+)\)$/.exec(color) ?? [];
  return name === undefined
    ? color
    : getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
