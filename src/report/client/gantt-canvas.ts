import type { ReportData } from '../report-data.js';
import type { GanttRows } from './gantt-rows.js';
import { END_MARKS, type LoadedAttempts, lanesOf, WAITING } from './loaded-schedule.js';
import { frameworkColor } from './palette.js';
import type { TimeView } from './time-view.js';

/** From this height on, a bar has room for a mark inside. */
const MARK_HEIGHT = 5;
/** From this height on, there is a gap between rows. */
const GAP_HEIGHT = 4;
/** Pixels between the dots of a wait, and of the mark at an end. */
const DOTS = 4;
const CAP = 2.5;

/** Colours as pixels of a canvas. */
interface Inks {
  readonly frameworks: readonly number[];
  readonly backfilled: number;
  readonly ink: number;
  readonly failure: number;
  readonly wait: number;
}

/**
 * Draws the rows in view as pixels. A bar is filled whole, at least a pixel wide and high, so the time to draw depends on what is in view, and a
 * hundred thousand bars take a few milliseconds.
 */
export function paintGantt(
  canvas: HTMLCanvasElement,
  { rows, policy, view, data }: { rows: GanttRows; policy: LoadedAttempts; view: TimeView; data: ReportData },
  ratio: number,
): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const { width, height } = canvas;
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const inks = inksOf(data);
  const isOneFramework = new Set(rows.schedule.jobs.group).size <= 1;
  const perSecond = width / (view.to - view.from);
  const x = (time: number) => Math.round((time - view.from) * perSecond);

  function box(left: number, top: number, right: number, bottom: number, color: number): void {
    const [from, to] = [Math.max(0, left), Math.min(width, right)];
    if (to <= from) return;
    for (let y = Math.max(0, top); y < Math.min(height, bottom); y++)
      pixels.fill(color, y * width + from, y * width + to);
  }

  /** From the submission to the start: dots in the middle of the row. */
  function wait(from: number, to: number, y: number): void {
    if (y < 0 || y >= height) return;
    const [left, right] = [Math.max(0, x(from)), Math.min(width, x(to))];
    // Dots of neighbouring rows are beside each other, so that many rows make no stripes.
    const first = left + DOTS - ((left + y) % DOTS);
    for (let at = first; at < right; at += DOTS) pixels[y * width + at] = inks.wait;
  }

  function bar(i: number, top: number, bottom: number): void {
    const job = policy.job[i];
    const [left, end] = [x(policy.from[i]), x(policy.to[i])];
    const right = Math.max(left + 1, end);
    if (right <= 0 || left >= width) return;
    const high = bottom - top;
    const isBackfilled = policy.backfilled[job] === 1;
    const isWhole = isOneFramework || high < MARK_HEIGHT * ratio;
    const fill = inks.frameworks[rows.schedule.jobs.group[job]] ?? inks.ink;
    box(left, top, right, bottom, isBackfilled && isWhole ? inks.backfilled : fill);
    if (isBackfilled && !isWhole) box(left, bottom - Math.round(0.35 * high), right, bottom, inks.backfilled);
    if (rows.schedule.jobs.gang[job] === 1 && high >= MARK_HEIGHT * ratio) {
      const middle = Math.round((top + bottom) / 2);
      box(left, middle, right, middle + Math.max(1, Math.round(ratio)), inks.ink);
    }
    const mark = END_MARKS[policy.end[i]];
    if (mark === 'none') return;
    const cap = Math.round(CAP * ratio);
    box(Math.max(left, right - cap), top, right, bottom, mark === 'failed' ? inks.failure : inks.ink);
  }

  const { rowHeight, top, shown, kind } = rows;
  const first = Math.max(0, Math.floor(top / rowHeight));
  const last = Math.min(shown.length, Math.ceil((top + rows.height) / rowHeight));
  const gap = rowHeight >= GAP_HEIGHT ? Math.round(ratio) : 0;
  const y = (place: number) => Math.round((place * rowHeight - top) * ratio);
  if (kind === 'jobs') {
    const bottom = (place: number) => Math.max(y(place) + 1, y(place + 1) - gap);
    // All waits first: where rows are lower than a pixel, no wait hides a bar.
    for (let place = first; place < last; place++) {
      const begin = policy.firstOfJob[shown[place]];
      if (policy.firstOfJob[shown[place] + 1] > begin)
        wait(
          rows.schedule.jobs.submitted[shown[place]],
          policy.from[begin],
          Math.floor((y(place) + bottom(place)) / 2),
        );
    }
    for (let place = first; place < last; place++) {
      const next = policy.firstOfJob[shown[place] + 1];
      for (let i = policy.firstOfJob[shown[place]]; i < next; i++)
        if (policy.end[i] !== WAITING) bar(i, y(place), bottom(place));
    }
  } else {
    const lanes = lanesOf(rows.schedule, policy);
    for (let place = first; place < last; place++) {
      const machine = shown[place];
      const from = place * rowHeight - top;
      const lane = (rowHeight - gap / ratio) / lanes.lanes[machine];
      for (const i of lanes.attempts[machine]) {
        const begin = Math.round((from + lanes.lane[i] * lane) * ratio);
        const end = Math.round((from + (lanes.lane[i] + 1) * lane) * ratio);
        bar(i, begin, Math.max(begin + 1, end - (lane >= GAP_HEIGHT ? gap : 0)));
      }
    }
  }
  context.putImageData(image, 0, 0);
}

function inksOf({ frameworks }: ReportData): Inks {
  const page = getComputedStyle(document.documentElement);
  const ink = (name: string) => pixelOf(page.getPropertyValue(name).trim());
  return {
    frameworks: frameworks.map(({ isSingle }, place) => ink(frameworkColor(place, isSingle).slice(4, -1))),
    backfilled: ink('--backfilled'),
    ink: ink('--ink'),
    failure: ink('--failure'),
    wait: ink('--soft'),
  };
}

/** `#rrggbb` as a pixel: the bytes of red, green, blue and opacity. */
function pixelOf(color: string): number {
  const value = Number.parseInt(color.slice(1), 16);
  const bytes = Uint8Array.of(value >> 16, (value >> 8) & 255, value & 255, 255);
  return new Uint32Array(bytes.buffer)[0];
}
