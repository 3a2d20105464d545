import { describe, expect, test } from 'vitest';
import { type PlacementRule, type Preference, fromSeconds as seconds } from '../../src/model/index.js';
import { placementNamed } from '../../src/policies/placement/index.js';
import { byScore } from '../../src/policies/placement/placement.js';
import { type ListSchedulerParts, listScheduler } from '../../src/policies/schedulers/list-scheduler.js';
import { CPUS, machinesOf, type SimulationResult, simulate, story } from '../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';

const RACKS = [{ rack: 'r1' }, { rack: 'r1' }, { rack: 'r2' }, {}];

const NOTHING: PlacementRule = { spread: [], together: [], avoid: [], beside: [], prefers: [] };

/** Four machines of 8 cores: two in rack r1, one in r2, one in none. Rule 1 is the one given, rule 0 asks for nothing. */
function run(
  rule: Partial<PlacementRule>,
  rows: readonly RowSketch[],
  parts: Partial<ListSchedulerParts> = {},
  cores = 8,
): Promise<SimulationResult> {
  return simulate({
    space: CPUS,
    machines: machinesOf(CPUS, [{ cpus: cores }, { cpus: cores }, { cpus: cores }, { cpus: cores }], RACKS),
    trace: traceOf(CPUS, rowsOf(CPUS, rows), {
      frameworks: [{ name: 'web' }, { name: 'kafka' }],
      rules: [undefined, { ...NOTHING, ...rule }],
    }),
    parts: {
      architecture: 'monolithic',
      scheduler: listScheduler({
        name: 'list',
        placement: placementNamed('first-fit'),
        backfill: 'any',
        ...parts,
      }),
    },
    until: 1000,
  });
}

const starts = (result: SimulationResult) => story(result, 'started');

