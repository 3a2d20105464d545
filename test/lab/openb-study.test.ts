import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/lab/run.js';
import { openbStudy } from '../../src/lab/studies/openb.js';
import { ParameterValues } from '../../src/model/index.js';
import { DATA } from '../reference-data.js';

const PLACEMENTS = 'default_seed42_BestFit.csv.gz';
const CHECK = 'gpu-best-fit, default, seed 42: decisions';

/** A folder like the reference data, but for the recorded decisions of BestFit, whose text goes through `change`. */
function dataWith(change: (placements: string) => string): string {
  const original = join(DATA as string, 'openb');
  const data = mkdtempSync(join(tmpdir(), 'fairground-openb-'));
  const folder = join(data, 'openb');
  mkdirSync(join(folder, 'placements'), { recursive: true });
  for (const name of readdirSync(original))
    if (name !== 'placements') symlinkSync(join(original, name), join(folder, name));
  const text = gunzipSync(readFileSync(join(original, 'placements', PLACEMENTS))).toString();
  writeFileSync(join(folder, 'placements', PLACEMENTS), gzipSync(change(text)));
  return data;
}

async function checkOf(data: string) {
  const checks = await openbStudy.run({
    data,
    settings: new ParameterValues(openbStudy.parameters),
    progress: () => {},
  });
  return checks.find(({ what }) => what === CHECK);
}

/** The record of decision `i`, with another text in one of its columns. */
function changeRecord(text: string, i: number, column: string, value: string): string {
  const lines = text.split('\n');
  const fields = lines[i + 1].split(',');
  fields[lines[0].split(',').indexOf(column)] = value;
  lines[i + 1] = fields.join(',');
  return lines.join('\n');
}

describe.skipIf(DATA === undefined)('the openb study', () => {
  it('makes all 10,866 decisions of the published run: node, GPU devices and refusals', async () => {
    expect(await checkOf(dataWith((text) => text))).toEqual({
      what: CHECK,
      published: '10866',
      ours: '10866 equal of 10866',
      difference: 'none',
      passed: true,
    });
  });

  it('ends with the published allocation and number of refused pods', async () => {
    const folder = join(DATA as string, 'openb');
    const { summary } = await run({
      policy: 'gpu-best-fit',
      workload: { kind: 'trace', path: join(folder, 'openb_pod_list_default.csv') },
      seed: '42',
      until: 20_000e6,
      set: {
        podOrder: join(folder, 'orders', 'default_pods_42.txt.gz'),
        nodeOrder: join(folder, 'orders', 'default_nodes_42.txt.gz'),
        patience: '0',
      },
    });
    expect(summary.run.machines).toMatchObject({ count: 1213, capacity: { gpus: 6212, cpus: 107_018 } });
    expect(summary.tasks).toMatchObject({ submitted: 10_866, abandoned: 2676, running: 8190, pending: 0 });
    expect((summary.utilization.gpus.allocated.peak * 100).toFixed(3)).toBe('93.133');
  });

  it.each([
    ['another GPU device', 'gpus', '7', /^first at 17: (\S+ on \S+) gpu \S+ instead of \1 gpu 7$/],
    [
      'a refusal where a pod was placed',
      'node',
      '',
      /^first at 17: (\S+) on \S+ gpu \S+ instead of \1 dropped$/,
    ],
  ])(
    'fails and names the first difference when the record has %s',
    async (_what, column, value, difference) => {
      const data = dataWith((text) =>
        changeRecord(changeRecord(text, 17, column, value), 900, 'pod', 'nobody'),
      );
      const check = await checkOf(data);
      expect(check).toMatchObject({ published: '10866', ours: '10864 equal of 10866', passed: false });
      expect(check?.difference).toMatch(difference);
    },
  );

  it('fails when the record ends before the run does', async () => {
    const short = dataWith((text) => `${text.trimEnd().split('\n').slice(0, -1).join('\n')}\n`);
    expect(await checkOf(short)).toMatchObject({ published: '10865', passed: false });
  });

  it('says which file is missing when the folder has no recorded run', async () => {
    const data = mkdtempSync(join(tmpdir(), 'fairground-openb-'));
    mkdirSync(join(data, 'openb', 'placements'), { recursive: true });
    await expect(
      openbStudy.run({ data, settings: new ParameterValues(openbStudy.parameters), progress: () => {} }),
    ).rejects.toThrow(/openb\/placements: has no recorded run of a policy that is known here/);
  });
});
