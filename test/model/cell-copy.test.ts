import { describe, expect, test } from 'vitest';
import { CellCopy, type FreeTable } from '../../src/model/index.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { BusyCluster } from './busy-cluster.js';

/** All that a table says, as plain lists. */
function contents(table: FreeTable) {
  return {
    free: Array.from(table.free.subarray(0, table.count * table.dims)),
    open: Array.from(table.open.subarray(0, table.count)),
    gpuFree: Array.from(table.gpuFree.subarray(0, table.machines.gpuStart[table.count])),
  };
}

describe('a private copy of the cell', () => {
  test.each([
    ['a few changes', 12],
    ['more changes than the logs remember', 9_000],
  ])('equals the cell after each sync, with %s between syncs on both sides', (_what, most) => {
    const busy = new BusyCluster(40, new RandomStreams(most).stream('copy'));
    const copy = new CellCopy(busy.cluster.free);
    for (let round = 0; round < 60; round++) {
      copy.sync();
      expect(contents(copy.table), `round ${round}`).toEqual(contents(busy.cluster.free));
      for (let i = busy.below(most); i > 0; i--) busy.step();
      for (let i = busy.below(most); i > 0; i--) {
        const taskClass = busy.classes[busy.below(busy.classes.length)];
        const machine = busy.below(copy.table.count);
        const devices = copy.table.bestFitDevices(machine, taskClass);
        if (copy.table.fits(machine, taskClass)) copy.table.move(machine, taskClass, devices, -1);
      }
    }
  });

  test('sees nothing of what happens to the cell between syncs, and takes nothing from it', () => {
    const busy = new BusyCluster(20, new RandomStreams(2).stream('copy'));
    const copy = new CellCopy(busy.cluster.free);
    copy.sync();
    const before = contents(copy.table);
    for (let i = 0; i < 50; i++) busy.step();
    expect(contents(copy.table)).toEqual(before);
    const cell = contents(busy.cluster.free);
    const machine = Array.from(copy.table.open).indexOf(1);
    copy.table.move(machine, busy.classes[0], 0, -1);
    expect(contents(busy.cluster.free)).toEqual(cell);
  });
});
