import { describe, expect, it } from 'vitest';
import type { RunSpec } from '../../src/lab/run/run-spec.js';
import { runSpecs } from '../../src/lab/scenario/run-choices.js';
import type { Experiment, Interactive } from '../../src/report/experiment.js';
import { commandOf } from '../../src/report/playground/command.js';
import { pageSources } from '../../src/report/playground/page-sources.js';
import { experimentOf, specsOf } from '../../src/report/playground/run-specs.js';

const EXPERIMENT: Experiment = {
  policies: [
    { name: 'drf', arguments: {} },
    { name: 'drf', arguments: { interval: '30s' } },
    { name: 'list', arguments: { order: 'max(priority, waited/1h)' } },
  ],
  versus: 'drf',
  seeds: ['1', '7'],
  machines: '40x16cpu/64GiB/4TiBdisk',
  until: '2h',
  failures: 'lanl05',
  faults: ['at 5m: kill machine m-3 for 2m'],
  operations: ['at 1h: upgrade kafka with canary=0.1'],
  set: { 'spark.jobsPerHour': '90', 'drf.timeout': '1m' },
  workload: { name: 'smack', services: null },
};

const INTERACTIVE: Interactive = { experiment: EXPERIMENT, panel: 'open', version: '0', digests: {} };

function specs(change: Partial<Experiment> = {}): Promise<RunSpec[]> {
  return specsOf({ ...EXPERIMENT, ...change }, pageSources(INTERACTIVE));
}

describe('an experiment of a page', () => {
  it('makes the runs that the command line makes from the same choices', async () => {
    const { seeds, machines, until, failures, faults, operations, set } = EXPERIMENT;
    const wanted = await runSpecs(
      {
        policy: `drf,drf(interval=30s),list(order='max(priority, waited/1h)')`,
        seeds: seeds.join(','),
        machines,
        until,
        failures,
        faults,
        operations,
        set,
      },
      () => {},
    );
    const plain = ({ policyPlace: _, elsewhere: __, ...spec }: RunSpec) => spec;
    expect((await specs()).map(plain)).toEqual(wanted.map(plain));
  });

  it('comes back from its own runs', async () => {
    expect(experimentOf(await specs(), EXPERIMENT.versus ?? undefined)).toEqual(EXPERIMENT);
  });

  it('is a command line of quoted words', () => {
    expect(commandOf(EXPERIMENT)).toBe(
      [
        `simulate --policy 'drf,drf(interval=30s),list(order='\\''max(priority, waited/1h)'\\'')' --versus drf`,
        `--seeds 1,7 --machines 40x16cpu/64GiB/4TiBdisk --until 2h --failures lanl05`,
        `--fault 'at 5m: kill machine m-3 for 2m' --operation 'at 1h: upgrade kafka with canary=0.1'`,
        `--set spark.jobsPerHour=90 --set drf.timeout=1m --report report.html`,
      ].join(' '),
    );
  });

  it('names added services in its command, and has none for services that only a scenario can name', () => {
    const smack = ['kafka', 'cassandra', 'elasticsearch', 'web', 'spark'];
    const command = (services: readonly string[]) =>
      commandOf({ ...EXPERIMENT, workload: { name: 'services', services } });
    expect(command([...smack, 'kafka-2=kafka'])).toContain('--add kafka ');
    expect(command(['web', 'spark'])).toBeUndefined();
  });

  it('has at least one policy, known policies, and not more runs than a page can make', async () => {
    await expect(specs({ policies: [] })).rejects.toThrow('choose at least one policy');
    await expect(specs({ policies: [{ name: 'drff', arguments: {} }] })).rejects.toThrow('did you mean drf?');
    const many = Array.from({ length: 21 }, (_, i) => `${i}`);
    await expect(specs({ seeds: many })).rejects.toThrow('63 runs; a page makes at most 60');
  });

  it('refuses a length that is no duration', async () => {
    await expect(specs({ until: 'soon' })).rejects.toThrow('--until');
  });
});
