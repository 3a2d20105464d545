import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LoadOverTime } from '../../src/lab/workload/load-over-time.js';
import { FOREVER, fromSeconds } from '../../src/model/index.js';

interface Sketch {
  readonly at: number;
  readonly until: number;
  readonly demand: number;
  readonly tasks: number;
}

function seriesOf(tasks: readonly Sketch[]) {
  const load = new LoadOverTime(1);
  for (const { at, until, demand, tasks: count } of tasks)
    load.add(fromSeconds(at), fromSeconds(until), [demand], count);
  return load.series();
}

/** The same by definition: for each bin, the overlap of every task with it. */
function naive(tasks: readonly Sketch[], binSeconds: number): number[] {
  const first = tasks[0].at;
  const last = (tasks.at(-1) as Sketch).at;
  return Array.from({ length: Math.ceil((last - first) / binSeconds) }, (_, bin) => {
    const from = first + bin * binSeconds;
    const to = Math.min(last, from + binSeconds);
    const used = tasks.map(
      ({ at, until, demand, tasks: count }) =>
        demand * count * Math.max(0, Math.min(until, to) - Math.max(at, from)),
    );
    return used.reduce((sum, one) => sum + one, 0) / (to - from);
  });
}

describe('the load of a trace over time', () => {
  it('is the mean demand in bins of a second for a short trace, up to the last submission', () => {
    const series = seriesOf([
      { at: 10, until: 12.5, demand: 2, tasks: 3 },
      { at: 11, until: FOREVER, demand: 1, tasks: 1 },
      { at: 13.5, until: 20, demand: 5, tasks: 1 },
    ]);
    // Six until 12.5 s, one more from 11 s; the last bin is 13 to 13.5 s.
    expect(series).toEqual({ binSeconds: 1, means: [[6, 7, 4, 1]] });
  });

  it('has at most 60 bins, which double in length with the trace', () => {
    const series = seriesOf([
      { at: 0, until: 30, demand: 1, tasks: 1 },
      { at: 130, until: 131, demand: 1, tasks: 1 },
    ]);
    // 130 s need bins of 4 s: 30 s of load are seven and a half of them.
    expect(series?.binSeconds).toBe(4);
    expect(series?.means[0]).toEqual([...new Array(7).fill(1), 0.5, ...new Array(25).fill(0)]);
  });

  it('is none when all tasks come at one instant', () => {
    expect(seriesOf([{ at: 5, until: 9, demand: 1, tasks: 1 }])).toBeUndefined();
  });

  it('equals the overlap of all tasks with each bin, for any tasks', () => {
    const sketch = fc.record({
      at: fc.integer({ min: 0, max: 1000 }),
      runs: fc.integer({ min: 0, max: 300 }),
      demand: fc.integer({ min: 0, max: 9 }),
      tasks: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(fc.array(sketch, { minLength: 2, maxLength: 40 }), (sketches) => {
        const tasks = sketches
          .map(({ at, runs, demand, tasks: count }) => ({ at, until: at + runs, demand, tasks: count }))
          .sort((a, b) => a.at - b.at);
        const series = seriesOf(tasks);
        if (series === undefined) return;
        const [means] = series.means;
        expect(means.length).toBeLessThanOrEqual(60);
        naive(tasks, series.binSeconds).forEach((mean, bin) => {
          expect(means[bin]).toBeCloseTo(mean, 6);
        });
      }),
    );
  });
});
