import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/lab/run/node/run.js';
import type { RunSpec } from '../../src/lab/run/run-spec.js';
import { runSpecs } from '../../src/lab/scenario/run-choices.js';
import { choicesOfScenario } from '../../src/lab/scenario/scenario.js';
import type { Summary } from '../../src/metrics/catalogue/catalogue.js';
import { fromSeconds } from '../../src/model/index.js';
import { summaryText } from '../../src/results/files/stored-runs.js';
import { metricsOf, metricValue } from '../../src/results/metric.js';
import { smallSpec, summaryOf } from '../lab/small-runs.js';

/** A trace of jobs `job_id,framework,submit,duration,cpus` on machines of 4 cores, under fcfs for 100 s, of which 40 s are warm-up. */
function specOf(jobs: string, more: Partial<RunSpec> = {}): RunSpec {
  const path = join(mkdtempSync(join(tmpdir(), 'fairground-warm-up-')), 'jobs.csv');
  writeFileSync(path, `job_id,framework,submit,duration,cpus\n${jobs}\n`);
  return {
    policy: 'fcfs',
    workload: { kind: 'trace', path },
    machines: '1x4cpu',
    seed: '1',
    set: {},
    until: fromSeconds(100),
    warmUp: { rule: 'time', lasts: fromSeconds(40) },
    ...more,
  };
}

/**
 * One machine, first come first served: a runs 0 to 60, b waits 10 to 60 and runs to 90, c waits 50 to 90 and runs to 95, d waits 70 to 95
 * and still runs at 100.
 */
const QUEUE = 'a,x,0,60,2\nb,x,10,30,4\nc,y,50,5,4\nd,y,70,20,1';

