import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { gate, type Progress, type RunRecord, type RunScenario, run } from '../../src/index.js';
import { type Policy, policyNamed } from '../../src/policies/index.js';
import { simulate } from '../cli/simulate-command.js';

const drf = policyNamed('drf') as Policy;

const SMALL: RunScenario = { machines: '10x16cpu/64GiB/4TiBdisk', until: '5m', policy: 'drf' };

let records: readonly RunRecord[];
const out = mkdtempSync(join(tmpdir(), 'fairground-library-gate-'));

beforeAll(async () => {
  records = await run({ ...SMALL, policy: 'drf,fcfs', seeds: '1-3' }, { out });
}, 60_000);

const ofDrf = () => records.filter(({ summary }) => summary.run.policy.name === 'drf');

describe('gate of results', () => {
  it('finds no change between equal runs, also in a folder', async () => {
    expect(await gate(out, records)).toMatchObject({ verdict: 'same', passes: true, notes: [] });
  });

  it('fails when a gated metric is worse beyond its tolerance, with every seed', async () => {
    const worse = records.map(({ summary }, i) => ({
      ...summary,
      queue: { ...summary.queue, mean: summary.queue.mean * (1.5 + 0.001 * i) },
    }));
    const { verdict, passes, metrics } = await gate(records, worse, { tolerances: ['queue.mean=5%'] });
    expect([verdict, passes]).toEqual(['fail', false]);
    expect(metrics.filter((one) => one.verdict === 'fail').map(({ metric }) => metric.key)).toContain(
      'queue.mean',
    );
  });

  it('lets an undecided change pass, or not, as the terms say', async () => {
    const [one, other] = [
      ofDrf().slice(0, 1),
      records.filter(({ summary }) => summary.run.seed === '1').slice(1),
    ];
    const terms = { tolerances: ['queue.mean=0'] };
    expect(await gate(one, other, terms)).toMatchObject({ verdict: 'undecided', passes: true });
    expect(await gate(one, other, { ...terms, undecided: 'fail' })).toMatchObject({ passes: false });
  });

  it('refuses a tolerance of no metric', async () => {
    await expect(gate(records, records, { tolerances: ['wiat.p95=5%'] })).rejects.toThrow(/wiat/);
  });
});

describe('objectives', () => {
  it('fail when a run misses them, with a baseline and without one', async () => {
    const objectives = ['queue.mean < 1e9', { formula: 'queue.mean < 0', policy: 'fcfs', share: 0.5 }];
    const missed = { policy: 'fcfs', text: 'queue.mean < 0', runs: 3, met: 0, share: 0.5, verdict: 'fail' };
    for (const baseline of [records, undefined]) {
      const { verdict, objectives: judged, passes } = await gate(baseline, out, { objectives });
      expect([verdict, passes]).toEqual(['fail', false]);
      expect(judged.map((one) => one.verdict)).toEqual(['pass', 'pass', 'fail']);
      expect(judged[2]).toEqual(missed);
    }
  });

  it('with a mistake are refused with their place', async () => {
    const judged = (...objectives: (string | { formula: string; shrae: number })[]) =>
      gate(undefined, records, { objectives });
    await expect(judged('queue.mean < 1', 'wiat < 3')).rejects.toMatchObject({
      name: 'InputError',
      place: { path: ['objectives', 1] },
    });
    await expect(judged({ formula: 'queue.mean < 1', shrae: 1 })).rejects.toThrow(/shrae/);
    await expect(judged('queue.mean <')).rejects.toThrow(/^objectives\.0: character/);
  });

  it('are needed without a baseline, where tolerances have no use', async () => {
    await expect(gate(undefined, records)).rejects.toThrow(/^objectives: are missing/);
    await expect(
      gate(undefined, records, { objectives: ['queue.mean < 1'], tolerances: ['5%'] }),
    ).rejects.toThrow(/^tolerances: has no use without a baseline/);
  });
});

