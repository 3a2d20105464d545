import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Progress, type RunScenario, run, type SweepScenario, sweep } from '../../src/index.js';
import { type Policy, policyNamed } from '../../src/policies/index.js';

const newFolder = () => mkdtempSync(join(tmpdir(), 'fairground-objects-'));

const drf = policyNamed('drf') as Policy;

const SMALL: RunScenario = { machines: '10x16cpu/64GiB/4TiBdisk', until: '5m' };

const throwing = (when: 'build' | 'schedule'): Policy => ({
  name: 'mine',
  parameters: [],
  build() {
    if (when === 'build') throw new Error('no idea');
    return {
      architecture: 'monolithic',
      scheduler: {
        name: 'mine',
        schedule() {
          throw new Error('no idea');
        },
      },
    };
  },
});

describe('a policy that is an object', () => {
  it('gives the results of the same policy by its name, beside policies in threads', async () => {
    const folder = newFolder();
    const seen: Progress[] = [];
    const policy = [{ ...drf, name: 'mine' }, 'drf', policyNamed('fcfs') as Policy];
    const records = await run(
      { ...SMALL, policy, seeds: '1-2' },
      { out: folder, progress: (now) => seen.push(now) },
    );
    expect(records.map(({ summary: { run: of } }) => `${of.policy.name} ${of.seed}`)).toEqual(
      ['mine', 'drf', 'fcfs'].flatMap((name) => [`${name} 1`, `${name} 2`]),
    );
    const [mine, , other] = records.map(({ summary: { run: _, ...results } }) => results);
    expect(mine).toEqual(other);
    expect(
      seen
        .filter(({ done }) => done === 1)
        .map((now) => now.run)
        .sort(),
    ).toEqual([0, 1, 2, 3, 4, 5]);
    const written = readFileSync(join(folder, 'mine', 'seed-2', 'summary.json'), 'utf8');
    expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(records[1].summary)));
  });

  it('gets its parameters from `set`, and keeps what its functions refer to', async () => {
    const intervals: number[] = [];
    const mine: Policy = {
      ...drf,
      name: 'mine',
      build(settings, context) {
        intervals.push(settings.number('interval'));
        return drf.build(settings, context);
      },
    };
    const [{ summary }] = await run({ ...SMALL, policy: mine, set: { 'mine.interval': '7s' } });
    expect(summary.run.policy).toMatchObject({ name: 'mine', parameters: { interval: '7s' } });
    expect(intervals.at(-1)).toBe(7_000_000);
  });

  it('has the digest of its source, as its file would have, and none without a source', async () => {
    const source = join(newFolder(), 'mine.ts');
    writeFileSync(source, 'export default {};\n');
    const [first, second] = await run({
      ...SMALL,
      until: '1m',
      policy: [
        { policy: { ...drf, name: 'first' }, source },
        { ...drf, name: 'second' },
      ],
    });
    const digest = createHash('sha256').update(readFileSync(source)).digest('hex');
    expect(first.summary.run.policy.digest).toBe(digest);
    expect(second.summary.run.policy).not.toHaveProperty('digest');
  });

  it.each(['build', 'schedule'] as const)(
    'that throws in %s() rejects in one line, and leaves no file',
    async (when) => {
      const out = join(newFolder(), 'out');
      await expect(run({ ...SMALL, policy: throwing(when) }, { out })).rejects.toThrow(
        when === 'build'
          ? /^policy mine: build\(\) failed: no idea$/
          : /^policy mine: schedule\(\) failed at [\d.]+ s: no idea$/,
      );
      expect(existsSync(out)).toBe(false);
    },
  );

  it('stops the other runs when it fails', async () => {
    const policy = [throwing('schedule'), 'drf'];
    await expect(run({ ...SMALL, until: '100d', policy })).rejects.toThrow(/no idea/);
  });

  it('stops when the signal aborts', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const options = { signal: stop.signal, progress: () => stop.abort(reason) };
    await expect(run({ ...SMALL, until: '100d', policy: [drf] }, options)).rejects.toBe(reason);
  });

  it('that is no policy, or has the name of another one, is refused before anything runs', async () => {
    const progress = () => expect.unreachable();
    const wrong = (policy: unknown) => run({ ...SMALL, policy } as RunScenario, { progress });
    await expect(wrong({ name: 'mine' })).rejects.toMatchObject({ place: { path: ['policy', 0] } });
    await expect(wrong(['drf', 5])).rejects.toThrow(/is no policy/);
    await expect(wrong({ ...drf, name: 'a b' })).rejects.toThrow(/^policy a b: name: found "a b"/);
    await expect(wrong({ ...drf, parameters: undefined })).rejects.toThrow(/^policy drf: parameters/);
    await expect(wrong(['drf', { ...drf }])).rejects.toThrow(/have the same name "drf"/);
    await expect(wrong([drf, drf])).rejects.toThrow(/is given twice/);
  });

  it('is refused by a sweep', async () => {
    const scenario = { ...SMALL, policy: [drf] } as unknown as SweepScenario;
    await expect(sweep(scenario, { out: newFolder() })).rejects.toThrow(
      /^policy: is an object; a sweep needs/,
    );
  });
});
