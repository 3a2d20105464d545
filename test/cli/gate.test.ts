import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PROJECT, simulate } from './simulate-command.js';

/** The repository of a user: a baseline of three seeds, objectives, and Fairground as an installed command. */
const repository = mkdtempSync(join(tmpdir(), 'fairground-gate-cli-'));
afterAll(() => rmSync(repository, { recursive: true, force: true }));

const BASELINE = join(repository, 'baseline');
const SLO = join(repository, 'slo.yaml');
const MISSED = join(repository, 'missed.yaml');

const SMALL = [
  ...['--machines', '12x16cpu/64GiB/4TiBdisk', '--until', '30m', '--seeds', '1-3', '--quiet'],
  ...[
    'kafka.brokers=3',
    'cassandra.nodes=4',
    'elasticsearch.nodes=2',
    'web.applications=2',
    'web.instances=5',
  ],
  ...['spark.sizeMax=40'],
].flatMap((word) => (/^\w+\.\w+=/.test(word) ? ['--set', word] : [word]));

beforeAll(() => {
  expect(simulate('--policy', 'drf', ...SMALL, '--out', BASELINE).code).toBe(0);
  writeFileSync(SLO, 'objectives:\n  - byFramework.web.wait.p99 <= 60 s\n');
  writeFileSync(MISSED, 'objectives:\n  - utilization.cpus.allocated.mean > 99%\n');
  mkdirSync(join(repository, 'node_modules', '.bin'), { recursive: true });
  const command = join(repository, 'node_modules', '.bin', 'simulate');
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${join(PROJECT, 'dist', 'cli.js')}" "$@"\n`);
  chmodSync(command, 0o755);
});

const gate = (...args: readonly string[]) => simulate('gate', '--baseline', BASELINE, ...args);

describe('simulate gate', () => {
  it('passes when the runs of the baseline repeat themselves', () => {
    const { code, stdout, stderr } = gate();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Passed: all \d+ gated metrics are as in the baseline\.\n$/);
  });

  it('exits with 0 and a warning when it is undecided, or with 1 on request', () => {
    const args = ['--candidate', 'silos', '--tolerance', 'wait=5%'];
    const { code, stdout, stderr } = gate(...args);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /Undecided: \d of 4 gated metrics may or may not .*\nsilos is compared with drf\.\n/s,
    );
    expect(stderr).toBe(
      'warning: the gate is undecided and lets the change pass; --undecided fail refuses it\n',
    );
    expect(gate(...args, '--undecided', 'fail').code).toBe(1);
  });

  it('fits 80 columns', () => {
    const { stdout } = spawnSync(
      process.execPath,
      [
        join(PROJECT, 'dist', 'cli.js'),
        'gate',
        '--baseline',
        BASELINE,
        '--candidate',
        'silos',
        '--all',
        '--objectives',
        MISSED,
      ],
      { encoding: 'utf8', env: { ...process.env, COLUMNS: '80', NO_COLOR: '1' } },
    );
    expect(stdout).toContain('undecided');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('fails when an objective is missed, with a baseline or without one', () => {
    expect(gate('--objectives', SLO).code).toBe(0);
    expect(gate('--objectives', MISSED).code).toBe(1);
    const alone = simulate('gate', '--candidate', BASELINE, '--objectives', MISSED);
    expect([alone.code, alone.stdout]).toEqual([
      1,
      'FAIL  drf: utilization.cpus.allocated.mean > 99% (met by 0 of 3 runs)\n\nFailed: 1 of 1 objective missed.\n',
    ]);
  });

  it('prints one JSON document', () => {
    const { code, stdout } = gate('--json', '--candidate', BASELINE);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'fairground/gate@1',
      verdict: 'same',
      undecided: 'pass',
    });
  });

  it('adds seeds to both sides up to a limit', () => {
    const args = [
      '--candidate',
      'drf(refuse=6s)',
      '--tolerance',
      'wait.mean=0.001',
      '--max-seeds',
      '5',
      '--json',
    ];
    const { design, policies } = JSON.parse(gate(...args).stdout);
    expect(design).toMatchObject({ looks: [3, 4, 5], spending: 'obrien-fleming' });
    expect(policies[0].seeds).toEqual(['1', '2', '3', '4', '5'].slice(0, design.looks[design.taken - 1]));
  });

  it('writes the reason of an update into the folder of the baseline', () => {
    const { code } = gate('--update', '--reason', 'nothing changed');
    expect(code).toBe(0);
    const { updates } = JSON.parse(readFileSync(join(BASELINE, 'baseline.json'), 'utf8'));
    expect(updates).toMatchObject([{ reason: 'nothing changed', verdict: 'same' }]);
    expect(gate().code).toBe(0);
  });
});

