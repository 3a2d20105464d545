import * as Plot from '@observablehq/plot';
import { canvasBelow } from './canvas-below.js';
import { element, svgElement } from './element.js';
import { ganttPainter } from './gantt-canvas.js';
import { attemptAt, type GanttRows } from './gantt-rows.js';
import { attemptText } from './gantt-text.js';
import type { LoadedAttempts } from './loaded-schedule.js';
import { labelEnd } from './number-text.js';
import { drawn as drawnPlot, plotOptions, timeScale } from './plot-options.js';
import type { Drawn } from './time-figures.js';
import { timePanel } from './time-panel.js';

const MARGIN_LEFT = 84;
const MARGIN_TOP = 8;
const AXIS = 36;
const SCROLL_BAR = 14;
/** Pixels between labels of rows, and the characters that fit beside the chart. */
const LABEL_DISTANCE = 15;
const LONGEST_LABEL = 12;

/** The attempts of one policy: axes and labels as SVG, bars as pixels, and a scroll bar where the rows do not fit. */
export function ganttPanel(
  rows: GanttRows,
  policy: LoadedAttempts,
  { data, view }: Drawn,
  width: number,
): HTMLElement {
  const height = MARGIN_TOP + rows.height + AXIS;
  const chart = drawnPlot({
    ...plotOptions(`${policy.policy}: ${rows.kind} over time`, width, height),
    marginLeft: MARGIN_LEFT,
    marginRight: SCROLL_BAR + 4,
    marginTop: MARGIN_TOP,
    x: timeScale(view, width - 40),
    y: { axis: null, domain: [0, 1] },
    marks: [Plot.frame({ stroke: 'currentColor', strokeOpacity: 0.4 })],
  });
  const { svg, left, right, top } = chart;
  const { canvas, ratio } = canvasBelow({ left, right, top, bottom: top + rows.height });
  const labels = svgElement('g', { 'text-anchor': 'end', fill: 'currentColor' });
  const mark = svgElement('rect', { class: 'row-mark', x: `${left}`, width: `${right - left}` });
  svg.append(labels, mark);

  function drawLabels(): void {
    const { rowHeight, shown } = rows;
    const every = Math.max(1, Math.ceil(LABEL_DISTANCE / rowHeight));
    const first = Math.ceil(Math.floor(rows.top / rowHeight) / every) * every;
    const made: SVGElement[] = [];
    for (let row = first; row < shown.length; row += every) {
      const y = row * rowHeight - rows.top + Math.min(rowHeight, LABEL_DISTANCE * every) / 2;
      if (y > rows.height - 3) break;
      if (y < 5) continue;
      const text = labelEnd(rows.nameOf(shown[row]), LONGEST_LABEL);
      made.push(svgElement('text', { x: `${left - 5}`, y: `${top + y}`, dy: '0.32em' }, text));
    }
    labels.replaceChildren(...made);
  }

  function followRow(): void {
    const { pointed, rowHeight } = rows;
    const y = pointed === undefined ? -1 : pointed * rowHeight - rows.top;
    const isShown = pointed !== undefined && y + rowHeight > 0 && y < rows.height;
    mark.toggleAttribute('hidden', !isShown);
    if (!isShown) return;
    mark.setAttribute('y', `${top + Math.max(0, y)}`);
    mark.setAttribute('height', `${Math.max(1, Math.min(rowHeight, rows.height - y))}`);
  }

  let within: number | undefined;
  const panel = timePanel(view, {
    chart,
    reading: (time) => {
      followRow();
      if (rows.pointed === undefined) return `point at a ${rows.kind === 'jobs' ? 'job' : 'machine'}`;
      return attemptText(rows, policy, attemptAt(rows, policy, rows.pointed, time, within));
    },
  });
  panel.prepend(canvas);
  const content = element('div');
  content.style.height = `${rows.total}px`;
  const scroll = element(
    'div',
    {
      class: 'rows-scroll',
      tabindex: '0',
      role: 'group',
      'aria-label': `Scroll the rows of ${policy.policy}`,
    },
    content,
  );
  Object.assign(scroll.style, {
    left: `${right}px`,
    top: `${top}px`,
    width: `${SCROLL_BAR + 4}px`,
    height: `${rows.height}px`,
  });
  scroll.toggleAttribute('hidden', rows.hidden < 1);
  panel.append(scroll);

  const paintRows = ganttPainter(canvas, ratio, { rows, policy, view, data });
  let isWaiting = false;
  let paintedTop = rows.top;
  const paint = () => {
    isWaiting = false;
    paintedTop = rows.top;
    paintRows();
    drawLabels();
    followRow();
  };
  rows.onScroll(() => {
    if (!panel.isConnected) return 'forget';
    if (Math.abs(scroll.scrollTop - rows.top) >= 1) scroll.scrollTop = rows.top;
    followRow();
    // Several steps within a frame are one drawing.
    if (!isWaiting && rows.top !== paintedTop) {
      isWaiting = true;
      requestAnimationFrame(paint);
    }
    return 'keep';
  });
  scroll.addEventListener('scroll', () => {
    if (Math.abs(scroll.scrollTop - rows.top) >= 1) rows.scrollTo(scroll.scrollTop);
  });
  svg.addEventListener(
    'wheel',
    (event) => {
      if (rows.hidden < 1 || event.ctrlKey) return;
      const before = rows.top;
      rows.scrollTo(before + event.deltaY * (event.deltaMode === 0 ? 1 : LABEL_DISTANCE));
      // At the ends, the page scrolls.
      if (rows.top !== before) event.preventDefault();
    },
    { passive: false },
  );
  svg.addEventListener(
    'pointermove',
    (event) => {
      const box = svg.getBoundingClientRect();
      const y = ((event.clientY - box.top) / box.height) * height - top + rows.top;
      const row = y / rows.rowHeight;
      const isRow = y >= rows.top && y < rows.top + rows.height && row < rows.shown.length;
      rows.pointed = isRow ? Math.floor(row) : undefined;
      within = row % 1;
    },
    { capture: true },
  );
  svg.addEventListener('pointerleave', () => {
    rows.pointed = undefined;
    within = undefined;
  });
  paint();
  // The place of the scroll bar is known when the panel is in the page.
  requestAnimationFrame(() => {
    scroll.scrollTop = rows.top;
  });
  return panel;
}
