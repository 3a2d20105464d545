import { describe, expect, test } from 'vitest';
import { JobsCsv } from '../../src/metrics/files/jobs-csv.js';
import { type Constraint, FOREVER, fromSeconds } from '../../src/model/index.js';
import { runPreset } from '../policies/orders/run-preset.js';
import { CPUS, listParts, machinesOf, type SimulationSketch, simulate } from '../simulate.js';
import { inBatchesOf, type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';

/** One preset of each architecture. */
const POLICIES = ['fcfs', 'monolithic', 'drf', 'omega', 'whole-cell-offers', 'sparrow', 'borg'];
const NO_RULE = { spread: [], together: [], avoid: [], beside: [], prefers: [] };
const small: RowSketch = { job: 'small', at: 1, needs: { cpus: 1 }, runs: 10 };
const four = [{ cpus: 1 }, { cpus: 1 }, { cpus: 1 }, { cpus: 1 }];

function run(rows: readonly RowSketch[], more: Partial<SimulationSketch> = {}) {
  const trace = traceOf(CPUS, rowsOf(CPUS, rows));
  return simulate({ space: CPUS, machines: machinesOf(CPUS, four), trace, parts: listParts(), ...more });
}

describe('a job that can never run', () => {
  test.each(POLICIES)('is rejected with its reason and blocks no other job: %s', async (policy) => {
    const wide: RowSketch = { job: 'wide', gang: true, tasks: 5, needs: { cpus: 1 }, runs: 10 };
    const { recorder, cluster } = await runPreset(policy, four, [wide, small]);
    expect(recorder.impossible).toEqual({
      jobs: 1,
      tasks: 5,
      named: [{ job: 'wide', reason: 'needs room for 5 tasks of 1 cpus each, there is room for 4' }],
    });
    expect(recorder.tasks.rejected).toBe(5);
    expect(recorder.tasks.finished).toBe(1);
    expect(cluster.jobs.live).toBe(0);
  });

  test('is rejected before a decision that ends at the instant of its arrival', async () => {
    // The decision on the first job takes 1 s. At 1 a gang arrives of which one task fits no machine: what is left of it is no job.
    const rows: RowSketch[] = [
      { job: 'first', needs: { cpus: 1 }, runs: 10, estimate: 10 },
      { job: 'gang', at: 1, gang: true, needs: { cpus: 1 }, runs: 10, estimate: 10 },
      { job: 'gang', at: 1, gang: true, needs: { cpus: 2 }, runs: 10, estimate: 10 },
      small,
    ];
    const decisionTimes = { perJob: fromSeconds(1), perTask: 0 };
    for (const policy of ['fcfs', 'easy', 'conservative']) {
      const { recorder, events } = await runPreset(policy, four, rows, { decisionTimes });
      expect(recorder.refusals.size).toBe(0);
      expect(recorder.tasks.rejected).toBe(2);
      expect(events.filter((event) => event.includes('started'))).toHaveLength(2);
    }
  });

  test('may be one that its own rules forbid', async () => {
    const rows: RowSketch[] = [
      { job: 'together', gang: true, tasks: 3, needs: { cpus: 1 }, runs: 1, rule: 1 },
      { job: 'spread', gang: true, tasks: 3, needs: { cpus: 1 }, runs: 1, rule: 2 },
      { job: 'zone', needs: { cpus: 1 }, runs: 1, rule: 3 },
      { job: 'shelf', needs: { cpus: 1 }, runs: 1, rule: 5 },
      { job: 'self', gang: true, tasks: 5, needs: { cpus: 0 }, runs: 1, rule: 4 },
      small,
    ];
    const rules = [
      NO_RULE,
      { ...NO_RULE, together: ['rack'] },
      { ...NO_RULE, spread: [{ attribute: 'rack', atMost: 1 }] },
      { ...NO_RULE, together: ['zone'] },
      { ...NO_RULE, avoid: ['default'] },
      { ...NO_RULE, spread: [{ attribute: 'shelf', atMost: 1 }] },
    ];
    const attributes = [{ rack: 'a' }, { rack: 'a' }, { rack: 'b' }, { rack: 'b' }];
    const { recorder } = await runPreset('fcfs', four, rows, { rules, attributes });
    expect(recorder.impossible.named).toEqual([
      {
        job: 'together',
        reason: 'needs room for 3 tasks together, no single value of rack has it',
      },
      { job: 'spread', reason: 'needs room for 3 tasks, its rules leave room for 2: at most 1 per rack' },
      {
        job: 'zone',
        reason:
          'its rule together needs machines with the attribute zone, and no machine that it may use has it',
      },
      {
        job: 'shelf',
        reason:
          'its rule spread needs machines with the attribute shelf, and no machine that it may use has it',
      },
      {
        job: 'self',
        reason:
          'needs room for 5 tasks, its rules leave room for 4: at most 1 per machine, because it avoids default, its own framework',
      },
    ]);
    expect(recorder.tasks.finished).toBe(1);
  });

  test('may be one whose constraint no machine satisfies, or too few large machines do', async () => {
    const rows: RowSketch[] = [
      { job: 'nowhere', needs: { cpus: 1 }, runs: 1, constraint: 1 },
      { job: 'gang', gang: true, tasks: 3, needs: { cpus: 1 }, runs: 1, constraint: 2 },
      { job: 'large', needs: { cpus: 2 }, runs: 1, constraint: 2 },
      { job: 'lost', gang: true, tasks: 2, needs: { cpus: 0 }, runs: 1, constraint: 1 },
      small,
    ];
    const constraints: Constraint[][] = [
      [],
      [
        { attribute: 'disks', operator: 'greater', bound: 4 },
        { attribute: 'rack', operator: 'equal', values: ['a', 'b'] },
      ],
      [{ attribute: 'rack', operator: 'not-equal', values: ['a'] }],
    ];
    const attributes = [{ rack: 'a', disks: '4' }, { rack: 'a', disks: '8x' }, { rack: 'b' }, { rack: 'b' }];
    const trace = traceOf(CPUS, rowsOf(CPUS, rows), { constraints });
    const { recorder } = await run(rows, { trace, machines: machinesOf(CPUS, four, attributes) });
    const nowhere = 'requires disks>4;rack=a|b, and no machine that it may use satisfies this';
    expect(recorder.impossible.named).toEqual([
      {
        job: 'gang',
        reason: 'needs room for 3 tasks of 1 cpus each on machines with rack!=a, there is room for 2',
      },
      { job: 'lost', reason: nowhere },
      { job: 'nowhere', reason: nowhere },
      {
        job: 'large',
        reason: 'needs room for 1 task of 2 cpus on machines with rack!=a, there is room for none',
      },
    ]);
    expect(recorder.tasks.finished).toBe(1);
  });

  test('is not one that other tasks or absent machines keep waiting', async () => {
    const rows: RowSketch[] = [
      { job: 'first', tasks: 4, needs: { cpus: 1 }, runs: 5 },
      { job: 'gang', gang: true, tasks: 4, needs: { cpus: 1 }, runs: 5 },
      { job: 'beside', needs: { cpus: 0 }, runs: 5, rule: 1, at: 1 },
    ];
    const rules = [NO_RULE, { ...NO_RULE, beside: ['default'] }];
    const { recorder } = await runPreset('fcfs', four, rows, { rules });
    expect(recorder.impossible.jobs).toBe(0);
    expect(recorder.tasks.finished).toBe(9);
  });

  test('is in jobs.csv with its reason', async () => {
    const wide: RowSketch = { job: 'wide', gang: true, tasks: 5, needs: { cpus: 1 }, runs: 10 };
    const lines: string[] = [];
    const key = { policy: 'fcfs', seed: '1' };
    await run([wide, small], {
      observers: (cluster) => [new JobsCsv(cluster, key, (line) => lines.push(line))],
    });
    expect(lines.map((line) => line.trim())).toContain(
      'wide,default,0,,,5,rejected,"needs room for 5 tasks of 1 cpus each, there is room for 4",,fcfs,1,,1,,,,',
    );
    expect(lines.map((line) => line.trim())).toContain('small,default,1,1,11,1,finished,,,fcfs,1,,1,,0,10,1');
  });
});

describe('a job that must start beside a task of a framework that the workload does not have', () => {
  const rules = [NO_RULE, { ...NO_RULE, beside: ['nobody'] }];
  const alone: RowSketch = { job: 'alone', needs: { cpus: 1 }, runs: 5, rule: 1 };
  const reason = 'must start beside a task of nobody, and the workload has no such framework';

  test.each(POLICIES)('is rejected, and blocks no other job: %s', async (policy) => {
    const { recorder, events } = await runPreset(policy, four, [alone, small], { rules, until: FOREVER });
    expect(recorder.impossible.named).toEqual([{ job: 'alone', reason }]);
    expect(recorder.stuck.jobs).toBe(0);
    // Under offers, the machines that the rejected job declined are offered again after 5 s at most.
    expect(events.at(-1)).toMatch(/^1[1-6](\.\d+)? task 1 ended/);
  });

  test('waits while rows of this framework may still come', async () => {
    const late: RowSketch = { job: 'late', framework: 1, at: 50, needs: { cpus: 1 }, runs: 10 };
    const frameworks = [{ name: 'default' }];
    function* rows() {
      yield* rowsOf(CPUS, [{ ...alone, needs: { cpus: 0 } }]);
      frameworks.push({ name: 'nobody' });
      yield* rowsOf(CPUS, [late]);
    }
    const trace = inBatchesOf(1, traceOf(CPUS, rows(), { frameworks, rules }));
    const { recorder } = await simulate({
      space: CPUS,
      machines: machinesOf(CPUS, four),
      trace,
      parts: listParts(),
    });
    expect(recorder.impossible.jobs).toBe(0);
    expect(recorder.tasks.finished).toBe(2);
  });
});

describe('a run in which nothing more can happen', () => {
  const rules = [NO_RULE, { ...NO_RULE, beside: ['default'] }];
  const alone: RowSketch = { job: 'alone', needs: { cpus: 1 }, runs: 5, rule: 1 };

  test.each(['bin-packing', 'drf', 'lottery'])(
    'ends, and says which job waits and why: %s',
    async (policy) => {
      const { recorder } = await runPreset(policy, four, [alone, small], { rules, until: FOREVER });
      expect(recorder.stuck.named).toEqual([
        {
          job: 'alone',
          reason:
            'must start beside a running task of default, and none is on a machine that has room for it',
        },
      ]);
      expect(recorder.tasks.pending).toBe(1);
    },
  );

  test('is none in which a machine is due to return', async () => {
    const machineEvents = [0, 1, 2, 3].flatMap((machine) => [
      { time: 0, machine, state: 'down' as const },
      { time: fromSeconds(90_000), machine, state: 'up' as const },
    ]);
    const { recorder } = await run([small], { machineEvents });
    expect(recorder.stuck.jobs).toBe(0);
    expect(recorder.tasks.finished).toBe(1);
  });
});
