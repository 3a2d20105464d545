import { describe, expect, it } from 'vitest';
import { ATTEMPT_ENDS } from '../../src/metrics/attempt-ends.js';
import { drawGantt, type GanttDrawing } from '../../src/report/client/gantt-pixels.js';
import { GanttRows } from '../../src/report/client/gantt-rows.js';
import type { LoadedAttempts, LoadedSchedule } from '../../src/report/client/loaded-schedule.js';
import { PixelLayer } from '../../src/report/client/pixel-layer.js';
import { TimeView } from '../../src/report/client/time-view.js';

const WIDTH = 200;
const HEIGHT = 100;
const INKS = { frameworks: [11, 22], backfilled: 33, ink: 44, failure: 55, wait: 66 };

/** A job with one attempt. */
interface Job {
  readonly submitted: number;
  readonly from: number;
  readonly to: number;
  readonly group: number;
}

/** Jobs on one machine each. */
function drawingOf(list: readonly Job[], length: number, kind: 'jobs' | 'machines'): GanttDrawing {
  const count = list.length;
  const column = (value: (job: Job, place: number) => number) => Float64Array.from(list, value);
  const none = new Float64Array(count);
  const policy = {
    policy: 'fcfs',
    count,
    job: column((_, place) => place),
    machine: column((_, place) => place),
    from: column(({ from }) => from),
    to: column(({ to }) => to),
    end: none.slice().fill(ATTEMPT_ENDS.indexOf('finished')),
    backfilled: none,
    firstOfJob: Int32Array.from({ length: count + 1 }, (_, place) => place),
  } as unknown as LoadedAttempts;
  const schedule = {
    machines: list.map((_, place) => `machine-${place}`),
    jobs: {
      count,
      group: Int32Array.from(list, ({ group }) => group),
      submitted: column(({ submitted }) => submitted),
      gang: none,
      over: policy.to,
    },
    policies: [policy],
    isOneFramework: false,
  } as unknown as LoadedSchedule;
  const rows = new GanttRows(schedule, HEIGHT);
  rows.kind = kind;
  const view = new TimeView(length, 1);
  rows.update(view);
  return { rows, policy, view, inks: INKS, ratio: 1 };
}

function layerOf(): PixelLayer {
  return new PixelLayer(new Uint32Array(WIDTH * HEIGHT), WIDTH, HEIGHT);
}

describe('the pixels of a Gantt chart', () => {
  it.each(['jobs', 'machines'] as const)('are filled once each, however many %s there are', (kind) => {
    const length = 1000;
    const many = Array.from({ length: 100_000 }, (_, i): Job => {
      const submitted = i % 700;
      return { submitted, from: submitted + 100, to: submitted + 200 + (i % 90), group: i % 2 };
    });
    const layer = layerOf();
    const drawing = drawingOf(many, length, kind);
    drawGantt(layer, drawing);
    expect(layer.filled).toBeGreaterThan(0.5 * WIDTH * HEIGHT);
    expect(layer.filled).toBeLessThanOrEqual(WIDTH * HEIGHT);
    expect(layer.filled).toBe(layer.pixels.reduce((sum, pixel) => sum + (pixel === 0 ? 0 : 1), 0));
    // The same again: nothing of the first drawing is left.
    const before = layer.pixels.slice();
    drawGantt(layer, drawing);
    expect(layer.pixels).toEqual(before);
  });

  it('have the later rows on top, and bars above waits, where rows are lower than a pixel', () => {
    // 300 jobs in 100 rows of pixels: three jobs share one.
    const jobs = Array.from({ length: 300 }, (_, i): Job => {
      if (i % 3 === 0) return { submitted: 0, from: 0, to: 100, group: 0 };
      return i % 3 === 1
        ? { submitted: 0, from: 50, to: 150, group: 1 }
        : { submitted: 0, from: 180, to: 200, group: 0 };
    });
    const layer = layerOf();
    drawGantt(layer, drawingOf(jobs, 200, 'jobs'));
    const at = (x: number) => layer.pixels[10 * WIDTH + x];
    expect([at(25), at(75), at(125), at(190)]).toEqual([11, 22, 22, 11]);
    const between = Array.from({ length: 20 }, (_, i) => at(155 + i));
    expect(between.filter((pixel) => pixel === INKS.wait)).toHaveLength(5);
    expect(between.filter((pixel) => pixel === 0)).toHaveLength(15);
  });

  it('are only those of the rows in view', () => {
    const jobs = Array.from({ length: 1000 }, (_, i) => ({ submitted: 0, from: 0, to: 200, group: i % 2 }));
    const drawing = drawingOf(jobs, 200, 'jobs');
    drawing.rows.chosenHeight = 10;
    drawing.rows.scrollTo(505);
    const layer = layerOf();
    drawGantt(layer, drawing);
    const column = Array.from({ length: HEIGHT }, (_, y) => layer.pixels[y * WIDTH + 100]);
    // Row 50 ends at the fifth pixel, whose last one is a gap.
    expect(column.slice(0, 6)).toEqual([11, 11, 11, 11, 0, 22]);
  });
});
