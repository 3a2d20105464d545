import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { specOf } from '../../src/lab/gate/rerun.js';
import { readScenario } from '../../src/lab/scenario/scenario.js';
import { composeServices } from '../../src/lab/scenario/service-choice.js';
import { summarySchema } from '../../src/metrics/catalogue/summary-schema.js';
import { packageRoot } from '../../src/results/files/version.js';
import { metricsOf, metricValue } from '../../src/results/metric.js';
import { operationTables } from '../../src/results/operation-tables.js';
import { rebuildTime } from '../../src/workloads/services/copying.js';
import { temporaryFolder } from '../cli/simulate-command.js';
import { smallSpec, summaryOf } from './small-runs.js';

const FAULTS = ['at 5m: kill machine machine-0 for 10m', 'at 20m: cut machine machine-1 for 3m'];

describe('a run in which something can fail', () => {
  test('says in its summary what could fail and what came of it, in the form of the schema', async () => {
    const summary = await summaryOf(smallSpec({ failures: { faults: FAULTS } }));
    expect(summarySchema.parse(summary)).toEqual(summary);
    expect(summary.run.failures).toMatchObject({ preset: '', faults: FAULTS });
    expect(summary.recovery).toMatchObject({ machineFailures: 2, byCause: { script: 2 } });
    expect(summary.recovery.detection?.count).toBe(2);
    expect(summary.byFramework.kafka.health).toBeDefined();
    expect(summary.byFramework.spark.health).toBeUndefined();
    for (const { health } of Object.values(summary.byFramework))
      if (health !== undefined) expect(health.healthy + health.degraded + health.down).toBeCloseTo(1, 9);
    const { key } = metricsOf(summary).find((metric) => metric.key === 'recovery.timeToRecover.p95') ?? {
      key: '',
    };
    expect(metricValue(summary, key)).toBe(summary.recovery.timeToRecover?.p95);
  });

  test('can be run again from its summary, to the same one', async () => {
    const spec = smallSpec({
      failures: { preset: 'g5k06', faults: FAULTS },
      set: { 'failures.pingTimeouts': '3', 'kafka.volumeWait': '5m' },
    });
    const summary = await summaryOf(spec);
    expect(summary.run.failures?.settings).toMatchObject({
      uptime: 'exponential(32.41h)',
      pingTimeouts: 3,
      'kafka.volumeWait': '5m',
    });
    expect(await summaryOf(specOf(summary, { policyFiles: new Map() }))).toEqual(summary);
  });

  test('is left as it was where nothing can', async () => {
    const summary = await summaryOf(smallSpec());
    expect(summary.run.failures).toBeUndefined();
    expect(Object.keys(summary.recovery)).toEqual(['machineFailures', 'tasksLost', 'lostWork', 'wastedWork']);
    expect(summary.byFramework.kafka).not.toHaveProperty('unavailability');
  });

  test('meets the same failures under every policy', async () => {
    const of = async (policy: string) =>
      (
        await summaryOf(
          smallSpec({ policy, failures: { preset: 'g5k06' }, set: { 'failures.uptime': 'exponential(2h)' } }),
        )
      ).recovery;
    const drf = await of('drf');
    expect(drf.machineFailures).toBeGreaterThan(0);
    expect((await of('bin-packing')).byCause).toEqual(drf.byCause);
  });

  test('takes outages from a file, and says where one is wrong', async () => {
    const folder = temporaryFolder();
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return { failures: {}, set: { 'failures.trace': join(folder, name) } };
    };
    const good = file('good.csv', 'machine,start,end,kind\nmachine-3,60,300,off\nmachine-4,60,300,cut\n');
    expect((await summaryOf(smallSpec(good))).recovery.byCause).toEqual({ trace: 2 });
    const mistakes: readonly (readonly [string, RegExp])[] = [
      ['machine,start,end\nm-9,0,1\n', /bad\.csv:2: machine: found "m-9", expected a machine of the run/],
      ['machine,start,end\nmachine-1,5,5\n', /bad\.csv:2: end: found "5", expected a time after start/],
      [
        'machine,start,end,kind\nmachine-1,5,6,burnt\n',
        /kind: found "burnt", expected off, cut, isolated, disk/,
      ],
    ];
    for (const [text, message] of mistakes)
      await expect(summaryOf(smallSpec(file('bad.csv', text)))).rejects.toThrow(message);
  });

  test('has checkpoints of a framework of a trace, and finds a misspelt one', async () => {
    const trace = join(temporaryFolder(), 'one.csv');
    writeFileSync(trace, 'job_id,submit,duration,cpus,framework,attempts\na,0,100,1,batch,75:failed\n');
    const of = (checkpoints: string) =>
      summaryOf({
        policy: 'fcfs',
        workload: { kind: 'trace', path: trace },
        machines: '1x1cpu',
        seed: '1',
        set: { 'failures.checkpoints': checkpoints },
      });
    // 60 of 75 s are kept, so that 40 s are left.
    expect((await of('batch:20s+0s')).makespan).toBe(115);
    await expect(of('bach:20s+0s')).rejects.toThrow(/found "bach", expected one of the frameworks batch/);
  });

  test.each([
    [
      { 'failures.uptime': 'exponential(0h)' },
      /failures\.uptime: found "exponential\(0h\)", expected a distribution/,
    ],
    [{ 'failures.pingInterval': '0' }, /failures\.pingInterval: found "0", expected longer than 0/],
    [{ 'failures.checkpoints': 'nobody:10m+5s' }, /found "nobody", expected one of the frameworks kafka/],
    [{ 'failures.checkpoints': 'spark:0s+5s' }, /found "0s\+5s", expected interval\+cost/],
    [{ 'failures.partitionAware': 'nobody' }, /failures\.partitionAware: found "nobody", expected none, all/],
    [{ 'failures.rebootEvery': '5m' }, /failures\.rebootEvery: must be longer than failures\.rebootLength/],
  ])('is refused with %o', async (set, message) => {
    await expect(summaryOf(smallSpec({ set }))).rejects.toThrow(message);
  });
});

