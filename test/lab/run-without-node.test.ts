import { runInNewContext } from 'node:vm';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { run } from '../../src/lab/run/node/run.js';
import type { RunSpec } from '../../src/lab/run/run-spec.js';

const ENTRY = `
import { simulateRun } from './src/lab/run/run.js';
import { policyNamed } from './src/policies/registry.js';
const refuse = async () => { throw new Error('there are no files here'); };
globalThis.result = simulateRun(globalThis.spec, {
  version: globalThis.version,
  policy: async (name) => policyNamed(name),
  policyDigest: async () => globalThis.digest,
  workload: refuse,
  machines: refuse,
  machineChanges: refuse,
  failureTrace: refuse,
}).then(({ summary }) => JSON.stringify(summary));
`;

const SPEC: RunSpec = {
  policy: 'fcfs',
  workload: { kind: 'generated', name: 'smack' },
  seed: '1',
  until: 3_600_000_000,
  set: {},
};

test('a run needs nothing of Node, and gives the same summary without it', async () => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: ENTRY, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    metafile: true,
    logLevel: 'error',
  });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports.map(({ path }) => path));
  expect(imports.filter((path) => path.startsWith('node:'))).toEqual([]);
  const ordinary = (await run(SPEC)).summary;
  const { version, policy } = ordinary.run;
  const context = { spec: SPEC, version, digest: policy.digest, console, TextEncoder, TextDecoder } as {
    result?: Promise<string>;
  };
  runInNewContext(outputFiles[0].text, context);
  expect(JSON.parse((await context.result) as string)).toEqual(JSON.parse(JSON.stringify(ordinary)));
}, 120_000);
