import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSweepFile } from '../../../src/lab/sweep/sweep-file.js';
import { newFolder, planOf, smallTrace, textsOf } from './small-sweep.js';

describe('the plan of a sweep', () => {
  it('has every combination once, the seed changing first', async () => {
    const plan = await planOf({
      scenario: { policy: 'fcfs,easy', seeds: '1-2', machines: ['2x4cpu', '4x4cpu'] },
    });
    expect(textsOf(plan)).toEqual([
      'fcfs 1 machines=2x4cpu',
      'fcfs 2 machines=2x4cpu',
      'easy 1 machines=2x4cpu',
      'easy 2 machines=2x4cpu',
      'fcfs 1 machines=4x4cpu',
      'fcfs 2 machines=4x4cpu',
      'easy 1 machines=4x4cpu',
      'easy 2 machines=4x4cpu',
    ]);
  });

  it('runs a policy once for the values of a parameter that it does not have', async () => {
    const varied = [{ name: 'drf.interval', values: ['1s', '5s'] }];
    const plan = await planOf({ scenario: { policy: 'fcfs,drf' } }, varied);
    expect(textsOf(plan)).toEqual(['fcfs 1 drf.interval=', 'drf 1 drf.interval=1s', 'drf 1 drf.interval=5s']);
  });

  it('leaves out what is excluded, and adds what is included', async () => {
    const plan = await planOf({
      scenario: { policy: 'fcfs,easy', machines: ['2x4cpu', '4x4cpu'] },
      exclude: [{ policy: 'easy', machines: ['2x4cpu'] }],
      include: [{ policy: 'easy', machines: '8x4cpu' }],
    });
    expect(textsOf(plan)).toEqual([
      'fcfs 1 machines=2x4cpu',
      'fcfs 1 machines=4x4cpu',
      'easy 1 machines=4x4cpu',
      'easy 1 machines=8x4cpu',
    ]);
  });

  it('combines each point of a sample with the lists', async () => {
    const sample = {
      method: 'sobol' as const,
      points: 2,
      seed: '1',
      axes: { 'drf.interval': { from: '10s', to: '30s', scale: 'linear' as const, whole: false } },
    };
    const plan = await planOf({ scenario: { policy: 'drf', seeds: ['1', '2'] }, sample });
    expect(textsOf(plan)).toEqual([
      'drf 1 drf.interval=20s',
      'drf 2 drf.interval=20s',
      'drf 1 drf.interval=25s',
      'drf 2 drf.interval=25s',
    ]);
  });
});

describe('the name of a cell', () => {
  const idsOf = async (...of: Parameters<typeof planOf>) => (await planOf(...of)).cells.map(({ id }) => id);

  it('stays when an axis is added, so that only new cells run', async () => {
    const trace = smallTrace();
    const before = await idsOf({ scenario: { policy: 'drf' } }, [], trace);
    // The default of the parameter is 1 s.
    const after = await idsOf(
      { scenario: { policy: 'drf' } },
      [{ name: 'drf.interval', values: ['1s', '2s'] }],
      trace,
    );
    expect(after).toContain(before[0]);
    expect(after).toHaveLength(2);
  });

  it('changes with the content of a file, and not with its path', async () => {
    const [one, other] = [smallTrace(), smallTrace()];
    const of = (trace: string) => idsOf({}, [], trace);
    expect(await of(other)).toEqual(await of(one));
    writeFileSync(other, 'job_id,submit,duration,cpus\n1,0,10,1\n');
    expect(await of(other)).not.toEqual(await of(one));
  });

  it('changes with the text of a policy file', async () => {
    const trace = smallTrace();
    const file = join(newFolder(), 'mine.js');
    const policy = (text: string) =>
      writeFileSync(file, `export default () => ({ name: 'mine', schedule() { ${text} } });\n`);
    policy('');
    const before = await idsOf({ scenario: { policy: file } }, [], trace);
    policy('/* slower */');
    expect(await idsOf({ scenario: { policy: file } }, [], trace)).not.toEqual(before);
  });
});

describe('a mistake in a sweep', () => {
  it('is found before any run, in the cell of any combination', async () => {
    const varied = [{ name: 'drf.interval', values: ['1s', 'soon'] }];
    await expect(planOf({ scenario: { policy: 'drf' } }, varied)).rejects.toThrow(
      '--vary drf.interval: found "soon"',
    );
    await expect(planOf({}, [{ name: 'drf.intervall', values: ['1s'] }])).rejects.toThrow(
      '--vary drf.intervall: unknown parameter "drf.intervall"',
    );
    const fixed = planOf({ scenario: { policy: 'drf', set: { 'drf.interval': 'soon' } } }, [
      { name: 'drf.hold', values: ['1s'] },
    ]);
    await expect(fixed).rejects.toThrow('--set drf.interval: found "soon"');
  });

  it('is an axis in include or exclude that the sweep does not have', async () => {
    const scenario = { machines: ['2x4cpu', '4x4cpu'] };
    await expect(planOf({ scenario, exclude: [{ machine: '2x4cpu' }] })).rejects.toThrow(
      'exclude.0.machine: found "machine", expected an axis of this sweep: machines, policy, seed; did you mean machines?',
    );
  });

  it('is an axis that is given twice', async () => {
    const scenario = { machines: ['2x4cpu', '4x4cpu'] };
    await expect(planOf({ scenario }, [{ name: 'machines', values: ['8x4cpu'] }])).rejects.toThrow(
      '--vary machines: is an axis already; give its values once',
    );
    const twice = [
      { name: 'easy.interval', values: ['1s'] },
      { name: 'easy.interval', values: ['2s'] },
    ];
    await expect(planOf({}, twice)).rejects.toThrow('--vary easy.interval: is an axis already');
  });

  it('is a value that only the whole run shows to be wrong', async () => {
    const scenario = { trace: undefined, machines: undefined, workload: 'smack', until: ['1h', 'never'] };
    await expect(planOf({ scenario })).rejects.toThrow('--until: a generated workload needs an end');
  });

  it('is in an entry of include, a sample without axes, or a seed beside seeds', async () => {
    const scenario = { machines: ['2x4cpu', '4x4cpu'] };
    await expect(planOf({ scenario, include: [{ policy: 'nope' }] })).rejects.toThrow(
      /^include\.0: .*unknown policy "nope"/,
    );
    await expect(planOf({ scenario: { seed: [1, 2], seeds: '1-2' } })).rejects.toThrow(
      'seeds: contradicts the seed',
    );
    const file = join(newFolder(), 'sweep.yaml');
    writeFileSync(file, 'sample: { method: sobol, points: 4, axes: {} }\n');
    expect(() => readSweepFile(file)).toThrow(':1:37: sample.axes: has no axis, expected at least one');
  });

  it('is an exclusion of everything', async () => {
    await expect(planOf({ exclude: [{ policy: 'fcfs' }] })).rejects.toThrow('exclude: leaves no run');
  });
});
