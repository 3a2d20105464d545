import { mkdtempSync, rmSync, type Stats, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { didYouMean, InputError, type InputPlace, quote } from '../../model/index.js';
import type { Policy, PolicyFile } from '../../policies/policy.js';
import { packageRoot } from '../../results/files/version.js';
import { confined, loadedPolicyFiles } from './confined.js';
import type { DecisionWatch } from './decision-watch.js';
import { guardedPolicy } from './guarded-policy.js';
import { lockBuiltins } from './locked-builtins.js';
import { namedPolicy, POLICY_NAMES } from './named-policies.js';
import { checkParameters, checkPolicyName } from './policy-description.js';
import { isPolicyPath } from './policy-use.js';

/**
 * The policy of this name, or of the file at this path. `watch` follows the calls of a policy from a file. `place` is where the user
 * named it. @throws InputError
 */
export async function loadPolicy(
  nameOrPath: string,
  watch?: DecisionWatch,
  place: InputPlace = { field: '--policy' },
): Promise<Policy> {
  const policy = await namedPolicy(nameOrPath);
  if (policy !== undefined) return policy;
  if (!isPolicyPath(nameOrPath)) {
    throw new InputError(
      place,
      `unknown policy ${quote(nameOrPath)}, expected one of ${POLICY_NAMES.join(', ')}, or a file such as ./mine.ts${didYouMean(nameOrPath, POLICY_NAMES)}`,
    );
  }
  return loadPolicyFile(nameOrPath, watch);
}

async function loadPolicyFile(path: string, watch: DecisionWatch | undefined): Promise<Policy> {
  const found = statsOf(path);
  if (found === undefined) throw new InputError({ file: path }, 'no such policy file');
  if (found.isDirectory()) throw new InputError({ file: path }, 'is a folder, expected a policy file');
  if (/\.m?ts$/.test(path)) {
    const { checkPolicyTypes } = await import('./type-check.js');
    checkPolicyTypes(path);
  }
  loadedPolicyFiles.add(path);
  const module = (await importBundled(path)) as { default?: unknown };
  return guardedPolicy(asPolicy(module.default, path), path, watch);
}

/**
 * Loads the policy of a file, again and again: each copy has its own modules, and so its own module variables. A built-in policy
 * has no copies. @throws InputError
 */
export async function policyCopies(nameOrPath: string, copies: number): Promise<readonly Policy[]> {
  if (!isPolicyPath(nameOrPath)) return [];
  const { text } = await bundlePolicy(nameOrPath);
  const loaded: Policy[] = [];
  for (let copy = 0; copy < copies; copy++) {
    const module = (await importText(text, nameOrPath)) as { default?: unknown };
    loaded.push(guardedPolicy(asPolicy(module.default, nameOrPath), nameOrPath));
  }
  return loaded;
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw new InputError({ file: path }, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
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
    lockBuiltins();
    writeFileSync(file, text);
    return await confined(path, () => loadedInTime(path, import(pathToFileURL(file).href)));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      { file: path },
      `cannot be loaded: ${(error as Error | undefined)?.message ?? error}`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Longest time to load a policy file, in milliseconds. */
const LOAD_LIMIT = 30_000;

/** An await of the file may never end. Without a timer, Node would then exit without a message. */
function loadedInTime(path: string, module: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new InputError({ file: path }, `cannot be loaded within ${LOAD_LIMIT / 1000} s`)),
      LOAD_LIMIT,
    );
  });
  return Promise.race([module, late]).finally(() => clearTimeout(timer));
}

interface BuildError {
  readonly errors?: readonly { readonly text: string; readonly location: { readonly line: number } | null }[];
}

/** The default export of a policy file as a policy. The default name is that of the file. @throws InputError */
export function asPolicy(value: unknown, path: string): Policy {
  const file = value as PolicyFile | undefined;
  const name = basename(path, extname(path));
  if (typeof file === 'function') {
    if (/^class\b/.test(Function.prototype.toString.call(file)))
      throw new InputError(
        { file: path },
        'the default export is a class, expected a Policy or a function that makes a Scheduler, such as () => new MyScheduler()',
      );
    checkPolicyName(name, path, true);
    return { name, parameters: [], build: () => ({ architecture: 'monolithic', scheduler: file() }) };
  }
  if (typeof file === 'object' && file !== null && typeof file.build === 'function') {
    checkPolicyName(file.name ?? name, path, file.name === undefined);
    if (file.parameters !== undefined) checkParameters(file.parameters, path);
    return { ...file, name: file.name ?? name, parameters: file.parameters ?? [] };
  }
  throw new InputError(
    { file: path },
    'the default export must be a Policy or a function that makes a Scheduler',
  );
}
