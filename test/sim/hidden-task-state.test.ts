import { describe, expect, test } from 'vitest';
import { fromSeconds } from '../../src/model/index.js';
import { HiddenTaskState } from '../../src/sim/hidden-task-state.js';
import { TaskBatch } from '../../src/workloads/trace.js';
import { CPUS_MEM } from '../simulate.js';
import { type RowSketch, rowsOf } from '../traces-in-memory.js';

function stateOf(...sketches: readonly RowSketch[]): HiddenTaskState {
  const batch = new TaskBatch(CPUS_MEM.size);
  for (const row of rowsOf(CPUS_MEM, sketches)) batch.push(row);
  const state = new HiddenTaskState(CPUS_MEM.size);
  sketches.forEach((_, row) => {
    state.set(row, batch, row);
  });
  return state;
}

const CHANGING: RowSketch = {
  needs: { cpus: 2, mem: 10 },
  attempts: [
    [1, 'failed'],
    [2, 'failed'],
  ],
  profile: [
    [0, [0.5, Number.NaN]],
    [5, [2, 1]],
  ],
};

describe('the hidden state of a task', () => {
  test('is copied with its usage over time, up to the demand of the copy, and without its failures', () => {
    const state = stateOf(CHANGING);
    state.copy(0, 1, Int32Array.of(3000, 4));
    const amounts = [0, 1].map((step) => [0, 1].map((d) => state.profiles.get(1)?.amount(step, d)));
    expect(amounts).toEqual([
      [1000, Number.NaN],
      [3000, 4],
    ]);
    expect([state.failures.has(0), state.failures.has(1)]).toEqual([true, false]);
    expect(state.failures.get(0)?.after(1)).toBe(fromSeconds(1));
  });

  test('has nothing left of an earlier task with the same id', () => {
    const state = stateOf(CHANGING);
    const plain = new TaskBatch(CPUS_MEM.size);
    for (const row of rowsOf(CPUS_MEM, [{ needs: { cpus: 1 }, usage: [0.5, Number.NaN] }])) plain.push(row);
    state.set(0, plain, 0);
    expect([state.profiles.size, state.failures.size]).toEqual([0, 0]);
    // Of the memory that it does not request, it uses nothing.
    expect([...state.used.subarray(0, 2)]).toEqual([500, 0]);
  });
});
