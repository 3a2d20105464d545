import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkPolicy, counterexampleText } from '../../src/conformance/check-policy.js';
import { policyCopies } from '../../src/lab/policy-file/policy-file.js';
import {
  type FrameworkSpec,
  fromSeconds,
  type Parameter,
  ParameterValues,
  type PlacementRule,
  parseParameter,
} from '../../src/model/index.js';
import type { Policy, PolicyContext, PolicyParts } from '../../src/policies/policy.js';
import { ScaledServices } from '../../src/sim/elasticity/scaled-services.js';
import type { Failures } from '../../src/sim/failures/fleet.js';
import { PROJECT } from '../project/sources.js';
import { applicationOf, traceWith } from '../sim/elasticity/scaled.js';
import { CPUS_MEM, machinesOf, type SimulationSketch, simulate, story } from '../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';

const loaded = new Map<string, Promise<readonly Policy[]>>();

/** Two copies of an example, for restarts. `tsc` checks the types of the examples. */
function example(name: string): Promise<readonly Policy[]> {
  const known = loaded.get(name) ?? policyCopies(join(PROJECT, 'examples', `${name}.ts`), 2);
  loaded.set(name, known);
  return known;
}

/** Settings as on the command line. */
type Settings = Readonly<Record<string, string>>;

interface Terms {
  readonly machines: readonly Readonly<Record<string, number>>[];
  readonly attributes?: readonly Readonly<Record<string, string>>[];
  readonly frameworks?: readonly FrameworkSpec[];
  readonly rules?: readonly (PlacementRule | undefined)[];
  readonly set?: Settings;
  /** What else a run has. */
  readonly run?: Partial<SimulationSketch>;
  /** Events to tell. */
  readonly told?: readonly string[];
}

/** The same policy, with other defaults. */
function withSettings(policy: Policy, set: Settings): Policy {
  const parameters = policy.parameters.map((parameter) =>
    set[parameter.name] === undefined
      ? parameter
      : ({ ...parameter, default: parseParameter(parameter, set[parameter.name]) } as Parameter),
  );
  return { ...policy, parameters };
}

/** The parts of an example for a small run. */
async function partsOf(name: string, set: Settings, context: Partial<PolicyContext>): Promise<PolicyParts> {
  const policy = withSettings((await example(name))[0], set);
  return policy.build(new ParameterValues(policy.parameters), {
    space: CPUS_MEM,
    machines: [],
    frameworks: [],
    forecast: undefined,
    ...context,
  });
}

/** The starts under an example, or other events: `5 task 0 started m1`. */
async function startsUnder(
  name: string,
  rows: readonly RowSketch[],
  { machines, attributes, frameworks, rules, set = {}, run = {}, told = ['started'] }: Terms,
) {
  const specs = run.machines ?? machinesOf(CPUS_MEM, machines, attributes);
  const trace = traceOf(CPUS_MEM, rowsOf(CPUS_MEM, rows), {
    ...(frameworks !== undefined && { frameworks }),
    ...(rules !== undefined && { rules }),
  });
  const parts = await partsOf(name, set, { machines: specs, frameworks: trace.frameworks });
  const { controllers } = parts;
  const result = await simulate({
    space: CPUS_MEM,
    machines: specs,
    trace,
    parts,
    until: 1000,
    ...(controllers !== undefined && { controls: { controllers } }),
    ...run,
  });
  return story(result, ...told);
}

/** Each example with settings that lead small scenarios into every branch. */
const CHECKED: readonly (readonly [name: string, set: Settings])[] = [
  ['my-policy', {}],
  ['kubernetes-profile', {}],
  ['slurm-multifactor', {}],
  ['yarn-capacity', {}],
  ['tiresias', { threshold: '4' }],
  ['gavel-rounds', { round: '3s', attribute: 'rack', speeds: 'r1:2+r2:0.5' }],
  ['power-saving', { idleAfter: '2s', every: '1s' }],
  ['hpa', { period: '2s', stabilization: '6s' }],
];

