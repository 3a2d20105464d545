import { describe, expect, test } from 'vitest';
import { FOREVER, fromSeconds, ParameterValues } from '../../../src/model/index.js';
import { POLICIES } from '../../../src/policies/registry.js';
import type { Outage } from '../../../src/sim/failures/outage.js';
import { RESTART_ELSEWHERE, type RecoveryTerms } from '../../../src/workloads/recovery.js';
import {
  CPUS,
  countsOf,
  eventsOf,
  machinesOf,
  type SimulationResult,
  simulate,
  story,
} from '../../simulate.js';
import { rowsOf, traceOf } from '../../traces-in-memory.js';
import { failuresOf, outage } from './outages.js';

const FRAMEWORKS = [{ name: 'a' }, { name: 'b' }];
const MACHINES = machinesOf(CPUS, [{ cpus: 1 }, { cpus: 1 }]);
/** Two of `a`, the second of which comes while one of `b` has the other machine until 200. */
const ROWS = [
  { needs: { cpus: 1 }, runs: 600, framework: 0 },
  { needs: { cpus: 1 }, runs: 200, framework: 1 },
  { at: 150, needs: { cpus: 1 }, runs: 100, framework: 0 },
];

function absence(start: number, end?: number): Outage {
  return { ...outage('framework', [], start, end), framework: 'a' };
}

interface Case {
  readonly outages: readonly Outage[];
  /** Seconds. */
  readonly timeout?: number;
  readonly policy?: string;
  readonly terms?: RecoveryTerms;
}

function run({ outages, timeout = 0, policy = 'bin-packing', terms = RESTART_ELSEWHERE }: Case) {
  const preset = POLICIES.find(({ name }) => name === policy);
  if (preset === undefined) throw new Error(policy);
  return simulate({
    space: CPUS,
    machines: MACHINES,
    trace: traceOf(CPUS, rowsOf(CPUS, ROWS), { frameworks: FRAMEWORKS }),
    parts: preset.build(new ParameterValues(preset.parameters), {
      space: CPUS,
      machines: MACHINES,
      frameworks: FRAMEWORKS,
      forecast: undefined,
    }),
    failures: { ...failuresOf(outages, terms), failoverTimeout: fromSeconds(timeout) },
    until: 5000,
  });
}

/** Seconds at which something of `a` happened. */
function timesOf(result: SimulationResult, event: string): number[] {
  return eventsOf(result)
    .filter((line) => line.event === event && line.framework === 'a')
    .map(({ time }) => Number(time));
}

describe.each(['bin-packing', 'drf'])('under %s a framework whose scheduler is gone', (policy) => {
  test('places nothing, and goes on when it is back in time', async () => {
    const result = await run({ outages: [absence(100, 400)], timeout: 300, policy });
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '0 task 1 started m1',
      '200 task 1 ended m1 finished',
      '400 task 2 started m1',
      '500 task 2 ended m1 finished',
      '600 task 0 ended m0 finished',
    ]);
  });

  test('loses its tasks at its timeout, and starts them anew when it is back', async () => {
    const result = await run({ outages: [absence(100, 400)], timeout: 120, policy });
    expect(story(result, 'killed', 'ended')).toEqual([
      '200 task 1 ended m1 finished',
      '220 task 0 killed m0 lost',
      '500 task 2 ended m0 finished',
      '1000 task 0 ended m1 finished',
    ]);
    expect(result.recorder.recovery.lostWork).toBe(fromSeconds(220));
  });

  test('loses them at once by default, and never starts them when it is gone for good', async () => {
    const result = await run({ outages: [absence(100)], policy });
    expect(story(result, 'killed')).toEqual(['100 task 0 killed m0 lost']);
    expect(timesOf(result, 'started')).toEqual([0]);
    expect(countsOf(result.recorder.tasks)).toMatchObject({ finished: 1, pending: 2, running: 0 });
  });
});

test.each(['easy', 'monolithic', 'whole-cell-offers', 'omega', 'sparrow'])(
  'under %s, too, nothing of it starts until it is back',
  async (policy) => {
    const result = await run({ outages: [absence(100, 400)], timeout: 3600, policy });
    const late = timesOf(result, 'started').filter((time) => time > 100);
    expect(late).toHaveLength(1);
    expect(late[0]).toBeGreaterThanOrEqual(400);
    expect(timesOf(result, 'killed')).toEqual([]);
    expect(countsOf(result.recorder.tasks).finished).toBe(3);
  },
);

test('faults that overlap keep it away until the last is over, counted from the first', async () => {
  const twice = [absence(100, 300), absence(200, 400)];
  expect(timesOf(await run({ outages: twice, timeout: 250 }), 'killed')).toEqual([350]);
  expect(timesOf(await run({ outages: twice, timeout: FOREVER }), 'started')).toEqual([0, 400]);
});

test('an instance whose machine is back waits for its scheduler to start it again', async () => {
  const terms: RecoveryTerms = { ...RESTART_ELSEWHERE, wait: fromSeconds(1000), restart: 'in-place' };
  const outages = [absence(100, 400), outage('off', [0], 300, 340)];
  const result = await run({ outages, timeout: 3600, terms });
  expect(timesOf(result, 'killed')).toEqual([340]);
  expect(timesOf(result, 'started')).toEqual([0, 400, 400]);
});