describe('gate of scenarios', () => {
  it('runs the candidate under the seeds of the baseline', async () => {
    const seen: Progress[] = [];
    const outcome = await gate(ofDrf(), SMALL, { progress: (now) => seen.push(now) });
    expect(outcome).toMatchObject({ verdict: 'same', policies: [{ name: 'drf', seeds: ['1', '2', '3'] }] });
    expect(outcome.runs).toHaveLength(3);
    expect(seen.filter(({ done }) => done === 1)).toHaveLength(3);
  });

  it('runs both sides, and adds seeds to both while it is undecided', async () => {
    const terms = { tolerances: ['queue.mean=0'], maxSeeds: 6 };
    const outcome = await gate({ ...SMALL, seeds: '1-3' }, { ...SMALL, policy: 'fcfs' }, terms);
    const again = await gate(ofDrf(), { ...SMALL, policy: 'fcfs' }, terms);
    expect(outcome.design).toMatchObject({ looks: [3, 4, 5, 6], spending: 'obrien-fleming' });
    expect(outcome.policies[0].seeds).toHaveLength(
      outcome.design?.looks[(outcome.design?.taken ?? 0) - 1] ?? 0,
    );
    expect(outcome.design?.taken).toBeGreaterThan(1);
    expect(again).toEqual(outcome);
  });

  it('decides as the command does', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fairground-library-gate-'));
    await run({ ...SMALL, seeds: '1-3' }, { out: folder });
    const options = ['--tolerance', 'queue.mean=0', '--max-seeds', '6', '--json'];
    const { stdout } = simulate('gate', '-b', folder, '-c', 'fcfs', ...options);
    const { verdict, design, metrics } = JSON.parse(stdout);
    const outcome = await gate(
      folder,
      { ...SMALL, policy: 'fcfs' },
      { tolerances: ['queue.mean=0'], maxSeeds: 6 },
    );
    expect([outcome.verdict, outcome.design]).toEqual([verdict, design]);
    expect(outcome.metrics.map(({ metric, difference }) => [metric.key, difference.mean])).toEqual(
      metrics.map(({ key, difference }: { key: string; difference: number }) => [key, difference]),
    );
  });

  it('takes policies that are objects, on both sides', async () => {
    const policy = { ...drf, name: 'mine' };
    const outcome = await gate({ ...SMALL, seeds: '1-2', policy }, { ...SMALL, policy: drf });
    expect(outcome.policies).toMatchObject([{ name: 'mine', candidate: { name: 'drf' } }]);
    expect(outcome.verdict).toBe('same');
  });

  it('refuses other work, other seeds and a wrong limit before it runs anything', async () => {
    await expect(gate(ofDrf(), { ...SMALL, machines: '12x16cpu/64GiB/4TiBdisk' })).rejects.toThrow(
      /is of another workload: its machines/,
    );
    const progress = () => expect.unreachable();
    await expect(gate(ofDrf(), { ...SMALL, seeds: '1-4' }, { progress })).rejects.toThrow(
      /the candidate has the seeds 1, 2, 3, 4, but it runs under those of the baseline, which are 1, 2, 3/,
    );
    await expect(gate(SMALL, { ...SMALL, policy: 'dfr' }, { progress })).rejects.toThrow(/dfr/);
    await expect(gate(SMALL, SMALL, { maxSeeds: 1, progress })).rejects.toThrow(/a whole number from 2/);
  });

  it('says why a baseline of a policy that is not built in gets no more seeds', async () => {
    const policy = { ...drf, name: 'mine' };
    const baseline = await run({ ...SMALL, policy, seeds: '1-2' });
    const { notes } = await gate(baseline, { ...SMALL, policy: 'fcfs' }, { maxSeeds: 5 });
    expect(notes).toEqual([
      'The baseline has 2 seeds, so the gate uses no more; a policy of the baseline is not built in: give the scenario of the baseline for more.',
    ]);
  });

  it('stops when the signal aborts', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const scenario = { ...SMALL, until: '100d' };
    const running = gate(scenario, scenario, { signal: stop.signal, progress: () => stop.abort(reason) });
    await expect(running).rejects.toBe(reason);
  });
});
