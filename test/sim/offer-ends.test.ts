import { describe, expect, test } from 'vitest';
import { FOREVER, fromSeconds } from '../../src/model/index.js';
import type { Allocator, Scheduler } from '../../src/policies/contract.js';
import { onCores } from '../on-cores.js';
import { story } from '../simulate.js';
import type { RowSketch } from '../traces-in-memory.js';

const NEVER: Scheduler = { name: 'never', schedule: () => undefined };
const FRAMEWORKS = [{ name: 'a' }, { name: 'b' }];
const ROWS: readonly RowSketch[] = [0, 1].map((framework) => ({ framework, needs: { cpus: 1 }, runs: 1 }));

/** The ends of offers of two machines to two frameworks that never answer and keep offers for 1,000 s. */
async function run(allocator: Allocator, { timeout = FOREVER, until = 30 } = {}) {
  const terms = { interval: fromSeconds(1), hold: fromSeconds(1000), refuse: 0, timeout };
  const parts = { architecture: 'two-level' as const, allocator, scheduler: () => NEVER, terms };
  return story(
    await onCores([2, 2], ROWS, { frameworks: FRAMEWORKS, parts, until }),
    'offered',
    'offer-ended',
  );
}

/** Calls `act` with the number of the call, from 1. */
function scripted(act: (call: number, ...parts: Parameters<Allocator['allocate']>) => void): Allocator {
  let call = 0;
  return { name: 'scripted', allocate: (view, offers) => act(++call, view, offers) };
}

describe('an offer', () => {
  test('with an end is rescinded then, whatever the timeout of other offers', async () => {
    const allocator = scripted((call, view, offers) => {
      if (call > 1) return;
      expect(offers.offer(0, 0, undefined, view.now + fromSeconds(7))).toBe('done');
      expect(offers.offer(1, 1, undefined, view.now + fromSeconds(3))).toBe('done');
    });
    const ends = (await run(allocator, { timeout: fromSeconds(5) })).filter((line) => line.includes('ended'));
    expect(ends).toEqual([
      '3 b offer-ended m1 rescinded after 3 s',
      '5 a offer-ended m0 rescinded after 5 s',
    ]);
  });

  test('of one machine in two parts ends at the earlier of their ends', async () => {
    const half = { amounts: [1000, 0] };
    const allocator = scripted((call, view, offers) => {
      if (call > 1) return;
      offers.offer(0, 0, half, view.now + fromSeconds(7));
      offers.offer(0, 0, half, view.now + fromSeconds(4));
      offers.offer(0, 0, half);
    });
    const ends = (await run(allocator)).filter((line) => line.includes('ended'));
    expect(ends).toEqual(['4 a offer-ended m0 rescinded after 4 s']);
  });

  test('that would end now is refused', async () => {
    const verdicts: string[] = [];
    await run(
      scripted((_, view, offers) => {
        verdicts.push(offers.offer(0, 0, undefined, view.now));
      }),
      { until: 0 },
    );
    expect(new Set(verdicts)).toEqual(new Set(['in-the-past']));
  });

  test('is taken back after the call in which the allocator asked for it', async () => {
    const free: number[] = [];
    const allocator = scripted((call, view, offers) => {
      const [cpus] = view.space.dimensions;
      if (call === 1) {
        offers.offer(0, 0);
        offers.wakeAt(fromSeconds(2.5));
      } else if (view.now === fromSeconds(2.5)) {
        expect(offers.rescind(0, 0)).toBe('done');
        expect(offers.rescind(1, 1)).toBe('done');
        expect(offers.rescind(0, 9)).toBe('unknown-machine');
        expect(offers.rescind(9, 0)).toBe('unknown-framework');
        free.push(view.free(0, cpus as NonNullable<typeof cpus>));
      } else if (view.now === fromSeconds(3)) offers.offer(1, 0);
    });
    expect(await run(allocator)).toEqual([
      '0 a offered m0',
      '2.5 a offer-ended m0 rescinded after 2.5 s',
      '3 b offered m0',
    ]);
    expect(free).toEqual([0]);
  });
});

test('an allocator is called at the time that it asked for, and once', async () => {
  const calls: number[] = [];
  await run(
    scripted((call, view, offers) => {
      calls.push(view.now);
      expect(offers.wakeAt(view.now)).toBe('in-the-past');
      if (call > 1) return;
      offers.wakeAt(fromSeconds(20.25));
      offers.wakeAt(fromSeconds(10.5));
    }),
  );
  expect(calls.filter((time) => time % 1_000_000 !== 0)).toEqual([10_500_000]);
});
