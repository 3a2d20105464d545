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
