import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { compare, gate, type RunScenario, run } from '../../src/index.js';
import { specOf } from '../../src/lab/gate/rerun.js';
import { withFoundWarmUp } from '../../src/lab/run/warm-up.js';
import { runSpecs } from '../../src/lab/scenario/run-choices.js';
import { choicesOfScenario } from '../../src/lab/scenario/scenario.js';
import type { Summary } from '../../src/metrics/catalogue/catalogue.js';
import { summarySchema } from '../../src/metrics/catalogue/summary-schema.js';
import { fromSeconds } from '../../src/model/index.js';
import { reportData } from '../../src/report/make-report-data.js';
import { summaryText } from '../../src/results/files/stored-runs.js';
import { warmUpNotes } from '../../src/results/run-notes.js';
import { warmUpOfRuns } from '../../src/results/steady-state.js';
import { smallSpec, summaryOf } from './small-runs.js';
import { planOf, textsOf } from './sweep/small-sweep.js';

const SMALL: RunScenario = {
  policy: ['drf', 'fcfs'],
  machines: '12x16cpu/64GiB/4TiBdisk',
  until: '30m',
  set: smallSpec().set,
};

const noNote = () => {};

type Row = Readonly<Record<string, string>>;

/** Runs the small data centre into a folder, with a warm-up of 10 minutes. */
async function filesOf(warmUp: string) {
  const out = mkdtempSync(join(tmpdir(), 'fairground-warm-up-'));
  const [{ summary }] = await run({ ...SMALL, policy: 'drf', warmUp }, { out });
  const [only] = readdirSync(out);
  const folder = readdirSync(out).includes('summary.json') ? out : join(out, only);
  return { summary, read: (name: string) => readFileSync(join(folder, name), 'utf8') };
}

describe('the files of a run with a warm-up', () => {
  it('hold the whole run, and schema.json says what the summary leaves out', async () => {
    const [plain, later] = [await filesOf('0'), await filesOf('10m')];
    for (const name of ['jobs.csv', 'series.csv', 'machines.csv'])
      expect(later.read(name), name).toBe(plain.read(name));
    const { warmUp, ...columns } = JSON.parse(later.read('schema.json'));
    expect(warmUp).toEqual({ rule: 'time', seconds: 600 });
    expect(columns).toEqual(JSON.parse(plain.read('schema.json')));
  });

  it('have all that is needed to find the metrics of the steady state again', async () => {
    const { summary, read } = await filesOf('10m');
    const jobs: Row[] = parse(read('jobs.csv'), { columns: true });
    const after = jobs.filter(({ submit }) => Number(submit) >= 600);
    const waits = after.filter(({ wait }) => wait !== '').map(({ wait }) => Number(wait));
    expect(waits.length).toBeGreaterThan(5);
    expect(waits.length).toBeLessThan(jobs.length);
    expect(summary.wait.count).toBe(waits.length);
    expect(summary.wait.mean).toBeCloseTo(waits.reduce((sum, wait) => sum + wait, 0) / waits.length, 5);
    const ended = after.filter(({ run: time }) => time !== '');
    const responses = ended.map(({ submit, end }) => Number(end) - Number(submit));
    expect(summary.response.count).toBe(responses.length);
    expect(summary.response.mean).toBeCloseTo(
      responses.reduce((sum, one) => sum + one, 0) / responses.length,
      5,
    );
    const finished = jobs.filter(({ outcome, end }) => outcome === 'finished' && Number(end) >= 600);
    expect(summary.throughput.jobsPerHour).toBeCloseTo(finished.length * 3, 9);
  });
});

