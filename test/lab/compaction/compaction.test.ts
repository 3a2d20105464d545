import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compact, compactAll, fewest } from '../../../src/lab/compaction/compact.js';
import { keptMachines } from '../../../src/lab/compaction/kept-machines.js';
import { meets, parseObjective } from '../../../src/lab/compaction/objective.js';
import type { RunSpec } from '../../../src/lab/run/run-spec.js';
import { fromSeconds } from '../../../src/model/index.js';
import { smallSpec, summaryOf } from '../small-runs.js';

describe('a search for the fewest', () => {
  const range = fc
    .tuple(fc.nat(300), fc.nat(300), fc.nat(300))
    .map((three) => three.sort((a, b) => a - b))
    .map(([least, guess, most]) => ({ least, guess, most }));

  test('finds the threshold, or that there is none, in probes that grow with the logarithm', async () => {
    await fc.assert(
      fc.asyncProperty(range, fc.nat(400), async (bounds, threshold) => {
        const probed: number[] = [];
        const found = await fewest(bounds, async (count) => {
          probed.push(count);
          return count >= threshold;
        });
        expect(found).toBe(threshold > bounds.most ? undefined : Math.max(threshold, bounds.least));
        expect(new Set(probed).size).toBe(probed.length);
        expect(probed.length).toBeLessThan(20);
        for (const count of probed) {
          expect(count).toBeGreaterThanOrEqual(bounds.least);
          expect(count).toBeLessThanOrEqual(bounds.most);
        }
      }),
    );
  });

  test('ends on a border even where more do not always help', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
        fc.nat(39),
        async (answers, at) => {
          const most = answers.length - 1;
          const holds = async (count: number) => answers[count];
          const found = await fewest({ least: 0, most, guess: Math.min(at, most) }, holds);
          if (found === undefined) expect(answers[most]).toBe(false);
          else {
            expect(answers[found]).toBe(true);
            if (found > 0) expect(answers[found - 1]).toBe(false);
          }
        },
      ),
    );
  });
});

describe('the machines that are kept', () => {
  const machines = Array.from({ length: 30 }, (_, i) => ({ name: `m${i}`, capacity: [1] }));
  const kept = (machineCount: number, seed: string) =>
    keptMachines(machines, { machineCount, seed }).map(({ name }) => name);

  test('are all those of one fewer and one more, in rank order', () => {
    for (let count = 2; count <= 30; count++) {
      const some = kept(count, 'a');
      expect(some).toHaveLength(count);
      expect(some).toEqual(expect.arrayContaining(kept(count - 1, 'a')));
      expect(some).toEqual(machines.map(({ name }) => name).filter((name) => some.includes(name)));
    }
  });

  test('are others under another seed, and never more than there are', () => {
    expect(kept(10, 'a')).not.toEqual(kept(10, 'b'));
    expect(() => kept(31, 'a')).toThrow(/machineCount: found "31", expected from 1 to 30 machines/);
  });
});

describe('an objective', () => {
  test.each([
    ['wait.p95<=60s', { metric: 'wait.p95', relation: '<=', bound: 60 }],
    [
      'byFramework.web.health.down <= 0.1%',
      { metric: 'byFramework.web.health.down', relation: '<=', bound: 0.001 },
    ],
    [
      'utilization.cpus.allocated.mean>=0.5',
      { metric: 'utilization.cpus.allocated.mean', relation: '>=', bound: 0.5 },
    ],
    ['queue.peak<=2000', { metric: 'queue.peak', relation: '<=', bound: 2000 }],
  ])('is read from %s', (text, expected) => {
    const { bound, ...rest } = parseObjective(text);
    expect(rest).toEqual({ metric: expected.metric, relation: expected.relation });
    expect(bound).toBeCloseTo(expected.bound, 12);
  });

  test.each([
    ['wait.p95', /--objective: found "wait.p95", expected METRIC<=VALUE/],
    ['wait.p95<=soon', /--objective: found "soon", expected a number, a share such as 2%, or a duration/],
    ['wait.p95<60', /expected METRIC<=VALUE/],
  ])('is refused where it says %s', (text, message) => {
    expect(() => parseObjective(text)).toThrow(message);
  });

  test('is held against the metric of a summary, which must have one', async () => {
    const summary = await summaryOf(smallSpec());
    const value = summary.utilization.cpus.allocated.mean;
    const { metric } = parseObjective('utilization.cpus.allocated.mean<=1');
    // All tasks count as started, so that the bound alone decides.
    const started = { ...summary, tasks: { ...summary.tasks, pending: 0 } };
    expect(meets(started, [{ metric, relation: '<=', bound: value }])).toBe(true);
    expect(meets(started, [{ metric, relation: '>=', bound: value + 0.01 }])).toBe(false);
    const waiting = { ...summary, tasks: { ...summary.tasks, pending: summary.tasks.submitted * 0.003 } };
    expect(meets(waiting, [{ metric, relation: '<=', bound: value }])).toBe(false);
    expect(() => meets(summary, [{ metric: 'wait.p96', relation: '<=', bound: 1 }])).toThrow(
      /--objective: found "wait.p96", expected a path of summary.json/,
    );
  });
});

