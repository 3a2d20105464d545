import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resultsSchema } from '../../src/results/results-schema.js';
import { simulate, simulateInterrupted, temporaryFolder } from './simulate-command.js';

const SMALL = ['--until', '1h', '--machines', '60x16cpu/64GiB/4TiBdisk', '--set', 'spark.jobsPerHour=20'];

describe('simulate run', () => {
  it('prints one column per policy and says what was run', () => {
    const { code, stdout } = simulate(...SMALL);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^smack on 60 machines \(960 cores, 3\.8 TiB memory, 240 TiB disk\), 1h, seed 1$/m,
    );
    expect(stdout).toMatch(/^ +silos +drf +bin-packing$/m);
    expect(stdout).toMatch(/^utilization\.cpus\.allocated\.mean/m);
  });

  it('prints one JSON document and nothing else with --json', () => {
    const { code, stdout, stderr } = simulate('--policy', 'drf', '--json', ...SMALL);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    const { runs, comparison } = resultsSchema.parse(JSON.parse(stdout));
    expect(runs).toHaveLength(1);
    expect(runs[0].run.policy.name).toBe('drf');
    expect(comparison.reference).toBe('drf');
  });

  it('writes the same bytes for the same command, and others for another seed', () => {
    const [first, again, other] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    simulate('--policy', 'drf', '--out', first, ...SMALL);
    simulate('--policy', 'drf', '--out', again, ...SMALL);
    simulate('--policy', 'drf', '--seed', '2', '--out', other, ...SMALL);
    for (const name of ['summary.json', 'jobs.csv', 'series.csv', 'machines.csv', 'report.html']) {
      const bytes = readFileSync(join(first, name));
      expect(readFileSync(join(again, name)).equals(bytes), name).toBe(true);
      expect(readFileSync(join(other, name)).equals(bytes), name).toBe(false);
    }
  });

  it('shows what failures did, for a scenario, a preset, a fault and a service added', () => {
    const faults = ['--fault', 'at 10m: kill rack rack-0 for 20m', '--fault', 'at 40m: fail master for 5s'];
    const { code, stdout } = simulate(
      '--policy',
      'drf',
      ...SMALL,
      '--failures',
      'g5k06',
      ...faults,
      '--add',
      'akka:instances=5',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^services on 60 machines/m);
    expect(stdout).toMatch(/^recovery\.machineFailures +4\d$/m);
    expect(stdout).toMatch(/^recovery\.timeToRecover\.p95 +\S/m);
    expect(stdout).toMatch(/^byFramework\.akka\.health\.(degraded|down) +[\d.]+ %$/m);
    const scenario = simulate(
      '--scenario',
      'scenarios/master-failover.yaml',
      '--policy',
      'drf',
      '--until',
      '70m',
    );
    expect(scenario.code).toBe(0);
    expect(scenario.stdout).toMatch(/^services on 200 machines/m);
  });

  it('gives the same arrivals and run times to every policy under one seed', () => {
    const out = temporaryFolder();
    simulate('--policy', 'drf,bin-packing', '--out', out, ...SMALL);
    const submissions = (policy: string) =>
      readFileSync(join(out, policy, 'jobs.csv'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split(',').slice(0, 3).join(','))
        .sort();
    expect(submissions('drf')).toEqual(submissions('bin-packing'));
    expect(submissions('drf').length).toBeGreaterThan(20);
  });

  it('keeps the runs of several seeds apart and prints their intervals', () => {
    const out = temporaryFolder();
    const { stdout } = simulate('--policy', 'drf', '--seeds', '1-3', '--out', out, ...SMALL);
    expect(readdirSync(join(out, 'drf')).sort()).toEqual(['seed-1', 'seed-2', 'seed-3']);
    expect(stdout).toMatch(/, 3\sseeds$/m);
    expect(stdout).toMatch(/utilization\.cpus\.allocated\.mean +[\d.]+ ± [\d.]+ %/);
  });

  it('leaves no path of this machine and no wall-clock time in summary.json', () => {
    const out = temporaryFolder();
    simulate('--policy', './examples/my-policy.ts', '--out', out, ...SMALL);
    const text = readFileSync(join(out, 'summary.json'), 'utf8');
    expect(text).not.toContain(process.cwd());
    expect(text).not.toContain(out);
    expect(text).toContain('"name": "my-policy"');
  });

  it('shows what operators did, and what each tenant had beside what it would have had alone', () => {
    const tenants = join(temporaryFolder(), 'tenants.yaml');
    writeFileSync(
      tenants,
      'shop: { frameworks: [akka], guarantee: 20cpu }\nbatch: { frameworks: [spark] }\n',
    );
    const { code, stdout, stderr } = simulate(
      ...['--policy', 'bin-packing', '--machines', '20x16cpu/64GiB/4TiBdisk', '--until', '1h'],
      ...['--scenario', 'test/cli/two-services.yaml', '--tenants', tenants],
      ...['--operation', 'at 10m: upgrade akka to 2 with maxUnavailable=2'],
      ...['--fault', 'at 30m: drain machine machine-0 within 5m'],
    );
    expect(stderr).toContain('bin-packing: This policy does not support tenants');
    expect(code).toBe(0);
    // Ten instances, two at a time, 25 s each.
    expect(stdout).toMatch(/bin-packing: upgrade akka to 2 +10m +2m 5s +done +10 +8 +10 +0/);
    expect(stdout).toMatch(/Drained machines .*\n.*\nbin-packing: within 5m +30m +1 /);
    // 20 of 320 cores.
    expect(stdout).toMatch(/bin-packing: shop +6\.3 %/);
  });

  it('takes its options from a scenario file, and those of the command line win', () => {
    const { code, stdout } = simulate('--scenario', 'test/cli/small-scenario.yaml', '--seed', '7', '--json');
    expect(code).toBe(0);
    const [{ run }] = JSON.parse(stdout).runs;
    expect(run).toMatchObject({ seed: '7', horizon: 1800, policy: { name: 'bin-packing' } });
    expect(run.workload.parameters['spark.jobsPerHour']).toBe(10);
  });

  it('models decision time when it is set', () => {
    const [quick, slow] = ['0s', '2s'].map((perJob) =>
      JSON.parse(
        simulate('--policy', 'bin-packing', '--json', '--set', `perJob=${perJob}`, '--until', '30m').stdout,
      ).runs.at(0),
    );
    expect(quick.decisions).toEqual({ count: 0, busy: 0 });
    expect(slow.decisions.count).toBeGreaterThan(0);
    expect(slow.taskWait.mean).toBeGreaterThan(quick.taskWait.mean);
  });

  it('exits with 130 at Ctrl-C, keeps what was finished and leaves no half-written file', async () => {
    const out = temporaryFolder();
    const { code, stderr } = await simulateInterrupted(1500, '--seeds', '1-40', '--out', out);
    expect(code).toBe(130);
    expect(stderr).toContain('interrupted');
    const files = readdirSync(out, { recursive: true }).map(String);
    expect(files.filter((name) => name.endsWith('.partial'))).toEqual([]);
    for (const name of files.filter((file) => file.endsWith('summary.json'))) {
      expect(existsSync(join(out, name.replace('summary.json', 'jobs.csv')))).toBe(true);
    }
  });

  it('stops a policy that never returns', async () => {
    const { code } = await simulateInterrupted(2500, '--policy', 'test/cli/policies/endless.js', ...SMALL);
    expect(code).toBe(130);
  });
});
