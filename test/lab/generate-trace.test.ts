import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/lab/run/node/run.js';
import { generateTrace } from '../../src/lab/workload/generate-trace.js';
import { HOUR, NO_RULE, ResourceSpace } from '../../src/model/index.js';
import { csvText } from '../../src/workloads/formats/fairground-csv-text.js';
import { machinesText, readMachines } from '../../src/workloads/machines-file.js';
import { batched, PLAIN_ROW, type TaskRow } from '../../src/workloads/trace.js';
import { fileOf, readTrace } from '../formats/read-trace.js';

const folder = mkdtempSync(join(tmpdir(), 'fairground-generate-'));

function order(generator: string, out: string, set: Readonly<Record<string, string>> = {}) {
  return {
    generator,
    seed: '1',
    set,
    out: join(folder, out),
    machinesOut: join(folder, `${out}-machines.csv`),
  };
}

describe('a generated trace', () => {
  it('runs from its file as it does from its generator', async () => {
    const set = { scale: '0.002' };
    const wanted = order('google-2011', 'month.csv.gz', set);
    const made = await generateTrace(wanted);
    expect(made).toMatchObject({ jobs: 1340, tasks: 50_000, machines: 25 });
    const fromFile = await run({
      policy: 'fcfs',
      workload: { kind: 'trace', path: wanted.out },
      machines: wanted.machinesOut,
      seed: '1',
      set: {},
    });
    const { summary } = await run({
      policy: 'fcfs',
      workload: { kind: 'generated', name: 'google-2011' },
      seed: '1',
      set,
    });
    for (const part of ['jobs', 'tasks', 'wait', 'utilization', 'makespan'] as const)
      expect(fromFile.summary[part]).toEqual(summary[part]);
  });

  it('is the same file under the same seed', async () => {
    const hash = async (out: string) => {
      await generateTrace(order('google-2011', out, { scale: '0.001' }));
      return createHash('sha256')
        .update(readFileSync(join(folder, out)))
        .digest('hex');
    };
    expect(await hash('one.csv.gz')).toBe(await hash('two.csv.gz'));
  });

  it('has the columns that its rows need, in lines that gzip holds whole', async () => {
    const wanted = order('google-2011', 'columns.csv.gz', { scale: '0.001', constrained: '0' });
    await generateTrace(wanted);
    const text = gunzipSync(readFileSync(wanted.out)).toString();
    expect(text.slice(0, text.indexOf('\n'))).toBe('job_id,framework,submit,duration,cpus,mem,priority');
    expect(text.trimEnd().split('\n')).toHaveLength(25_001);
  });

  it('of the data centre can be read again, with its machines', async () => {
    const wanted = { ...order('smack', 'smack.csv'), until: HOUR };
    const made = await generateTrace(wanted);
    const { rows } = await readTrace(wanted.out);
    expect(rows.reduce((sum, row) => sum + row.tasks, 0)).toBe(made.tasks);
    expect(new Set(rows.map((row) => row.framework)).size).toBeGreaterThan(3);
    const machines = await readMachines(wanted.machinesOut);
    expect(await machines.machines(new ResourceSpace(['cpus', 'mem', 'disk']))).toHaveLength(240);
  });

  it('is refused where it cannot be written, and leaves nothing behind', async () => {
    const out = join(fileOf('not-a-folder', ''), 'x.csv');
    await expect(generateTrace({ ...order('smack', ''), out, until: HOUR })).rejects.toThrow(
      /x\.csv: cannot be written \(part of its path is a file\)/,
    );
  });
});

