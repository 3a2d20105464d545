import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { updateBaseline } from '../../src/lab/gate/baseline.js';
import { gate, gateObjectives } from '../../src/lab/gate/gate.js';
import { gateMarkdown, junitXml, writeGateFiles } from '../../src/lab/gate/gate-files.js';
import { gatePlot } from '../../src/lab/gate/gate-plot.js';
import { gateDocument, gateSchema } from '../../src/lab/gate/gate-schema.js';
import { gateNotes } from '../../src/lab/gate/gate-text.js';
import { readObjectives } from '../../src/lab/gate/objectives.js';
import type { JudgedGate } from '../../src/lab/gate/run-gate.js';
import { parseTolerances } from '../../src/lab/gate/tolerance.js';
import type { Summary } from '../../src/metrics/catalogue/catalogue.js';
import { readSummaries } from '../../src/results/files/read-summary.js';
import { smallSpec, summaryOf } from './small-runs.js';

const folder = mkdtempSync(join(tmpdir(), 'fairground-gate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let real: Summary;

beforeAll(async () => {
  real = await summaryOf(smallSpec());
});

function runs(waits: readonly number[], policy = 'drf'): Summary[] {
  return waits.map((mean, i) => ({
    ...real,
    run: { ...real.run, policy: { ...real.run.policy, name: policy }, seed: String(i + 1) },
    wait: { ...real.wait, mean },
  }));
}

/** A gate on the mean wait and on the p95, which does not change, at one look. */
function judged(before: readonly number[], after: readonly number[], policy = 'drf'): JudgedGate {
  const tolerances = parseTolerances(['wait.mean=5%', 'wait.p95=5%']);
  const looks = [before.length];
  return {
    result: gate(runs(before, policy), runs(after, policy), { tolerances }),
    design: { looks, levels: [0.05], spending: 'obrien-fleming', taken: 1 },
    notes: [],
  };
}

const worse = () => judged([100, 300, 500, 700], [160, 358, 561, 762]);
const unclear = () => judged([100, 300, 500, 700], [100, 300, 500, 1700]);

describe('the files of a gate', () => {
  it('are a JSON document of its own schema, with the digests of the policies', () => {
    const document = gateDocument(worse(), 'pass');
    expect(gateSchema.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
    expect(document).toMatchObject({
      schema: 'fairground/gate@1',
      verdict: 'fail',
      policies: [{ name: 'drf', seeds: ['1', '2', '3', '4'], candidate: { digest: real.run.policy.digest } }],
    });
    const wait = document.metrics.find(({ key }) => key === 'wait.mean');
    expect(wait).toMatchObject({ pairs: 4, difference: 60.25, allowed: 20, verdict: 'fail' });
  });

  it('are a test case in JUnit XML for each gated metric', () => {
    expect(junitXml(worse().result, 'pass')).toBe(
      [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<testsuites name="simulate gate" tests="2" failures="1" skipped="0">',
        '  <testsuite name="drf" tests="2" failures="1" skipped="0">',
        '    <testcase classname="drf" name="wait.mean">',
        '      <failure message="fail: +60.3 ± 2.7 s"/>',
        '    </testcase>',
        '    <testcase classname="drf" name="wait.p95"/>',
        '  </testsuite>',
        '</testsuites>',
        '',
      ].join('\n'),
    );
  });

  it.each([
    ['pass', 'skipped', '❔'],
    ['fail', 'failure', '❔'],
  ] as const)(
    'say of an undecided metric, if that counts as %s, that it is a %s',
    (undecided, element, sign) => {
      expect(junitXml(unclear().result, undecided)).toContain(`<${element} message="undecided: `);
      expect(gateMarkdown(unclear(), { undecided })).toMatch(
        new RegExp(`^### ${sign} Undecided: 1 of 2 gated metrics `),
      );
    },
  );

  it('are a table in Markdown with notes and a picture, and no mark of a policy’s name breaks it', () => {
    const text = gateMarkdown(judged([100, 300, 500, 700], [160, 358, 561, 762], 'a|b<c>'), {
      undecided: 'pass',
      plot: 'gate.svg',
    });
    expect(text).toMatch(/^### ❌ Failed: 1 of 2 gated metrics became worse by more than the tolerance\.\n/);
    expect(text).toContain('| **a\\|b&lt;c&gt;** | baseline | candidate | difference | verdict |\n');
    expect(text).toContain('| `wait.mean` | 6m 40s | 7m 40s | +60.3 ± 2.7 s | ❌ fail |\n');
    expect(text).toContain('- Tolerance of each gated metric: 5 % of the baseline.\n');
    expect(text).toContain('- 4 seeds: intervals at 95 %.\n');
    expect(text).toContain('](gate.svg)\n');
  });

  it('are a picture with a row for each gated metric that differs', () => {
    const picture = gatePlot(worse().result) ?? '';
    expect(picture).toMatch(/^<svg [^>]*>.*<\/svg>\n$/s);
    expect(picture.match(/class="mark/g)).toHaveLength(1);
    expect(picture).toContain('<g class="fail">');
    expect(picture).toContain('>wait.mean</text>');
    expect(picture).not.toMatch(/NaN|undefined|Infinity/);
    expect(gatePlot(judged([100, 300], [100, 300]).result)).toBeUndefined();
  });

  it('show a metric that was 0 at the border of the picture, with its difference', () => {
    const picture = gatePlot(judged([0, 0, 0, 0], [60, 58, 61, 62]).result) ?? '';
    expect(picture).toMatch(/<g class="fail">.*wait\.mean.*\(was 0 s\)/);
    expect(picture).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('say that a share of 0 allows nothing, and ask for no number of seeds', () => {
    const gate = judged([0, 0, 0, 0], [0, 0, 0, 0.001]);
    expect(gate.result).toMatchObject({ verdict: 'undecided', seedsNeeded: undefined });
    const notes = gateNotes(gate);
    expect(notes).toContain(
      'wait.mean is 0 in the baseline, and a share of 0 allows nothing: give an absolute tolerance, such as --tolerance wait.mean=1.',
    );
    expect(notes.join(' ')).not.toMatch(/Add seeds|would decide/);
  });

  it('are written to one folder', () => {
    const out = join(folder, 'out');
    writeGateFiles(out, worse(), 'pass');
    expect(readdirSync(out).sort()).toEqual(['gate.json', 'gate.md', 'gate.svg', 'junit.xml']);
  });
});

describe('objectives', () => {
  const fileOf = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  it('are formulas that all runs of each policy must meet, or a share of them', async () => {
    const path = fileOf(
      'slo.yaml',
      'objectives:\n  - wait.mean <= 5 min\n  - formula: mean(wait) <= 5 min\n    share: 0.5\n    policy: drf\n',
    );
    const { objectives, verdict, policies } = gateObjectives(
      [...runs([100, 310]), ...runs([10, 20], 'fcfs')],
      await readObjectives(path),
    );
    expect(objectives.map((one) => [one.policy, one.met, one.runs, one.verdict])).toEqual([
      ['drf', 1, 2, 'fail'],
      ['fcfs', 2, 2, 'pass'],
      ['drf', 1, 2, 'pass'],
    ]);
    expect([verdict, policies.map(({ name }) => name)]).toEqual(['fail', ['drf', 'fcfs']]);
  });

  it.each([
    [
      'objectives:\n  - wait.mean <= 5\n',
      /:2:5: objectives\.0: character 14: found a plain number, expected a time/,
    ],
    ['objectives:\n  - a: 1\n', /:2:5: objectives\.0/],
    ['objectives: []\n', /:1:1: objectives: /],
    ['goals: []\n', /unknown key, expected one of objectives|objectives: found nothing/],
    [
      'objectives:\n  - formula: wait.mean\n',
      /objectives\.0\.formula: character 1: found a time, expected a condition/,
    ],
  ])('are refused with their place: %j', async (text, message) => {
    await expect(readObjectives(fileOf('bad.yaml', text))).rejects.toThrow(message);
  });

  it.each([
    [
      'byFramework.webb.wait.p99 <= 60 s',
      /no run has the metric "byFramework.webb.wait.p99"; did you mean byFramework.web/,
    ],
    [
      '{ formula: wait.mean < 1 s, policy: drff }',
      /no run has the policy "drff", expected one of drf; did you mean drf/,
    ],
  ])('must be about what the runs have: %s', async (entry, message) => {
    const objectives = await readObjectives(fileOf('unknown.yaml', `objectives:\n  - ${entry}\n`));
    expect(() => gateObjectives(runs([1]), objectives)).toThrow(message);
  });
});

describe('an update of a baseline', () => {
  it('replaces its summaries and keeps the reasons of all updates', () => {
    const file = join(folder, 'summary.json');
    writeFileSync(file, JSON.stringify(runs([100])[0]));
    updateBaseline(file, runs([110]), { reason: 'jobs wait for data now', verdict: 'fail' });
    updateBaseline(file, runs([120]), { reason: 'and for licences', verdict: 'undecided' });
    expect(readSummaries(file)[0].wait.mean).toBe(120);
    const { updates } = JSON.parse(readFileSync(join(folder, 'baseline.json'), 'utf8'));
    expect(updates).toMatchObject([
      {
        reason: 'jobs wait for data now',
        verdict: 'fail',
        policies: [{ name: 'drf', digest: real.run.policy.digest }],
      },
      { reason: 'and for licences', verdict: 'undecided' },
    ]);
  });

  it('does not overwrite a baseline.json that is something else', () => {
    const other = mkdtempSync(join(folder, 'other-'));
    writeFileSync(join(other, 'summary.json'), JSON.stringify(runs([100])[0]));
    writeFileSync(join(other, 'baseline.json'), '[]');
    expect(() => updateBaseline(other, runs([1]), { reason: 'x', verdict: 'fail' })).toThrow(
      /baseline\.json: is not the list of updates of a baseline/,
    );
    expect(readSummaries(other)[0].wait.mean).toBe(100);
  });
});
