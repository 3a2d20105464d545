import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runWithTenants } from '../../src/lab/extensions/tenants/run-tenants.js';
import {
  checkTenants,
  ownShares,
  roleSettings,
  spreadShare,
  type Tenant,
  tenantsOf,
} from '../../src/lab/extensions/tenants/tenants.js';
import { specOf } from '../../src/lab/gate/rerun.js';
import { FILES, run } from '../../src/lab/run/node/run.js';
import { summarySchema } from '../../src/metrics/catalogue/summary-schema.js';
import { type Cluster, type Observer, ParameterValues, ResourceSpace } from '../../src/model/index.js';
import { drf } from '../../src/policies/presets/drf.js';
import { tenantTables } from '../../src/results/tenant-tables.js';
import { CPUS_MEM, machinesOf, simulate } from '../simulate.js';
import { rowsOf, traceOf } from '../traces-in-memory.js';
import { smallSpec } from './small-runs.js';

const SPACE = new ResourceSpace(['cpus', 'mem']);

function tenant(name: string, more: Partial<Tenant> = {}): Tenant {
  return { name, frameworks: [`${name}-batch`], weight: 1, guarantee: {}, limit: {}, ...more };
}

describe('tenants', () => {
  test('have the share of their guarantee, or their part by weight of what is left', () => {
    // 200 of 1000 cores and 300 of 1000 MiB: 30 %. Of the other 70 % twice as much for the one with twice the weight.
    const tenants = [
      tenant('a', { guarantee: { cpus: 200, mem: 300 } }),
      tenant('b', { weight: 2 }),
      tenant('c'),
    ];
    const [a, b, c] = ownShares(tenants, SPACE, [1_000_000, 1000]);
    expect(a).toBeCloseTo(0.3, 12);
    expect(b).toBeCloseTo(1.4 / 3, 12);
    expect(c).toBeCloseTo(0.7 / 3, 12);
  });

  test('have machines of their own that are spread over all ranks', () => {
    expect(spreadShare(8, 0.25)).toEqual([3, 7]);
    expect(spreadShare(5, 0.01)).toEqual([4]);
    expect(spreadShare(3, 1)).toEqual([0, 1, 2]);
  });

  test('are roles, weights and quota to a policy that knows these', () => {
    const tenants = [
      tenant('a', { frameworks: ['x', 'y'], weight: 2, guarantee: { cpus: 10, mem: 20 } }),
      tenant('b', { limit: { cpus: 5 } }),
    ];
    expect(roleSettings(tenants)).toEqual({
      roles: 'x:a,y:a,b-batch:b',
      weights: 'a:2',
      guarantees: 'a:cpus=10+mem=20',
      limits: 'b:cpus=5',
    });
  });

  test.each([
    [{ 'eng/ads': { frameworks: ['x'], weight: 1 } }, /tenants\.eng\/ads: found "eng\/ads", expected a name/],
    [
      { a: { frameworks: ['x'], weight: 1 }, b: { frameworks: ['x'], weight: 1 } },
      /tenants\.b\.frameworks: x already belongs to a/,
    ],
    [
      { a: { frameworks: ['x'], weight: 1, guarantee: '4cpu', limit: '3cpu' } },
      /tenants\.a\.limit: the limit of a for cpus is below its guarantee/,
    ],
    [
      { a: { frameworks: ['x'], weight: 1, limit: 'much' } },
      /tenants\.a\.limit: found "much", expected an amount/,
    ],
  ])('are refused: %o', (section, message) => {
    expect(() => tenantsOf(section)).toThrow(message);
  });

  test('must fit the run', () => {
    const total = [10_000, 1000];
    expect(() => checkTenants([tenant('a')], ['b-batch'], SPACE, total)).toThrow(
      /tenants\.a\.frameworks: found "a-batch", expected one of the frameworks b-batch/,
    );
    const both = [tenant('a', { guarantee: { cpus: 6 } }), tenant('b', { guarantee: { cpus: 5 } })];
    expect(() => checkTenants(both, ['a-batch', 'b-batch'], SPACE, total)).toThrow(
      /tenants: the guarantees add up to 11 cpus, but the machines have 10/,
    );
  });
});

/** Notes whenever a role has more than its limit, and the most that each had. */
class LimitWatch implements Partial<Observer> {
  readonly most: number[];
  private readonly cluster: Cluster;
  private readonly roles: readonly (readonly number[])[];

  constructor(cluster: Cluster, roles: readonly (readonly number[])[]) {
    this.cluster = cluster;
    this.roles = roles;
    this.most = roles.map(() => 0);
  }

  taskStarted(): void {
    const { frameworkAllocated, space, frameworks } = this.cluster;
    this.roles.forEach((members, role) => {
      const has = members
        .filter((framework) => framework < frameworks.length)
        .reduce((sum, framework) => sum + frameworkAllocated[framework * space.size], 0);
      this.most[role] = Math.max(this.most[role], has);
    });
  }
}

