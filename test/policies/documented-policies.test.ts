import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkPolicy, counterexampleText } from '../../src/conformance/check-policy.js';
import { loadPolicy, policyCopies } from '../../src/lab/policy-file/policy-file.js';
import { ParameterValues, ResourceSpace } from '../../src/model/index.js';
import type { Policy } from '../../src/policies/policy.js';
import { ScaledServices } from '../../src/sim/elasticity/scaled-services.js';
import { PROJECT, textOf } from '../project/sources.js';
import { applicationOf, traceWith } from '../sim/elasticity/scaled.js';
import { CPUS_MEM, machinesOf, simulate, story } from '../simulate.js';
import { rowsOf, traceOf } from '../traces-in-memory.js';

const CPUS_GPUS = new ResourceSpace(['cpus', 'gpus']);
const CPUS_GPUS_MEM = new ResourceSpace(['cpus', 'gpus', 'mem']);

const examplesOf = (page: string) =>
  [...textOf(page).matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text]) => text as string);
const EXAMPLES = examplesOf('docs/writing-policies.md');
const [MOST_MEMORY] = examplesOf('docs/policy-reference.md');

/** Runs one task of one core on a machine with GPUs (m0) and one without, but with more memory (m1). */
async function runOn(policy: Policy, space: ResourceSpace): Promise<readonly string[]> {
  const amounts = [
    { cpus: 2, mem: 1024, gpus: 2 },
    { cpus: 2, mem: 4096, gpus: 0 },
  ].map((all) => Object.fromEntries(Object.entries(all).filter(([name]) => space.names.includes(name))));
  const machines = machinesOf(space, amounts);
  const trace = traceOf(space, rowsOf(space, [{ at: 0, needs: { cpus: 1 }, runs: 5 }]));
  const context = { space, machines, frameworks: trace.frameworks, forecast: undefined };
  const parts = policy.build(new ParameterValues(policy.parameters), context);
  return story(await simulate({ space, machines, trace, parts }), 'started');
}

describe('the policy in docs/policy-reference.md', () => {
  let mostMemory: Policy;

  beforeAll(async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'fairground-docs-')), 'most-memory.ts');
    writeFileSync(path, MOST_MEMORY);
    // The type check of a policy file takes seconds.
    mostMemory = await loadPolicy(path);
  }, 60_000);

  it.each([
    ['cpus and memory', CPUS_MEM],
    ['cpus, GPUs and memory', CPUS_GPUS_MEM],
  ])('takes the machine with the most memory in a trace of %s', async (_resources, space) => {
    expect(await runOn(mostMemory, space)).toEqual(['0 task 0 started m1']);
  });

  it('refuses a trace without memory', async () => {
    await expect(runOn(mostMemory, CPUS_GPUS)).rejects.toThrow(
      /most-memory\.ts.*begin\(\) failed.*no machine has the resource "mem"/,
    );
  });
});

describe('the scheduler and the allocator in docs/writing-policies.md', () => {
  it.each([
    ['empty-first', 0],
    ['in-turn', 1],
  ])(
    '%s keeps the rules of policy check',
    async (name, index) => {
      const path = join(mkdtempSync(join(tmpdir(), 'fairground-docs-')), `${name}.ts`);
      writeFileSync(path, EXAMPLES[index]);
      const policy = await loadPolicy(path);
      expect(await runOn(policy, CPUS_MEM)).toHaveLength(1);
      const found = await checkPolicy(policy, { runs: 15, copies: await policyCopies(path, 2) });
      expect(found && counterexampleText(found)).toBeUndefined();
    },
    60_000,
  );
});

describe('the controller in docs/writing-policies.md', () => {
  it('adds an instance each minute while the service is busy', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'fairground-docs-')), 'one-more.ts');
    expect(EXAMPLES).toHaveLength(3);
    writeFileSync(path, EXAMPLES[2]);
    const policy = await loadPolicy(path);
    const context = { space: CPUS_MEM, machines: [], frameworks: [], forecast: undefined };
    const parts = policy.build(new ParameterValues(policy.parameters), context);
    const application = applicationOf([2, 6, 6, 6, 6, 6], 60);
    const result = await simulate({
      space: CPUS_MEM,
      machines: machinesOf(CPUS_MEM, [{ cpus: 100, mem: 100 }]),
      trace: traceWith(application),
      parts,
      controls: { controllers: parts.controllers ?? [], services: new ScaledServices([application]) },
      until: 300,
    });
    const starts = story(result, 'started').map((line) => Number(line.split(' ')[0]));
    // It has four instances, and one more because none is ready at 0. From 60 s on, 6 cores are needed: 6 of 8 are 75 %.
    expect(starts).toEqual([0, 0, 0, 0, 0, 60, 120, 180]);
  }, 60_000);
});

describe('examples/my-policy.ts', () => {
  it.each([CPUS_MEM, CPUS_GPUS])('starts a task in a trace of $names', async (space) => {
    const policy = await loadPolicy(join(PROJECT, 'examples/my-policy.ts'));
    expect(await runOn(policy, space)).toHaveLength(1);
  });
});
