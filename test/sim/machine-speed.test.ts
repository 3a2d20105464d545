import { describe, expect, test } from 'vitest';
import { fromSeconds, type MachineSpec, type MachineSpeeds } from '../../src/model/index.js';
import type { Score } from '../../src/policies/contract.js';
import type { Placement } from '../../src/policies/placement/placement.js';
import type { PolicyParts } from '../../src/policies/policy.js';
import { listScheduler } from '../../src/policies/schedulers/list-scheduler.js';
import { RESTART_ELSEWHERE } from '../../src/workloads/recovery.js';
import { CPUS, listParts, machinesOf, type SimulationSketch, simulate, story } from '../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';

/** One-core machines with these speeds; undefined for the reference type. */
function withSpeeds(...speeds: (MachineSpeeds | undefined)[]): MachineSpec[] {
  return machinesOf(
    CPUS,
    speeds.map(() => ({ cpus: 1 })),
  ).map((spec, i) => (speeds[i] === undefined ? spec : { ...spec, speeds: speeds[i] }));
}

const all = (speed: number): MachineSpeeds => ({ all: speed, byClass: {} });
const core = { needs: { cpus: 1 } };

function onMachines(
  machines: readonly MachineSpec[],
  rows: readonly RowSketch[],
  more: Partial<SimulationSketch> = {},
) {
  const trace = traceOf(CPUS, rowsOf(CPUS, rows));
  return simulate({ space: CPUS, machines, trace, parts: listParts(), ...more });
}

describe('a machine with a speed', () => {
  test('takes work / speed', async () => {
    const rows = [{ ...core, tasks: 3, runs: 10 }];
    const result = await onMachines(withSpeeds(all(2), undefined, all(0.5)), rows);
    expect(story(result, 'ended')).toEqual([
      '5 task 0 ended m0 finished',
      '10 task 1 ended m1 finished',
      '20 task 2 ended m2 finished',
    ]);
  });

  test('has another speed at tasks of a class', async () => {
    const speeds = { all: 2, byClass: { training: 10 } };
    const rows = [
      { ...core, runs: 10, speedClass: 'training' },
      { ...core, at: 2, runs: 10, speedClass: 'inference' },
      { ...core, at: 8, runs: 10 },
    ];
    const result = await onMachines(withSpeeds(speeds), rows);
    // 10 s of work at speed 10, and twice at speed 2.
    expect(story(result, 'ended').map((line) => line.split(' ')[0])).toEqual(['1', '7', '13']);
  });

  test('fails a task at the same point of its work, and stops it at its limit in time', async () => {
    const rows = [{ ...core, tasks: 1, runs: 10, failsAfter: 6 }];
    const fails = await onMachines(withSpeeds(all(2)), rows);
    expect(story(fails, 'killed', 'ended')).toEqual([
      '3 task 0 killed m0 failed',
      '8 task 0 ended m0 finished',
    ]);
    const limited = await onMachines(withSpeeds(all(0.5)), [{ ...core, runs: 10, timeLimit: 12 }]);
    expect(story(limited, 'ended')).toEqual(['12 task 0 ended m0 timed-out']);
  });

  test('takes at least a microsecond for any work, and none for none', async () => {
    const result = await onMachines(withSpeeds(all(1000)), [
      { ...core, runs: 0.000001 },
      { ...core, at: 1, runs: 0 },
    ]);
    expect(story(result, 'ended').map((line) => line.split(' ')[0])).toEqual(['0.000001', '1']);
  });

  test('of 1 changes nothing', async () => {
    const rows = [
      { ...core, tasks: 3, runs: 10, failsAfter: 4 },
      { ...core, at: 1, runs: 7, speedClass: 'training' },
    ];
    const plain = await onMachines(withSpeeds(undefined, undefined), rows);
    const speeds = { all: 1, byClass: { training: 1 } };
    const same = await onMachines(withSpeeds(speeds, speeds), rows);
    expect(same.log).toBe(plain.log);
  });

  test('keeps the work of checkpoints, not their time', async () => {
    // At speed 2, 20 s of work take 10 s; a checkpoint every 4 s. After 9 s, 8 s x 2 are kept, and 4 s of work are left.
    const terms = { every: fromSeconds(4), cost: 0 };
    const machines = withSpeeds(all(2), undefined);
    const result = await onMachines(machines, [{ ...core, runs: 20 }], {
      machineChanges: [{ kind: 'remove', time: fromSeconds(9), machine: 0 }],
      failures: {
        outages: [],
        detection: { pingInterval: 1, pingTimeouts: 1, removalGap: 0, reregisterTimeout: 1 },
        recovery: () => RESTART_ELSEWHERE,
        checkpoints: () => terms,
        pingPhase: () => 0,
        registrationDelay: () => 0,
      },
    });
    expect(story(result, 'started', 'killed', 'ended')).toEqual([
      '0 task 0 started m0',
      '9 task 0 killed m0 lost',
      '9 task 0 started m1',
      '13 task 0 ended m1 finished',
    ]);
    expect(result.recorder.recovery.lostWork).toBe(fromSeconds(1));
  });
});

describe('a policy', () => {
  const seen: number[] = [];
  const fastest: Score = {
    name: 'fastest',
    reads: [],
    anonymous: true,
    make: (see) => (machine, taskClass) => {
      const speed = see.speed(see.kind(machine), taskClass);
      seen.push(speed);
      return speed;
    },
  };
  const placement: Placement = {
    name: 'fastest',
    prepare: ({ machines }) => machines.prepare({ score: fastest }),
  };
  const parts: PolicyParts = {
    architecture: 'monolithic',
    scheduler: listScheduler({ name: 'fastest', placement, backfill: 'any' }),
  };
  const rows = [{ ...core, tasks: 3, runs: 6 }];
  const machines = withSpeeds(undefined, all(2), all(3));

  test('does not see speeds, unless the run says that they are known', async () => {
    seen.length = 0;
    const result = await onMachines(machines, rows, { parts });
    expect(new Set(seen)).toEqual(new Set([Number.NaN]));
    expect(story(result, 'started').map((line) => line.split(' ').at(-1))).toEqual(['m0', 'm1', 'm2']);
  });

  test('places by known speeds, also by scores that it keeps', async () => {
    const result = await onMachines(machines, rows, { parts, knowsSpeeds: true });
    expect(story(result, 'started').map((line) => line.split(' ').at(-1))).toEqual(['m2', 'm1', 'm0']);
  });
});
