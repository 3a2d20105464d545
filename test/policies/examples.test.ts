import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkPolicy, counterexampleText } from '../../src/conformance/check-policy.js';
import { policyCopies } from '../../src/lab/policy-file/policy-file.js';
import { type FrameworkSpec, ParameterValues, parseParameter } from '../../src/model/index.js';
import type { Policy } from '../../src/policies/policy.js';
import { PROJECT } from '../project/sources.js';
import { CPUS_MEM, machinesOf, simulate, story } from '../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';

const loaded = new Map<string, Promise<readonly Policy[]>>();

/** Two copies of an example, for restarts. `tsc` checks the types of the examples. */
function example(name: string): Promise<readonly Policy[]> {
  const known = loaded.get(name) ?? policyCopies(join(PROJECT, 'examples', `${name}.ts`), 2);
  loaded.set(name, known);
  return known;
}

interface Terms {
  readonly machines: readonly Readonly<Record<string, number>>[];
  readonly frameworks?: readonly FrameworkSpec[];
  readonly set?: Readonly<Record<string, string>>;
}

/** The starts under an example: `5 task 0 started m1`. */
async function startsUnder(
  name: string,
  rows: readonly RowSketch[],
  { machines, frameworks, set = {} }: Terms,
) {
  const [policy] = await example(name);
  const values = policy.parameters.flatMap((parameter) =>
    set[parameter.name] === undefined
      ? []
      : [[parameter.name, parseParameter(parameter, set[parameter.name])] as const],
  );
  const specs = machinesOf(CPUS_MEM, machines);
  const trace = traceOf(CPUS_MEM, rowsOf(CPUS_MEM, rows), frameworks === undefined ? {} : { frameworks });
  const parts = policy.build(new ParameterValues(policy.parameters, Object.fromEntries(values)), {
    space: CPUS_MEM,
    machines: specs,
    frameworks: trace.frameworks,
    forecast: undefined,
  });
  return story(await simulate({ space: CPUS_MEM, machines: specs, trace, parts, until: 1000 }), 'started');
}

describe.each(['my-policy', 'kubernetes-profile', 'slurm-multifactor', 'yarn-capacity'])(
  'examples/%s.ts',
  (name) => {
    test('keeps every rule of policy check', async () => {
      const [policy, ...copies] = await example(name);
      const found = await checkPolicy(policy, { runs: 25, copies: [policy, ...copies] });
      expect(found && counterexampleText(found)).toBeUndefined();
    });
  },
);

describe('examples/kubernetes-profile.ts', () => {
  test('weighs what is left over and how even the used shares are, as whole numbers', async () => {
    // A pod of 2 cores and 4 MiB. m0: free 6 of 10 and 6 of 10 after it: least floor((60 + 60) / 2) = 60, balanced 100.
    // m1: 8 of 10 and 5 of 9: least floor((80 + 55) / 2) = 67, used shares 0.2 and 0.44: balanced 87. Sums 160 and 154.
    const rows: RowSketch[] = [
      { needs: { cpus: 2, mem: 0 }, runs: 100 },
      { at: 1, needs: { cpus: 2, mem: 4 }, runs: 1 },
    ];
    const machines = [
      { cpus: 10, mem: 10 },
      { cpus: 10, mem: 9 },
    ];
    const set = { ties: 'lowest-rank' };
    // The first pod: m0 has least (80 + 100) / 2 = 90 and balanced 90; m1 is equal, and m0 has the lower rank.
    expect(await startsUnder('kubernetes-profile', rows, { machines, set })).toEqual([
      '0 task 0 started m0',
      '1 task 1 started m0',
    ]);
    // LeastAllocated alone: m0 floor((60 + 60) / 2) = 60; m1 floor((80 + 55) / 2) = 67.
    expect(
      await startsUnder('kubernetes-profile', rows, { machines, set: { ...set, balanced: '0' } }),
    ).toEqual(['0 task 0 started m0', '1 task 1 started m1']);
  });
});

describe('examples/slurm-multifactor.ts', () => {
  const machines = [{ cpus: 4, mem: 16 }];
  const frameworks = [{ name: 'a' }, { name: 'b' }];
  const whole = (framework: number, at: number): RowSketch => ({
    framework,
    at,
    needs: { cpus: 4 },
    runs: 10,
    estimate: 10,
  });

  test('puts the framework that has used less first, although its task came later', async () => {
    const rows = [whole(0, 0), whole(0, 1), whole(1, 2)];
    expect(await startsUnder('slurm-multifactor', rows, { machines, frameworks })).toEqual([
      '0 task 0 started m0',
      '10 task 2 started m0',
      '20 task 1 started m0',
    ]);
  });

  test('goes by age alone when fair share has no weight', async () => {
    const rows = [whole(0, 0), whole(0, 1), whole(1, 2)];
    expect(
      await startsUnder('slurm-multifactor', rows, { machines, frameworks, set: { fairShare: '0' } }),
    ).toEqual(['0 task 0 started m0', '10 task 1 started m0', '20 task 2 started m0']);
  });
});

describe('examples/yarn-capacity.ts', () => {
  const machines = [{ cpus: 1 }, { cpus: 1 }, { cpus: 1 }, { cpus: 1 }];
  const rows: RowSketch[] = [
    { framework: 0, tasks: 8, needs: { cpus: 1 }, runs: 100 },
    { framework: 1, tasks: 8, needs: { cpus: 1 }, runs: 100 },
  ];
  const frameworks = [
    { name: 'small', weight: 1 },
    { name: 'large', weight: 3 },
  ];

  test('shares four machines 1 : 3 between queues of capacities 25 % and 75 %', async () => {
    const starts = await startsUnder('yarn-capacity', rows, { machines, frameworks });
    const first = starts.filter((line) => line.startsWith('0 ')).map((line) => Number(line.split(' ')[2]));
    expect(first.filter((task) => task < 8)).toHaveLength(1);
    expect(first).toHaveLength(4);
  });

  test('offers a queue no more than its maximum, although machines are idle', async () => {
    const starts = await startsUnder('yarn-capacity', [rows[0]], {
      machines,
      frameworks,
      set: { maximum: '0.5' },
    });
    expect(starts.filter((line) => line.startsWith('0 '))).toHaveLength(2);
  });
});