describe('a run whose first 40 of 100 s are warm-up', () => {
  it('has the waits, responses and slowdowns of the jobs that were submitted later', async () => {
    const { wait, taskWait, response, boundedSlowdown, byFramework } = await summaryOf(specOf(QUEUE));
    for (const waits of [wait, taskWait, byFramework.y.wait])
      expect(waits).toMatchObject({ count: 2, mean: 32.5, p50: 25, max: 40 });
    expect(byFramework.x.wait).toMatchObject({ count: 0, mean: null });
    for (const times of [response, byFramework.y.response])
      expect(times).toMatchObject({ count: 1, mean: 45 });
    // c ran for 5 s, and run times count for 10 s at least.
    expect(boundedSlowdown).toMatchObject({ count: 1, mean: 4.5 });
  });

  it('has shares of the capacity over the last 60 s', async () => {
    const { utilization, byFramework, fairness } = await summaryOf(specOf(QUEUE));
    // Cores: 2 for 20 s, 4 for 30 s and 5 s, 1 for 5 s.
    expect(utilization.cpus.allocated.mean).toBeCloseTo(185 / 240, 12);
    expect(utilization.cpus.allocated).toMatchObject({ p50: 1, peak: 1 });
    expect(byFramework.x.utilization.cpus.allocated).toBeCloseTo(160 / 240, 12);
    expect(byFramework.y.utilization.cpus.allocated).toBeCloseTo(25 / 240, 12);
    expect(fairness.dominantShare.x.mean).toBeCloseTo(160 / 240, 12);
    expect(fairness.jain).toBeCloseTo(185 ** 2 / (2 * (160 ** 2 + 25 ** 2)), 12);
  });

  it('has the queue and the throughput of the last 60 s', async () => {
    const { queue, throughput } = await summaryOf(specOf(QUEUE));
    // b waits 20 s of them, c 40 s and d 25 s.
    expect(queue.mean).toBeCloseTo(85 / 60, 12);
    expect(queue.peak).toBe(2);
    // a, b and c finish, whenever they were submitted.
    expect(throughput.jobsPerHour).toBeCloseTo(3 * 60, 9);
    expect(throughput.tasksPerHour).toBeCloseTo(3 * 60, 9);
  });

  it('has the peak of the queue without that of the warm-up', async () => {
    const jobs = 'a,x,0,20,4\nb,x,1,5,4\nc,x,2,5,4\nd,x,3,60,4\ne,x,50,5,1';
    const { queue } = await summaryOf(specOf(jobs));
    expect(queue.peak).toBe(1);
  });

  it('has the makespan and all counts of the whole run, and says what is left out', async () => {
    const { makespan, jobs, tasks, run: of } = await summaryOf(specOf(QUEUE));
    expect(makespan).toBe(95);
    expect(jobs).toMatchObject({ submitted: 4, started: 4, finished: 3, unfinished: 1 });
    expect(tasks).toMatchObject({ submitted: 4, finished: 3, running: 1 });
    expect(of).toMatchObject({ length: 100, warmUp: { rule: 'time', seconds: 40 } });
  });

  it('counts what happens at the end of the warm-up itself', async () => {
    const { wait } = await summaryOf(specOf('a,x,0,30,4\nc,x,39.999999,10,4\nb,x,40,10,4'));
    // c was submitted one microsecond too early. b waits for it.
    expect(wait).toMatchObject({ count: 1, mean: 9.999999 });
  });

  it('has the shares of a scheduler and its waits after the warm-up', async () => {
    const set = { perJob: '1s' };
    const jobs = 'a,x,0,5,1\nb,x,10,5,1\nc,x,50,5,1\nd,x,50,5,1';
    const { decisions, schedulers } = await summaryOf(specOf(jobs, { policy: 'monolithic', set }));
    // Decisions on c from 50 to 51, and on d from 51 to 52.
    expect(decisions).toEqual({ count: 2, busy: 2 / 60 });
    expect(schedulers.all).toMatchObject({ attempts: 2, wait: { count: 2, mean: 0.5 } });
  });

  it('has the waits of tasks that were stopped after the warm-up', async () => {
    const machineChanges = join(mkdtempSync(join(tmpdir(), 'fairground-warm-up-')), 'changes.csv');
    const changes = [
      '20,machine-0,remove,',
      '50,machine-0,add,4',
      '70,machine-0,remove,',
      '80,machine-0,add,4',
    ];
    writeFileSync(machineChanges, `time,machine,event,cpus\n${changes.join('\n')}\n`);
    const { requeueWait, taskWait, queue, tasks } = await summaryOf(
      specOf('a,x,0,forever,1', { machineChanges }),
    );
    // The wait from 20 to 50 began in the warm-up; that from 70 to 80 did not.
    expect(requeueWait).toMatchObject({ count: 1, mean: 10 });
    expect(taskWait.count).toBe(0);
    expect(queue.mean).toBeCloseTo(20 / 60, 12);
    expect(tasks.retried).toBe(2);
  });

  it('counts a later task of an old job, but not the wait of the job', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'fairground-warm-up-')), 'jobs.csv');
    writeFileSync(
      path,
      'job_id,framework,submit,duration,cpus,task,after\na,x,0,50,1,map,\na,x,0,10,2,reduce,map\nb,x,45,30,3,map,\n',
    );
    const { wait, taskWait, dependencies } = await summaryOf(
      specOf('', { workload: { kind: 'trace', path } }),
    );
    // b starts at once. The second task of a is submitted at 50 and waits until b ends at 75.
    expect(wait).toMatchObject({ count: 1, mean: 0 });
    expect(taskWait).toMatchObject({ count: 2, mean: 12.5 });
    expect(dependencies).toBeUndefined();
  });
});

describe('a warm-up', () => {
  it('of no time gives the same bytes as none, for any policy and seed', async () => {
    const policies = fc.constantFrom('drf', 'silos', 'fcfs', 'bin-packing');
    const none = fc.constantFrom('0', '0s', '0.0h');
    await fc.assert(
      fc.asyncProperty(policies, fc.nat(99), none, async (policy, seed, warmUp) => {
        const scenario = { policy, seed, machines: '12x16cpu/64GiB/4TiBdisk', until: '10m' };
        const texts = await Promise.all(
          [scenario, { ...scenario, warmUp }].map(async (one) => {
            const [spec] = await runSpecs(choicesOfScenario(one), () => {});
            return summaryText(await summaryOf(spec));
          }),
        );
        expect(texts[1]).toBe(texts[0]);
        expect(texts[0]).not.toContain('warmUp');
      }),
      { numRuns: 8 },
    );
  });

  it('is refused if it is not shorter than the run, before it starts or at its end', async () => {
    const warmUp = { rule: 'time', lasts: fromSeconds(100) } as const;
    await expect(summaryOf(specOf(QUEUE, { warmUp }))).rejects.toThrow(
      '--warm-up: found "100s", expected a time that is shorter than the run (1m 40s)',
    );
    const { until: _, ...endless } = specOf(QUEUE, { warmUp: { rule: 'time', lasts: fromSeconds(200) } });
    await expect(summaryOf(endless)).rejects.toThrow(
      '--warm-up: takes 3m 20s, but the run ends after 1m 55s',
    );
  });
});

