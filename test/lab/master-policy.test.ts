import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { masterPolicy } from '../../src/lab/policy-file/master-policy.js';
import { hostedScheduler } from '../../src/live/framework/hosted-scheduler.js';
import { fromSeconds, ParameterValues, ResourceSpace } from '../../src/model/index.js';
import { POLICIES } from '../../src/policies/registry.js';

const HOSTED = ['drf', 'lottery', 'silos'];
const MODELS = ['monolithic', 'omega', 'sparrow', 'whole-cell-offers'];

describe('the policy of a master', () => {
  it.each(POLICIES.map(({ name }) => name).filter((name) => !HOSTED.includes(name)))(
    'is not %s, which makes no offers of machines',
    async (name) => {
      const reason = MODELS.includes(name)
        ? 'is a model of another kind of master, for the simulator only'
        : 'places tasks and makes no offers: frameworks use it, with simulate submit --policy';
      await expect(masterPolicy(name)).rejects.toThrow(`--policy: ${name} ${reason}`);
    },
  );

  it('has the arguments and settings of the command line, and the defaults of the others', async () => {
    const { terms, use, name } = await masterPolicy('drf(interval=2s)', { machineOrder: 'random' });
    expect(name).toBe('drf');
    expect(terms).toMatchObject({ interval: fromSeconds(2), timeout: Number.POSITIVE_INFINITY });
    expect(use).toContain('machineOrder=random');
    expect((await masterPolicy(use)).use).toBe(use);
  });

  it('refuses parameters that belong to frameworks or to the operator', async () => {
    await expect(masterPolicy('drf(refuse=1m)')).rejects.toThrow(/^--set refuse: has no effect in a master/);
    await expect(masterPolicy('drf', { weights: 'eng:2' })).rejects.toThrow(
      /the operator API sets weights and quota$/,
    );
    await expect(masterPolicy('drf', { burst: '2' })).rejects.toThrow(/unknown parameter "burst"/);
  });

  it('can be silos with given partitions, because a master has no forecast', async () => {
    await expect(masterPolicy('silos')).rejects.toThrow(
      /^partitions: is needed in a real master, which has no forecast/,
    );
    expect((await masterPolicy('silos(partitions=web:2)')).use).toBe('silos(partitions=web:2)');
  });

  it('can come from a file; an exception in it names the file and its line', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'fairground-master-')), 'mine.mjs');
    writeFileSync(
      file,
      `export default {
  build: () => ({
    architecture: 'two-level',
    allocator: { name: 'mine', allocate() { throw new Error('no luck'); } },
    scheduler: () => ({ name: 'none', schedule() {} }),
    terms: { interval: 1e6, hold: 0, refuse: 5e6, timeout: Infinity },
  }),
};
`,
    );
    const { allocator, use } = await masterPolicy(file);
    expect(use).toBe(file);
    const made = allocator({ weights: new Map(), quotas: new Map() });
    expect(() => made.allocate({ now: 0 } as never, {} as never)).toThrow(
      /mine\.mjs:4: allocate\(\) failed at 0 s: no luck/,
    );
  });
});

describe('the scheduler of a framework', () => {
  const schedulerOf = (policy: (typeof POLICIES)[number]) =>
    hostedScheduler(
      policy.name,
      policy.build(new ParameterValues(policy.parameters), {
        space: new ResourceSpace(['cpus', 'mem']),
        machines: [],
        frameworks: [{ name: 'default' }],
        forecast: undefined,
        taskMix: [],
      }),
      { memory: false },
    );

  it.each(POLICIES.filter(({ name }) => !MODELS.includes(name)))('can be that of $name', (policy) => {
    expect(schedulerOf(policy).name).toBe(policy.name);
  });

  it.each(POLICIES.filter(({ name }) => MODELS.includes(name)))('is not that of $name', (policy) => {
    expect(() => schedulerOf(policy)).toThrow(
      `--policy: ${policy.name} is a model of another kind of master`,
    );
  });
});
