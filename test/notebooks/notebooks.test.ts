import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { mean } from 'simple-statistics';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { referenceData } from '../../src/studies/reference-data.js';
import { PROJECT, temporaryFolder } from '../cli/simulate-command.js';
import { hasChromium, TestBrowser } from '../report/test-browser.js';

const data = referenceData(undefined);
const NAMES = readdirSync(join(PROJECT, 'notebooks'))
  .filter((file) => file.endsWith('.html'))
  .map((file) => file.slice(0, -'.html'.length));
/** Those that read traces of the reference data. */
const WITH_TRACES = ['backfilling', 'gpu-packing-ties'];

function build(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  return spawnSync(process.execPath, [join(PROJECT, 'scripts', 'notebooks.mjs'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
}

const out = temporaryFolder();
const resultOf = (name: string, file: string) => join(out, 'results', name, file);
const json = (name: string, file: string) => JSON.parse(readFileSync(resultOf(name, file), 'utf8'));

describe.skipIf(!hasChromium)('the notebooks', () => {
  const browser = new TestBrowser();
  const texts = new Map<string, string>();

  beforeAll(() => {
    const { status, stderr } = build(['--out', out]);
    expect(stderr).not.toContain('notebooks:');
    expect(status).toBe(0);
  }, 600_000);
  afterAll(() => browser.close());

  it.each(NAMES.filter((name) => data !== undefined || !WITH_TRACES.includes(name)))(
    '%s opens from disk without an error and without network, narrow and wide, light and dark',
    async (name) => {
      for (const [width, scheme] of [
        [1100, 'light'],
        [380, 'dark'],
      ] as const) {
        const { page, complaints, requests } = await browser.openFile(
          join(out, `${name}.html`),
          width,
          scheme,
        );
        await expect.poll(() => page.locator('.observablehq--running').count()).toBe(0);
        await expect.poll(() => page.locator('svg').count()).toBeGreaterThan(0);
        texts.set(name, String(await page.evaluate("document.querySelector('main').innerText")));
        expect(await page.locator('.observablehq--error').count()).toBe(0);
        expect(complaints).toEqual([]);
        expect(requests.filter((url) => !url.startsWith('blob:'))).toEqual([]);
        const overflow = await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect(overflow).toBe(0);
        await page.close();
      }
    },
  );

  it('silos-against-sharing shows what was saved, by its own compactions', () => {
    const needed = (file: string) =>
      json('silos-against-sharing', file).policies[0].needed.map(
        ({ machines }: { machines: number }) => machines,
      );
    const apart = [1, 2, 3, 4, 5, 6].map((number) => needed(`silo-4-${number}.json`));
    const pool = needed('pool-4.json');
    const saved = mean(
      pool.map(
        (machines: number, seed: number) => 1 - machines / apart.reduce((sum, one) => sum + one[seed], 0),
      ),
    );
    expect(texts.get('silos-against-sharing')).toContain(`sharing saves ${(100 * saved).toFixed(0)} %`);
  });

  it('drf-in-pictures shows equal dominant shares near two thirds', () => {
    const [, a, b] =
      /A has (\d+) % and B has (\d+) %. They are equal/.exec(texts.get('drf-in-pictures') ?? '') ?? [];
    expect(Math.abs(Number(a) - Number(b))).toBeLessThanOrEqual(1);
    expect(Number(a)).toBeGreaterThan(60);
    expect(Number(a)).toBeLessThanOrEqual(67);
  });

  it('rack-failure shows the minutes of the summaries', () => {
    const down = json('rack-failure', 'packed.json').runs.map(
      ({ byFramework }: { byFramework: { kafka: { health: { down: number } } } }) =>
        byFramework.kafka.health.down,
    );
    expect(texts.get('rack-failure')).toMatch(
      new RegExp(`kafka\\s+packed\\s+0 min\\s+${(mean(down) * 360).toFixed(0)} min`),
    );
  });

  it('what-a-gate-sees shows the verdicts of the gates', () => {
    const verdicts = ['same', 'best-fit', 'slower'].map(
      (gate) => json('what-a-gate-sees', `${gate}/gate.json`).verdict,
    );
    expect(verdicts).toEqual(['same', 'pass', 'fail']);
    expect(texts.get('what-a-gate-sees')).toContain('The gate says same, pass and fail.');
  });

  it.skipIf(data === undefined)('backfilling shows the mean waits of the summaries', () => {
    for (const policy of ['fcfs', 'easy', 'conservative']) {
      const hours = json('backfilling', `results/${policy}/summary.json`).wait.mean / 3600;
      expect(texts.get('backfilling')).toMatch(
        new RegExp(`${policy}\\s+${hours.toFixed(1).replace('.', '\\.')}\\s`),
      );
    }
  });

  it.skipIf(data === undefined)('gpu-packing-ties shows that random ties put fgd behind best fit', () => {
    const text = texts.get('gpu-packing-ties') ?? '';
    const shown = (policy: string) =>
      Number(new RegExp(`^\\s*${policy}\\s+([\\d.]+) %$`, 'm').exec(text)?.[1]);
    expect(shown('fgd')).toBeGreaterThan(shown('best fit'));
    expect(shown('fgd, random ties')).toBeLessThan(shown('best fit, random ties'));
  });
});

describe('npm run notebooks', () => {
  it('skips a notebook whose traces are absent with one line', () => {
    const folder = temporaryFolder();
    const { status, stdout } = build(['--out', folder, 'backfilling'], {
      FAIRGROUND_DATA: join(folder, 'absent'),
    });
    expect(status).toBe(0);
    expect(stdout).toBe(
      `backfilling: skipped, it reads traces in FAIRGROUND_DATA, and there is no ${join(folder, 'absent')}\n`,
    );
  });

  it('names the notebooks if there is no such one', () => {
    const { status, stderr } = build(['rack-fire']);
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^notebooks: there is no notebooks\/rack-fire\.html, expected one of backfilling, /,
    );
  });

  it.each([
    ['```sh\nfalse\n```', '', /^notebooks: one: exit code 1 from:\nfalse$/m],
    [
      'no commands',
      'FileAttachment("absent.csv")',
      /^notebooks: one: no command wrote absent\.csv, which a cell reads$/m,
    ],
  ])('fails if a command fails, or a cell reads a file that no command wrote', (text, cell, problem) => {
    const root = temporaryFolder();
    cpSync(join(PROJECT, 'scripts'), join(root, 'scripts'), { recursive: true });
    symlinkSync(join(PROJECT, 'node_modules'), join(root, 'node_modules'));
    mkdirSync(join(root, 'notebooks'));
    const script = `<script type="text/markdown">\n${text}\n</script><script type="module">\n${cell}\n</script>`;
    writeFileSync(join(root, 'notebooks', 'one.html'), `<notebook><title>One</title>${script}</notebook>`);
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts', 'notebooks.mjs')], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(problem);
  });
});

const PYTHON = '/usr/bin/python3';
const EXECUTE = `
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
for cell in notebook.cells:
    for output in cell.get("outputs", []):
        print(output.get("text") or output["data"]["text/plain"])
`;
const hasJupyter =
  existsSync(PYTHON) && spawnSync(PYTHON, ['-c', 'import nbclient, ipykernel, pandas']).status === 0;
if (!hasJupyter)
  process.stderr.write(
    `skipped without python3-nbclient, python3-ipykernel and python3-pandas (tried ${PYTHON})\n`,
  );

it.skipIf(!hasJupyter)('the Jupyter notebook runs, and its tables agree with the summaries', () => {
  const notebook = join(PROJECT, 'notebooks', 'results-with-pandas.ipynb');
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', EXECUTE, notebook], {
    encoding: 'utf8',
    env: { ...process.env, FAIRGROUND: `${process.execPath} ${join(PROJECT, 'dist', 'cli.js')}` },
  });
  expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
  expect(stdout).toContain('the tables agree with the summaries');
  expect(stdout).toMatch(
    /rows, read with (pyarrow|DuckDB)|not read: neither pyarrow nor DuckDB is installed/,
  );
});