describe('a warm-up by MSER-5', () => {
  it('is the same time for all policies and seeds, the largest that a policy has', async () => {
    const scenario = { ...SMALL, seeds: '1-2' };
    const records = await run({ ...scenario, warmUp: 'mser-5' });
    const pilots = await run(scenario);
    const byPolicy = ['drf', 'fcfs'].map((policy) =>
      warmUpOfRuns(pilots.filter(({ summary }) => summary.run.policy.name === policy)),
    );
    const largest = byPolicy.includes(undefined) ? undefined : Math.max(...(byPolicy as number[]));
    const expected =
      largest === undefined ? { rule: 'half', seconds: 900 } : { rule: 'mser-5', seconds: largest };
    for (const { summary } of records) expect(summary.run.warmUp).toEqual(expected);
    const given = await run({ ...scenario, warmUp: `${expected.seconds}s` });
    for (const [i, { summary }] of records.entries()) {
      const { run: _, ...metrics } = summary;
      const { run: __, ...same } = given[i].summary;
      expect(metrics).toEqual(same);
    }
  });

  it('is found in the mean course over the seeds, and is half of the run if a policy has none', async () => {
    const [pilot] = await run({ ...SMALL, policy: 'drf' });
    /** The record with this number of pending tasks in each interval. */
    const withCourse = (policy: string, seed: string, course: (bin: number) => number) => {
      const record = structuredClone(pilot);
      record.summary.run.policy.name = policy;
      record.summary.run.seed = seed;
      const columns = ['pending', 'running'].map((name) => ({
        name,
        values: Float64Array.from({ length: 100 }, (_, bin) => (name === 'running' ? 0 : course(bin))),
      }));
      return { ...record, series: { start: 0, binSeconds: 8, lastBinSeconds: 8, columns } };
    };
    const settled = (until: number, sign: number) => (bin: number) =>
      bin < until ? 100 : 10 + sign * (bin % 2);
    // The noise of the seeds cancels; the first 20 and 30 intervals of 8 s are the warm-up.
    const drf = [withCourse('drf', '1', settled(20, 1)), withCourse('drf', '2', settled(20, -1))];
    const fcfs = [withCourse('fcfs', '1', settled(30, 1)), withCourse('fcfs', '2', settled(30, -1))];
    expect(warmUpOfRuns(drf)).toBe(160);
    expect(warmUpOfRuns([...drf, ...fcfs])).toBe(240);
    const growing = withCourse('easy', '1', (bin) => bin ** 2);
    expect(warmUpOfRuns([...drf, growing])).toBeUndefined();
    const specs = await runSpecs(choicesOfScenario({ ...SMALL, warmUp: 'mser-5' }), noNote);
    const found = await withFoundWarmUp(specs, async (pilots) => {
      expect(pilots.every(({ warmUp }) => warmUp === undefined)).toBe(true);
      return [growing];
    });
    expect(found.map(({ warmUp }) => warmUp)).toEqual(
      specs.map(() => ({ rule: 'half', lasts: fromSeconds(900) })),
    );
  });

  it('is refused where runs are made one by one, and a wrong text is, too', async () => {
    await expect(planOf({ scenario: { warmUp: 'mser-5' } })).rejects.toThrow(
      '--warm-up: mser-5 finds one warm-up for all runs of a comparison, but each run of a sweep is made alone; give a duration',
    );
    await expect(run({ ...SMALL, warmUp: 'mser5' })).rejects.toThrow('did you mean mser-5?');
  });
});

describe('what uses results with a warm-up', () => {
  it('is a sweep, in which it may be an axis', async () => {
    const plan = await planOf({ scenario: { warmUp: ['0', '1m'] } });
    expect(textsOf(plan)).toEqual(['fcfs 1 warmUp=0', 'fcfs 1 warmUp=1m']);
    expect(plan.cells[1].spec.warmUp).toEqual({ rule: 'time', lasts: fromSeconds(60) });
    expect(textsOf(await planOf({}, [{ name: 'warmUp', values: ['0', '2m'] }]))).toEqual([
      'fcfs 1 warmUp=0',
      'fcfs 1 warmUp=2m',
    ]);
  });

  it('is a comparison, which names the warm-ups of one policy', async () => {
    const records = [
      ...(await run({ ...SMALL, policy: 'drf' })),
      ...(await run({ ...SMALL, policy: 'drf', warmUp: '10m' })),
    ];
    expect(compare(records).columns.map(({ name }) => name)).toEqual([
      'drf (warm-up=0s)',
      'drf (warm-up=10m)',
    ]);
    const { facts, notes } = reportData(records);
    expect(facts).toContainEqual({ term: 'Warm-up', text: 'none; 10m' });
    expect(notes).toContain('The runs differ in their warm-up, not only in the policy.');
    expect(notes).toContainEqual(
      expect.stringMatching(/^The first 10m are left out of the metrics of the steady/),
    );
    expect(reportData(records.slice(0, 1)).facts.map(({ term }) => term)).not.toContain('Warm-up');
  });

  it('is the gate, which refuses a baseline with another warm-up and repeats one with the same', async () => {
    const [plain] = await run({ ...SMALL, policy: 'drf' });
    const [later] = await run({ ...SMALL, policy: 'drf', warmUp: '10m' });
    await expect(gate([later], [plain])).rejects.toThrow(
      'is of another workload: its warm-up in seconds is "600", that of the candidate is "0"',
    );
    const found: Summary = structuredClone(later.summary);
    found.run.warmUp = { rule: 'mser-5', seconds: 600 };
    const read = summarySchema.parse(JSON.parse(summaryText(found)));
    const again = await summaryOf(specOf(read, { policyFiles: new Map() }));
    expect(summaryText(again)).toBe(summaryText(found));
  });
});

describe('the note on a warm-up', () => {
  it.each([
    ['time', 'The first 2h are left out of'],
    ['mser-5', 'The first 2h (found by MSER-5) are left out of'],
    [
      'half',
      'The first 2h (half of the run, because MSER-5 finds no steady state in it; simulate a longer time) are left out of',
    ],
  ] as const)('names the rule: %s', async (rule, text) => {
    const summary = await summaryOf(smallSpec());
    expect(warmUpNotes(summary)).toEqual([]);
    summary.run.warmUp = { rule, seconds: 7200 };
    expect(warmUpNotes(summary)).toEqual([
      expect.stringMatching(new RegExp(`^${text.replace(/[()]/g, '\\$&')}`)),
    ]);
  });
});
