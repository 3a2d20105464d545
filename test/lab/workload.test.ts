import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/lab/run/node/run.js';
import { readScenario } from '../../src/lab/scenario/scenario.js';
import { generatedWorkload } from '../../src/lab/workload/workload.js';
import { workloadOfFile } from '../../src/lab/workload/workload-file.js';
import { DAY, FOREVER } from '../../src/model/index.js';
import { compositionParameters } from '../../src/workloads/composition.js';
import { SMACK } from '../../src/workloads/smack.js';
import { smallSpec, summaryOf } from './small-runs.js';

const folder = mkdtempSync(join(tmpdir(), 'fairground-workload-'));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const SWF = file('log.swf', '; MaxProcs: 8\n1 7 -1 100 4 -1 -1 4 200 -1 1 1 1 -1 1 -1 -1 -1\n');
const CSV = file('jobs.csv', 'job_id,submit,duration,cpus,gpus\na,0,10,2,0\nb,1,10,2,1\nc,2,10,99,0\n');

describe('a workload', () => {
  it('by name is the generated one, with its day, its machines and all parameters of its services', async () => {
    const smack = generatedWorkload({ kind: 'generated', name: 'smack' });
    expect(smack).toMatchObject({ kind: 'generated', name: 'smack', defaultHorizon: DAY });
    expect(smack.parameters).toEqual(compositionParameters(SMACK));
    expect((await smack.defaultMachines({})).name).toBe('240x16cpu/64GiB/4TiBdisk');
    expect(() => generatedWorkload({ kind: 'generated', name: 'web' })).toThrow(
      '--workload: unknown workload "web", expected one of smack',
    );
  });

  it('in a file knows its name without the folder, its form and its sha256', async () => {
    const log = await workloadOfFile({ kind: 'trace', path: SWF });
    expect(log).toMatchObject({ kind: 'trace', name: 'log.swf', format: 'swf', resources: ['cpus'] });
    expect(log.defaultHorizon).toBeUndefined();
    // What sha256sum says of the file.
    expect(log.sha256).toBe('e22ccddee9c43cc1b06437967ca1dbf45882f11dac269f8604d4ec995d8f1f27');
  });

  it('in a file that changes has the sha256 of its new content', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'fairground-workload-')), 'jobs.csv');
    const digestOf = async (duration: number) => {
      writeFileSync(path, `job_id,submit,duration,cpus\n1,0,${duration},1\n`);
      return (await workloadOfFile({ kind: 'trace', path })).sha256;
    };
    const [before, after, again] = [await digestOf(5), await digestOf(60), await digestOf(5)];
    expect(after).not.toBe(before);
    expect(again).toBe(before);
  });

  it('in a file without machines says that they must be given', async () => {
    const jobs = await workloadOfFile({ kind: 'trace', path: CSV });
    await expect(jobs.defaultMachines({})).rejects.toThrow(
      /jobs\.csv: the trace has no machines; use --machines/,
    );
  });

  it('that is generated needs an end', async () => {
    await expect(run(smallSpec({ until: FOREVER }))).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringMatching(/^--until: .*--until 1d/),
    });
  });
});

describe('a run', () => {
  it('of a trace begins with its first submission and ends with its last task, or at the horizon', async () => {
    const spec = { policy: 'fcfs', workload: { kind: 'trace', path: SWF }, seed: '1', set: {} } as const;
    expect((await summaryOf(spec)).run).toMatchObject({ start: 7, length: 100, horizon: null });
    const short = await summaryOf({ ...spec, until: 30e6 });
    expect(short.run).toMatchObject({ start: 7, length: 30, horizon: 30 });
    expect(short.tasks).toMatchObject({ running: 1, finished: 0 });
  });

  it('counts what the trace asks for, also where no machine has it, and rejects what fits nowhere', async () => {
    const spec = {
      policy: 'bin-packing',
      workload: { kind: 'trace', path: CSV },
      seed: '1',
      set: {},
    } as const;
    const summary = await summaryOf({ ...spec, machines: '2x4cpu/8GiB' });
    expect(summary.run.machines.capacity).toEqual({ cpus: 8, gpus: 0 });
    expect(summary.tasks).toMatchObject({ submitted: 3, finished: 1, rejected: 2 });
    const withGpu = await summaryOf({ ...spec, machines: '2x4cpu/8GiB/1gpu' });
    expect(withGpu.tasks).toMatchObject({ finished: 2, rejected: 1 });
  });

  it('of a generated workload asks for nothing that its machines do not have', async () => {
    const summary = await summaryOf(smallSpec({ machines: '12x16cpu/64GiB' }));
    expect(Object.keys(summary.utilization)).toEqual(['cpus', 'mem']);
    expect(summary.tasks.rejected).toBe(0);
    expect(summary.tasks.finished).toBeGreaterThan(0);
  });

  it('meets the same arrivals under every policy', async () => {
    const submitted = async (policy: string) => {
      const { byFramework } = await summaryOf(smallSpec({ policy }));
      return Object.fromEntries(
        Object.entries(byFramework).map(([name, { tasks }]) => [name, tasks.submitted]),
      );
    };
    const drf = await submitted('drf');
    expect(Object.keys(drf)).toEqual(['kafka', 'cassandra', 'elasticsearch', 'web', 'spark']);
    for (const policy of ['silos', 'bin-packing', 'fcfs']) expect(await submitted(policy)).toEqual(drf);
  });

  it('is another for another seed', async () => {
    const [a, b] = [await summaryOf(smallSpec()), await summaryOf(smallSpec({ seed: '2' }))];
    expect(b.tasks.submitted).not.toBe(a.tasks.submitted);
    expect(b.run.seed).toBe('2');
  });
});

describe('a scenario file', () => {
  it('has the options of a run; numbers may stand without quotes, policies in a list', async () => {
    const path = file(
      'all.yaml',
      'policy: [drf, silos]\nworkload: smack\nmachines: 3x4cpu\nseeds: 1-3\nuntil: 90\nset:\n  interval: 2\n  spark.cpus: "1"\n',
    );
    expect(await readScenario(path)).toEqual({
      policy: ['drf', 'silos'],
      workload: 'smack',
      machines: '3x4cpu',
      seeds: '1-3',
      until: '90',
      set: { interval: '2', 'spark.cpus': '1' },
    });
    expect(await readScenario(file('empty.yaml', ''))).toEqual({ set: {} });
    expect(await readScenario(file('comment.yaml', '# nothing yet\n'))).toEqual({ set: {} });
  });

  it.each([
    [
      'an unknown key',
      'policy: drf\nuntill: 1h\n',
      /:2:\d+: untill: unknown key, expected one of policy, policies, workload/,
    ],
    ['a wrong type below', 'set:\n  a: 1\n  b: [1]\n', /:3:\d+: set\.b: /],
    ['a wrong type', '\nseed: {a: 1}\n', /:2:\d+: seed: /],
    ['a list for a document', '- a\n- b\n', /:1:\d+: /],
    ['text that is not YAML', 'policy: [drf\n', /:\d+: /],
    ['a key twice', 'seed: 1\nseed: 2\n', /:2:\d+: Map keys must be unique/],
  ])('with %s is refused by line and field', async (_what, text, message) => {
    await expect(readScenario(file('wrong.yaml', text))).rejects.toThrow(message);
    await expect(readScenario(join(folder, 'wrong.yaml'))).rejects.toMatchObject({ name: 'InputError' });
  });

  it('that is not there is refused by name', async () => {
    await expect(readScenario(join(folder, 'nope.yaml'))).rejects.toThrow(
      /nope\.yaml: cannot be read \(ENOENT\)/,
    );
  });
});
