import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT, simulate } from '../cli/simulate-command.js';
import { brokenRules } from './open-report.js';
import { hasChromium, TestBrowser } from './test-browser.js';

const SMALL = ['--until', '20m', '--machines', '60x16cpu/64GiB/4TiBdisk', '--set', 'spark.jobsPerHour=60'];

/** Equal documents; numbers may differ by 1e-12 of their size, because the exp and log of a browser round the last digit in another way. */
function expectSame(text: string, wanted: string): void {
  const rounded = (json: string) =>
    JSON.parse(json, (_, value) =>
      typeof value === 'number' ? Number(value.toPrecision(12)) : value,
    ) as unknown;
  expect(rounded(text)).toEqual(rounded(wanted));
}

describe.skipIf(!hasChromium)('an interactive report', () => {
  const browser = new TestBrowser();
  const { folder } = browser;
  const file = join(folder, 'page.html');
  let page: Page;
  let complaints: readonly string[];
  let requests: readonly string[];

  beforeAll(() => {
    simulate('--policy', 'fcfs,drf', ...SMALL, '--report', file, '--interactive', '--quiet');
  }, 300_000);

  afterAll(() => browser.close());

  async function open(width?: number, colorScheme?: 'light' | 'dark'): Promise<void> {
    ({ page, complaints, requests } = await browser.openFile(file, width, colorScheme));
    await page.getByText('Change and run again').click();
    await expect.poll(() => page.getByRole('button', { name: 'Run', exact: true }).isEnabled()).toBe(true);
  }

  async function runAgain(): Promise<void> {
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect.poll(() => page.locator('p[role=status]').textContent()).toMatch(/made in this page/);
  }

  /** The text of the button that saves the numbers, and that of the command line in the header. */
  async function numbers(): Promise<{ readonly page: string; readonly command: string }> {
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save the numbers (JSON)' }).click();
    const path = join(folder, 'results.json');
    await (await saved).saveAs(path);
    const command = (await page.locator('.command code').textContent()) ?? '';
    return { page: readFileSync(path, 'utf8'), command };
  }

  /** What the command of the header prints with `--json` in place of its report. */
  function ofCommandLine(command: string): string {
    const cli = `'${process.execPath}' '${join(PROJECT, 'dist', 'cli.js')}'`;
    const line = command.replace(/^simulate/, cli).replace('--report report.html', '--json');
    return spawnSync('sh', ['-c', line], { encoding: 'utf8', maxBuffer: 1 << 26 }).stdout;
  }

  it('makes its runs again with the numbers of the command line', async () => {
    await open();
    await runAgain();
    const made = await numbers();
    expectSame(made.page, ofCommandLine(made.command));
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !url.startsWith('blob:'))).toEqual([]);
  });

  it('changes policies, arguments, seeds, machines, failures and the workload', async () => {
    await open();
    const policies = page.getByRole('combobox', { name: 'Policy' });
    await policies.first().selectOption('list');
    await page.locator('.policies summary').first().click();
    await page.getByLabel('order', { exact: true }).first().fill('max(priority, waited/1h)');
    await page.getByRole('button', { name: 'Remove' }).nth(1).click();
    await page.getByRole('button', { name: 'Add a policy' }).click();
    await policies.nth(1).selectOption('bin-packing');
    await page.getByLabel('Seeds').fill('2');
    await page.getByLabel('Number of machines').fill('40');
    await page.getByLabel('Days until a machine fails').fill('2');
    await page.getByLabel('Spark jobs per hour').fill('90');
    await page.getByLabel('Faults, one per line').fill('at 5m: kill machine machine-3 for 2m\n');
    await runAgain();
    const made = await numbers();
    expect(made.command).toContain('--seeds 1,2 --machines 40x16cpu/64GiB/4TiBdisk');
    for (const part of [
      'list(order=',
      'bin-packing',
      'exponential(2d)',
      'spark.jobsPerHour=90',
      'kill machine machine-3',
    ])
      expect(made.command).toContain(part);
    expectSame(made.page, ofCommandLine(made.command));
    expect(await page.locator('h1').textContent()).toContain('on 40 machines');
    const columns = await page.locator('#numbers thead th').allTextContents();
    expect(columns.join(' ')).toMatch(/list\(order=.* bin-packing/);
    expect(complaints).toEqual([]);
  });

  it('says what is wrong, and keeps the runs before', async () => {
    await open();
    const before = await page.locator('h1').textContent();
    await page.getByLabel('Length', { exact: true }).fill('soon');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect.poll(() => page.getByRole('alert').textContent()).toMatch(/--until.*soon.*duration/);
    expect(await page.locator('h1').textContent()).toBe(before);
    await page.getByLabel('Length', { exact: true }).fill('10m');
    await runAgain();
    expect(await page.getByRole('alert').textContent()).toBe('');
    expect(await page.locator('h1').textContent()).toContain('for 10m');
  });

  it('stops when it is told to, and can run again', async () => {
    await open();
    await page.getByLabel('Length', { exact: true }).fill('300d');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect
      .poll(() => page.locator('p[role=status]').textContent())
      .toMatch(/% of the work: fcfs, seed 1/);
    await page.getByRole('button', { name: 'Stop' }).click();
    expect(await page.locator('p[role=status]').textContent()).toMatch(/^Stopped/);
    await page.getByLabel('Length', { exact: true }).fill('5m');
    await runAgain();
    expect(complaints).toEqual([]);
  });

  it('passes the rules of axe and is never wider than its window, in both schemes at three widths', async () => {
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [360, 1280, 2560]) {
        await open(width, colorScheme);
        await page.$$eval('.experiment details', (all) => {
          for (const details of all) details.toggleAttribute('open', true);
        });
        expect(await brokenRules(page, '.experiment'), `${colorScheme}, ${width} pixels`).toEqual([]);
        expect(
          await page.evaluate(
            () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
          ),
          `${width} pixels`,
        ).toBe(false);
        await page.close();
      }
  });
});

describe('--interactive', () => {
  it.each([
    [['--trace', 'traces/example.csv'], 'a page cannot repeat runs with the file "traces/example.csv"'],
    [['--scenario', 'scenarios/noisy-neighbour.yaml'], 'a page cannot repeat runs with tenants'],
    [['--policy', './examples/my-policy.ts'], 'a page cannot repeat runs with the policy file'],
    [['--warm-up', '10m'], 'a page cannot repeat runs with --warm-up'],
  ])('refuses what a page cannot hold: %o', (args, message) => {
    const { code, stderr } = simulate(...args, '--report', join(tmpdir(), 'unmade.html'), '--interactive');
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('is about the report', () => {
    expect(simulate('--interactive').stderr).toContain('it needs --report FILE or --out DIR');
  });
});
