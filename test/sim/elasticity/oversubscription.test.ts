import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addedMachines, planElasticity } from '../../../src/lab/extensions/elasticity/elasticity-plan.js';
import {
  Cluster,
  FOREVER,
  fromSeconds,
  type MachineSpec,
  NONE,
  ParameterValues,
} from '../../../src/model/index.js';
import { revocableSlack } from '../../../src/policies/controllers/oversubscription.js';
import type { PolicyParts } from '../../../src/policies/policy.js';
import { POLICIES } from '../../../src/policies/registry.js';
import type { LoadCurve } from '../../../src/workloads/trace.js';
import { CPUS_MEM, countsOf, listParts, machinesOf, simulate, story } from '../../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../../traces-in-memory.js';

const FRAMEWORKS = [{ name: 'kafka' }, { name: 'batch' }];
const ONE = machinesOf(CPUS_MEM, [{ cpus: 10, mem: 100 }]);

async function run(
  rows: readonly RowSketch[],
  until: number,
  curves: readonly (LoadCurve | undefined)[] = [undefined],
  machines: readonly MachineSpec[] = ONE,
  parts: PolicyParts = listParts(),
) {
  const trace = traceOf(CPUS_MEM, rowsOf(CPUS_MEM, rows), { frameworks: FRAMEWORKS, curves });
  const set = { 'oversubscription.revocable': 'batch', 'oversubscription.least': 0 };
  const all = [...machines, ...(await addedMachines(set, machines, trace))];
  const cluster = new Cluster(CPUS_MEM);
  for (const machine of all) cluster.addMachine(machine);
  const plan = planElasticity(set, { trace, cluster, stream: () => () => 0.5, horizon: fromSeconds(until) });
  return simulate({
    space: CPUS_MEM,
    machines: all,
    trace,
    parts,
    ...(plan.controls !== undefined && { controls: plan.controls }),
    constraintsOf: plan.constraintsOf,
    until,
  });
}

/** It was given all of the machine and uses a part of it, from 600 s on all that its curve says. */
const SERVICE: RowSketch = { needs: { cpus: 10, mem: 100 }, runs: FOREVER, usage: [0.2, 0.5], curve: 1 };
const RISING = [undefined, { step: fromSeconds(600), values: Float64Array.of(1, 3) }];
/** Rows in batch need 2 cores and 10 MiB each. */
const batch = (at: number, runs: number): RowSketch => ({
  framework: 1,
  at,
  needs: { cpus: 2, mem: 10 },
  runs,
});

describe('room that was given and is not used', () => {
  test('goes to revocable tasks at the next look, less the margin', async () => {
    // Given 10, used 2, margin 1: 7 cores; given 100, used 50, margin 10: 40 MiB. Three tasks of 2 cores fit.
    const result = await run(
      [SERVICE, batch(1, 100), batch(1, 100), batch(1, 100), batch(1, 100)],
      300,
      RISING,
    );
    expect(story(result, 'started')).toEqual([
      '0 task 0 started m0',
      '15 task 1 started m0/revocable',
      '15 task 2 started m0/revocable',
      '15 task 3 started m0/revocable',
      '115 task 4 started m0/revocable',
    ]);
  });

  test('is taken back when its owners use it: the latest tasks are stopped, and wait for a place', async () => {
    // At 600 usage rises to 6 cores: 10 - 6 - 1 = 3 are left, one task of three.
    const result = await run([SERVICE, batch(1, 10_000), batch(1, 10_000), batch(1, 10_000)], 700, RISING);
    expect(story(result, 'killed')).toEqual([
      '600 task 3 killed m0/revocable revoked',
      '600 task 2 killed m0/revocable revoked',
    ]);
    expect(result.recorder.evictions.get('revoked')).toBe(2);
    expect(countsOf(result.recorder.tasks)).toMatchObject({ running: 2, pending: 2 });
  });

  test('is not for tasks that must not be stopped', async () => {
    const other: RowSketch = { at: 1, needs: { cpus: 2, mem: 10 }, runs: 100 };
    const { recorder } = await run([SERVICE, other], 500, RISING);
    expect(countsOf(recorder.tasks)).toMatchObject({ running: 1, pending: 1 });
  });

  test('is none where the trace does not say what is used', async () => {
    const { recorder } = await run([{ needs: { cpus: 10, mem: 100 }, runs: FOREVER }, batch(1, 100)], 500);
    expect(countsOf(recorder.tasks)).toMatchObject({ running: 1, pending: 1 });
  });

  test('does not count as capacity: more than all of the machine is allocated', async () => {
    const { recorder, cluster } = await run([SERVICE, batch(1, 10_000)], 500, RISING);
    expect(cluster.total[0]).toBe(10_000);
    expect(recorder.allocation.of(0).peak).toBeCloseTo(1.2, 9);
  });
});

test('slack is whole quanta, never below 0, and 0 where the usage is not known', () => {
  expect(revocableSlack(1000, 333.4, 0.1)).toBe(566);
  expect(revocableSlack(1000, 950, 0.1)).toBe(0);
  expect(revocableSlack(1000, Number.NaN, 0.1)).toBe(0);
});

describe.each(POLICIES.map(({ name }) => name))('under any load %s', (name) => {
  const policy = POLICIES.find((one) => one.name === name);
  test('gives no more revocable room than there is, and loses no task', async () => {
    const machines = machinesOf(
      CPUS_MEM,
      Array.from({ length: 3 }, () => ({ cpus: 10, mem: 100 })),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ at: fc.nat(400), runs: fc.integer({ min: 1, max: 500 }) }), { maxLength: 12 }),
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 }),
        async (jobs, loads) => {
          const curve = { step: fromSeconds(120), values: Float64Array.from(loads) };
          const services: RowSketch[] = [0, 0, 0].map(() => ({ ...SERVICE, needs: { cpus: 8, mem: 80 } }));
          const rows = [
            ...services,
            ...jobs.sort((a, b) => a.at - b.at).map(({ at, runs }) => batch(at, runs)),
          ];
          const parts = policy?.build(new ParameterValues(policy.parameters), {
            space: CPUS_MEM,
            machines,
            frameworks: FRAMEWORKS,
            forecast: { mean: Float64Array.of(8, 80, 2, 10), peak: Float64Array.of(8, 80, 2, 10) },
            taskMix: [],
          } as never);
          const { recorder, cluster } = await run(rows, 900, [undefined, curve], machines, parts);
          const counts = countsOf(recorder.tasks);
          expect(counts.submitted).toBe(
            counts.finished +
              counts.failed +
              counts.abandoned +
              counts.rejected +
              counts.running +
              counts.pending,
          );
          const { classes, tasks, machines: table } = cluster;
          for (let machine = 0; machine < table.count; machine++) {
            let taken = 0;
            for (let task = table.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task])
              taken += classes.demand[tasks.taskClass[task] * 2];
            expect(taken).toBeLessThanOrEqual(table.capacity[machine * 2]);
            if (machine >= 3 && taken > 0) expect(tasks.framework[table.firstTask[machine]]).toBe(1);
          }
        },
      ),
      { numRuns: 12 },
    );
  });
});
