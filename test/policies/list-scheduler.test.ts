import { describe, expect, test } from 'vitest';
import { CPUS_MEM, firstStarts, listParts, machinesOf, simulate } from '../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';

async function starts(
  backfill: 'none' | 'any',
  rows: readonly RowSketch[],
  machines: readonly Record<string, number>[] = [{ cpus: 4, mem: 8 }],
  placement = 'first-fit',
) {
  const result = await simulate({
    space: CPUS_MEM,
    machines: machinesOf(CPUS_MEM, machines),
    trace: traceOf(CPUS_MEM, rowsOf(CPUS_MEM, rows)),
    parts: listParts(backfill, placement),
  });
  return firstStarts(result);
}

describe('a list scheduler', () => {
  const rows = [
    { needs: { cpus: 3 }, runs: 10 },
    { needs: { cpus: 2 }, runs: 10 },
    { needs: { cpus: 1 }, runs: 10 },
  ];

  test('without backfilling lets nobody pass the task that does not fit', async () => {
    expect(await starts('none', rows)).toEqual([0, 10, 10]);
  });

  test('that backfills with anybody tries everybody behind it', async () => {
    expect(await starts('any', rows)).toEqual([0, 10, 0]);
  });

  test('goes by the order of arrival where all fit', async () => {
    const wide = rows.map((row) => ({ ...row, needs: { cpus: 4 } }));
    expect(await starts('any', wide)).toEqual([0, 10, 20]);
    expect(await starts('none', wide)).toEqual([0, 10, 20]);
  });

  test('tries a class again after another one was blocked: what does not fit one may fit the other', async () => {
    const mixed = [
      { needs: { cpus: 2, mem: 7 }, runs: 10 },
      { needs: { cpus: 1, mem: 2 }, runs: 10 },
      { needs: { cpus: 2, mem: 1 }, runs: 10 },
      { needs: { cpus: 1, mem: 2 }, runs: 10 },
    ];
    expect(await starts('any', mixed)).toEqual([0, 10, 0, 10]);
  });

  test('leaves the choice of the machine to its placement', async () => {
    const machines = [
      { cpus: 8, mem: 8 },
      { cpus: 2, mem: 2 },
    ];
    const small = [
      { needs: { cpus: 2, mem: 2 }, runs: 10 },
      { needs: { cpus: 8, mem: 8 }, runs: 10 },
    ];
    expect(await starts('any', small, machines, 'best-fit')).toEqual([0, 0]);
    expect(await starts('any', small, machines, 'first-fit')).toEqual([0, 10]);
  });
});
