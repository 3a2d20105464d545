import { describe, expect, test } from 'vitest';
import { FOREVER, fromSeconds } from '../../src/model/index.js';
import { drfAllocator } from '../../src/policies/allocators/drf.js';
import { silosAllocator } from '../../src/policies/allocators/silos.js';
import type { Allocator } from '../../src/policies/contract.js';
import type { OfferTerms, TwoLevelParts } from '../../src/policies/policy.js';
import { onCores } from '../on-cores.js';
import { firstStarts, listParts, type SimulationSketch, story } from '../simulate.js';
import type { RowSketch } from '../traces-in-memory.js';

const FRAMEWORKS = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];

/** Seconds, for all knobs. */
type Terms = { readonly [knob in keyof OfferTerms]?: number };

function offers(terms: Terms, more: Partial<TwoLevelParts> = {}): TwoLevelParts {
  const { interval = 1, hold = 0, refuse = 5, timeout = FOREVER } = terms;
  return {
    architecture: 'two-level',
    allocator: drfAllocator({ minimum: [{ cpus: 10 }] }),
    scheduler: () => listParts('any').scheduler,
    terms: {
      interval: fromSeconds(interval),
      hold: fromSeconds(hold),
      refuse: fromSeconds(refuse),
      timeout: fromSeconds(timeout),
    },
    ...more,
  };
}

function run(
  cpus: readonly number[],
  rows: readonly RowSketch[],
  parts: TwoLevelParts,
  more: Partial<SimulationSketch> = {},
) {
  return onCores(cpus, rows, { frameworks: FRAMEWORKS, parts, ...more });
}

describe('an allocation', () => {
  test('happens at once for a framework that had nothing to do, and at the next multiple of the interval for others', async () => {
    const rows = [
      { at: 0.2, framework: 0, needs: { cpus: 1 }, runs: 2.1 },
      { at: 0.3, framework: 0, needs: { cpus: 1 }, runs: 1 },
      { at: 0.4, framework: 1, needs: { cpus: 1 }, runs: 1 },
    ];
    const result = await run([1], rows, offers({ interval: 1.5 }));
    // The first has the machine until 2.3. At 3 shares are equal, and it goes to the other, which has had no offer yet.
    expect(firstStarts(result)).toEqual([0.2, 4.5, 3]);
  });

  test('at a multiple of the interval offers what was freed at this instant', async () => {
    const rows = [
      { needs: { cpus: 1 }, runs: 3 },
      { needs: { cpus: 1 }, runs: 1 },
    ];
    expect(firstStarts(await run([1], rows, offers({ interval: 1.5 })))).toEqual([0, 3]);
  });

  test('is made once at one instant: what its frameworks decline waits for the next multiple', async () => {
    const rows = [
      { framework: 2, needs: { cpus: 1 }, runs: 100 },
      { framework: 0, at: 0.5, needs: { cpus: 1 }, runs: 1.5 },
      { framework: 1, at: 1, needs: { cpus: 2 }, runs: 1 },
      { framework: 0, at: 1.5, needs: { cpus: 1 }, runs: 1 },
    ];
    const result = await run([2], rows, offers({}), { until: 10 });
    expect(story(result, 'offered').slice(2, 4)).toEqual(['2 b offered m0', '3 a offered m0']);
  });

  test('is not made while no framework wants anything', async () => {
    const result = await run([1], [{ needs: { cpus: 1 }, runs: 1000 }], offers({}));
    expect(result.simulation.eventCount).toBe(2);
  });

  test('with interval 0 follows every change in the same instant', async () => {
    const rows = [
      { at: 0.2, framework: 0, needs: { cpus: 1 }, runs: 2.1 },
      { at: 0.3, framework: 1, needs: { cpus: 1 }, runs: 1 },
    ];
    const result = await run([1], rows, offers({ interval: 0 }));
    expect(firstStarts(result)[1]).toBeCloseTo(2.3, 9);
  });
});