describe.each(CHECKED)('examples/%s.ts', (name, set) => {
  test('keeps every rule of policy check', async () => {
    const [policy, ...copies] = (await example(name)).map((one) => withSettings(one, set));
    const found = await checkPolicy(policy, { runs: 25, copies: [policy, ...copies] });
    expect(found && counterexampleText(found)).toBeUndefined();
  });
});

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

  test('weighs preferred nodes by the weights that they meet, relative to the best', async () => {
    // Equal nodes: the other scores are equal, too. NodeAffinity: m0 100 x 1/3 = 33, m1 100, m2 0.
    const disk = (...values: string[]) => ({ attribute: 'machine', operator: 'equal' as const, values });
    const prefers = [
      { constraint: disk('m0', 'm1'), weight: 20 },
      { constraint: disk('m1'), weight: 40 },
    ];
    const rules = [undefined, { spread: [], together: [], avoid: [], beside: [], prefers }];
    const rows: RowSketch[] = [0, 1, 2].map((at) => ({
      at,
      needs: { cpus: 10, mem: 1 },
      runs: 100,
      rule: 1,
    }));
    const machines = [0, 1, 2].map(() => ({ cpus: 10, mem: 10 }));
    const set = { ties: 'lowest-rank' };
    expect(await startsUnder('kubernetes-profile', rows, { machines, set, rules })).toEqual([
      '0 task 0 started m1',
      '1 task 1 started m0',
      '2 task 2 started m2',
    ]);
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

describe('examples/tiresias.ts', () => {
  const machines = [{ cpus: 2 }];
  const set = { threshold: '20' };
  const told = ['started', 'killed', 'ended'];

  test('stops a job that has had its threshold of service for a newcomer, and goes on with it later', async () => {
    // Two cores for 10 s are 20 core-seconds. The newcomer of 5 s fits nowhere before; the first job begins anew after it.
    const rows: RowSketch[] = [
      { needs: { cpus: 2 }, runs: 100 },
      { at: 4, needs: { cpus: 2 }, runs: 5 },
    ];
    expect(await startsUnder('tiresias', rows, { machines, set, told })).toEqual([
      '0 task 0 started m0',
      '10 task 0 killed m0 preempted',
      '10 task 1 started m0',
      '15 task 1 ended m0 finished',
      '15 task 0 started m0',
      '115 task 0 ended m0 finished',
    ]);
  });

  test('lets a job of the first queue run, and stops only the tasks whose room is needed', async () => {
    const rows: RowSketch[] = [
      { tasks: 2, needs: { cpus: 1 }, runs: 100 },
      { at: 4, needs: { cpus: 1 }, runs: 5 },
    ];
    const starts = await startsUnder('tiresias', rows, { machines, set, told });
    expect(starts.slice(0, 4)).toEqual([
      '0 task 0 started m0',
      '0 task 1 started m0',
      // The one that started last.
      '10 task 1 killed m0 preempted',
      '10 task 2 started m0',
    ]);
  });
});

describe('examples/gavel-rounds.ts', () => {
  const set = { round: '60s', attribute: 'gpu', speeds: 'k80:0.25' };
  const machines = [{ cpus: 1 }, { cpus: 1 }];
  const attributes = [{ gpu: 'k80' }, { gpu: 'v100' }];

  test('places the job with the least effective service first, on the fastest machine', async () => {
    const rows: RowSketch[] = [
      { needs: { cpus: 1 }, runs: 90 },
      { needs: { cpus: 1 }, runs: 30 },
      { at: 1, needs: { cpus: 1 }, runs: 10 },
      { at: 2, needs: { cpus: 1 }, runs: 10 },
    ];
    expect(await startsUnder('gavel-rounds', rows, { machines, attributes, set })).toEqual([
      '0 task 0 started m1',
      '0 task 1 started m0',
      '30 task 2 started m0',
      '40 task 3 started m0',
    ]);
  });

  test('ends a round with checkpoints, and gives the fast machine to another job in the next one', async () => {
    const rows: RowSketch[] = [0, 0, 1].map((at) => ({ at, needs: { cpus: 1 }, runs: 200 }));
    const failures: Failures = {
      outages: [],
      detection: { kind: 'at-once' } as never,
      recovery: () => ({ wait: 0, restart: 'anywhere', scope: 'task' }) as never,
      checkpoints: () => ({ every: fromSeconds(1000), cost: fromSeconds(1) }),
      pingPhase: () => 0,
      registrationDelay: () => 0,
    };
    const run = { failures, until: 130 };
    expect(await startsUnder('gavel-rounds', rows, { machines, attributes, set, run })).toEqual([
      '0 task 0 started m1',
      '0 task 1 started m0',
      // Effective service until now: 60, 15 and 0. The checkpoints take 1 s.
      '61 task 2 started m1',
      '61 task 1 started m0',
      // 60, 30 and 60.
      '121 task 1 started m1',
      '121 task 2 started m0',
    ]);
  });
});

describe('examples/power-saving.ts', () => {
  test('switches an idle machine off after its time, and on again for a task that fits nowhere', async () => {
    const power = { startUp: fromSeconds(7), shutDown: fromSeconds(2) };
    const machines = machinesOf(CPUS_MEM, [{ cpus: 1 }, { cpus: 1 }]).map((spec) => ({ ...spec, power }));
    const rows: RowSketch[] = [
      { needs: { cpus: 1 }, runs: 100 },
      { at: 50, tasks: 1, needs: { cpus: 1 }, runs: 5 },
    ];
    const told = ['started', 'machine'];
    const set = { idleAfter: '20s', every: '10s' };
    expect(
      await startsUnder('power-saving', rows, { machines: [], set, told, run: { machines, until: 65 } }),
    ).toEqual([
      '0 task 0 started m0',
      '20 machine m1 stopping',
      '22 machine m1 off',
      '50 machine m1 starting',
      '57 machine m1 up',
      '57 task 1 started m1',
    ]);
  });
});

describe('examples/hpa.ts', () => {
  const set = { target: '0.5', stabilization: '60s', period: '15s' };

  /** Instances that start and end under a load, which has each value for 30 s. */
  async function instances(load: readonly number[]) {
    const application = applicationOf(load, 30, { readyAfter: 0 });
    const parts = await partsOf('hpa', set, {});
    const result = await simulate({
      space: CPUS_MEM,
      machines: machinesOf(CPUS_MEM, [{ cpus: 100, mem: 100 }]),
      trace: traceWith(application),
      parts,
      controls: { controllers: parts.controllers ?? [], services: new ScaledServices([application]) },
      until: 30 * load.length - 1,
    });
    return story(result, 'started', 'ended').map((line) => line.replace(/ task \d+| m0.*/g, ''));
  }

  test('grows at once, and shrinks to the highest recommendation of the last minute', async () => {
    // A load of 1 at a target of 0.5 needs 2 instances, 1.5 needs 3. At 60 s the load is 0.5, which needs 1.
    expect(await instances([1, 1.5, 0.5, 0.5, 0.5])).toEqual([
      '0 started',
      '0 started',
      '30 started',
      // The recommendation of 3 at 45 s is older than a minute now.
      '105 ended',
      '105 ended',
    ]);
  });
});
