import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/lab/run/node/run.js';
import { runMany } from '../../src/lab/run/node/run-many.js';
import { smallSpec } from './small-runs.js';

const newFolder = () => mkdtempSync(join(tmpdir(), 'fairground-many-'));

const SPECS = [
  smallSpec({ policy: 'silos' }),
  smallSpec({ policy: 'drf', seed: '2' }),
  smallSpec({ policy: 'bin-packing', set: { perJob: '1234us' } }),
];

describe('runs in worker threads', () => {
  it('leave the same records as runs in the process, in the order of the tasks', async () => {
    const here = await Promise.all(SPECS.map((spec) => run(spec)));
    const done: number[] = [];
    const there = await runMany(
      SPECS.map((spec) => ({ spec })),
      { done: (task, record) => done.push(task) && expect(record.summary).toEqual(here[task].summary) },
    );
    expect(there).toEqual(here);
    expect(done.sort()).toEqual([0, 1, 2]);
  });

  it('and a single run, which needs no thread, is that run', async () => {
    const progress: number[] = [];
    const [record] = await runMany([{ spec: SPECS[1] }], { progress: (task) => progress.push(task) });
    expect(record).toEqual(await run(SPECS[1]));
    expect(new Set(progress)).toEqual(new Set([0]));
  });

  it('of nothing are nothing', async () => {
    expect(await runMany([])).toEqual([]);
  });

  it('fail with the mistake of the person, and not with a stack', async () => {
    const wrong = smallSpec({ policy: 'drf', set: { interval: 'soon' } });
    await expect(runMany([{ spec: SPECS[0] }, { spec: wrong }])).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringMatching(/^--set interval: found "soon", expected a duration/),
    });
  });

  it('stop when they are told to, with no half-written file', async () => {
    const out = newFolder();
    const endless = join(out, 'endless.js');
    writeFileSync(endless, "export default () => ({ name: 'endless', schedule() { for (;;); } });\n");
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 700);
    const tasks = [1, 2, 3].map((seed) => ({
      spec: smallSpec({ policy: endless, seed: String(seed) }),
      out: join(out, String(seed)),
    }));
    await expect(runMany(tasks, { signal: stop.signal })).rejects.toMatchObject({ name: 'Interrupted' });
    const files = readdirSync(out, { recursive: true }).map(String);
    expect(files.filter((name) => /partial|csv|json/.test(name))).toEqual([]);
  });

  it('do not begin when two of them would write to one folder, as two policy files of one name do', async () => {
    const out = newFolder();
    const folder = join(out, 'mine');
    await expect(runMany(SPECS.map((spec) => ({ spec, out: folder })))).rejects.toThrow(
      `${folder}: two of the runs would write to this folder`,
    );
    expect(readdirSync(out)).toEqual([]);
  });

  it('do not begin when they were stopped before', async () => {
    const done: number[] = [];
    const hooks = { signal: AbortSignal.abort(), done: (task: number) => done.push(task) };
    await expect(
      runMany(
        SPECS.map((spec) => ({ spec })),
        hooks,
      ),
    ).rejects.toMatchObject({ name: 'Interrupted' });
    await expect(runMany([{ spec: SPECS[0] }], hooks)).rejects.toMatchObject({ name: 'Interrupted' });
    expect(done).toEqual([]);
  });
});