const SECONDS = 1800;
const WARM_UP = 700;

const CASES: Readonly<Record<string, Partial<RunSpec>>> = {
  lottery: { policy: 'lottery' },
  'drf, with offers that are held': { policy: 'drf(hold=3s)' },
  'drf, on a cluster that is full': { policy: 'drf', machines: '8x16cpu/64GiB/4TiBdisk' },
  'bin-packing, with failures': {
    policy: 'bin-packing',
    failures: { faults: ['at 5m: kill machine machine-3 for 9m', 'at 14m: kill machine machine-5 for 3m'] },
  },
  'easy backfilling': { policy: 'easy' },
  omega: { policy: 'omega', set: { perTask: '5ms' } },
  sparrow: { policy: 'sparrow' },
  'vertical scaling': { policy: 'drf', set: { 'vertical.services': 'all' } },
};

/** The means over time, which add up: the mean of a run is that of its parts, weighted by their lengths. */
function meansOverTime({ utilization, offered, queue, fairness, byFramework, throughput }: Summary) {
  const shares = (name: string, values: Readonly<Record<string, number>>) =>
    Object.entries(values).map(([key, value]): [string, number] => [`${name}.${key}`, value]);
  return [
    ...Object.entries(utilization).flatMap(([resource, { allocated, used }]): [string, number][] => [
      [`${resource} allocated`, allocated.mean],
      [`${resource} used`, used?.mean ?? 0],
    ]),
    ...shares('offered', offered),
    ['queue', queue.mean] as [string, number],
    ['finished jobs', throughput.jobsPerHour] as [string, number],
    ['unplaceable', fairness.unplaceable ?? 0] as [string, number],
    ...Object.entries(byFramework).flatMap(([name, one]): [string, number][] => [
      [`${name} dominant share`, one.dominantShare.mean],
      ...Object.entries(one.utilization).flatMap(([resource, { allocated, used }]): [string, number][] => [
        [`${name} ${resource} allocated`, allocated],
        [`${name} ${resource} used`, used ?? 0],
      ]),
    ]),
  ];
}

describe('a run with a warm-up', () => {
  it.each(Object.entries(CASES))('is the same run: %s', async (_name, changes) => {
    const spec = smallSpec(changes);
    const whole = await summaryOf(spec);
    const first = new Map(meansOverTime(await summaryOf({ ...spec, until: fromSeconds(WARM_UP) })));
    const later = await summaryOf({ ...spec, warmUp: { rule: 'time', lasts: fromSeconds(WARM_UP) } });
    const rest = new Map(meansOverTime(later));
    for (const [name, mean] of meansOverTime(whole)) {
      const sum = (first.get(name) ?? 0) * WARM_UP + (rest.get(name) ?? 0) * (SECONDS - WARM_UP);
      expect(sum / SECONDS, name).toBeCloseTo(mean, 9);
    }
    expect(later.tasks).toEqual(whole.tasks);
    expect(later.jobs).toEqual(whole.jobs);
    expect(later.recovery).toEqual(whole.recovery);
    expect(later.makespan).toBe(whole.makespan);
    // Every metric that a whole run has exists here, too.
    for (const { key } of metricsOf(later))
      if (metricValue(whole, key) === undefined) expect(metricValue(later, key)).toBeUndefined();
  });

  it('has the figures of tenants after it', async () => {
    const tenants = [
      { name: 'left', frameworks: ['x'], weight: 1, guarantee: {}, limit: {} },
      { name: 'right', frameworks: ['y'], weight: 1, guarantee: {}, limit: {} },
    ];
    const { byTenant } = (await run(specOf(QUEUE, { tenants, policy: 'fcfs' }))).summary;
    expect(byTenant?.left).toMatchObject({ wait: { count: 0 }, response: { count: 0 } });
    expect(byTenant?.right).toMatchObject({
      wait: { count: 2, mean: 32.5 },
      response: { count: 1, mean: 45 },
    });
    expect(byTenant?.left.dominantShare.mean).toBeCloseTo(160 / 240, 12);
    // x has more than a half from 60 to 90. c waits then, and d from 70.
    expect(byTenant?.left.overShare).toBeCloseTo(30 / 60, 12);
    expect(byTenant?.left.othersWaited).toBeCloseTo(50, 9);
  });
});
