import type { GanttRows } from './gantt-rows.js';
import { END_MARKS, type LoadedAttempts, lanesOf, WAITING } from './loaded-schedule.js';
import type { PixelLayer } from './pixel-layer.js';
import type { TimeView } from './time-view.js';

/** From this height on, a bar has room for a mark inside. */
const MARK_HEIGHT = 5;
/** From this height on, there is a gap between rows. */
const GAP_HEIGHT = 4;
/** Pixels of the mark at an end. */
const CAP = 2.5;

/** Colours as pixels of a canvas. */
export interface Inks {
  readonly frameworks: readonly number[];
  readonly backfilled: number;
  readonly ink: number;
  readonly failure: number;
  readonly wait: number;
}

/** What is drawn: the rows in view of one policy. `ratio`: pixels of the layer per pixel of the page. */
export interface GanttDrawing {
  readonly rows: GanttRows;
  readonly policy: LoadedAttempts;
  readonly view: Pick<TimeView, 'from' | 'to'>;
  readonly inks: Inks;
  readonly ratio: number;
}

/**
 * Fills a layer with the rows in view. A bar is at least a pixel wide and high. Later rows and attempts are above earlier ones, so they are drawn
 * first: the layer fills a pixel once, however many bars are there.
 */
export function drawGantt(layer: PixelLayer, { rows, policy, view, inks, ratio }: GanttDrawing): void {
  layer.clear();
  const { width } = layer;
  const { jobs } = rows.schedule;
  const perSecond = width / (view.to - view.from);
  const x = (time: number) => Math.round((time - view.from) * perSecond);
  const thick = Math.max(1, Math.round(ratio));
  const cap = Math.round(CAP * ratio);

  function bar(i: number, top: number, bottom: number): void {
    const job = policy.job[i];
    const left = x(policy.from[i]);
    const right = Math.max(left + 1, x(policy.to[i]));
    if (right <= 0 || left >= width) return;
    const hasRoom = bottom - top >= MARK_HEIGHT * ratio;
    const mark = END_MARKS[policy.end[i]];
    if (mark !== 'none')
      layer.fill(
        Math.max(left, right - cap),
        top,
        right,
        bottom,
        mark === 'failed' ? inks.failure : inks.ink,
      );
    if (hasRoom && jobs.gang[job] === 1) {
      const middle = Math.round((top + bottom) / 2);
      layer.fill(left, middle, right, middle + thick, inks.ink);
    }
    const isBackfilled = policy.backfilled[job] === 1;
    const isWhole = !hasRoom || rows.schedule.isOneFramework;
    if (isBackfilled && !isWhole)
      layer.fill(left, bottom - Math.round(0.35 * (bottom - top)), right, bottom, inks.backfilled);
    const color = inks.frameworks[jobs.group[job]] ?? inks.ink;
    layer.fill(left, top, right, bottom, isBackfilled && isWhole ? inks.backfilled : color);
  }

  const { rowHeight, top, shown, kind } = rows;
  const first = Math.max(0, Math.floor(top / rowHeight));
  const last = Math.min(shown.length, Math.ceil((top + rows.height) / rowHeight));
  const gap = rowHeight >= GAP_HEIGHT ? Math.round(ratio) : 0;
  if (kind === 'machines') {
    const lanes = lanesOf(rows.schedule, policy);
    for (let place = last - 1; place >= first; place--) {
      const machine = shown[place];
      const from = place * rowHeight - top;
      const lane = (rowHeight - gap / ratio) / lanes.lanes[machine];
      const own = lanes.attempts[machine];
      for (let a = own.length - 1; a >= 0; a--) {
        const begin = Math.round((from + lanes.lane[own[a]] * lane) * ratio);
        const end = Math.round((from + (lanes.lane[own[a]] + 1) * lane) * ratio);
        bar(own[a], begin, Math.max(begin + 1, end - (lane >= GAP_HEIGHT ? gap : 0)));
      }
    }
    return;
  }
  const y = (place: number) => Math.round((place * rowHeight - top) * ratio);
  for (let place = last - 1; place >= first; place--) {
    const job = shown[place];
    const begin = policy.firstOfJob[job];
    const next = policy.firstOfJob[job + 1];
    if (next === begin) continue;
    const upper = y(place);
    const lower = Math.max(upper + 1, y(place + 1) - gap);
    for (let i = next - 1; i >= begin; i--) if (policy.end[i] !== WAITING) bar(i, upper, lower);
    layer.dot(x(jobs.submitted[job]), x(policy.from[begin]), Math.floor((upper + lower) / 2));
  }
  // Where rows are lower than a pixel, no wait hides a bar.
  layer.drawDots(inks.wait);
}
