import { describe, expect, test } from 'vitest';
import { FOREVER, fromSeconds, toSeconds } from '../../../src/model/index.js';
import type { ServiceTerms } from '../../../src/workloads/recovery.js';
import { CPUS, countsOf, listParts, machinesOf, simulate, story } from '../../simulate.js';
import { rowsOf, traceOf } from '../../traces-in-memory.js';
import { failuresOf, outage } from '../failures/outages.js';
import { fiveInstances, STATELESS, upgrade, WITH_VOLUME } from './services.js';

/** m0 is to be empty after so many seconds, from 100 s on, and is then off for 600 s. */
function drained(
  within: number,
  terms: ServiceTerms,
  machineCount = 8,
  off: ReturnType<typeof outage>[] = [],
) {
  const deadline = 100 + within;
  return fiveInstances([], {
    terms,
    machineCount,
    failures: failuresOf([outage('planned', [0], deadline, deadline + 600, 100), ...off], terms),
    operations: {
      operations: [],
      drains: [{ machines: [0], notice: fromSeconds(100), deadline: fromSeconds(deadline) }],
      terms: [terms],
    },
  });
}

describe('a machine that is drained', () => {
  test('is left by a stateless instance as soon as another one serves in its place', async () => {
    const result = await drained(300, STATELESS);
    expect(story(result, 'started', 'killed', 'ended').slice(5)).toEqual([
      '100 task 5 started m5',
      '120 task 0 ended m0 finished',
    ]);
    const [report] = result.operations?.report().drains ?? [];
    expect(report).toMatchObject({ machine: 0, tasks: 1, moved: 1, refused: 0, killed: 0 });
    expect(toSeconds(report.emptyAt - report.begun)).toBe(20);
  });

  test('is left by an instance with a volume when there is time to copy it', async () => {
    // 20 s to start and 300 s to copy.
    const result = await drained(400, WITH_VOLUME);
    expect(story(result, 'started', 'killed', 'ended').slice(5)).toEqual([
      '100 task 5 started m5',
      '420 task 0 ended m0 finished',
    ]);
    expect(result.operations?.report().drains[0]).toMatchObject({ moved: 1, refused: 0 });
  });

  test('keeps one that could not copy its volume in time: that is stopped at the deadline and waits for the machine', async () => {
    const result = await drained(200, WITH_VOLUME);
    expect(story(result, 'started', 'killed', 'ended').slice(5)).toEqual([
      '900 task 0 killed m0 lost',
      '900 task 0 started m0',
    ]);
    const [report] = result.operations?.report().drains ?? [];
    expect(report).toMatchObject({ tasks: 1, moved: 0, refused: 1, killed: 1 });
    expect(toSeconds(report.emptyAt)).toBe(300);
  });

  test('stops at the deadline what found no room elsewhere', async () => {
    const result = await drained(300, STATELESS, 5);
    const [report] = result.operations?.report().drains ?? [];
    expect(report).toMatchObject({ moved: 0, killed: 1 });
    // When the machine is back, one instance starts there: the one that was to take over has the place.
    expect(story(result, 'started', 'killed', 'ended').slice(5)).toEqual([
      '400 task 0 killed m0 lost',
      '400 task 0 ended abandoned',
      '1000 task 5 started m0',
    ]);
  });

  test('that fails before its deadline is replaced as any other', async () => {
    const result = await drained(300, STATELESS, 5, [outage('off', [0], 110)]);
    expect(result.operations?.report().drains[0]).toMatchObject({ moved: 0, killed: 0, lost: 1 });
    expect(countsOf(result.recorder.tasks)).toMatchObject({ running: 4, pending: 1 });
  });

  test('is left by a gang as a whole, at once, from its checkpoint', async () => {
    const gang: ServiceTerms = { ...STATELESS, scope: 'job' };
    const result = await simulate({
      space: CPUS,
      machines: machinesOf(
        CPUS,
        Array.from({ length: 4 }, () => ({ cpus: 1 })),
      ),
      trace: traceOf(CPUS, rowsOf(CPUS, [{ tasks: 2, gang: true, needs: { cpus: 1 }, runs: FOREVER }])),
      parts: listParts('any'),
      until: 600,
      failures: failuresOf([outage('planned', [0], 400, 500, 100)], gang),
      operations: {
        operations: [],
        drains: [{ machines: [0], notice: fromSeconds(100), deadline: fromSeconds(400) }],
        terms: [gang],
      },
    });
    expect(story(result, 'killed')).toEqual([
      '100 task 0 killed m0 restarted',
      '100 task 1 killed m1 restarted',
    ]);
    expect(result.operations?.report().drains[0]).toMatchObject({
      moved: 1,
      killed: 0,
      emptyAt: fromSeconds(100),
    });
  });

  test('leaves a batch task be, which may end in time', async () => {
    const run = (runs: number) =>
      simulate({
        space: CPUS,
        machines: machinesOf(CPUS, [{ cpus: 1 }]),
        trace: traceOf(CPUS, rowsOf(CPUS, [{ needs: { cpus: 1 }, runs }])),
        parts: listParts('any'),
        until: 2000,
        failures: failuresOf([outage('planned', [0], 400, 500, 100)]),
        operations: {
          operations: [],
          drains: [{ machines: [0], notice: fromSeconds(100), deadline: fromSeconds(400) }],
          terms: [],
        },
      });
    expect((await run(350)).operations?.report().drains[0]).toMatchObject({
      refused: 1,
      ended: 1,
      killed: 0,
    });
    expect((await run(450)).operations?.report().drains[0]).toMatchObject({
      refused: 1,
      ended: 0,
      killed: 1,
    });
  });

  test('does not disturb an upgrade that goes on meanwhile', async () => {
    const result = await fiveInstances([upgrade()], {
      failures: failuresOf([outage('planned', [0], 400, 500, 110)], STATELESS),
      operations: {
        operations: [upgrade()],
        drains: [{ machines: [0], notice: fromSeconds(110), deadline: fromSeconds(400) }],
        terms: [STATELESS],
      },
    });
    expect(result.operations?.report().rollouts[0]).toMatchObject({ outcome: 'done', leastServing: 4 });
    expect(countsOf(result.recorder.tasks)).toMatchObject({ running: 5, pending: 0 });
  });
});
