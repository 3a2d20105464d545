import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { run } from '../../../src/lab/run/node/run.js';
import { runMany } from '../../../src/lab/run/node/run-many.js';
import type { RunSpec } from '../../../src/lab/run/run-spec.js';
import { runSweep } from '../../../src/lab/sweep/run-sweep.js';
import {
  cacheFolder,
  cachePath,
  isBeingConverted,
  partialCachePath,
  tidyFolder,
} from '../../../src/lab/trace-cache/cache-folder.js';
import { SharedTraces, ThreadTraces } from '../../../src/lab/trace-cache/shared-traces.js';
import type { TraceForm } from '../../../src/lab/trace-cache/trace-form.js';
import { fromSeconds } from '../../../src/model/index.js';
import { planOf, smallTrace, tablesIn } from '../sweep/small-sweep.js';
import { newFolder } from './traces-to-convert.js';

const mapped = (bytes: number): TraceForm => ({ kind: 'mapped', bytes: new SharedArrayBuffer(bytes) });

afterEach(() => vi.unstubAllEnvs());

describe('threads that share traces', () => {
  it('convert a trace once, and the others wait for it', async () => {
    const shared = new SharedTraces();
    const threads = [1, 2, 3].map(() => new ThreadTraces(shared.connect()));
    let made = 0;
    const make = async () => {
      made++;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return mapped(8);
    };
    const forms = await Promise.all(threads.map((thread) => thread.form('a', make)));
    expect(forms.map(({ kind }) => kind)).toEqual(['mapped', 'mapped', 'mapped']);
    expect(await threads[0].form('a', make)).toMatchObject({ kind: 'mapped' });
    expect(made).toBe(1);
    await threads[1].form('b', make);
    expect(made).toBe(2);
  });

  it('see the same memory', async () => {
    const shared = new SharedTraces();
    const [one, other] = [1, 2].map(() => new ThreadTraces(shared.connect()));
    const first = await one.form('a', async () => mapped(8));
    const second = await other.form('a', () => Promise.reject(new Error('not again')));
    if (first.kind !== 'mapped' || second.kind !== 'mapped') throw new Error('not in memory');
    new Uint8Array(first.bytes)[3] = 7;
    expect(new Uint8Array(second.bytes)[3]).toBe(7);
  });

  it('replace a thread that ends in the middle of a conversion', async () => {
    const shared = new SharedTraces();
    const port = shared.connect();
    void new ThreadTraces(port).form('a', () => new Promise(() => {}));
    const other = new ThreadTraces(shared.connect());
    const waiting = other.form('a', async () => mapped(16));
    await new Promise((resolve) => setTimeout(resolve, 20));
    port.close();
    expect(await waiting).toMatchObject({ kind: 'mapped' });
  });

  it('read the trace themselves when its conversion fails', async () => {
    const shared = new SharedTraces();
    const [one, other] = [1, 2].map(() => new ThreadTraces(shared.connect()));
    const failing = one.form('a', () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(await other.form('a', async () => mapped(8))).toEqual({ kind: 'none' });
  });
});

describe('several runs of one trace', () => {
  const spec = (changes: Partial<RunSpec>): RunSpec => ({
    policy: 'fcfs',
    workload: { kind: 'trace', path: trace },
    machines: '2x4cpu',
    seed: '1',
    set: {},
    ...changes,
  });
  const trace = smallTrace();

  it('have the records of runs that read the trace themselves, also from the file of an earlier command', async () => {
    const folder = newFolder();
    vi.stubEnv('FAIRGROUND_CACHE', folder);
    const specs = [
      spec({}),
      spec({ policy: 'drf' }),
      spec({ until: fromSeconds(200) }),
      spec({ machines: '4x4cpu', seed: '2' }),
    ];
    const alone = [];
    for (const one of specs) alone.push(await run(one));
    expect(readdirSync(folder), 'a run alone converts nothing').toEqual([]);
    const tasks = specs.map((one) => ({ spec: one }));
    expect(await runMany(tasks)).toEqual(alone);
    // One form for the whole trace, and one for its first 200 seconds.
    expect(readdirSync(folder)).toHaveLength(2);
    const before = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
    expect(await runMany(tasks)).toEqual(alone);
    expect(readdirSync(folder).map((name) => readFileSync(join(folder, name)))).toEqual(before);
  });

  it('have the same records without a folder', async () => {
    vi.stubEnv('FAIRGROUND_CACHE', 'off');
    const specs = [spec({}), spec({ seed: '2' })];
    const alone = await Promise.all(specs.map((one) => run(one)));
    expect(await runMany(specs.map((one) => ({ spec: one })))).toEqual(alone);
  });

  it('of a sweep leave the same tables with the cache, with a damaged cache, and without one', async () => {
    const folder = newFolder();
    const tables = async (cache: string) => {
      vi.stubEnv('FAIRGROUND_CACHE', cache);
      const results = newFolder();
      await runSweep(await planOf({ scenario: { seeds: '1-3', trace } }), {
        results,
        jobs: false,
        workers: 2,
      });
      return tablesIn(results);
    };
    const without = await tables('off');
    expect(await tables(folder)).toEqual(without);
    expect(await tables(folder)).toEqual(without);
    const [name] = readdirSync(folder);
    writeFileSync(join(folder, name), 'fairground rows\n damaged');
    expect(await tables(folder)).toEqual(without);
  });
});

describe('the folder of converted traces', () => {
  it('is that of FAIRGROUND_CACHE, else below XDG_CACHE_HOME if that is absolute, else below the home folder', () => {
    expect(cacheFolder({ FAIRGROUND_CACHE: '/tmp/mine', XDG_CACHE_HOME: '/x' })).toBe('/tmp/mine');
    expect(cacheFolder({ FAIRGROUND_CACHE: 'off', XDG_CACHE_HOME: '/x' })).toBeUndefined();
    expect(cacheFolder({ XDG_CACHE_HOME: '/x' })).toBe('/x/fairground/traces');
    expect(cacheFolder({ XDG_CACHE_HOME: 'x' })).toMatch(/^\/.*\/\.cache\/fairground\/traces$/);
  });

  it('loses the files that were unused for the longest time, and those of killed processes', () => {
    const folder = newFolder();
    const file = (name: string, used: number) => {
      writeFileSync(join(folder, name), 'x'.repeat(100));
      utimesSync(join(folder, name), used, used);
    };
    for (const [i, name] of ['c', 'a', 'd', 'b'].entries()) file(`${name}.rows`, 1000 + i);
    const dead = partialCachePath(folder, 'a').replace(`-${process.pid}-`, '-999999999-');
    writeFileSync(dead, '');
    tidyFolder(folder, cachePath(folder, 'c'), 250);
    expect(readdirSync(folder).sort()).toEqual(['b.rows', 'c.rows']);
  });

  it('tells that another process of this computer converts a trace', () => {
    const folder = newFolder();
    mkdirSync(folder, { recursive: true });
    const partOf = (pid: number) => partialCachePath(folder, 'a').replace(`-${process.pid}-`, `-${pid}-`);
    writeFileSync(partOf(999_999_999), '');
    writeFileSync(partOf(process.pid), '');
    expect(isBeingConverted(folder, 'a')).toBe(false);
    writeFileSync(partOf(process.ppid), '');
    expect(isBeingConverted(folder, 'a')).toBe(true);
    expect(isBeingConverted(folder, 'b')).toBe(false);
  });
});