describe('cell compaction', () => {
  /** Eight instances of 4 cores: two machines of 16. */
  const eight: RunSpec = {
    policy: 'bin-packing',
    workload: { kind: 'generated', name: 'services', services: ['akka'] },
    set: { 'akka.instances': '8', 'akka.cpus': '4' },
    machines: '20x16cpu/64GiB',
    seed: '1',
    until: fromSeconds(600),
  };
  const objectives = [parseObjective('taskWait.p99<=1s')];

  test('finds what the arithmetic says', async () => {
    const { all, compaction } = await compactAll(eight, objectives, summaryOf);
    expect(all).toBe(20);
    expect(compaction?.machines).toBe(2);
    expect(compaction?.summary.utilization.cpus.allocated.mean).toBe(1);
  });

  test('says that all are too few where tasks never start', async () => {
    const spec = { ...eight, machines: '1x16cpu/64GiB' };
    expect((await compactAll(spec, objectives, summaryOf)).compaction).toBeUndefined();
  });

  test('counts a number of machines that a run refuses as too few, and reports a refusal of all of them', async () => {
    const brokers: RunSpec = {
      ...eight,
      workload: { kind: 'generated', name: 'services', services: ['kafka'] },
      set: { 'kafka.brokers': '7', 'kafka.ingressMBps': '1' },
      machines: '20x16cpu/64GiB/4TiBdisk',
    };
    const range = { least: 1, most: 20, guess: 3 };
    await expect(summaryOf({ ...brokers, machineCount: 6 })).rejects.toThrow(
      /7 instances with at most 1 per machine/,
    );
    expect((await compact(brokers, objectives, range, summaryOf))?.machines).toBe(7);
    await expect(compact(brokers, objectives, { ...range, most: 6 }, summaryOf)).rejects.toThrow(
      /7 instances with at most 1 per machine/,
    );
  });

  /** A search in which these numbers of machines meet the objectives. */
  async function search(met: ReadonlySet<number>, most: number, guess: number, scan?: number) {
    const summary = await summaryOf(smallSpec());
    const tried: number[] = [];
    const runOnce = async ({ machineCount = 0 }: RunSpec) => {
      tried.push(machineCount);
      const p99 = met.has(machineCount) ? 0 : 9;
      return {
        ...summary,
        tasks: { ...summary.tasks, pending: 0, rejected: 0, abandoned: 0 },
        taskWait: { ...summary.taskWait, p99 },
      };
    };
    const range = { least: 1, most, guess, ...(scan !== undefined && { scan }) };
    const found = await compact(smallSpec(), objectives, range, runOnce);
    expect(new Set(tried).size).toBe(tried.length);
    return found && { machines: found.machines, triedFrom: found.triedFrom };
  }

  test('finds a smaller number behind one with which a schedule is worse', async () => {
    // 6 machines are enough, with 7 a task takes the machines that another one needs, and with 8 there are enough again.
    const met = new Set([6, 8, 9, 10, 11, 12, 13, 14]);
    expect(await search(met, 14, 9)).toEqual({ machines: 8, triedFrom: 7 });
    expect(await search(met, 14, 9, 2)).toEqual({ machines: 6, triedFrom: 4 });
    expect(await search(met, 14, 9, 10)).toEqual({ machines: 6, triedFrom: 1 });
  });

  test('finds the smallest of any numbers if it tries all, and otherwise says down to where it tried', async () => {
    const drawn = fc.record({
      met: fc.uniqueArray(fc.integer({ min: 1, max: 20 })),
      guess: fc.integer({ min: 1, max: 21 }),
      scan: fc.integer({ min: 0, max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(drawn, async ({ met, guess, scan }) => {
        const all = new Set([...met, 21]);
        const fewestOfAll = Math.min(...all);
        expect(await search(all, 21, guess, Number.POSITIVE_INFINITY)).toEqual({
          machines: fewestOfAll,
          triedFrom: 1,
        });
        const some = await search(all, 21, guess, scan);
        const { machines = 0, triedFrom = 0 } = some ?? {};
        expect(all.has(machines)).toBe(true);
        for (let count = triedFrom; count < machines; count++) expect(all.has(count)).toBe(false);
        if (triedFrom > 1) expect(machines - triedFrom).toBe(Math.max(1, scan));
      }),
      { numRuns: 50 },
    );
  });
});
