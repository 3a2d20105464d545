import { describe, expect, test } from 'vitest';
import { startsUnder } from './run-preset.js';

const NOTHING = { spread: [], together: [], avoid: [], beside: [], prefers: [] };

describe('a gang whose tasks avoid each other', () => {
  test('starts on as many machines, because the room that is held for one keeps off the others', async () => {
    const starts = await startsUnder(
      'bin-packing',
      [{ cpus: 4 }, { cpus: 4 }],
      [{ tasks: 2, needs: { cpus: 1 }, runs: 10, gang: true, rule: 1 }],
      { frameworks: [{ name: 'kafka' }], rules: [undefined, { ...NOTHING, avoid: ['kafka'] }] },
    );
    expect(starts).toEqual(['0 task 0 started m0', '0 task 1 started m1']);
  });
});

describe.each(['easy', 'easy-sjbf', 'conservative'])('%s', (policy) => {
  test.each([1, 2])(
    'keeps a job that avoids the first one off its machines, with %i tasks each',
    async (tasks) => {
      const job = (cpus: number, length: number, at: number, framework: number, rule = 0) => ({
        tasks,
        gang: tasks > 1,
        needs: { cpus },
        runs: length,
        estimate: length,
        at,
        framework,
        rule,
      });
      const machines = new Array<{ cpus: number }>(tasks).fill({ cpus: 4 });
      const starts = await startsUnder(
        policy,
        machines,
        [job(3, 100, 0, 0), job(3, 10, 1, 1), job(1, 800, 2, 2, 1)],
        {
          frameworks: [{ name: 'a' }, { name: 'head' }, { name: 'b' }],
          rules: [undefined, { ...NOTHING, avoid: ['head'] }],
        },
      );
      const times = starts.map((line) => Number(line.split(' ')[0]));
      // Beside task 0 there is room for the last job now, but the head could then not start there at 100.
      expect([...new Set(times)]).toEqual([0, 100, 110]);
    },
  );
});
