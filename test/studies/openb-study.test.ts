import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/lab/run/node/run.js';
import { ParameterValues } from '../../src/model/index.js';
import { openbStudy } from '../../src/studies/openb/openb.js';
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

const reproduce = (data: string, settings: Readonly<Record<string, string>>) =>
  openbStudy.run({
    data,
    settings: new ParameterValues(openbStudy.parameters, settings),
    progress: () => {},
  });

async function checkOf(data: string) {
  const checks = await reproduce(data, { workloads: 'default', seeds: '42', policies: 'gpu-best-fit' });
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

  it('has every cell of the three tables of a seed under each deterministic policy, and the random one in range', async () => {
    const checks = await reproduce(DATA as string, { workloads: 'gpuspec33', seeds: '42,51' });
    expect(checks).toHaveLength(18);
    for (const { what, difference, passed } of checks) {
      expect(passed, `${what}: ${difference}`).toBe(true);
      if (!what.startsWith('gpu-random')) expect(difference, what).toMatch(/^262 of 262 cells within 0\.01/);
    }
  });

  it('looks at what lies in the folder: another pod list with orders and rows is a workload of its own', async () => {
    const data = dataWith((text) => text);
    const folder = join(data, 'openb');
    const original = join(DATA as string, 'openb');
    symlinkSync(join(original, 'openb_pod_list_default.csv'), join(folder, 'openb_pod_list_mine.csv'));
    rmSync(join(folder, 'orders'));
    mkdirSync(join(folder, 'orders'));
    for (const what of ['pods', 'nodes']) {
      const order = gunzipSync(readFileSync(join(original, 'orders', `default_${what}_42.txt.gz`)));
      writeFileSync(join(folder, 'orders', `mine_${what}_42.txt`), order);
    }
    const rows = readFileSync(join(original, 'expected_allocation.csv'), 'utf8').split('\n');
    const wanted = rows.find((row) => row.startsWith('openb_pod_list_default,06-FGD,1.3,42')) as string;
    rmSync(join(folder, 'expected_allocation.csv'));
    writeFileSync(
      join(folder, 'expected_allocation.csv'),
      `${rows[0]}\n${wanted.replace('list_default', 'list_mine')}\n`,
    );
    expect(await reproduce(data, {})).toEqual([
      {
        what: 'fgd, mine, 1 seed x 131: allocation',
        published: '95.29 %',
        ours: '95.29 %',
        difference: expect.stringMatching(/^131 of 131 cells within 0\.01/),
        passed: true,
      },
    ]);
  });

  it('shows what the tie rule does', async () => {
    const checks = await reproduce(DATA as string, {
      ties: 'yes',
      workloads: 'default',
      seeds: '42',
      policies: 'fgd,gpu-clustering',
    });
    const allocation = (what: string) =>
      Number.parseFloat(checks.find((check) => check.what === what)?.ours ?? '');
    expect(checks).toHaveLength(8);
    expect(allocation('fgd, default: integer scores, lowest rank in the order of the seed')).toBe(95.29);
    expect(allocation('fgd, default: integer scores, ties at random')).toBeLessThan(92);
  });

  it('names what is not in the folder', async () => {
    await expect(reproduce(DATA as string, { policies: 'fgd,fdg' })).rejects.toThrow(
      /--policies: .*fdg.*one of .*gpu-best-fit/,
    );
    const empty = mkdtempSync(join(tmpdir(), 'fairground-openb-'));
    await expect(reproduce(empty, {})).rejects.toThrow(/openb\/orders: folder not found/);
    mkdirSync(join(empty, 'openb', 'orders'), { recursive: true });
    await expect(reproduce(empty, {})).rejects.toThrow(/openb: contains no runs: expected a pod list/);
  });
});
