import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError, ParameterValues, fromSeconds as seconds } from '../../src/model/index.js';
import { placementNamed } from '../../src/policies/placement/index.js';
import { filtersOf, RESERVATION_PARAMETERS } from '../../src/policies/presets/reservation-parameters.js';
import { advanceReservations, mostReserved } from '../../src/policies/schedulers/advance-reservations.js';
import { listScheduler } from '../../src/policies/schedulers/list-scheduler.js';
import { CPUS, machinesOf, simulate, story } from '../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';

const FRAMEWORKS = ['web', 'hpc'];

/** Two machines of 4 cores; m1 is for hpc from 10 s to 20 s. */
async function starts(rows: readonly RowSketch[]): Promise<string[]> {
  const filters = [
    advanceReservations(
      [{ framework: 'hpc', from: seconds(10), until: seconds(20), machines: 1 }],
      2,
      (framework) => FRAMEWORKS[framework],
    ),
  ];
  const result = await simulate({
    space: CPUS,
    machines: machinesOf(CPUS, [{ cpus: 4 }, { cpus: 4 }]),
    trace: traceOf(CPUS, rowsOf(CPUS, rows), { frameworks: FRAMEWORKS.map((name) => ({ name })) }),
    parts: {
      architecture: 'monolithic',
      scheduler: listScheduler({
        name: 'list',
        placement: placementNamed('first-fit'),
        backfill: 'any',
        filters,
      }),
    },
  });
  return story(result, 'started');
}

const wide = { needs: { cpus: 4 } };

describe('a reservation in time', () => {
  test('keeps its machines for its framework, which finds them free', async () => {
    const rows = [
      { ...wide, runs: 30, estimate: 30 },
      { ...wide, runs: 5, estimate: 30, at: 1 },
      { ...wide, framework: 1, runs: 5, estimate: 5, at: 12 },
    ];
    // The second would still run, by its estimate, when the reservation begins: it waits for its end.
    expect(await starts(rows)).toEqual([
      '0 task 0 started m0',
      '12 task 2 started m1',
      '20 task 1 started m1',
    ]);
  });

  test('lets others use its machines before it, when they end in time by their estimates', async () => {
    const rows = [
      { ...wide, runs: 30, estimate: 30 },
      { ...wide, runs: 5, estimate: 9, at: 1 },
    ];
    expect(await starts(rows)).toEqual(['0 task 0 started m0', '1 task 1 started m1']);
  });

  test('lets its framework use the machines before and after as well', async () => {
    const rows = [{ ...wide, tasks: 2, framework: 1, runs: 30, estimate: 30 }];
    expect(await starts(rows)).toEqual(['0 task 0 started m1', '0 task 1 started m0']);
  });

  test('of several, each has machines of its own where they overlap', () => {
    const filter = advanceReservations(
      [
        { framework: 'a', from: 0, until: 10, machines: 2 },
        { framework: 'b', from: 5, until: 15, machines: 1 },
        { framework: 'c', from: 10, until: 15, machines: 2 },
      ],
      4,
      () => 'd',
    );
    const allowed = (now: number) =>
      [0, 1, 2, 3].filter((machine) =>
        filter.allows({ now, tasks: { estimate: () => 100, framework: () => 0 } } as never, 0, machine),
      );
    expect(allowed(6)).toEqual([0]);
    expect(allowed(16)).toEqual([0, 1, 2, 3]);
    expect([filter.changesAt(0), filter.changesAt(5), filter.changesAt(15)]).toEqual([
      5,
      10,
      Number.POSITIVE_INFINITY,
    ]);
  });

  test('never has a machine of another one, however they overlap', () => {
    const reservation = fc.record({
      from: fc.integer({ min: 0, max: 12 }),
      length: fc.integer({ min: 1, max: 8 }),
      machines: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(fc.array(reservation, { maxLength: 7 }), (drawn) => {
        const list = drawn.map(({ from, length, machines }, i) => ({
          framework: `f${i}`,
          from,
          until: from + length,
          machines,
        }));
        const times = Array.from({ length: 21 }, (_, time) => time);
        const active = (time: number) => list.filter(({ from, until }) => from <= time && time < until);
        const wanted = times.map((time) => active(time).reduce((sum, { machines }) => sum + machines, 0));
        expect(mostReserved(list)).toBe(Math.max(...wanted));
        const count = mostReserved(list);
        const filter = advanceReservations(list, count, (f) => list[f]?.framework ?? 'others');
        const open = (now: number, framework: number) => {
          const view = { now, tasks: { estimate: () => 1, framework: () => framework } } as never;
          return Array.from({ length: count }, (_, m) => m).filter((m) => filter.allows(view, 0, m));
        };
        for (const [time, reserved] of wanted.entries()) {
          expect(open(time, list.length)).toHaveLength(count - reserved);
          for (const one of active(time))
            expect(open(time, list.indexOf(one))).toHaveLength(count - reserved + one.machines);
        }
      }),
    );
  });

  test('is used by its framework before the machines that all may use', async () => {
    const rows = [
      { ...wide, framework: 1, runs: 30, estimate: 30, at: 12 },
      { ...wide, runs: 5, estimate: 5, at: 13 },
    ];
    expect(await starts(rows)).toEqual(['12 task 0 started m1', '13 task 1 started m0']);
  });

  test.each([
    ['0h-2h:2;web@2h-4h:2', undefined],
    ['0h-2h:2;web@1h-3h:1;hpc@2h-4h:2', undefined],
    ['0h-2h:2;web@1h-3h:2', '4 machines at one time'],
    ['0h-9h:1;web@1h-3h:1;hpc@2h-4h:2', '4 machines at one time'],
  ])('hpc@%s is refused only if more machines are reserved at one time than exist', (text, problem) => {
    const settings = new ParameterValues(RESERVATION_PARAMETERS, { reservations: `hpc@${text}` });
    const machines = machinesOf(CPUS, [{ cpus: 4 }, { cpus: 4 }, { cpus: 4 }]);
    const frameworks = FRAMEWORKS.map((name) => ({ name }));
    const build = () => filtersOf(settings, { space: CPUS, machines, frameworks, forecast: undefined });
    if (problem === undefined) expect(build()).toHaveLength(1);
    else {
      expect(build).toThrow(InputError);
      expect(build).toThrow(problem);
    }
  });
});
