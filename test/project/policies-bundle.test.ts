import { createContext, runInContext } from 'node:vm';
import { type BuildResult, build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { ParameterValues } from '../../src/model/index.js';
import type { PolicyContext, PolicyParts } from '../../src/policies/policy.js';
import { POLICIES } from '../../src/policies/registry.js';
import { CPUS_MEM, machinesOf, type SimulationSketch, simulate } from '../simulate.js';
import { rowsOf, traceOf } from '../traces-in-memory.js';
import { PROJECT } from './sources.js';

type Bundle = BuildResult<{ metafile: true; write: false }>;

/** The bundle as it is shipped, or (as `iife`) in a form that a script without modules can hold. */
function bundle(format: 'esm' | 'iife'): Promise<Bundle> {
  return build({
    absWorkingDir: PROJECT,
    entryPoints: ['src/policies/index.ts'],
    bundle: true,
    format,
    globalName: 'policies',
    platform: 'neutral',
    target: 'es2022',
    metafile: true,
    write: false,
  });
}

let shipped: Bundle;

beforeAll(async () => {
  shipped = await bundle('esm');
});

describe('the bundle of policies', () => {
  it('is made of policies and the model, and of nothing else', () => {
    const inputs = Object.keys(shipped.metafile.inputs);
    expect(inputs.length).toBeGreaterThan(20);
    expect(inputs.filter((input) => !/^src\/(policies|model)\//.test(input))).toEqual([]);
  });

  it('imports nothing when it is loaded, neither by import nor by require', () => {
    const [output] = Object.values(shipped.metafile.outputs);
    expect(output.imports).toEqual([]);
    const [{ text }] = shipped.outputFiles;
    expect(text).not.toMatch(/\brequire\b|node:|^import |\bimport\(|\bprocess\b|\bglobalThis\b/m);
    expect(output.exports).toEqual(
      expect.arrayContaining(['POLICIES', 'policyNamed', 'listScheduler', 'NONE']),
    );
  });

  it('is small enough to be sent to a browser without a thought', () => {
    // Not minified. The planner is a quarter of it.
    expect(shipped.outputFiles[0].text.length).toBeLessThan(320_000);
  });
});

describe('the bundle in a context that has nothing but the language', () => {
  /** What the bundle exports, made by the code inside the context. */
  let bare: { POLICIES: typeof POLICIES; ParameterValues: typeof ParameterValues };

  beforeAll(async () => {
    const [{ text }] = (await bundle('iife')).outputFiles;
    const context = createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } });
    // The debugger gives a console to every context.
    runInContext('delete globalThis.console', context);
    const known = ['process', 'require', 'console', 'setTimeout', 'fetch', 'performance', 'URL'].filter(
      (name) => runInContext(`typeof ${name}`, context) !== 'undefined',
    );
    expect(known).toEqual([]);
    runInContext(text, context);
    bare = runInContext('policies', context);
  });

  const SPACE = CPUS_MEM;
  const MACHINES = machinesOf(
    SPACE,
    Array.from({ length: 4 }, () => ({ cpus: 4, mem: 4096 })),
  );
  const FRAMEWORKS = [{ name: 'a' }, { name: 'b' }];
  const TRACE = traceOf(
    SPACE,
    rowsOf(
      SPACE,
      Array.from({ length: 60 }, (_, i) => ({
        at: i * 3,
        framework: i % 2,
        tasks: 1 + (i % 3),
        needs: { cpus: 1 + (i % 4), mem: 256 * (1 + (i % 5)) },
        runs: 10 + ((i * 7) % 40),
        estimate: 60,
      })),
    ),
    { frameworks: FRAMEWORKS },
  );

  const CONTEXT: PolicyContext = {
    space: SPACE,
    machines: MACHINES,
    frameworks: FRAMEWORKS,
    forecast: { mean: new Float64Array([2, 512, 2, 512]), peak: new Float64Array([4, 1024, 4, 1024]) },
  };

  function sketchOf(parts: PolicyParts): SimulationSketch {
    return { space: SPACE, machines: MACHINES, trace: TRACE, parts, until: 3600 };
  }

  it.each(POLICIES)(
    'decides under $name as the sources do, event by event',
    async ({ name, parameters, build: own }) => {
      const policy = bare.POLICIES.find((other) => other.name === name);
      expect(policy).toBeDefined();
      const parts = policy?.build(new bare.ParameterValues(parameters), CONTEXT) as PolicyParts;
      const there = await simulate(sketchOf(parts));
      const here = await simulate(sketchOf(own(new ParameterValues(parameters), CONTEXT)));
      expect(there.log).toBe(here.log);
      expect(here.log).toContain('started');
    },
  );
});
