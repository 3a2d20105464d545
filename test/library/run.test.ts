import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as fairground from '../../src/index.js';
import { type Progress, type RunScenario, run } from '../../src/index.js';
import { scenarioSchema } from '../../src/lab/scenario/scenario.js';
import { summaryText } from '../../src/results/files/stored-runs.js';
import { smallSpec, summaryOf } from '../lab/small-runs.js';

const newFolder = () => mkdtempSync(join(tmpdir(), 'fairground-library-'));

/** The small data centre in the words of a user. */
const SMALL: RunScenario = { machines: '12x16cpu/64GiB/4TiBdisk', until: '30m', set: smallSpec().set };

describe('the package', () => {
  it('exports six functions and nothing else', () => {
    expect(Object.keys(fairground).sort()).toEqual([
      'compare',
      'gate',
      'readTrace',
      'report',
      'run',
      'sweep',
    ]);
  });

  it('has a type with every key of a scenario file', () => {
    const keys: Readonly<Record<keyof RunScenario, true>> = {
      add: true,
      cloud: true,
      cost: true,
      failures: true,
      faults: true,
      format: true,
      machineChanges: true,
      machines: true,
      operations: true,
      oversubscription: true,
      policy: true,
      seed: true,
      seeds: true,
      services: true,
      set: true,
      tenants: true,
      trace: true,
      until: true,
      warmUp: true,
      vertical: true,
      workload: true,
    };
    // The schema has a second name for the policies.
    const ofSchema = Object.keys(scenarioSchema.shape).filter((key) => key !== 'policies');
    expect(Object.keys(keys).sort()).toEqual(ofSchema.sort());
  });
});

describe('run', () => {
  it('returns a record for every policy and seed, in this order', async () => {
    const records = await run({ ...SMALL, policy: ['drf', 'fcfs'], seeds: '1-2' });
    expect(records.map(({ summary }) => [summary.run.policy.name, summary.run.seed])).toEqual([
      ['drf', '1'],
      ['drf', '2'],
      ['fcfs', '1'],
      ['fcfs', '2'],
    ]);
    expect(summaryText(records[1].summary)).toBe(summaryText(await summaryOf(smallSpec({ seed: '2' }))));
  });

  it('takes numbers, sections and tenants as a scenario file does', async () => {
    const [{ summary }] = await run({
      ...SMALL,
      policy: 'drf',
      seed: 3,
      until: '2m',
      tenants: { shop: { frameworks: ['web'], weight: 2 }, batch: { frameworks: ['spark'] } },
      vertical: { services: 'all' },
    });
    expect(summary.run.seed).toBe('3');
    expect(Object.keys(summary.byTenant ?? {})).toEqual(['shop', 'batch']);
    expect(summary.run.elasticity).toMatchObject({ 'vertical.services': 'all' });
  });

  it('rejects a mistake before anything runs, with its place', async () => {
    const wrong = { policy: 'drf', machinse: '10x4cpu' } as RunScenario;
    await expect(run(wrong)).rejects.toMatchObject({ name: 'InputError', place: { path: ['machinse'] } });
    await expect(run({ until: 'soon' })).rejects.toThrow(/until/);
    const out = join(newFolder(), 'out');
    await expect(run({ ...SMALL, policy: 'drf,dfr' }, { out })).rejects.toThrow(/dfr/);
    expect(existsSync(out)).toBe(false);
  });

  it('writes the files of each run', async () => {
    const out = newFolder();
    const [{ summary }] = await run({ ...SMALL, policy: 'drf,fcfs', until: '2m' }, { out });
    expect(readdirSync(out).sort()).toEqual(['drf', 'fcfs', 'runs.json']);
    expect(readFileSync(join(out, 'drf', 'summary.json'), 'utf8')).toBe(summaryText(summary));
    expect(readdirSync(join(out, 'fcfs'))).toContain('schema.json');
  });

  it.each([1, 2])('tells its progress, up to the end of each of %i runs', async (runs) => {
    const seen: Progress[] = [];
    await run({ ...SMALL, policy: 'drf', seeds: `1-${runs}` }, { progress: (now) => seen.push(now) });
    const ended = seen.filter(({ done }) => done === 1);
    expect(ended.map(({ run: number }) => number).sort()).toEqual(Array.from({ length: runs }, (_, i) => i));
    expect(ended[0]).toMatchObject({ runs, policy: 'drf', time: 1800 });
    for (const { done = 0 } of seen) expect(done).toBeLessThanOrEqual(1);
  });

  it('stops when the signal aborts, rejects with its reason, and leaves no file', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const out = join(newFolder(), 'out');
    const running = run(
      { ...SMALL, policy: 'drf', until: '100d' },
      { out, signal: stop.signal, progress: () => stop.abort(reason) },
    );
    await expect(running).rejects.toBe(reason);
    expect(existsSync(out)).toBe(false);
  });

  it('does not begin with a signal that has aborted', async () => {
    const seen: Progress[] = [];
    const options = { signal: AbortSignal.abort(), progress: (now: Progress) => seen.push(now) };
    await expect(run({ ...SMALL, policy: 'drf' }, options)).rejects.toMatchObject({ name: 'AbortError' });
    expect(seen).toEqual([]);
  });
});
