import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromSeconds, NONE, ParameterValues, TaskState } from '../../../src/model/index.js';
import { POLICIES } from '../../../src/policies/registry.js';
import type { Operation } from '../../../src/sim/operations/operation.js';
import { CPUS, countsOf, machinesOf, type SimulationResult } from '../../simulate.js';
import { failuresOf, outage } from '../failures/outages.js';
import { CAREFUL, fiveInstances, STATELESS, WITH_VOLUME } from './services.js';

const FRAMEWORKS = [{ name: 'default' }];
const MACHINES = machinesOf(
  CPUS,
  Array.from({ length: 8 }, () => ({ cpus: 1 })),
);

const rollout = fc.record({
  kind: fc.constantFrom('upgrade' as const, 'reconfigure' as const, 'reshape' as const),
  at: fc.integer({ min: 1, max: 900 }),
  maxUnavailable: fc.integer({ min: 0, max: 3 }),
  maxSurge: fc.integer({ min: 0, max: 2 }),
  canary: fc.constantFrom(0, 0.2, 1),
  observe: fc.integer({ min: 0, max: 100 }),
  minReady: fc.integer({ min: 0, max: 30 }),
  bad: fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { maxLength: 2 }),
  after: fc.option(fc.integer({ min: 1, max: 200 })),
});
const scaling = fc.record({
  at: fc.integer({ min: 0, max: 900 }),
  instances: fc.integer({ min: 1, max: 8 }),
});
const fault = fc.record({
  kind: fc.constantFrom(
    'off' as const,
    'cut' as const,
    'isolated' as const,
    'disk' as const,
    'planned' as const,
  ),
  machine: fc.nat(7),
  start: fc.integer({ min: 50, max: 1200 }),
  length: fc.integer({ min: 1, max: 500 }),
});
const drain = fc.record({
  machine: fc.nat(7),
  at: fc.integer({ min: 0, max: 900 }),
  within: fc.integer({ min: 1, max: 500 }),
});
const scenario = fc.record({
  rollouts: fc.array(rollout, { maxLength: 3 }),
  scalings: fc.array(scaling, { maxLength: 2 }),
  faults: fc.array(fault, { maxLength: 5 }),
  drains: fc.array(drain, { maxLength: 2 }),
  terms: fc.constantFrom(STATELESS, WITH_VOLUME, { ...STATELESS, scope: 'job' as const }),
});
type Drawn = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

function operationsOf({ rollouts, scalings, terms }: Drawn): Operation[] {
  const shrunk = () => ({ demand: [500] });
  return [
    ...rollouts.map(({ kind, at, bad, after, observe, minReady, maxSurge, ...more }): Operation => {
      return {
        kind,
        at: fromSeconds(at),
        framework: 0,
        version: '',
        reshaped: kind === 'reshape' ? shrunk : undefined,
        terms: {
          ...CAREFUL,
          ...more,
          maxSurge: kind === 'upgrade' && terms.restart === 'anywhere' ? maxSurge : 0,
          observe: fromSeconds(observe),
          minReady: fromSeconds(minReady),
          defects: {
            isBad: (place) => bad.includes(place),
            after: after === null ? undefined : fromSeconds(after),
          },
        },
      };
    }),
    ...scalings.map(({ at, instances }): Operation => {
      return { kind: 'scale', at: fromSeconds(at), framework: 0, instances };
    }),
  ];
}

function run(drawn: Drawn, policyName: string): Promise<SimulationResult> {
  const policy = POLICIES.find((one) => one.name === policyName);
  if (policy === undefined) throw new Error(policyName);
  const planned = drawn.drains.map(({ machine, at, within }) =>
    outage('planned', [machine], at + within, at + within + 100, at),
  );
  return fiveInstances([], {
    machines: MACHINES,
    terms: drawn.terms,
    parts: policy.build(new ParameterValues(policy.parameters), {
      space: CPUS,
      machines: MACHINES,
      frameworks: FRAMEWORKS,
      forecast: undefined,
    }),
    failures: failuresOf(
      [
        ...drawn.faults.map(({ kind, machine, start, length }) =>
          outage(kind, [machine], start, start + length),
        ),
        ...planned,
      ],
      drawn.terms,
    ),
    operations: {
      operations: operationsOf(drawn),
      drains: drawn.drains.map(({ machine, at, within }) => ({
        machines: [machine],
        notice: fromSeconds(at),
        deadline: fromSeconds(at + within),
      })),
      terms: [drawn.terms],
    },
  });
}

/** Policies of every architecture. */
const NAMES = ['bin-packing', 'drf', 'monolithic', 'whole-cell-offers', 'omega', 'sparrow'];

describe.each(NAMES)('whatever operators do under %s', (name) => {
  test('no instance is lost or doubled, no machine has more than it can hold, and what could end has ended', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (drawn) => {
        const { recorder, cluster, operations } = await run(drawn, name);
        const counts = countsOf(recorder.tasks);
        const left = counts.finished + counts.failed + counts.abandoned + counts.rejected;
        expect(counts.submitted).toBe(left + counts.running + counts.pending);
        const rollouts = operations?.report().rollouts ?? [];
        const isOver = rollouts.every(({ outcome }) => outcome !== 'unfinished');
        const places = drawn.scalings.length === 0 ? 5 : undefined;
        // Everything that failed has been back for half an hour by the end.
        if (places !== undefined && isOver && drawn.faults.length === 0)
          expect(counts.running + counts.pending).toBe(places);
        const { tasks, machines, classes } = cluster;
        const taken = new Float64Array(machines.count);
        for (let task = 0; task < tasks.bound; task++)
          if (tasks.state[task] !== TaskState.unused && tasks.machine[task] !== NONE)
            taken[tasks.machine[task]] += classes.demand[tasks.taskClass[task]];
        taken.forEach((amount, machine) => {
          expect(amount).toBeLessThanOrEqual(machines.capacity[machine]);
        });
      }),
      { numRuns: 60 },
    );
  });
});

test('a rollout keeps its budget where nothing else takes instances away', async () => {
  await fc.assert(
    fc.asyncProperty(rollout, async (drawn) => {
      const { operations } = await run(
        { rollouts: [drawn], scalings: [], faults: [], drains: [], terms: WITH_VOLUME },
        'bin-packing',
      );
      const [report] = operations?.report().rollouts ?? [];
      // Bad instances crash on their own account, at any time after they were taken for good ones.
      const crashes = drawn.after === null ? 0 : report.failures;
      expect(report.leastServing).toBeGreaterThanOrEqual(5 - drawn.maxUnavailable - crashes);
      if (drawn.maxUnavailable > 0) expect(report.outcome).toBe(report.failures > 0 ? 'rolled-back' : 'done');
    }),
    { numRuns: 100 },
  );
});
