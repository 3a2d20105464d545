import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadPolicy } from '../../src/lab/policy-file/policy-file.js';
import { ParameterValues, ResourceSpace } from '../../src/model/index.js';
import type { Policy } from '../../src/policies/policy.js';
import { PROJECT, textOf } from '../project/sources.js';
import { CPUS_MEM, machinesOf, simulate, story } from '../simulate.js';
import { rowsOf, traceOf } from '../traces-in-memory.js';

const CPUS_GPUS = new ResourceSpace(['cpus', 'gpus']);
const CPUS_GPUS_MEM = new ResourceSpace(['cpus', 'gpus', 'mem']);

const EXAMPLES = [...textOf('docs/writing-policies.md').matchAll(/^```ts\n(.*?)^```$/gms)].map(
  ([, text]) => text,
);

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

describe('the policy in docs/writing-policies.md', () => {
  let mostMemory: Policy;

  beforeAll(async () => {
    expect(EXAMPLES).toHaveLength(1);
    const path = join(mkdtempSync(join(tmpdir(), 'fairground-docs-')), 'most-memory.ts');
    writeFileSync(path, EXAMPLES[0] as string);
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

describe('examples/my-policy.ts', () => {
  it.each([CPUS_MEM, CPUS_GPUS])('starts a task in a trace of $names', async (space) => {
    const policy = await loadPolicy(join(PROJECT, 'examples/my-policy.ts'));
    expect(await runOn(policy, space)).toHaveLength(1);
  });
});