test('quota is never exceeded, whatever the tenants ask for', async () => {
  const jobs = fc.array(
    fc.record({
      at: fc.nat(300),
      framework: fc.nat(3),
      tasks: fc.integer({ min: 1, max: 8 }),
      cpus: fc.integer({ min: 1, max: 4 }),
      runs: fc.integer({ min: 1, max: 200 }),
    }),
    { minLength: 1, maxLength: 25 },
  );
  const limits = fc.tuple(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 24 }));
  let reached = 0;
  await fc.assert(
    fc.asyncProperty(jobs, limits, fc.integer({ min: 1, max: 4 }), async (drawn, [ofA, ofB], weight) => {
      const frameworks = ['a1', 'a2', 'b1', 'b2'].map((name) => ({ name }));
      const machines = machinesOf(
        CPUS_MEM,
        Array.from({ length: 4 }, () => ({ cpus: 8, mem: 64 })),
      );
      const settings = roleSettings([
        tenant('a', { frameworks: ['a1', 'a2'], weight, limit: { cpus: ofA } }),
        tenant('b', {
          frameworks: ['b1', 'b2'],
          guarantee: { cpus: Math.min(4, ofB) },
          limit: { cpus: ofB },
        }),
      ]);
      const sketches = [...drawn]
        .sort((x, y) => x.at - y.at)
        .map(({ cpus, ...row }) => ({ ...row, needs: { cpus, mem: 1 } }));
      let watch: LimitWatch | undefined;
      await simulate({
        space: CPUS_MEM,
        machines,
        trace: traceOf(CPUS_MEM, rowsOf(CPUS_MEM, sketches), { frameworks }),
        parts: drf.build(new ParameterValues(drf.parameters, settings), {
          space: CPUS_MEM,
          machines,
          frameworks,
          forecast: undefined,
        }),
        until: 2000,
        withLog: false,
        observers: (cluster) => {
          watch = new LimitWatch(cluster, [
            [0, 1],
            [2, 3],
          ]);
          return [watch];
        },
      });
      const [mostOfA, mostOfB] = watch?.most ?? [];
      expect(mostOfA).toBeLessThanOrEqual(ofA * 1000);
      expect(mostOfB).toBeLessThanOrEqual(ofB * 1000);
      if (mostOfA === ofA * 1000 || mostOfB === ofB * 1000) reached++;
    }),
    { numRuns: 60 },
  );
  // The limits are felt, or the test would show nothing.
  expect(reached).toBeGreaterThan(10);
});

describe('a run with tenants', () => {
  const tenants = [
    tenant('shop', { frameworks: ['kafka', 'cassandra', 'web'], guarantee: { cpus: 64 } }),
    tenant('search', { frameworks: ['spark'], limit: { cpus: 40 } }),
  ];

  test('has what each of them had beside what it would have had alone, and can be run again', async () => {
    const { summary } = await runWithTenants(smallSpec({ tenants }), FILES);
    expect(summarySchema.parse(summary)).toEqual(summary);
    const { shop, search } = summary.byTenant ?? {};
    // 64 of 192 cores are a third of twelve machines; the other two thirds are left to the one without a guarantee.
    expect(shop).toMatchObject({ ownShare: 1 / 3, alone: { machines: 4 } });
    expect(search.alone?.machines).toBe(8);
    expect(search.ownShare).toBeCloseTo(2 / 3, 12);
    expect(search.dominantShare.peak).toBeLessThanOrEqual(40 / 192);
    expect(search.slowdown).toBe((search.response.mean ?? 0) / (search.alone?.response.mean ?? 0));
    // Waits are counted once each: those of the tenants are those of their frameworks.
    expect(search.wait).toEqual(summary.byFramework.spark.wait);
    expect(shop.wait.count).toBe(
      ['kafka', 'cassandra', 'web'].reduce((sum, name) => sum + summary.byFramework[name].wait.count, 0),
    );
    expect((await runWithTenants(specOf(summary, { policyFiles: new Map() }), FILES)).summary).toEqual(
      summary,
    );
    expect(tenantTables([summary])[0].rows.map(([name]) => name)).toEqual(['drf: shop', 'drf: search']);
  });

  test('meets alone the arrivals and the failures of its own machines that it met with the others', async () => {
    const spec = smallSpec({ tenants, failures: { faults: ['at 5m: kill all for 10m'] } });
    const { summary } = await runWithTenants(spec, FILES);
    const alone = await run({ ...spec, alone: 'search' });
    expect(alone.summary.recovery.machineFailures).toBe(8);
    expect(alone.summary.byFramework.spark.tasks.submitted).toBe(summary.byFramework.spark.tasks.submitted);
    expect(alone.summary.byFramework.kafka?.tasks.submitted ?? 0).toBe(0);
  });
});
