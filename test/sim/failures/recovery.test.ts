import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Constraint, fromSeconds, type PlacementRule, toSeconds } from '../../../src/model/index.js';
import { keptWork, timeWithCheckpoints } from '../../../src/sim/failures/checkpoints.js';
import { RESTART_ELSEWHERE, type RecoveryTerms } from '../../../src/workloads/recovery.js';
import { CPUS, listParts, machinesOf, type SimulationSketch, simulate, story } from '../../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../../traces-in-memory.js';
import { failuresOf, outage } from './outages.js';

function onMachines(count: number, rows: readonly RowSketch[], more: Partial<SimulationSketch>) {
  return simulate({
    space: CPUS,
    machines: machinesOf(
      CPUS,
      Array.from({ length: count }, () => ({ cpus: 1 })),
    ),
    trace: traceOf(CPUS, rowsOf(CPUS, rows)),
    parts: listParts('any'),
    until: 7200,
    ...more,
  });
}

const NO_RULE: PlacementRule = { spread: [], together: [], avoid: [], beside: [], prefers: [] };
const TEN_MINUTES = [{ needs: { cpus: 1 }, runs: 600 }];
const PATIENT: RecoveryTerms = { ...RESTART_ELSEWHERE, wait: fromSeconds(300) };
const VOLUME: RecoveryTerms = { ...PATIENT, restart: 'in-place' };

describe('a machine that goes off without a word', () => {
  test('is missed after five pings, and its task of ten minutes ends when the arithmetic says', async () => {
    const result = await onMachines(2, TEN_MINUTES, { failures: failuresOf([outage('off', [0], 300)]) });
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '375 task 0 killed m0 lost',
      '375 machine m0 down',
      '375 task 0 started m1',
      '975 task 0 ended m1 finished',
    ]);
    const { recovery } = result.recorder;
    expect(toSeconds(recovery.lostWork)).toBe(300);
    expect(toSeconds(recovery.detection.mean)).toBe(75);
    expect(toSeconds(recovery.timeToRecover.mean)).toBe(75);
    expect(recovery.unavailability(0)).toBe(75 / (75 + 300 + 600));
  });

  test('is missed a little later when it went just after a ping', async () => {
    const result = await onMachines(2, TEN_MINUTES, { failures: failuresOf([outage('off', [0], 301)]) });
    expect(story(result, 'killed')).toEqual(['390 task 0 killed m0 lost']);
  });

  test('tells what it lost when it is back before that', async () => {
    const result = await onMachines(1, TEN_MINUTES, { failures: failuresOf([outage('off', [0], 300, 340)]) });
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '340 task 0 killed m0 lost',
      '340 task 0 started m0',
      '940 task 0 ended m0 finished',
    ]);
  });

  test('is given tasks until it is missed, and these are lost with it', async () => {
    const late = [{ at: 310, needs: { cpus: 1 }, runs: 60 }];
    const result = await onMachines(2, late, { failures: failuresOf([outage('off', [0], 300)]) });
    expect(story(result, 'started', 'killed')).toEqual([
      '310 task 0 started m0',
      '375 task 0 killed m0 lost',
      '375 task 0 started m1',
    ]);
    expect(result.recorder.recovery.lostWork).toBe(0);
  });

  test('is removed in turn where removals are limited, or not at all when it is back by then', async () => {
    const rows = [{ tasks: 3, needs: { cpus: 1 }, runs: 3600 }];
    const limited = failuresOf(
      [outage('off', [0], 300), outage('off', [1], 300, 400), outage('off', [2], 300)],
      RESTART_ELSEWHERE,
      {
        removalGap: fromSeconds(60),
      },
    );
    const result = await onMachines(3, rows, { failures: limited });
    expect(story(result, 'killed', 'machine')).toEqual([
      '375 task 0 killed m0 lost',
      '375 machine m0 down',
      '400 task 1 killed m1 lost',
      '495 task 2 killed m2 lost',
      '495 machine m2 down',
    ]);
  });
});