describe('placement rules', () => {
  test('spread keeps the tasks of a job on different machines, or racks, and waits where there is no other', async () => {
    const job = { tasks: 4, needs: { cpus: 1 }, runs: 10, rule: 1 };
    expect(starts(await run({ spread: [{ attribute: 'machine', atMost: 1 }] }, [job]))).toEqual([
      '0 task 0 started m0',
      '0 task 1 started m1',
      '0 task 2 started m2',
      '0 task 3 started m3',
    ]);
    // The machine without a rack is out of the question.
    expect(starts(await run({ spread: [{ attribute: 'rack', atMost: 1 }] }, [job]))).toEqual([
      '0 task 0 started m0',
      '0 task 1 started m2',
      '10 task 2 started m0',
      '10 task 3 started m2',
    ]);
  });

  test('spread allows so many to a value, and counts each job for itself', async () => {
    const job = { tasks: 3, needs: { cpus: 1 }, runs: 10, rule: 1 };
    const result = await run({ spread: [{ attribute: 'rack', atMost: 2 }] }, [
      { ...job, job: 'a' },
      { ...job, job: 'b' },
    ]);
    expect(starts(result).map((line) => line.split(' ').at(-1))).toEqual([
      'm0',
      'm0',
      'm2',
      'm0',
      'm0',
      'm2',
    ]);
  });

  test('together holds a job to the rack in which its first task started', async () => {
    const rows = [
      { needs: { cpus: 16 / 2 }, runs: 5 },
      { tasks: 3, needs: { cpus: 8 }, runs: 10, rule: 1 },
    ];
    // The first machine is taken at the beginning; the job begins on m1 and waits for m0 rather than leave the rack.
    expect(starts(await run({ together: ['rack'] }, rows))).toEqual([
      '0 task 0 started m0',
      '0 task 1 started m1',
      '5 task 2 started m0',
      '10 task 3 started m1',
    ]);
  });

  test('avoid keeps two frameworks apart, whoever of them comes first', async () => {
    const kafka = { framework: 1, needs: { cpus: 1 }, runs: 100 };
    const shy = { needs: { cpus: 1 }, runs: 100, rule: 1 };
    const rule = { avoid: ['kafka'] };
    expect(starts(await run(rule, [kafka, { ...shy, at: 1 }]))).toEqual([
      '0 task 0 started m0',
      '1 task 1 started m1',
    ]);
    expect(starts(await run(rule, [shy, { ...kafka, at: 1 }]))).toEqual([
      '0 task 0 started m0',
      '1 task 1 started m1',
    ]);
  });

  test('beside waits for a task of the other framework, and joins it', async () => {
    const result = await run({ beside: ['kafka'] }, [
      { needs: { cpus: 1 }, runs: 10, rule: 1 },
      { framework: 1, needs: { cpus: 8 - 1 }, runs: 100, at: 3, constraint: 0 },
    ]);
    expect(starts(result)).toEqual(['3 task 1 started m0', '3 task 0 started m0']);
  });

  test('are obeyed by gangs, which start where all of them are allowed', async () => {
    const gang = { tasks: 3, needs: { cpus: 1 }, runs: 10, rule: 1, gang: true };
    const one = await run({ spread: [{ attribute: 'machine', atMost: 1 }] }, [gang]);
    expect(starts(one).map((line) => line.split(' ').at(-1))).toEqual(['m0', 'm1', 'm2']);
    const none = await run({ spread: [{ attribute: 'rack', atMost: 1 }] }, [gang]);
    expect(starts(none)).toEqual([]);
  });

  test('do not block others of the same class, nor are they blocked by them', async () => {
    const rule = { spread: [{ attribute: 'machine', atMost: 1 }] };
    const result = await run(rule, [
      { tasks: 5, needs: { cpus: 1 }, runs: 10, rule: 1 },
      { tasks: 1, needs: { cpus: 1 }, runs: 10 },
    ]);
    expect(starts(result)).toContain('0 task 5 started m0');
    expect(starts(result)).toContain('10 task 4 started m0');
  });

  test('a decision against a rule is refused with that reason, and changes nothing', async () => {
    const refusals: string[] = [];
    await simulate({
      space: CPUS,
      machines: machinesOf(CPUS, [{ cpus: 8 }]),
      trace: traceOf(CPUS, rowsOf(CPUS, [{ tasks: 2, needs: { cpus: 1 }, runs: 10, rule: 1 }]), {
        rules: [undefined, { ...NOTHING, spread: [{ attribute: 'machine', atMost: 1 }] }],
      }),
      parts: {
        architecture: 'monolithic',
        scheduler: {
          name: 'careless',
          schedule(view, act) {
            for (let task = view.queue.first; task >= 0; ) {
              const next = view.queue.next(task);
              const verdict = act.start(task, 0);
              if (verdict !== 'done') refusals.push(verdict);
              task = next;
            }
          },
        },
      },
    });
    expect(refusals).toEqual(['placement-rule']);
  });
});

describe('a preference', () => {
  const rule = {
    prefers: [{ constraint: { attribute: 'rack', operator: 'equal' as const, values: ['r2'] }, weight: 1 }],
  };
  const job = { needs: { cpus: 8 }, runs: 10, rule: 1 };

  test('wins over the order of the placement, and gives way when the preferred machines are full', async () => {
    expect(starts(await run(rule, [{ ...job, tasks: 2 }]))).toEqual([
      '0 task 0 started m2',
      '0 task 1 started m0',
    ]);
  });

  test('is waited for as long as the policy says, no longer', async () => {
    const result = await run(rule, [{ ...job, tasks: 2 }], { localityWait: seconds(4) });
    expect(starts(result)).toEqual(['0 task 0 started m2', '4 task 1 started m0']);
    const patient = await run(rule, [{ ...job, tasks: 2 }], { localityWait: seconds(60) });
    expect(starts(patient)).toEqual(['0 task 0 started m2', '10 task 1 started m2']);
  });

  test('may name machines, and does not let tasks behind it wait', async () => {
    const named = {
      prefers: [
        { constraint: { attribute: 'machine', operator: 'equal' as const, values: ['m3'] }, weight: 1 },
      ],
    };
    const result = await run(
      named,
      [
        { ...job, tasks: 2 },
        { needs: { cpus: 8 }, runs: 10 },
      ],
      {
        localityWait: seconds(60),
      },
    );
    expect(starts(result)).toEqual(['0 task 0 started m3', '0 task 2 started m0', '10 task 1 started m3']);
  });

  test('is counted: starts where preferred, and elsewhere', async () => {
    const { recorder } = await run(rule, [{ ...job, tasks: 3 }]);
    expect(recorder.locality).toEqual({ preferred: 1, elsewhere: 2 });
  });
});

