import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot, VERSION } from '../../src/results/files/version.js';

interface Packed {
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** An empty project of a user. */
const project = mkdtempSync(join(tmpdir(), 'fairground-user-'));

/** npm can be slow; nothing here depends on how fast it is. */
const MINUTES = 300_000;

afterAll(() => rmSync(project, { recursive: true, force: true }), MINUTES);

let packed: Packed;

beforeAll(() => {
  [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], {
      cwd: packageRoot(),
      encoding: 'utf8',
    }),
  );
}, MINUTES);

describe('the package', () => {
  it('has what a user needs', () => {
    const files = packed.files.map(({ path }) => path);
    expect(files).toEqual(
      expect.arrayContaining([
        ...['README.md', 'CHANGELOG.md', 'LICENSE', 'NOTICE', 'CITATION.cff', 'package.json'],
        ...['dist/cli.js', 'dist/index.js', 'dist/worker.js', 'dist/THIRD-PARTY-NOTICES.txt'],
        ...['dist/types/index.d.ts', 'dist/types/policies/contract.d.ts', 'dist/report-client.js'],
        ...['docs/policies.md', 'docs/formats.md', 'docs/images/machines.png'],
        ...['scenarios/smack.yaml', 'examples/my-policy.ts'],
        ...['templates/spare-cores.ts', 'templates/spare-cores.test.mjs'],
      ]),
    );
  });

  it('has nothing else', () => {
    const places =
      /^(dist\/|docs\/[\w-]+\.md$|docs\/images\/|scenarios\/[\w-]+\.yaml$|examples\/|templates\/|[A-Z]+(\.(md|cff))?$|package\.json$)/;
    const files = packed.files.map(({ path }) => path);
    expect(files.filter((path) => !places.test(path))).toEqual([]);
    expect(
      files.filter((path) => /\.map$|\.source-hash$|architecture\.md$|^dist\/.*test/.test(path)),
    ).toEqual([]);
    const simulator = packed.files.find(({ path }) => path === 'dist/simulator.js')?.size ?? 0;
    // Of an interactive report. It runs in a browser, so it shares no chunk with the command.
    expect(simulator).toBeLessThan(900_000);
    // Half of it are the bundled chunks of the command, minified.
    expect(packed.unpackedSize - simulator).toBeLessThan(4_300_000);
  });
});

const USER_JS = `import { run } from 'fairground';
import { assertConformance } from 'fairground/conformance';
import { POLICIES } from 'fairground/policies';
const [{ summary }] = await run({ policy: 'drf', workload: 'smack', seed: 1, until: '1m' });
const names = POLICIES.map(({ name }) => name);
export const seen = [summary.run.policy.name, names.includes('drf'), typeof assertConformance];
`;

describe('the package in an empty project', () => {
  beforeAll(() => {
    writeFileSync(
      join(project, 'package.json'),
      '{ "name": "user", "version": "1.0.0", "type": "module", "private": true }\n',
    );
    execFileSync('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${packed.filename}`], {
      cwd: project,
      stdio: 'ignore',
    });
  }, MINUTES);

  function inProject(...command: readonly string[]): string {
    const [program, ...args] = command;
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: project,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });
    expect([status, status === 0 ? '' : stderr + stdout]).toEqual([0, '']);
    return stdout;
  }

  it('runs the command', () => {
    expect(inProject('npx', 'simulate', '--version')).toBe(`${VERSION}\n`);
    expect(inProject('npx', 'simulate', '--policy', 'drf', '--until', '10m')).toContain('drf');
    const scenario = 'node_modules/fairground/scenarios/smack.yaml';
    inProject('npx', 'simulate', '--scenario', scenario, '--until', '5m', '--report', 'report.html');
    expect(existsSync(join(project, 'report.html'))).toBe(true);
  });

  it('begins and checks a policy', () => {
    inProject('npx', 'simulate', 'policy', 'new', 'my-packing');
    expect(inProject('npx', 'simulate', 'policy', 'check', './my-packing.ts', '--runs', '5')).toContain(
      'my-packing keeps every rule in 5 random scenarios',
    );
  });

  it('is a library with types', () => {
    writeFileSync(join(project, 'user.js'), `${USER_JS}console.log(seen.join(' '));\n`);
    expect(inProject('node', 'user.js')).toBe('drf true function\n');
    writeFileSync(join(project, 'user.ts'), USER_JS.replace('const names', 'const names: readonly string[]'));
    inProject(
      ...['node', 'node_modules/typescript/bin/tsc', '--noEmit', '--strict', '--target', 'es2023'],
      ...['--module', 'nodenext', 'user.ts'],
    );
  });
});