describe('a task whose framework waits', () => {
  test('is waited for, and not longer than that', async () => {
    const result = await onMachines(2, TEN_MINUTES, {
      failures: failuresOf([outage('off', [0], 300)], PATIENT),
    });
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '375 machine m0 unreachable',
      '675 task 0 killed m0 lost',
      '675 machine m0 down',
      '675 task 0 started m1',
      '1275 task 0 ended m1 finished',
    ]);
  });

  test('is waited for from its last heartbeat where that is the rule of its framework', async () => {
    const heartbeats: RecoveryTerms = { ...PATIENT, waitFrom: 'last-heartbeat' };
    const waits = async (wait: number) => {
      const terms = { ...heartbeats, wait: fromSeconds(wait) };
      const failures = failuresOf([outage('off', [0], 301)], terms);
      return story(await onMachines(2, TEN_MINUTES, { failures }), 'killed', 'machine');
    };
    // It stops at 301, which the master detects at 390. 300 s from the stop are 601.
    expect(await waits(300)).toEqual([
      '390 machine m0 unreachable',
      '601 task 0 killed m0 lost',
      '601 machine m0 down',
    ]);
    // 60 s are over before the master detects it.
    expect(await waits(60)).toEqual(['390 task 0 killed m0 lost', '390 machine m0 down']);
  });

  test('goes on when the machine was only cut off', async () => {
    const cut = failuresOf([outage('cut', [0], 300, 500)], PATIENT);
    const result = await onMachines(2, TEN_MINUTES, { failures: cut });
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '375 machine m0 unreachable',
      '500 machine m0 up',
      '600 task 0 ended m0 finished',
    ]);
    expect(result.recorder.recovery.tasksLost).toBe(0);
  });

  test('that ends while it is cut off is known to have ended when the machine is back', async () => {
    const cut = failuresOf([outage('cut', [0], 500, 650)], PATIENT);
    const result = await onMachines(2, TEN_MINUTES, { failures: cut });
    expect(story(result, 'killed', 'ended')).toEqual(['650 task 0 ended m0 finished']);
  });

  test('starts again on the machine that has its volume', async () => {
    const result = await onMachines(2, TEN_MINUTES, {
      failures: failuresOf([outage('off', [0], 300, 500)], VOLUME),
    });
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '375 machine m0 unreachable',
      '500 machine m0 up',
      '500 task 0 killed m0 lost',
      '500 task 0 started m0',
      '1100 task 0 ended m0 finished',
    ]);
  });

  test('is lost at once, though it runs on, where its framework does not wait', async () => {
    const cut = failuresOf([outage('cut', [0], 300, 500)]);
    const result = await onMachines(2, TEN_MINUTES, { failures: cut });
    expect(story(result, 'started', 'killed')).toEqual([
      '0 task 0 started m0',
      '375 task 0 killed m0 lost',
      '375 task 0 started m1',
    ]);
    expect(toSeconds(result.recorder.recovery.lostWork)).toBe(375);
  });
});

describe('a gang that keeps checkpoints', () => {
  test('starts anew as a whole when one of its tasks is lost', async () => {
    const gang = [{ tasks: 2, needs: { cpus: 1 }, runs: 600, gang: true }];
    const terms: RecoveryTerms = { ...RESTART_ELSEWHERE, scope: 'job' };
    const result = await onMachines(3, gang, { failures: failuresOf([outage('off', [0], 300)], terms) });
    expect(story(result, 'killed', 'started').slice(2)).toEqual([
      '375 task 0 killed m0 lost',
      '375 task 1 killed m1 lost',
      '375 task 0 started m1',
      '375 task 1 started m2',
    ]);
  });
});

describe('planned maintenance', () => {
  test('is announced: nothing new starts, and what runs is stopped without a wait for pings', async () => {
    const rows = [
      { needs: { cpus: 1 }, runs: 600 },
      { at: 250, needs: { cpus: 1 }, runs: 10 },
    ];
    const planned = failuresOf([outage('planned', [0, 1], 300, 400, 200)]);
    const result = await onMachines(2, rows, { failures: planned });
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '200 machine m0 draining',
      '200 machine m1 draining',
      '300 task 0 killed m0 lost',
      '300 machine m0 down',
      '300 machine m1 down',
      '400 machine m0 up',
      '400 machine m1 up',
      '400 task 1 started m0',
      '400 task 0 started m1',
      '410 task 1 ended m0 finished',
      '1000 task 0 ended m1 finished',
    ]);
  });
});

describe('without a master', () => {
  test('tasks run on, and nothing starts until machines have registered with the next', async () => {
    const rows = [
      { needs: { cpus: 1 }, runs: 105 },
      { at: 102, needs: { cpus: 1 }, runs: 10 },
    ];
    const result = await onMachines(2, rows, { failures: failuresOf([outage('master', [], 100, 108)]) });
    expect(story(result, 'started', 'ended', 'killed')).toEqual([
      '0 task 0 started m0',
      '105 task 0 ended m0 finished',
      '109 task 1 started m0',
      '119 task 1 ended m0 finished',
    ]);
  });

  test('a machine that is gone by the time of the next is removed when the time to register is over', async () => {
    const both = failuresOf([outage('master', [], 100, 108), outage('off', [0], 104)]);
    const result = await onMachines(2, TEN_MINUTES, { failures: both });
    expect(story(result, 'killed')).toEqual(['708 task 0 killed m0 lost']);
  });
});