describe('a gate that cannot be', () => {
  const file = (name: string, text: string) => {
    const path = join(repository, name);
    writeFileSync(path, text);
    return path;
  };

  it.each([
    ['a metric that the baseline does not have', ['--tolerance', 'wiat.p95=5%'], /did you mean wait\.p95/],
    ['a metric without a good direction', ['--tolerance', 'offers.made=5%'], /so it has no tolerance/],
    ['an update without a reason', ['--update'], /--update: needs --reason/],
    ['a reason without an update', ['--reason', 'x'], /--reason: has no use without --update/],
    [
      'an update by a candidate',
      ['--update', '--reason', 'x', '--candidate', 'fcfs'],
      /--candidate: contradicts --update/,
    ],
    ['one seed at most', ['--max-seeds', '1'], /--max-seeds: found "1", expected a whole number/],
    ['an unknown policy', ['--candidate', 'dfr'], /--candidate, character 1: unknown policy "dfr"/],
    ['two candidates', ['--candidate', 'drf,fcfs'], /--candidate: found 2 policies, expected one/],
    ['objectives that are not there', ['--objectives', 'none.yaml'], /none\.yaml: cannot be read/],
  ])('because of %s: one line', (_what, args, message) => {
    const { code, stderr } = gate(...args);
    expect([code, stderr.trim().split('\n').length]).toEqual([2, 1]);
    expect(stderr).toMatch(message);
  });

  it('because nothing is given to compare, or no results are', () => {
    expect(simulate('gate', '--objectives', SLO).stderr).toMatch(
      /--objectives: needs --baseline, or --candidate/,
    );
    expect(simulate('gate', '--objectives', SLO, '--candidate', 'drf').stderr).toMatch(
      /"drf" is a policy; without --baseline/,
    );
    expect(simulate('gate', '--objectives', SLO, '--candidate', BASELINE, '--max-seeds', '9').stderr).toMatch(
      /--max-seeds: has no use without --baseline/,
    );
  });

  it('because the candidate is of another workload, or the baseline of another version', () => {
    const other = join(repository, 'other');
    const words = SMALL.map((word) => (word === 'spark.sizeMax=40' ? 'spark.sizeMax=41' : word));
    expect(simulate('--policy', 'drf', ...words, '--out', other).code).toBe(0);
    expect(gate('--candidate', other)).toMatchObject({
      code: 2,
      stderr:
        'simulate: --baseline: is of another workload: its spark.sizeMax is "40", that of the candidate is "41"\n',
    });
    const summary = readFileSync(join(BASELINE, 'drf', 'seed-1', 'summary.json'), 'utf8');
    const later = file('later.json', summary.replace('summary@2', 'summary@9'));
    expect(simulate('gate', '--baseline', later)).toMatchObject({
      code: 2,
      stderr: `simulate: ${later}: schema: is not a summary of this version: found "fairground/summary@9", expected one of fairground/summary@2\n`,
    });
  });
});

describe('the gate in CI', () => {
  const inputs = (given: Readonly<Record<string, string>>) =>
    Object.entries(given).map(([name, value]) => `${name}=${value}`);

  /** Runs the shell steps of action.yml in the user's repository. */
  function action(given: Readonly<Record<string, string>>) {
    const summary = join(repository, 'step-summary.md');
    const { status, stdout } = spawnSync(
      process.execPath,
      [join(PROJECT, '.ci', 'action.mjs'), ...inputs(given)],
      {
        cwd: repository,
        encoding: 'utf8',
        env: { ...process.env, ACTION_SUMMARY: summary, NO_COLOR: '1' },
      },
    );
    return { status, verdict: /^verdict=(.*)$/m.exec(stdout)?.[1], summary: readFileSync(summary, 'utf8') };
  }

  it('runs as an action of GitHub: outputs, a summary of the step, and files to keep', () => {
    const { status, verdict, summary } = action({ baseline: 'baseline' });
    expect([status, verdict]).toEqual([0, 'same']);
    expect(summary).toMatch(/^### ✅ Passed: all \d+ gated metrics are as in the baseline\.\n/);
    expect(existsSync(join(repository, 'gate-results', 'junit.xml'))).toBe(true);
  });

  it('fails the step of the action, and still writes the summary, without the picture that it cannot show', () => {
    const { status, verdict, summary } = action({
      baseline: 'baseline',
      options: '--candidate=silos\n--tolerance=5%\n--objectives=missed.yaml\n',
    });
    expect([status, verdict]).toEqual([1, 'fail']);
    expect(summary).toContain('❌ fail: silos');
    expect(summary).not.toContain('![');
  });

  it('has the verdict of the run, not one of an earlier run, when the baseline is missing', () => {
    expect(action({ baseline: 'nope' })).toEqual({ status: 2, verdict: undefined, summary: '' });
  });

  it.each([
    ['baseline', '', 0],
    ['baseline', '--candidate=silos --tolerance=5% --objectives=missed.yaml', 1],
  ])('runs as a job of GitLab: %s %s exits with %d', (baseline, options, code) => {
    const template = parse(readFileSync(join(PROJECT, 'templates', 'gitlab-gate.yml'), 'utf8'));
    const job = template['.fairground-gate'];
    const env = {
      ...process.env,
      ...job.variables,
      GATE_BASELINE: baseline,
      GATE_OPTIONS: options,
      GATE_OUT: 'gitlab',
    };
    const { status } = spawnSync('bash', ['-eo', 'pipefail', '-c', job.script.join('\n')], {
      cwd: repository,
      env,
    });
    expect(status).toBe(code);
    const report = job.artifacts.reports.junit.replace('$GATE_OUT', 'gitlab');
    expect(readFileSync(join(repository, report), 'utf8')).toContain('<testsuites name="simulate gate"');
  });
});
