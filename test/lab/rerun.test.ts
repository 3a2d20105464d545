import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Rerun, specOf } from '../../src/lab/gate/rerun.js';
import type { RunSpec } from '../../src/lab/run/run-spec.js';
import type { Summary } from '../../src/metrics/catalogue/catalogue.js';
import { summarySchema } from '../../src/metrics/catalogue/summary-schema.js';
import { summaryText } from '../../src/results/files/stored-runs.js';
import { smallSpec, summaryOf } from './small-runs.js';

const folder = mkdtempSync(join(tmpdir(), 'fairground-rerun-'));

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const SWF = fileOf(
  'log.swf',
  '; MaxProcs: 8\n' +
    '1 0 -1 100 4 -1 -1 4 200 -1 1 1 1 -1 1 -1 -1 -1\n' +
    '2 10 -1 50.5 8 -1 -1 8 60 -1 1 2 1 -1 1 -1 -1 -1\n' +
    '3 10 -1 -7 2 -1 -1 2 60 -1 1 2 1 -1 1 -1 -1 -1\n' +
    '4 20 -1 50 2 -1 -1 2 60 -1 1 2 1 -1 1 -1 -1 -1\n',
);

const CSV = fileOf(
  'jobs.csv',
  'job_id,framework,submit,duration,cpus,mem\na,x,0,60,2,1024\nb,y,5,forever,1,512\nc,x,7.25,0.125,4,2048\n',
);

const MACHINES = fileOf('cluster.csv', 'name,count,cpus,mem,disk,price\nbig,3,16,65536,4194304,1.5\n');

const ALONE: Rerun = { policyFiles: new Map() };

/** Runs a spec, and then again what its summary, written and read, says of it. */
async function twice(spec: RunSpec, rerun: Rerun = ALONE): Promise<[Summary, Summary]> {
  const first = await summaryOf(spec);
  const read = summarySchema.parse(JSON.parse(summaryText(first)));
  return [first, await summaryOf(specOf(read, rerun))];
}

async function expectTheSame(spec: RunSpec, rerun: Rerun = ALONE): Promise<Summary> {
  const [first, again] = await twice(spec, rerun);
  expect(summaryText(again)).toBe(summaryText(first));
  return first;
}

describe('a summary tells how to run the same again', () => {
  it.each(['silos', 'drf', 'bin-packing', 'fcfs'])('under %s, to the byte', async (policy) => {
    const summary = await expectTheSame(smallSpec({ policy, seed: `${policy}'s own seed` }));
    expect(summary.tasks.finished).toBeGreaterThan(0);
  });

  it('for any policy, seed, length and durations, however odd', async () => {
    const odd = fc.integer({ min: 1, max: 9_000_000 }).map((micros) => `${micros}us`);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('silos', 'drf', 'bin-packing', 'fcfs'),
        fc.string(),
        fc.integer({ min: 1, max: 600_000_000 }),
        fc.record({ perJob: odd, perTask: odd, patience: fc.oneof(odd, fc.constant('never')) }),
        fc.record({
          'spark.burstGap': odd,
          'spark.taskMedian': odd,
          'spark.sizeAlpha': fc.double({ min: 0.2, max: 3, noNaN: true }).map(String),
        }),
        async (policy, seed, until, run, workload) => {
          await expectTheSame(smallSpec({ policy, seed, until, set: { ...run, ...workload } }));
        },
      ),
      { numRuns: 12 },
    );
  });

  it('with the knobs of offers, which belong to the policy', async () => {
    const set = {
      interval: '1234567us',
      hold: '333ms',
      refuse: '90m',
      timeout: '7500ms',
      placement: 'worst-fit',
    };
    const summary = await expectTheSame(smallSpec({ policy: 'drf', set }));
    expect(summary.run.policy.parameters).toMatchObject({
      interval: '1234567us',
      hold: '333ms',
      refuse: '90m',
    });
    const partitions = 'kafka:2,cassandra:4,elasticsearch:2,web:2,spark:2';
    const silos = await expectTheSame(smallSpec({ policy: 'silos', set: { partitions } }));
    expect(silos.run.policy.parameters.partitions).toBe(partitions);
  });

  it('with the workload and machines that stand in when none are named', async () => {
    const { machines: _, ...spec } = smallSpec({ until: 60e6 });
    const summary = await expectTheSame(spec);
    expect(summary.run.machines).toMatchObject({ count: 240, source: '240x16cpu/64GiB/4TiBdisk' });
  });

  it('for a log, when the file is named again, with the settings of its format', async () => {
    const spec: RunSpec = {
      policy: 'fcfs',
      workload: { kind: 'trace', path: SWF },
      seed: '1',
      set: { damaged: 'drop', framework: 'user', perTask: '17us' },
    };
    const summary = await expectTheSame(spec, { ...ALONE, trace: SWF });
    expect(summary.run).toMatchObject({
      horizon: null,
      workload: { kind: 'trace', name: 'log.swf', format: 'swf', dropped: { 'negative numbers': 1 } },
      machines: { source: 'of the trace' },
      settings: { perTask: '17us' },
    });
  });

  it('for a CSV trace on machines of a file, when both are named again', async () => {
    const spec: RunSpec = {
      policy: 'bin-packing',
      workload: { kind: 'trace', path: CSV },
      machines: MACHINES,
      seed: '1',
      until: 3_600_000_007,
      set: {},
    };
    const summary = await expectTheSame(spec, { ...ALONE, trace: CSV, machines: MACHINES });
    expect(summary.run.machines.source).toBe('cluster.csv');
    expect(summary.cost?.total).toBeGreaterThan(0);
  });

  it('but a log must be named again', async () => {
    const spec: RunSpec = {
      policy: 'fcfs',
      workload: { kind: 'trace', path: SWF },
      seed: '1',
      set: { damaged: 'drop' },
    };
    const summary = await summaryOf(spec);
    expect(() => specOf(summary, ALONE)).toThrow(
      '--trace: the baseline replays "log.swf"; give its path with --trace FILE',
    );
  });

  it('and so must a file of machines: the workload must not come to run on its own machines', async () => {
    const summary = await summaryOf(smallSpec({ machines: MACHINES }));
    expect(() => specOf(summary, ALONE)).toThrow(
      '--machines: the baseline ran on "cluster.csv"; give its path with --machines FILE',
    );
    expect(specOf(summary, { ...ALONE, machines: MACHINES }).machines).toBe(MACHINES);
  });

  it('takes the files of policies by the names that their policies have', async () => {
    const summary = await summaryOf(smallSpec());
    const renamed = { ...summary, run: { ...summary.run, policy: { name: 'mine', parameters: {} } } };
    expect(specOf(renamed, { policyFiles: new Map([['mine', './lib/mine.ts']]) }).policy).toBe(
      './lib/mine.ts',
    );
    expect(specOf(renamed, ALONE).policy).toBe('mine');
  });

  it('writes the same bytes when the same is run twice, and no path of the machine', async () => {
    const spec = smallSpec({ machines: MACHINES });
    const [a, b] = [summaryText(await summaryOf(spec)), summaryText(await summaryOf(spec))];
    expect(b).toBe(a);
    expect(a).not.toContain(folder);
    expect(a.endsWith('}\n')).toBe(true);
  });
});