describe('a trace as text', () => {
  const space = new ResourceSpace(['cpus', 'mem', 'gpus']);
  const row: TaskRow = {
    ...PLAIN_ROW,
    job: 'a, "b"',
    framework: 1,
    submit: 1,
    tasks: 3,
    demand: [250, 100, 1500],
    duration: Number.POSITIVE_INFINITY,
  };

  function textOf(rows: readonly TaskRow[], rules = [undefined] as const): Promise<string> {
    const open = () => ({
      space,
      frameworks: [{ name: 'x' }, { name: 'y' }],
      constraints: [
        [],
        [
          { attribute: 'rack', operator: 'not-equal' as const, values: ['r1', 'r2'] },
          { attribute: 'disks', operator: 'less' as const, bound: 1e21 },
          { attribute: 'ssd', operator: 'present' as const },
        ],
        [{ attribute: 'rack', operator: 'equal' as const, values: ['a;b'] }],
      ],
      rules: [
        ...rules,
        {
          spread: [{ attribute: 'rack', atMost: 2 }],
          together: ['zone'],
          avoid: ['x', 'y'],
          beside: [],
          prefers: [
            { constraint: { attribute: 'ssd', operator: 'absent' as const }, weight: 1 },
            { constraint: { attribute: 'disks', operator: 'at-most' as const, bound: 2.5 }, weight: 100 },
          ],
        },
      ],
      curves: [undefined],
      batches: () => batched(rows, space.size),
    });
    return (async () => {
      let text = '';
      for await (const piece of csvText(open)) text += piece;
      return text;
    })();
  }

  it('says all that a row can say, and is read back the same', async () => {
    const full: TaskRow = {
      ...row,
      demand: [250, 100, 2000],
      gpuCount: 2,
      gpuMilliEach: 1000,
      constraint: 1,
      rule: NO_RULE + 1,
      estimate: 5_500_000,
      priority: 4,
      gang: true,
      failAfter: 2_000_001,
      usage: [0.5, 1, 0],
    };
    const { rows } = await readTrace(fileOf('full.csv', await textOf([full])));
    expect(rows).toEqual([
      {
        job: 'a, "b"',
        framework: 'y',
        submit: 0.000001,
        tasks: 3,
        demand: [250, 100, 2000],
        gpuCount: 2,
        gpuMilliEach: 1000,
        constraint: [
          { attribute: 'rack', operator: 'not-equal', values: ['r1', 'r2'] },
          { attribute: 'disks', operator: 'less', bound: 1e21 },
          { attribute: 'ssd', operator: 'present' },
        ],
        rule: {
          spread: [{ attribute: 'rack', atMost: 2 }],
          together: ['zone'],
          avoid: ['x', 'y'],
          beside: [],
          prefers: [
            { constraint: { attribute: 'ssd', operator: 'absent' }, weight: 1 },
            { constraint: { attribute: 'disks', operator: 'at-most', bound: 2.5 }, weight: 100 },
          ],
        },
        estimate: 5.5,
        priority: 4,
        gang: true,
        duration: Number.POSITIVE_INFINITY,
        failAfter: 2.000001,
        usage: [0.5, 1, 0],
      },
    ]);
  });

  it('says usage over time and the attempts of the trace, and is read back the same', async () => {
    const attempts = [
      { ran: 600_000_001, end: 'failed' },
      { ran: 0, end: 'evicted' },
    ] as const;
    const changing: TaskRow = {
      ...row,
      demand: [250, 100, 2000],
      gpuCount: 2,
      gpuMilliEach: 1000,
      attempts,
      ended: 'lost',
      usage: [0.5, Number.NaN, 1],
      profile: {
        offsets: Float64Array.of(0, 1_500_000, 3_000_000),
        shares: Float64Array.of(0.5, Number.NaN, 1, 2, Number.NaN, 1, 2, 0.25, 1),
      },
    };
    const text = await textOf([changing]);
    expect(text).toContain(',600.000001:failed|0:evicted,lost,0:0.125|1.5:0.5,0:|3:25,2\n');
    const { rows } = await readTrace(fileOf('changing.csv', text));
    const { offsets, shares } = rows[0].profile ?? {};
    expect([offsets, shares]).toEqual([[0, 1.5, 3], [...(changing.profile?.shares ?? [])]]);
    expect(rows[0]).toMatchObject({ attempts, ended: 'lost', usage: changing.usage });
  });

  it('cannot say constraints with the signs of the format in their values', async () => {
    await expect(
      textOf([{ ...row, demand: [250, 100, 0], gpuCount: 0, gpuMilliEach: 0, constraint: 2 }]),
    ).rejects.toThrow('this format cannot express the constraint "rack=a;b"');
  });

  it('has shares of several GPUs, and they are read again', async () => {
    const path = fileOf(
      'shares.csv',
      await textOf([{ ...row, demand: [250, 100, 2000], gpuCount: 4, gpuMilliEach: 500 }]),
    );
    // The row demands 2000 quanta of the resource, which four devices share.
    expect((await readTrace(path)).rows[0]).toMatchObject({ gpuCount: 4, gpuMilliEach: 500 });
  });

  it('of machines puts those that are alike on one line', () => {
    const specs = [
      { name: 'machine-0', capacity: [16_000, 100, 0], attributes: { rack: 'r, 1' }, pricePerHour: 0.5 },
      { name: 'machine-1', capacity: [16_000, 100, 0], attributes: { rack: 'r, 1' }, pricePerHour: 0.5 },
      { name: 'machine-2', capacity: [500, 100, 1000] },
    ];
    expect(machinesText(specs, space)).toBe(
      'count,cpus,mem,gpus,price,rack\n2,16,100,0,0.5,"r, 1"\n1,0.5,100,1,,\n',
    );
  });

  it('has columns for power where a machine declares it, and they are read again', async () => {
    const space = new ResourceSpace(['cpus']);
    const power = { startUp: 60_000_000, shutDown: 5_000_000 };
    const specs = [
      { name: 'machine-0', capacity: [4000], power, watts: { idle: 90, full: 250 } },
      { name: 'machine-1', capacity: [4000] },
    ];
    const text = machinesText(specs, space);
    expect(text).toBe('count,cpus,startup,shutdown,idle_watts,full_watts\n1,4,60,5,90,250\n1,4,,,,\n');
    const path = join(folder, 'power.csv');
    writeFileSync(path, text);
    const read = await (await readMachines(path)).machines(space);
    expect(read.map(({ power, watts }) => ({ power, watts }))).toEqual([
      { power, watts: { idle: 90, full: 250 } },
      { power: undefined, watts: undefined },
    ]);
  });
});