describe('a finite task that keeps checkpoints', () => {
  test('goes on from the last one, and each costs its time', async () => {
    const failures = {
      ...failuresOf([outage('off', [0], 300)]),
      checkpoints: () => ({ every: fromSeconds(120), cost: fromSeconds(5) }),
    };
    const result = await onMachines(2, TEN_MINUTES, { failures });
    // Checkpoints are complete at 125 and 250: 240 s are kept of the 300. 360 s are left, with two checkpoints on the way.
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '375 task 0 killed m0 lost',
      '375 machine m0 down',
      '375 task 0 started m1',
      '745 task 0 ended m1 finished',
    ]);
    // Since the checkpoint at 250 it worked for 50 s. The two times 5 s for checkpoints are no lost work.
    expect(toSeconds(result.recorder.recovery.lostWork)).toBe(50);
  });

  test('loses no more than its work since the last one, also when it is lost while it writes one', async () => {
    const failures = {
      ...failuresOf([outage('off', [0], 310)]),
      checkpoints: () => ({ every: fromSeconds(60), cost: fromSeconds(30) }),
    };
    const result = await onMachines(1, TEN_MINUTES, { failures });
    // Complete at 90, 180 and 270; from 270 to 310 it works. Stopped at 340, it would have lost 60 s and not 70.
    expect(toSeconds(result.recorder.recovery.lostWork)).toBe(40);
    const writing = { ...failures, outages: [outage('off', [0], 340)] };
    const later = await onMachines(1, TEN_MINUTES, { failures: writing });
    expect(toSeconds(later.recorder.recovery.lostWork)).toBe(60);
  });

  test('counts lost work as time on a machine that slows it down', async () => {
    const failures = {
      ...failuresOf([outage('off', [0], 500)]),
      checkpoints: () => ({ every: fromSeconds(60), cost: fromSeconds(30) }),
    };
    const elsewhere: Constraint = { attribute: 'machine', operator: 'equal', values: ['elsewhere'] };
    const rules = [NO_RULE, { ...NO_RULE, prefers: [{ constraint: elsewhere, weight: 1 }] }];
    const trace = traceOf(CPUS, rowsOf(CPUS, [{ needs: { cpus: 1 }, runs: 600, rule: 1 }]), { rules });
    const result = await onMachines(1, [], { trace, failures, remoteSlowdown: 2 });
    // At half the speed it worked for 250 s: checkpoints at 90 and 180, then 60 s of work and 10 s of writing. 60 s of work took 120 s.
    expect(toSeconds(result.recorder.recovery.lostWork)).toBe(120);
  });
});

test('what a service did before its machine failed is not lost', async () => {
  const endless = [{ needs: { cpus: 1 }, runs: Number.POSITIVE_INFINITY }];
  const result = await onMachines(2, endless, { failures: failuresOf([outage('off', [0], 300)]) });
  expect(result.recorder.recovery.tasksLost).toBe(1);
  expect(result.recorder.recovery.lostWork).toBe(0);
});

describe('the run times of attempts with checkpoints', () => {
  test('takes no longer than its work and its checkpoints, however often it is lost, and never begins anew', () => {
    const drawn = fc.record({
      work: fc.integer({ min: 1, max: 1000 }),
      every: fc.integer({ min: 1, max: 300 }),
      cost: fc.integer({ min: 0, max: 50 }),
      runs: fc.array(fc.integer({ min: 0, max: 1200 }), { maxLength: 20 }),
    });
    fc.assert(
      fc.property(drawn, ({ work, every, cost, runs }) => {
        let left = work;
        for (const ran of runs) {
          const kept = keptWork(left, ran, { every, cost });
          expect(kept).toBeGreaterThanOrEqual(0);
          expect(kept).toBeLessThanOrEqual(ran);
          expect(kept).toBeLessThan(left);
          left -= kept;
        }
        expect(left).toBeGreaterThan(0);
        const checkpoints = Math.ceil(left / every) - 1;
        expect(timeWithCheckpoints(left, { every, cost })).toBe(left + checkpoints * cost);
      }),
    );
  });
});

