import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FOREVER, fromSeconds, ParameterValues, parseParameter } from '../../src/model/index.js';
import { policyNamed } from '../../src/policies/registry.js';
import { CPUS, eventsOf, machinesOf, simulate } from '../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';
import { failuresOf, outage } from './failures/outages.js';

/** Seconds: no task runs longer, and offers are answered within one interval, of a second. */
const LONGEST = 40;
const INTERVAL = 1;
const MACHINES = 5;

const FRAMEWORKS = ['singles', 'eng', 'ads', 'ops'].map((name) => ({ name, role: name, weight: 1 }));

/** How gangs, single tasks, failures and absences are drawn. */
const CASE = fc.record({
  gangs: fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 60 }),
      framework: fc.integer({ min: 0, max: 3 }),
      /** Cores of each member; machines have 2. */
      members: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 2, maxLength: 6 }),
      runs: fc.integer({ min: 1, max: LONGEST }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  singles: fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 300 }),
      framework: fc.integer({ min: 0, max: 1 }),
      cpus: fc.integer({ min: 1, max: 2 }),
      runs: fc.integer({ min: 1, max: LONGEST }),
    }),
    { minLength: 20, maxLength: 60 },
  ),
  outages: fc.array(
    fc.record({
      machine: fc.integer({ min: 0, max: MACHINES - 1 }),
      start: fc.integer({ min: 1, max: 200 }),
      lasts: fc.integer({ min: 1, max: 30 }),
    }),
    { maxLength: 3 },
  ),
  absences: fc.array(
    fc.record({
      framework: fc.integer({ min: 0, max: 3 }),
      start: fc.integer({ min: 1, max: 200 }),
      lasts: fc.integer({ min: 1, max: 30 }),
    }),
    { maxLength: 2 },
  ),
  /** Do users state time limits? Without them, the gatherer does not know when tasks end. */
  hasLimits: fc.boolean(),
});

interface Drawn {
  readonly gangs: readonly { at: number; framework: number; members: readonly number[]; runs: number }[];
  readonly singles: readonly { at: number; framework: number; cpus: number; runs: number }[];
  readonly outages: readonly { machine: number; start: number; lasts: number }[];
  readonly absences: readonly { framework: number; start: number; lasts: number }[];
  readonly hasLimits: boolean;
}

function rowsFrom({ gangs, singles, hasLimits }: Drawn): readonly RowSketch[] {
  const estimate = hasLimits ? LONGEST : FOREVER;
  const members = gangs.flatMap(({ at, framework, members, runs }, i) =>
    members.map((cpus) => ({ job: `gang-${i}`, gang: true, at, framework, needs: { cpus }, runs, estimate })),
  );
  const others = singles.map(({ cpus, ...row }) => ({ ...row, needs: { cpus }, estimate }));
  return [...members, ...others].sort((a, b) => a.at - b.at);
}

/** The first start of each job, in seconds. */
async function startsOf(policy: string, settings: Readonly<Record<string, string>>, drawn: Drawn) {
  const preset = policyNamed(policy);
  if (preset === undefined) throw new Error(policy);
  const values = Object.entries(settings).map(([name, text]) => {
    const parameter = preset.parameters.find((one) => one.name === name);
    if (parameter === undefined) throw new Error(name);
    return [name, parseParameter(parameter, text)] as const;
  });
  const machines = machinesOf(CPUS, Array(MACHINES).fill({ cpus: 2 }));
  const parts = preset.build(new ParameterValues(preset.parameters, Object.fromEntries(values)), {
    space: CPUS,
    machines,
    frameworks: FRAMEWORKS,
    forecast: undefined,
  });
  const absences = drawn.absences.map(({ framework, start, lasts }) => ({
    ...outage('framework', [], start, start + lasts),
    framework: FRAMEWORKS[framework].name,
  }));
  const result = await simulate({
    space: CPUS,
    machines,
    trace: traceOf(CPUS, rowsOf(CPUS, rowsFrom(drawn)), { frameworks: FRAMEWORKS }),
    parts,
    machineEvents: drawn.outages.flatMap(({ machine, start, lasts }) => [
      { time: fromSeconds(start), machine, state: 'down' as const },
      { time: fromSeconds(start + lasts), machine, state: 'up' as const },
    ]),
    ...(absences.length > 0 && { failures: { ...failuresOf(absences), failoverTimeout: fromSeconds(1000) } }),
    until: 20_000,
  });
  expect(result.cluster.jobs.live).toBe(0);
  const starts = new Map<string, number>();
  for (const { event, job, time } of eventsOf(result))
    if (event === 'started' && !starts.has(job)) starts.set(job, Number(time));
  return starts;
}

/** A failure of a machine or an absence costs at most its length, and one more round of all turns. */
function boundOf({ gangs, outages, absences }: Drawn): number {
  const longest = LONGEST + INTERVAL;
  const phases = Math.ceil(Math.log2(longest / (10 * INTERVAL))) + 1;
  const round = phases * (gangs.length + 1) * 2 * longest;
  return [...outages, ...absences].reduce((sum, { lasts }) => sum + lasts + round, round);
}

async function holds(policy: string, settings: Readonly<Record<string, string>>, drawn: Drawn) {
  const starts = await startsOf(policy, settings, drawn);
  const bound = boundOf(drawn);
  for (const [i, { at }] of drawn.gangs.entries()) {
    const start = starts.get(`gang-${i}`);
    expect(start).toBeDefined();
    expect((start as number) - at).toBeLessThanOrEqual(bound);
  }
}

/** Cores of the largest gang that fits on all machines. */
const fits = (machines: number) => (members: readonly number[]) => {
  const wide = members.filter((cpus) => cpus === 2).length;
  return wide + Math.ceil((members.length - wide) / 2) <= machines;
};

describe('every gang starts within the bound, and no job waits for ever', () => {
  test.each([
    ['drf', {}],
    ['drf', { roles: 'singles:a,eng:a/eng,ads:a/ads,ops:b', weights: 'a:3,b:1' }],
    ['lottery', {}],
    ['drf', { hold: '5s', refuse: '20s' }],
  ] as const)('under %s with %o', async (policy, settings) => {
    const cases = CASE.filter(({ gangs }) => gangs.every(({ members }) => fits(MACHINES)(members)));
    await fc.assert(
      fc.asyncProperty(cases, (drawn) => holds(policy, settings, drawn)),
      { numRuns: 25 },
    );
  });

  test('under silos, on the machines of its framework', async () => {
    const set = { partitions: 'singles:2,eng:3' };
    const cases = CASE.map((drawn) => ({
      ...drawn,
      gangs: drawn.gangs.map((one) => ({
        ...one,
        framework: one.framework % 2,
        members: one.members.slice(0, 2),
      })),
    }));
    await fc.assert(
      fc.asyncProperty(cases, (drawn) => holds('silos', set, drawn)),
      { numRuns: 25 },
    );
  });
});
