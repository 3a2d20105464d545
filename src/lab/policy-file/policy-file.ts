import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InputError, quote } from '../../model/index.js';
import type { Policy, PolicyFile } from '../../policies/policy.js';
import { POLICIES, policyNamed } from '../../policies/registry.js';
import { packageRoot } from '../../results/files/version.js';
import type { DecisionWatch } from './decision-watch.js';
import { guardedPolicy } from './guarded-policy.js';
import { isPolicyPath } from './policy-use.js';

/** The policy of this name, or of the file at this path. `watch` follows the calls of a policy from a file. @throws InputError */
export async function loadPolicy(nameOrPath: string, watch?: DecisionWatch): Promise<Policy> {
  const policy = policyNamed(nameOrPath);
  if (policy !== undefined) return policy;
  if (!isPolicyPath(nameOrPath)) {
    const names = POLICIES.map((p) => p.name).join(', ');
    throw new InputError(
      { field: '--policy' },
      `unknown policy ${quote(nameOrPath)}, expected one of ${names}, or a file such as ./mine.ts`,
    );
  }
  return loadPolicyFile(nameOrPath, watch);
}

async function loadPolicyFile(path: string, watch: DecisionWatch | undefined): Promise<Policy> {
  if (!existsSync(path)) throw new InputError({ file: path }, 'no such policy file');
  if (/\.m?ts$/.test(path)) {
    const { checkPolicyTypes } = await import('./type-check.js');
    checkPolicyTypes(path);
  }
  const module = (await importBundled(path)) as { default?: unknown };
  return guardedPolicy(asPolicy(module.default, path), path, watch);
}

async function importBundled(path: string): Promise<unknown> {
  const { text } = await bundlePolicy(path);
  return importText(text, path);
}

/** A policy file with all its imports. */
interface PolicyBundle {
  /** One module. */
  readonly text: string;
  /** Absolute paths of its sources, without `fairground/policies`. */
  readonly sources: readonly string[];
}

/** `fairground/policies` is resolved to this installation. @throws InputError */
export async function bundlePolicy(path: string): Promise<PolicyBundle> {
  const { build } = await import('esbuild');
  const contract = join(packageRoot(), 'dist', 'policies.js');
  const result = await build({
    entryPoints: [resolve(path)],
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'node20',
    write: false,
    logLevel: 'silent',
    sourcemap: 'inline',
    sourcesContent: false,
    metafile: true,
    alias: { 'fairground/policies': contract },
  }).catch((error: BuildError) => {
    const first = error.errors?.[0];
    throw new InputError(
      { file: path, ...(first?.location && { line: first.location.line }) },
      first?.text ?? String(error),
    );
  });
  const sources = Object.keys(result.metafile.inputs).map((source) => resolve(source));
  return { text: result.outputFiles[0].text, sources: sources.filter((source) => source !== contract) };
}

/** Imports the text through a file, because source maps apply only to files. They give errors the author's line numbers. */
async function importText(text: string, path: string): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'fairground-'));
  const file = join(folder, 'policy.mjs');
  try {
    process.setSourceMapsEnabled(true);
    writeFileSync(file, text);
    return await import(pathToFileURL(file).href);
  } catch (error) {
    throw new InputError({ file: path }, `cannot be loaded: ${(error as Error).message}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface BuildError {
  readonly errors?: readonly { readonly text: string; readonly location: { readonly line: number } | null }[];
}

/** The default export of a policy file as a policy. The default name is that of the file. @throws InputError */
export function asPolicy(value: unknown, path: string): Policy {
  const file = value as PolicyFile | undefined;
  const name = basename(path, extname(path));
  if (typeof file === 'function') {
    return { name, parameters: [], build: () => ({ architecture: 'monolithic', scheduler: file() }) };
  }
  if (typeof file === 'object' && file !== null && typeof file.build === 'function') {
    if (!Array.isArray(file.parameters ?? []))
      throw new InputError({ file: path }, 'parameters must be a list');
    return { ...file, name: file.name ?? name, parameters: file.parameters ?? [] };
  }
  throw new InputError(
    { file: path },
    'the default export must be a Policy or a function that makes a Scheduler',
  );
}
