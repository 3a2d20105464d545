import { describe, expect, test } from 'vitest';
import { type PlacementRule, fromSeconds as seconds } from '../../src/model/index.js';
import { placementNamed } from '../../src/policies/placement/index.js';
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