describe('a disk that is lost', () => {
  test('takes its volume from the task that has one, and leaves the others alone', async () => {
    const rows = [
      { needs: { cpus: 1 }, runs: 600 },
      { framework: 1, needs: { cpus: 1 }, runs: 600 },
    ];
    const result = await simulate({
      space: CPUS,
      machines: machinesOf(CPUS, [{ cpus: 2 }]),
      trace: traceOf(CPUS, rowsOf(CPUS, rows), { frameworks: [{ name: 'kept' }, { name: 'plain' }] }),
      parts: listParts('any'),
      failures: {
        ...failuresOf([outage('disk', [0], 300)]),
        recovery: (framework) => (framework === 0 ? VOLUME : RESTART_ELSEWHERE),
      },
      until: 7200,
    });
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '0 task 1 started m0',
      '300 task 0 killed m0 lost',
      '300 task 0 started m0',
      '600 task 1 ended m0 finished',
      '900 task 0 ended m0 finished',
    ]);
    expect(result.recorder.recovery.volumesLost).toBe(1);
  });

  test('is copied again where its task starts, also on its machine', async () => {
    const service = [{ tasks: 2, needs: { cpus: 1 }, runs: 7200 }];
    const data = { replicas: 2, pieces: 1, copyRate: 1e6, senders: 1, senderShare: 0 };
    const result = await onMachines(2, service, {
      until: 3000,
      failures: failuresOf([outage('disk', [0], 400)], VOLUME),
      health: [{ minimum: 0.5, startup: 0, rebuild: fromSeconds(100), replay: undefined, data }],
    });
    expect(story(result, 'killed', 'started').slice(2)).toEqual([
      '400 task 0 killed m0 lost',
      '400 task 0 started m0',
    ]);
    // 100 s at 1 MB/s.
    expect(result.recorder.health[0]?.summary(fromSeconds(3000))?.data?.copied).toBe(1e8);
    expect(toSeconds(result.recorder.health[0]?.fullRecovery.mean ?? 0)).toBe(100);
  });

  test('is not waited for where its machine is off, and its data are copied when that is back', async () => {
    const service = [{ tasks: 2, needs: { cpus: 1 }, runs: 7200 }];
    const data = { replicas: 2, pieces: 1, copyRate: 1e6, senders: 1, senderShare: 0 };
    const result = await onMachines(2, service, {
      until: 3000,
      failures: failuresOf([outage('off', [0], 300, 500), outage('disk', [0], 400)], VOLUME),
      health: [{ minimum: 0.5, startup: 0, rebuild: fromSeconds(100), replay: undefined, data }],
    });
    const { shares, data: copies } = result.recorder.health[0]?.summary(fromSeconds(3000)) ?? {};
    // Gone at 300, on its machine again at 500, which copies for 100 s.
    expect(shares?.degraded).toBeCloseTo(300 / 3000, 9);
    expect(copies).toMatchObject({ copied: 1e8, copyPeak: 1e6, mostMissing: 1 });
  });
});

describe('a partition', () => {
  const service = [{ tasks: 2, needs: { cpus: 1 }, runs: 7200 }];
  const health = [{ minimum: 0.5, startup: 0, rebuild: 0, replay: undefined }];

  test.each([
    ['cut', 0],
    ['isolated', 60 / 3000],
  ] as const)(
    'that has machines %s leaves the service degraded for %f of the time',
    async (kind, degraded) => {
      const result = await onMachines(2, service, {
        until: 3000,
        failures: failuresOf([outage(kind, [0], 300, 360)]),
        health,
      });
      expect(story(result, 'killed')).toEqual([]);
      expect(result.recorder.health[0]?.summary(fromSeconds(3000))?.shares.degraded).toBeCloseTo(degraded, 9);
    },
  );

  test('lasts as long as any of those that overlap', async () => {
    const result = await onMachines(2, service, {
      until: 3000,
      failures: failuresOf([outage('isolated', [0], 300, 360), outage('isolated', [0], 330, 370)]),
      health,
    });
    expect(result.recorder.health[0]?.summary(fromSeconds(3000))?.shares.degraded).toBeCloseTo(70 / 3000, 9);
  });
});

describe('the health of a service', () => {
  test('counts what starts, is copied and is read again as not served', async () => {
    const service = [{ tasks: 3, needs: { cpus: 1 }, runs: 7200 }];
    const terms = { minimum: 0.5, startup: fromSeconds(60), rebuild: fromSeconds(600), replay: undefined };
    const result = await onMachines(4, service, {
      until: 3000,
      failures: failuresOf([outage('off', [0], 300)]),
      health: [terms],
    });
    // Lost at 300, on another machine at 375, which copies until 375 + 60 + 600.
    const degraded = 735 / 3000;
    expect(result.recorder.health[0]?.summary(fromSeconds(3000))?.shares).toEqual({
      healthy: 1 - degraded,
      degraded,
      down: 0,
    });
  });

  test('of a stream lasts until the lag since its last checkpoint is worked off', async () => {
    const gang = [{ tasks: 2, needs: { cpus: 1 }, runs: 7200, gang: true }];
    const replay = { every: fromSeconds(70), headroom: 0.5 };
    const result = await onMachines(3, gang, {
      until: 1000,
      failures: failuresOf([outage('off', [0], 300)], { ...RESTART_ELSEWHERE, scope: 'job' }),
      health: [{ minimum: 1, startup: fromSeconds(10), rebuild: 0, replay }],
    });
    // The first worker stopped at 300, 20 s after a checkpoint: (20 + 75 + 10) / 0.5 after its start is done.
    const down = 75 + 10 + 210;
    expect(result.recorder.health[0]?.summary(fromSeconds(1000))?.shares.down).toBeCloseTo(down / 1000, 9);
  });
});
