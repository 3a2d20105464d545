import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forecastDemand } from '../../src/lab/workload/forecast.js';
import { FOREVER, fromSeconds, type ResourceSpace } from '../../src/model/index.js';
import { CPUS, CPUS_MEM } from '../simulate.js';
import { inBatchesOf, type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';

const TWO = [{ name: 'a' }, { name: 'b' }];

/** Mean and peak in cores of each framework, over `seconds` from the first submission. */
async function cores(sketches: readonly RowSketch[], seconds: number, space: ResourceSpace = CPUS) {
  const trace = traceOf(space, rowsOf(space, sketches), { frameworks: TWO });
  const { mean, peak } = await forecastDemand(trace, fromSeconds(seconds));
  return { mean: [...mean].map((amount) => amount / 1000), peak: [...peak].map((amount) => amount / 1000) };
}

describe('the forecast of demand', () => {
  it('is amount x time over the length of the run, and the most at one time', async () => {
    const sketches = [
      { at: 0, needs: { cpus: 4 }, runs: 50 },
      { at: 10, needs: { cpus: 2 }, runs: 10 },
      { at: 30, needs: { cpus: 1 }, runs: 100, framework: 1 },
    ];
    // a: 4 x 50 + 2 x 10 core-seconds; b: 1 x 70 until the end at 100 s.
    expect(await cores(sketches, 100)).toEqual({ mean: [2.2, 0.7], peak: [6, 1] });
  });

  it('counts all tasks of a row, each resource by itself', async () => {
    const rows = rowsOf(CPUS_MEM, [{ tasks: 3, needs: { cpus: 2, mem: 512 }, runs: 10 }]);
    const { mean, peak } = await forecastDemand(traceOf(CPUS_MEM, rows), fromSeconds(40));
    expect([...peak]).toEqual([6000, 1536]);
    expect([...mean]).toEqual([1500, 384]);
  });

  it('lets a task that begins when another ends take its place: they are not there together', async () => {
    const sketches = [
      { at: 0, needs: { cpus: 4 }, runs: 10 },
      { at: 10, needs: { cpus: 3 }, runs: 10 },
    ];
    expect(await cores(sketches, 20)).toEqual({ mean: [3.5, 0], peak: [4, 0] });
  });

  it('ends a task at its estimate, where it would be stopped', async () => {
    expect((await cores([{ needs: { cpus: 1 }, runs: 100, estimate: 25 }], 100)).mean).toEqual([0.25, 0]);
  });

  it('begins with the first submission, wherever the clock of the trace stands, and ends with the horizon', async () => {
    const sketches = [
      { at: 1_356_996_147, needs: { cpus: 2 }, runs: 10 },
      { at: 1_356_996_157, needs: { cpus: 8 }, runs: 10 },
      { at: 1_356_996_167.000001, needs: { cpus: 100 }, runs: 10 },
    ];
    expect(await cores(sketches, 20)).toEqual({ mean: [5, 0], peak: [8, 0] });
  });

  it('of tasks that never end lasts to the horizon, and without a horizon to the last end', async () => {
    const resident = { needs: { cpus: 1 }, runs: FOREVER };
    expect(await cores([resident, { at: 10, needs: { cpus: 2 }, runs: 5, framework: 1 }], 20)).toEqual({
      mean: [1, 0.5],
      peak: [1, 2],
    });
    expect(await cores([resident, { at: 10, needs: { cpus: 2 }, runs: 10, framework: 1 }], FOREVER)).toEqual({
      mean: [1, 1],
      peak: [1, 2],
    });
  });

  it('of a task of no length is a peak and no mean', async () => {
    expect(await cores([{ needs: { cpus: 5 }, runs: 0 }], 10)).toEqual({ mean: [0, 0], peak: [5, 0] });
  });

  it('of nothing is nothing, for every framework that the trace names', async () => {
    expect(await cores([], 100)).toEqual({ mean: [0, 0], peak: [0, 0] });
  });

  it('is what a scan over every second finds, however the rows come in batches', async () => {
    const sketch = fc.record({
      gap: fc.integer({ min: 0, max: 8 }),
      framework: fc.integer({ min: 0, max: 1 }),
      cpus: fc.integer({ min: 1, max: 9 }),
      tasks: fc.integer({ min: 1, max: 3 }),
      runs: fc.integer({ min: 0, max: 30 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(sketch, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 1, max: 5 }),
        async (sketches, length, rowsPerBatch) => {
          let at = 0;
          const rows = sketches.map(({ gap, framework, cpus, tasks, runs }) => {
            at += gap;
            return { at, framework, needs: { cpus }, tasks, runs };
          });
          const begin = rows[0].at;
          const demandAt = (second: number, framework: number) =>
            rows
              .filter((row) => row.framework === framework && row.at <= second && second < row.at + row.runs)
              .reduce((sum, row) => sum + row.needs.cpus * row.tasks, 0);
          const seconds = Array.from({ length }, (_, i) => begin + i);
          const trace = inBatchesOf(rowsPerBatch, traceOf(CPUS, rowsOf(CPUS, rows), { frameworks: TWO }));
          const { mean, peak } = await forecastDemand(trace, fromSeconds(length));
          for (const framework of [0, 1]) {
            const demands = seconds.map((second) => demandAt(second, framework));
            const total = demands.reduce((a, b) => a + b, 0);
            expect(mean[framework]).toBeCloseTo((total / length) * 1000, 6);
            expect(peak[framework]).toBeGreaterThanOrEqual(Math.max(...demands) * 1000);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