describe('an offer', () => {
  test('on which a task started ends as accepted, used up or not; one that nothing was made of ends as declined', async () => {
    const result = await run([1, 3, 1], [{ tasks: 2, needs: { cpus: 1 }, runs: 5 }], offers({}));
    expect(story(result, 'offered', 'offer-ended')).toEqual([
      '0 a offered m0',
      '0 a offered m1',
      '0 a offered m2',
      '0 a offer-ended m2 declined after 0 s',
      '0 a offer-ended m1 accepted after 0 s',
      '0 a offer-ended m0 accepted after 0 s',
    ]);
    expect(result.recorder.offers.counts).toEqual({ made: 3, accepted: 2, declined: 1, rescinded: 0 });
  });

  test('that was declined is not made again before the filter ends, and then at a batch', async () => {
    const rows = [{ tasks: 2, needs: { cpus: 3 }, runs: 100 }];
    const at = async (refuse: number) =>
      story(await run([4], rows, offers({ interval: 1, refuse }), { until: 12 }), 'offered');
    expect(await at(5)).toEqual(['0 a offered m0', '5 a offered m0', '10 a offered m0']);
    expect(await at(3.5)).toEqual(['0 a offered m0', '4 a offered m0', '8 a offered m0', '12 a offered m0']);
    // A filter lasts one interval at least, unless none is asked for.
    expect((await at(0.1)).length).toBe(13);
    expect((await at(0)).length).toBe(13);
  });

  test('that was declined is not made again within the interval, though a round comes and the filter was short', async () => {
    const rows = [
      { framework: 0, needs: { cpus: 3 }, runs: 100 },
      { framework: 0, needs: { cpus: 3 }, runs: 100 },
      { at: 0.5, framework: 2, needs: { cpus: 2 }, runs: 100 },
    ];
    const result = await run([4, 1], rows, offers({ refuse: 0.1 }), { until: 0.5 });
    expect(story(result, 'offered')).toEqual([
      '0 a offered m0',
      '0 a offered m1',
      '0.5 c offered m0',
      '0.5 c offered m1',
    ]);
  });

  test('of more than was refused is made before the filter ends', async () => {
    const rows = [
      { needs: { cpus: 2 }, runs: 2.5 },
      { needs: { cpus: 3 }, runs: 5 },
    ];
    const result = await run([4], rows, offers({ refuse: 60 }));
    expect(story(result, 'offered', 'started')).toEqual([
      '0 a offered m0',
      '0 task 0 started m0',
      '3 a offered m0',
      '3 task 1 started m0',
    ]);
  });

  test('is made at once to a framework that revives: its filters are dropped with its first new task', async () => {
    const rows = [
      { needs: { cpus: 1 }, runs: 100 },
      { at: 3.5, needs: { cpus: 1 }, runs: 1 },
    ];
    const result = await run([4], rows, offers({ refuse: 60 }));
    expect(firstStarts(result)).toEqual([0, 3.5]);
  });

  test('that one framework declined goes to the next at the next batch', async () => {
    const rows = [
      { framework: 0, needs: { cpus: 3 }, runs: 20 },
      { framework: 0, needs: { cpus: 3 }, runs: 1 },
      { framework: 1, needs: { cpus: 2 }, runs: 1 },
      { framework: 2, needs: { cpus: 1 }, runs: 1 },
    ];
    const result = await run([4], rows, offers({}), { until: 4 });
    expect(story(result, 'offered', 'started')).toEqual([
      '0 a offered m0',
      '0 task 0 started m0',
      '1 b offered m0',
      '2 c offered m0',
      '2 task 3 started m0',
    ]);
  });

  test('of a machine that leaves is taken back before', async () => {
    const rows = [{ needs: { cpus: 1 }, runs: 10 }];
    for (const state of ['draining', 'down'] as const) {
      const result = await run([4], rows, offers({ hold: FOREVER }), {
        machineEvents: [{ time: fromSeconds(2), machine: 0, state }],
        until: 5,
      });
      expect(story(result, 'offered', 'offer-ended', 'machine').slice(0, 3)).toEqual([
        '0 a offered m0',
        '2 a offer-ended m0 rescinded after 2 s',
        `2 machine m0 ${state}`,
      ]);
    }
  });
});

describe('a framework that holds its offers', () => {
  test('keeps them for new tasks, and gives them back when the time is over', async () => {
    const rows = [
      { needs: { cpus: 1 }, runs: 100 },
      { at: 4, needs: { cpus: 1 }, runs: 100 },
      { at: 20, framework: 1, needs: { cpus: 1 }, runs: 1 },
    ];
    const result = await run([4], rows, offers({ hold: 10 }), { until: 30 });
    expect(story(result, 'offered', 'offer-ended', 'started')).toEqual([
      '0 a offered m0',
      '0 task 0 started m0',
      '4 task 1 started m0',
      '10 a offer-ended m0 accepted after 10 s',
      '20 b offered m0',
      '20 task 2 started m0',
      '30 b offer-ended m0 accepted after 10 s',
    ]);
  });

  test('gives more of the same machine back with it: its age counts from the first offer', async () => {
    const rows = [
      { needs: { cpus: 1 }, runs: 3 },
      { needs: { cpus: 4 }, runs: 1 },
    ];
    const result = await run([4], rows, offers({ hold: 10 }), { until: 30 });
    expect(story(result, 'offered', 'offer-ended', 'started')).toEqual([
      '0 a offered m0',
      '0 task 0 started m0',
      '3 a offered m0',
      '3 task 1 started m0',
      '3 a offer-ended m0 accepted after 3 s',
    ]);
  });

  test('does not make the run longer by the square of the time', async () => {
    const eventsOf = async (seconds: number) => {
      const rows = Array.from({ length: seconds }, (_, at) => ({ at, needs: { cpus: 1 }, runs: 2 }));
      const machines = Array.from({ length: 10 }, () => 4);
      const result = await run(machines, rows, offers({ hold: 10, timeout: 60 }), { withLog: false });
      return result.simulation.eventCount;
    };
    const [short, long] = [await eventsOf(60), await eventsOf(120)];
    expect(long).toBeLessThan(2.5 * short);
  });
});