describe('weighted preferences', () => {
  const prefers: Preference[] = [
    { constraint: { attribute: 'rack', operator: 'equal', values: ['r1'] }, weight: 3 },
    { constraint: { attribute: 'machine', operator: 'equal', values: ['m1', 'm3'] }, weight: 5 },
    { constraint: { attribute: 'rack', operator: 'present' }, weight: 2 },
  ];
  // m0: 3 + 2, m1: all three, m2: 2, m3: 5.
  const weights = [5, 10, 2, 5];
  const job = { needs: { cpus: 8 }, runs: 10, rule: 1 };

  test('are summed over the terms that a machine meets, and a machine is preferred only if it meets all', async () => {
    const seen: unknown[] = [];
    await run({ prefers }, [{ needs: { cpus: 1 }, runs: 1 }, job], {
      order: {
        name: 'spy',
        key({ rules, tasks }, task) {
          if (seen.length < 2)
            seen.push({
              total: rules.preferenceTotal(task),
              met: [0, 1, 2, 3].map((machine) => rules.preference(task, machine)),
              all: [0, 1, 2, 3].map((machine) => rules.prefers(task, machine)),
            });
          return tasks.submitted(task);
        },
      },
    });
    expect(seen).toEqual([
      { total: 0, met: [0, 0, 0, 0], all: [true, true, true, true] },
      { total: 10, met: weights, all: [false, true, false, false] },
    ]);
  });

  test('are compared by a score that reads the job; the lowest rank wins ties', async () => {
    const byWeight = byScore({
      name: 'by weight',
      reads: ['job'],
      make:
        ({ job: { rules } }) =>
        (machine, _class, task) =>
          rules.preference(task, machine),
    });
    const result = await run({ prefers }, [{ ...job, tasks: 4 }], { placement: byWeight });
    expect(starts(result).map((line) => line.split(' ').at(-1))).toEqual(['m1', 'm0', 'm3', 'm2']);
  });

  test('yield to the rest of a score only in a placement that weighs them', async () => {
    // The higher rank is better than any preference.
    const byRank = byScore({ name: 'by rank', reads: [], make: () => (machine) => machine });
    expect(starts(await run({ prefers }, [job], { placement: byRank }))).toEqual(['0 task 0 started m1']);
    const weighing = { ...byRank, weighsPreferences: true } as const;
    expect(starts(await run({ prefers }, [job], { placement: weighing }))).toEqual(['0 task 0 started m3']);
    const waiting = { placement: weighing, localityWait: seconds(4) };
    expect(starts(await run({ prefers }, [job], waiting))).toEqual(['0 task 0 started m1']);
  });

  test('that are not all met leave the order of the placement as it is', async () => {
    const unmet: Preference[] = [
      ...prefers,
      { constraint: { attribute: 'ssd', operator: 'present' }, weight: 1 },
    ];
    expect(starts(await run({ prefers: unmet }, [job]))).toEqual(['0 task 0 started m0']);
  });
});

describe('rows of one job that a generator makes', () => {
  test.each([
    [{ rule: 1 }, 'the rows of job "a" have different placement rules, expected one for the whole job'],
    [{ gang: true }, 'the rows of job "a" have different values of gang, expected one for the whole job'],
  ])('must agree on what holds for the whole job: %j', async (second, message) => {
    const first = { job: 'a', needs: { cpus: 1 }, runs: 1 };
    const rule = { together: ['rack'] };
    await expect(run(rule, [first, { ...first, ...second }])).rejects.toThrow(message);
    expect(starts(await run(rule, [first, first]))).toHaveLength(2);
  });
});