describe('operators', () => {
  const operations = ['at 5m: upgrade cassandra with maxUnavailable=2', 'at 6m: resize kafka to 2'];
  const faults = ['at 10m: drain machine machine-3 within 5m'];

  test('are in the summary with what they did, which can be run again from it', async () => {
    const summary = await summaryOf(smallSpec({ operations, failures: { faults } }));
    expect(summarySchema.parse(summary)).toEqual(summary);
    expect(summary.run.operations).toEqual(operations);
    // Four nodes, two at a time, each away for its startup of a minute.
    expect(summary.operations?.rollouts).toMatchObject([
      { service: 'cassandra', begun: 300, length: 120, outcome: 'done', leastServing: 2 },
    ]);
    expect(summary.operations?.drains).toMatchObject([{ machine: 'machine-3', begun: 600, deadline: 900 }]);
    expect(summary.byFramework.kafka.tasks).toMatchObject({ running: 2, finished: 1 });
    expect(await summaryOf(specOf(summary, { policyFiles: new Map() }))).toEqual(summary);
  });

  test('show in tables of their own', async () => {
    const summary = await summaryOf(smallSpec({ operations, failures: { faults } }));
    const [rollouts, drains] = operationTables([summary]);
    expect(rollouts.rows).toEqual([['drf: upgrade cassandra', '5m', '2m', 'done', '4', '2', '4', '0']]);
    expect(drains.rows[0].slice(0, 3)).toEqual(['drf: within 5m', '10m', '1']);
    expect(operationTables([await summaryOf(smallSpec())])).toEqual([]);
  });

  test('are refused where they name what is not in the run', async () => {
    await expect(summaryOf(smallSpec({ operations: ['at 1m: upgrade hdfs'] }))).rejects.toThrow(
      /unknown service "hdfs", expected one of kafka, cassandra, elasticsearch, web/,
    );
  });
});

describe('services', () => {
  test('are composed of those of a scenario and those that are added, under names of their own', () => {
    expect(composeServices(undefined, ['hdfs', 'kafka:brokers=20,cpus=2']).services).toEqual([
      'kafka',
      'cassandra',
      'elasticsearch',
      'web',
      'spark',
      'hdfs',
      'kafka-2=kafka',
    ]);
    const composed = composeServices({ log: { service: 'kafka', brokers: '3' } }, ['kafka:brokers=20']);
    expect(composed).toMatchObject({
      services: ['log=kafka', 'kafka'],
      set: { 'log.brokers': '3', 'kafka.brokers': '20' },
    });
  });

  test.each([
    [['nope'], /--add: unknown service "nope", expected one of kafka, cassandra/],
    [['kafka:brokers'], /--add: found "kafka:brokers", expected SERVICE or/],
    [['kafka:cpus=1,cpus=2'], /--add: "cpus" is given twice/],
  ])('are refused: %o', (added, message) => {
    expect(() => composeServices(undefined, added)).toThrow(message);
  });

  test('that copy a volume take what the arithmetic says', () => {
    // 1 TiB from 3 senders at 25 MB/s; 1 TB from one sender at 25 MB/s takes 11.1 h.
    expect(rebuildTime(1024 * 1024, 3, 25) / 3.6e9).toBeCloseTo(4.0725, 3);
    expect(rebuildTime(1e12 / 2 ** 20, 1, 25) / 3.6e9).toBeCloseTo(11.11, 2);
    expect(rebuildTime(1e12 / 2 ** 20, 1, 40) / 3.6e9).toBeCloseTo(6.94, 2);
  });
});

describe('the scenarios of the project', () => {
  const folder = join(packageRoot(), 'scenarios');
  test.each(readdirSync(folder))('%s can be read, and is made of services that there are', async (name) => {
    const scenario = await readScenario(join(folder, name));
    expect(composeServices(scenario.services, scenario.add ?? []).services.length).toBeGreaterThan(0);
  });
});
