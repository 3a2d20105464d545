// Plants the faults of list.ts, one at a time, in a copy of the project and runs the tests against each: `npm run mutants`.
// With words as arguments, only the faults whose part or rule contains one of them. With --quick, only the listed tests of each fault.
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MUTANTS, type Mutant } from './list.js';
import { planted } from './planted.js';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** The files that the tests need. Nothing else is copied (not dist/, and not the reference data). */
const COPIED = ['src', 'test', 'docs', 'templates', 'scenarios', 'traces', 'package.json', 'tsconfig.json'];

/** All tests that may detect a fault: those without a build or a network. */
const ORDINARY = ['model', 'policies', 'sim', 'metrics', 'results', 'conformance', 'theory', 'golden'].map(
  (folder) => `test/${folder}`,
);

/** Timeout relative to the time of all tests without a fault, because a fault can cause an endless loop. */
const PATIENCE = 4;

/** Share of the faults that may survive. */
const TOLERATED = 0.05;

// Without the build of dist/, which would be repeated for each fault.
const CONFIG = `import { defineConfig } from 'vitest/config';
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Policy files are type-checked against a build.
    exclude: ['test/policies/documented-policies.test.ts'],
    setupFiles: ['test/fast-check-seed.ts'], testTimeout: 300_000,
  },
});
`;

const say = (text: string) => process.stdout.write(text);
const secondsSince = (start: number) => `${((performance.now() - start) / 1000).toFixed(0)} s`;

function copyOfProject(): string {
  const root = mkdtempSync(join(tmpdir(), 'fairground-mutants-'));
  const copy = join(root, 'project');
  for (const name of COPIED) cpSync(join(PROJECT, name), join(copy, name), { recursive: true });
  mkdirSync(join(root, 'no-data'));
  symlinkSync(join(PROJECT, 'node_modules'), join(copy, 'node_modules'));
  writeFileSync(join(copy, 'vitest.config.ts'), CONFIG);
  return root;
}

let running: ChildProcess | undefined;
let mostMilliseconds = Number.POSITIVE_INFINITY;

/** Runs these tests in the copy. @returns whether all passed; false after a timeout. */
function pass(root: string, tests: readonly string[]): Promise<boolean> {
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  const args = [
    vitest,
    'run',
    '--bail',
    '1',
    '--maxWorkers',
    '1',
    '--pool',
    'threads',
    '--no-isolate',
    '--reporter',
    'dot',
    ...tests,
  ];
  const child = spawn(process.execPath, args, {
    cwd: join(root, 'project'),
    env: { ...process.env, FAIRGROUND_DATA: join(root, 'absent') },
    stdio: 'ignore',
    // A separate process group, so that the workers are killed too.
    detached: true,
  });
  running = child;
  const timer = Number.isFinite(mostMilliseconds)
    ? setTimeout(() => stop(child), mostMilliseconds)
    : undefined;
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      running = undefined;
      resolve(code === 0);
    });
  });
}

function stop(child: ChildProcess): void {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
}

/** Which tests detected the fault: the listed ones, or only others; undefined if none did. */
async function finders(
  root: string,
  mutant: Mutant,
  others: readonly string[],
): Promise<'its own tests' | 'other tests' | undefined> {
  const { file, sound, faulty } = planted(join(root, 'project'), mutant);
  const path = join(root, 'project', file);
  writeFileSync(path, faulty);
  try {
    if (!(await pass(root, mutant.tests))) return 'its own tests';
    return others.length === 0 || (await pass(root, others)) ? undefined : 'other tests';
  } finally {
    writeFileSync(path, sound);
  }
}

async function main(): Promise<number> {
  const isQuick = process.argv.includes('--quick');
  const words = process.argv.slice(2).filter((word) => word !== '--quick');
  const chosen = MUTANTS.filter(
    ({ part, rule }) => words.length === 0 || words.some((word) => `${part} ${rule}`.includes(word)),
  );
  const own = [...new Set(chosen.flatMap(({ tests }) => tests))];
  const start = performance.now();
  const root = copyOfProject();
  const leave = () => {
    if (running !== undefined) stop(running);
    rmSync(root, { recursive: true, force: true });
  };
  process.on('SIGINT', () => {
    leave();
    process.exit(130);
  });
  try {
    if (!(await pass(root, isQuick ? own : ORDINARY))) {
      say('The tests fail without any fault. Fix them first.\n');
      return 1;
    }
    say(`The tests pass without a fault (${secondsSince(start)}).\n`);
    mostMilliseconds = PATIENCE * (performance.now() - start);
    const survivors: Mutant[] = [];
    let foundByOthers = 0;
    for (const [i, mutant] of chosen.entries()) {
      const began = performance.now();
      const found = await finders(root, mutant, isQuick ? [] : ORDINARY);
      if (found === undefined) survivors.push(mutant);
      if (found === 'other tests') foundByOthers++;
      const verdict = found === undefined ? 'SURVIVED' : `found by ${found}`;
      say(`${i + 1}/${chosen.length} ${verdict} (${secondsSince(began)}): ${mutant.part}: ${mutant.rule}\n`);
    }
    const share = survivors.length / Math.max(1, chosen.length);
    say(
      `${chosen.length} faults, ${chosen.length - survivors.length} found (${foundByOthers} only by other tests than their own), ` +
        `${survivors.length} survived (${(share * 100).toFixed(1)} %), in ${secondsSince(start)}.\n`,
    );
    for (const { part, original, replacement, rule } of survivors)
      say(`survivor in src/${part}: ${rule}\n  - ${original}\n  + ${replacement}\n`);
    return share > TOLERATED ? 1 : 0;
  } finally {
    leave();
  }
}

process.exitCode = await main();
