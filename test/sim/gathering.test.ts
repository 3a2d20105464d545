import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ParameterValues, parseParameter } from '../../src/model/index.js';
import { policyNamed } from '../../src/policies/registry.js';
import { CPUS, machinesOf, simulate, story } from '../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';

/** A run under offers on machines `m0`, `m1` … with these cores. Row i belongs to framework i unless it says otherwise. */
async function run(
  policy: string,
  cpus: readonly number[],
  rows: readonly RowSketch[],
  { set = {}, until = 10_000 }: { set?: Readonly<Record<string, string>>; until?: number } = {},
) {
  const preset = policyNamed(policy);
  if (preset === undefined) throw new Error(policy);
  const values = Object.entries(set).map(([name, text]) => {
    const parameter = preset.parameters.find((one) => one.name === name);
    if (parameter === undefined) throw new Error(name);
    return [name, parseParameter(parameter, text)] as const;
  });
  const frameworks = Array.from({ length: 6 }, (_, i) => ({ name: `f${i}`, role: `f${i}`, weight: 1 }));
  const machines = machinesOf(
    CPUS,
    cpus.map((amount) => ({ cpus: amount })),
  );
  const parts = preset.build(new ParameterValues(preset.parameters, Object.fromEntries(values)), {
    space: CPUS,
    machines,
    frameworks,
    forecast: undefined,
  });
  return simulate({
    space: CPUS,
    machines,
    trace: traceOf(CPUS, rowsOf(CPUS, rows), { frameworks }),
    parts,
    until,
  });
}

const gang = (tasks: number, more: Partial<RowSketch> = {}): RowSketch => ({
  job: 'gang',
  gang: true,
  tasks,
  needs: { cpus: 1 },
  runs: 5,
  ...more,
});
const single = (more: Partial<RowSketch> = {}): RowSketch => ({ needs: { cpus: 1 }, runs: 5, ...more });

describe('a gang under offers', () => {
  test('that is alone starts at its first offer', async () => {
    expect(story(await run('drf', [1, 1], [gang(2)]), 'started')).toEqual([
      '0 task 0 started m0',
      '0 task 1 started m1',
    ]);
  });

  test.each(['drf', 'lottery'])(
    'that is alone starts as the last machine becomes free, under %s',
    async (policy) => {
      const rows = [
        single({ runs: 10 }),
        single({ runs: 13.5 }),
        single({ runs: 500 }),
        gang(2, { at: 1, framework: 1 }),
      ];
      const starts = story(await run(policy, [1, 1, 1], rows), 'started').slice(3);
      // The next multiple of the interval of offers.
      expect(starts.map((line) => line.split(' ')[0])).toEqual(['14', '14']);
    },
  );

  test('is not overtaken for ever by single tasks, without limits of their run times', async () => {
    const stream = Array.from({ length: 200 }, (_, i) => single({ at: i * 2, runs: 7 }));
    const rows = [...stream, gang(4, { at: 21, framework: 1 })].sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
    const starts = story(await run('drf', [1, 1, 1, 1], rows), 'started', 'killed');
    const first = starts.find(
      (line) =>
        starts.filter((one) => one.split(' ')[0] === line.split(' ')[0]).length >= 4 &&
        Number(line.split(' ')[0]) > 21,
    );
    expect(Number(first?.split(' ')[0])).toBeLessThan(100);
  });

  test('does not keep the machines of another partition', async () => {
    const set = { partitions: 'f0:2,f1:2' };
    const rows = [
      single({ tasks: 2, runs: 30 }),
      gang(3, { at: 1, framework: 1 }),
      single({ at: 2, tasks: 2 }),
    ];
    const starts = story(await run('silos', [1, 1, 1, 1], rows, { set, until: 100 }), 'started');
    expect(starts.map((line) => line.split(' ').at(-1))).toEqual(['m0', 'm1', 'm0', 'm1']);
  });

  test('of several frameworks starts within the stated bound, beside streams of single tasks', async () => {
    const intervals = 1;
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            at: fc.integer({ max: 60 }),
            members: fc.integer({ min: 2, max: 5 }),
            runs: fc.integer({ min: 1, max: 40 }),
          }),
          { minLength: 1, maxLength: 4 },
        ),
        fc.array(fc.record({ at: fc.integer({ min: 0, max: 300 }), runs: fc.integer({ min: 1, max: 40 }) }), {
          minLength: 20,
          maxLength: 80,
        }),
        async (gangs, singles) => {
          const T = 40;
          const rows = [
            ...gangs.map(({ at, members, runs }, i) =>
              gang(members, { job: `gang-${i}`, at: Math.max(0, at), runs, estimate: 40, framework: i + 1 }),
            ),
            ...singles.map(({ at, runs }) => single({ at, runs, estimate: 40, framework: 0 })),
          ].sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
          const { cluster, recorder, log } = await run('drf', [1, 1, 1, 1, 1], rows, { until: 20_000 });
          expect(cluster.jobs.live).toBe(0);
          expect(recorder).toBeDefined();
          const starts = new Map<string, number>();
          for (const line of log.split('\n')) {
            const [time, what, , job] = line.split(',');
            if (what === 'started' && !starts.has(job as string)) starts.set(job as string, Number(time));
          }
          const k = Math.ceil(Math.log2((T + intervals) / (10 * intervals)));
          const bound = (k + 1) * (gangs.length + 1) * 2 * (T + intervals);
          for (const [i, { at }] of gangs.entries()) {
            const start = starts.get(`gang-${i}`);
            expect(start).toBeDefined();
            expect((start as number) - Math.max(0, at)).toBeLessThanOrEqual(bound);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
