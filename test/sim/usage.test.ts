import { describe, expect, test } from 'vitest';
import { FOREVER, fromSeconds } from '../../src/model/index.js';
import type { LoadCurve } from '../../src/workloads/trace.js';
import { CPUS, CPUS_MEM, listParts, machinesOf, simulate } from '../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';

function curve(step: number, values: readonly number[]): LoadCurve {
  return { step: fromSeconds(step), values: Float64Array.from(values) };
}

function run(
  rows: readonly RowSketch[],
  until: number,
  curves: readonly (LoadCurve | undefined)[] = [undefined],
) {
  return simulate({
    space: CPUS_MEM,
    machines: machinesOf(CPUS_MEM, [{ cpus: 10, mem: 100 }]),
    trace: traceOf(CPUS_MEM, rowsOf(CPUS_MEM, rows), { frameworks: [{ name: 'a' }, { name: 'b' }], curves }),
    parts: listParts(),
    until,
  });
}

describe('what tasks really use', () => {
  test('is a share of their demand while they run', async () => {
    const rows = [
      { needs: { cpus: 4, mem: 50 }, runs: 6, usage: [0.5, 0.8] },
      { at: 2, framework: 1, needs: { cpus: 2, mem: 10 }, runs: 5, usage: [1, 0.1] },
    ];
    const { recorder } = await run(rows, 10);
    expect(recorder.usage.of(0).mean).toBeCloseTo((2 * 6 + 2 * 5) / 10 / 10, 12);
    expect(recorder.usage.of(1).mean).toBeCloseTo((40 * 6 + 1 * 5) / 10 / 100, 12);
    expect(recorder.allocation.of(0).mean).toBeCloseTo((4 * 6 + 2 * 5) / 10 / 10, 12);
    expect(recorder.usage.of(0).peak).toBeCloseTo(0.4, 12);
  });

  test('is not known where the trace does not say', async () => {
    const { recorder } = await run([{ needs: { cpus: 4 }, runs: 6 }], 10);
    expect(recorder.usage.isKnown(0)).toBe(false);
  });

  test('follows the curve of the task for cores, and not for memory, which is held whatever the load', async () => {
    const rows = [{ at: 1, needs: { cpus: 4, mem: 50 }, runs: FOREVER, usage: [1, 1], curve: 1 }];
    const { recorder } = await run(rows, 12, [undefined, curve(4, [1, 0.5])]);
    // From 1 to 4 and from 8 to 12 at 1, from 4 to 8 at one half.
    expect(recorder.usage.of(0).mean).toBeCloseTo((4 * 3 + 2 * 4 + 4 * 4) / 12 / 10, 12);
    expect(recorder.usage.of(1).mean).toBeCloseTo((50 * 11) / 12 / 100, 12);
  });

  test('is zero, without crumbs, once nothing runs', async () => {
    const rows = [0.1, 0.2, 0.3, 0.7].map((share) => ({
      needs: { cpus: 1 },
      runs: 1 + share,
      usage: [share, 0],
    }));
    const used: number[] = [];
    await simulate({
      space: CPUS,
      machines: machinesOf(CPUS, [{ cpus: 4 }]),
      trace: traceOf(
        CPUS,
        rowsOf(
          CPUS,
          rows.map((row) => ({ ...row, usage: [row.usage[0]] })),
        ),
      ),
      parts: listParts(),
      observers: () => [{ usageChanged: (_framework, amounts) => used.push(amounts[0]) }],
    });
    expect(used.length).toBe(8);
    expect(used.at(-1)).toBe(0);
  });

  test('costs one event per step of the curves in use, however often tasks come and go', async () => {
    const curves = [undefined, curve(100, [1, 0.5]), curve(30, [1, 0.5])];
    const rows: RowSketch[] = [{ needs: { cpus: 1 }, runs: FOREVER, usage: [1, 1], curve: 1 }];
    for (let at = 10; at < 6000; at += 200)
      rows.push({ at, needs: { cpus: 1 }, runs: 100, usage: [1, 1], curve: 2 });
    const { simulation } = await run(rows, 6000, curves);
    // 31 arrivals, 30 ends, 60 steps of the one curve, and 3 or 4 of the other while each of its 30 tasks runs. A step of
    // the long curve that was planned before the short one came may be planned twice, but not again and again.
    expect(simulation.eventCount).toBeLessThan(31 + 30 + 2 * 60 + 30 * 4);
  });
});
