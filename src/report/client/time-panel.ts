import { element, svgElement } from './element.js';
import { secondsText } from './number-text.js';
import type { Chart } from './plot-options.js';
import type { TimeView } from './time-view.js';

/** A drag of fewer pixels is a click. */
const LEAST_DRAG = 6;

/** A chart over the time of the page. */
export interface TimePanel {
  readonly chart: Chart;
  /** What the chart shows at a time. */
  readonly reading: (time: number) => string;
  /** Called for a click, with the time there and the time that a pixel takes. */
  readonly clicked?: (time: number, secondsPerPixel: number) => void;
}

/** Adds the linked cursor, the reading below the chart, and the brush that zooms all time charts. */
export function timePanel(view: TimeView, { chart, reading, clicked }: TimePanel): HTMLElement {
  const text = element('p', { class: 'reading' });
  const { svg, left, right, top, bottom } = chart;
  const cursor = svgElement('line', { class: 'cursor', y1: `${top}`, y2: `${bottom}` });
  const brush = svgElement('rect', { class: 'brush', y: `${top}`, height: `${bottom - top}` });
  svg.append(brush, cursor);
  svg.classList.add('timed');
  const panel = element('div', { class: 'timed-panel' }, svg, text);

  const secondsPerPixel = (view.to - view.from) / (right - left);
  const pixelOf = (time: number) => left + (time - view.from) / secondsPerPixel;
  const timeOf = (event: PointerEvent) => {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * chart.width;
    return Math.min(view.to, Math.max(view.from, view.from + (x - left) * secondsPerPixel));
  };

  function followCursor(): 'keep' | 'forget' {
    const time = view.cursor;
    const isShown = time !== undefined && time >= view.from && time <= view.to;
    cursor.toggleAttribute('hidden', !isShown);
    if (isShown) for (const end of ['x1', 'x2']) cursor.setAttribute(end, `${pixelOf(time)}`);
    text.textContent = isShown ? `At ${secondsText(Math.round(time))}: ${reading(time)}` : '';
    return panel.isConnected ? 'keep' : 'forget';
  }

  let begun: number | undefined;
  const markBrush = (from: number, to: number) => {
    brush.setAttribute('x', `${pixelOf(Math.min(from, to))}`);
    brush.setAttribute('width', `${Math.abs(to - from) / secondsPerPixel}`);
  };
  svg.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    begun = timeOf(event);
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener('pointermove', (event) => {
    const time = timeOf(event);
    if (begun !== undefined) markBrush(begun, time);
    view.moveCursor(time);
  });
  svg.addEventListener('pointerup', (event) => {
    if (begun === undefined) return;
    const [from, to] = [begun, timeOf(event)];
    begun = undefined;
    markBrush(from, from);
    if (Math.abs(to - from) >= LEAST_DRAG * secondsPerPixel)
      view.zoom(Math.min(from, to), Math.max(from, to));
    else clicked?.(to, secondsPerPixel);
  });
  svg.addEventListener('pointercancel', () => {
    begun = undefined;
    brush.setAttribute('width', '0');
  });
  svg.addEventListener('pointerleave', () => {
    if (begun === undefined) view.moveCursor(undefined);
  });
  svg.addEventListener('dblclick', () => view.whole());
  cursor.toggleAttribute('hidden', true);
  view.onCursor(() => followCursor());
  return panel;
}