describe('the timeout of an offer', () => {
  test('takes it back from a framework that holds it', async () => {
    const rows = [{ needs: { cpus: 1 }, runs: 100 }];
    for (const hold of [FOREVER, 60]) {
      const result = await run([4], rows, offers({ hold, timeout: 10 }), { until: 30 });
      expect(story(result, 'offered', 'offer-ended')).toEqual([
        '0 a offered m0',
        '10 a offer-ended m0 rescinded after 10 s',
      ]);
      expect(result.recorder.offers.counts).toMatchObject({ rescinded: 1, declined: 0 });
    }
  });

  test('rescinds an offer of a framework that is still deciding, which then decides on the rest', async () => {
    const rows = [
      { framework: 0, needs: { cpus: 1 }, runs: 100 },
      { at: 1, framework: 1, needs: { cpus: 1 }, runs: 100 },
    ];
    const decisionTimes = { perJob: fromSeconds(20), perTask: 0 };
    const result = await run([1], rows, offers({ timeout: 5 }), { decisionTimes, until: 30 });
    expect(story(result, 'offered', 'offer-ended', 'started').slice(0, 3)).toEqual([
      '0 a offered m0',
      '5 a offer-ended m0 rescinded after 5 s',
      '5 b offered m0',
    ]);
    expect(firstStarts(result)).toEqual([undefined, undefined]);
  });

  test('longer than the hold changes nothing', async () => {
    const rows = [{ needs: { cpus: 1 }, runs: 100 }];
    const result = await run([4], rows, offers({ hold: 5, timeout: 10 }), { until: 30 });
    expect(story(result, 'offer-ended')).toEqual(['5 a offer-ended m0 accepted after 5 s']);
  });
});

describe('a framework whose head of the queue loses patience', () => {
  test('starts what was behind it on the machines it has in hand', async () => {
    const rows = [
      { needs: { cpus: 2 }, runs: 1000 },
      { at: 1, needs: { cpus: 3 }, runs: 5 },
      { at: 2, needs: { cpus: 1 }, runs: 5 },
    ];
    const silo = offers(
      { interval: 0, hold: FOREVER, refuse: 0 },
      { allocator: silosAllocator([0]), scheduler: () => listParts('none').scheduler },
    );
    expect(firstStarts(await run([4], rows, silo, { patience: 10 }))).toEqual([0, undefined, 11]);
  });
});

describe('an allocator', () => {
  test('is told why an offer cannot be made', async () => {
    const verdicts: string[] = [];
    const curious: Allocator = {
      name: 'curious',
      allocate(_view, sink) {
        verdicts.push(sink.offer(7, 0), sink.offer(0, 9), sink.offer(0, -1), sink.offer(0, 1));
        verdicts.push(sink.offer(0, 0), sink.offer(0, 0));
      },
    };
    await run([1, 1], [{ at: 1, needs: { cpus: 1 }, runs: 1 }], offers({}, { allocator: curious }), {
      machineEvents: [{ time: 0, machine: 1, state: 'draining' }],
      until: 1,
    });
    const atFirst = [
      'unknown-framework',
      'unknown-machine',
      'unknown-machine',
      'machine-not-up',
      'done',
      'nothing-free',
    ];
    expect(verdicts.slice(-6)).toEqual(atFirst);
  });

  test('is told what a framework has just refused', async () => {
    const verdicts: string[] = [];
    const stubborn: Allocator = {
      name: 'stubborn',
      allocate: (_view, sink) => verdicts.push(sink.offer(0, 0)),
    };
    const rows = [
      { needs: { cpus: 3 }, runs: 100 },
      { needs: { cpus: 3 }, runs: 100 },
    ];
    await run([4], rows, offers({}, { allocator: stubborn }), { until: 5 });
    expect(verdicts.slice(0, 2)).toEqual(['done', 'filtered']);
    expect(verdicts.at(-1)).toBe('done');
  });

  test('sees as candidates, in rank order, what is up and has something free', async () => {
    const seen: number[][] = [];
    const { allocator } = offers({});
    const watching: Allocator = {
      name: 'watching',
      allocate(view, sink) {
        seen.push(Array.from({ length: view.candidateCount }, (_, i) => view.candidate(i)));
        allocator.allocate(view, sink);
      },
    };
    const rows = [
      { needs: { cpus: 1 }, runs: 10 },
      { at: 1, needs: { cpus: 1 }, runs: 10 },
      { at: 2, needs: { cpus: 1 }, runs: 10 },
    ];
    await run([1, 1, 1], rows, offers({}, { allocator: watching }), {
      machineEvents: [
        { time: fromSeconds(1.5), machine: 2, state: 'draining' },
        { time: fromSeconds(2.5), machine: 2, state: 'up' },
      ],
      until: 2,
    });
    expect(seen).toEqual([[0, 1, 2], [1, 2], []]);
  });
});
