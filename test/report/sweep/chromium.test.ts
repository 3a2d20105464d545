import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSweep } from '../../../src/lab/sweep/run-sweep.js';
import { pageOf } from '../../../src/report/report.js';
import { storedReport } from '../../../src/report/stored-report.js';
import { sweepData } from '../../../src/report/sweep/make-sweep-data.js';
import { SWEEP_ELEMENT_ID } from '../../../src/report/sweep/sweep-data.js';
import { readParquet } from '../../../src/results/files/parquet-table.js';
import { valueText } from '../../../src/results/interval-text.js';
import { limitsWithin, meanInterval } from '../../../src/results/statistics/mean-interval.js';
import { newFolder, planOf } from '../../lab/sweep/small-sweep.js';
import { brokenRules } from '../open-report.js';
import { HOSTILE_NAMES } from '../records.js';
import { hasChromium, TestBrowser } from '../test-browser.js';
import { largeSweep } from './large-sweep.js';
import { storedSweep } from './stored-sweeps.js';

const large = pageOf(SWEEP_ELEMENT_ID, sweepData(largeSweep(), { numbers: 30 }));

function writtenIn(folder: string, page: string): string {
  const path = join(folder, 'report.html');
  writeFileSync(path, page);
  return path;
}

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).selectOption({ label: option });
}

/** Cells of the table with this caption: of each row, its heading and its texts. */
function tableOf(page: Page, caption: string): Promise<string[][]> {
  return page
    .locator('table', { has: page.locator('caption', { hasText: caption }) })
    .locator('tbody tr')
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
}

describe.skipIf(!hasChromium)('the page of a sweep in a browser', () => {
  const browser = new TestBrowser();
  const results = newFolder();
  let html = '';

  beforeAll(async () => {
    const plan = await planOf({
      scenario: {
        ...{ trace: undefined, workload: 'services', services: { spark: { jobsPerHour: 60 } } },
        ...{
          policy: 'fcfs,easy',
          machines: ['20x16cpu/64GiB', '30x16cpu/64GiB'],
          seeds: '1-3',
          until: '30m',
        },
      },
    });
    await runSweep(plan, { results, jobs: false });
    html = await storedReport([results]);
  });

  afterAll(() => browser.close());

  it('draws every figure from the file alone, without an error or a request', async () => {
    const { page, complaints, requests } = await browser.open(html);
    const headings = await page.locator('h3').allTextContents();
    expect(headings).toEqual([
      'How much of the variance each axis explains',
      'Effect of each axis',
      'One axis against the metric',
      'Two axes against the metric',
      'All axes at once',
      'The trade-off of two metrics',
    ]);
    const sizes = await page.$$eval('figure svg.chart', (all) =>
      all.map((svg) => Math.min(svg.getBoundingClientRect().width, svg.getBoundingClientRect().height)),
    );
    expect(Math.min(...sizes)).toBeGreaterThan(50);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
  });

  it('shows the means and intervals of the numbers in runs.parquet', async () => {
    const { page } = await browser.open(html);
    const { columns, data } = await readParquet(join(results, 'runs.parquet'));
    const column = (name: string) => data[columns.findIndex((one) => one.name === name)];
    await choose(page, 'Metric', 'wait.mean');
    const shown = await tableOf(page, 'wait.mean, best first');
    // A seed without a job that started has no wait. A stable sort keeps the order of the table for equal means.
    const expected = ['20x16cpu/64GiB', '30x16cpu/64GiB'].flatMap((machines) =>
      ['fcfs', 'easy'].map((policy) => {
        const values = column('wait.mean').filter(
          (value, i) =>
            value !== null && column('policy')[i] === policy && column('machines')[i] === machines,
        ) as number[];
        const interval = meanInterval(values);
        const limits = limitsWithin(interval, { least: 0, most: Number.POSITIVE_INFINITY });
        return {
          mean: interval.mean,
          row: [policy, valueText({ ...interval, limits }, { unit: 's' }), machines],
        };
      }),
    );
    expect(new Set(expected.map(({ mean }) => mean)).size).toBeGreaterThan(1);
    expect(shown).toEqual(expected.sort((a, b) => a.mean - b.mean).map(({ row }) => row));
  });

  it('draws the axis, the panels and the differences that are picked', async () => {
    const { page, complaints } = await browser.open(html);
    await choose(page, 'Metric', 'wait.p95');
    const figure = page.getByRole('figure', { name: 'One axis against the metric' });
    await figure.getByText('The numbers of this figure').click();
    const texts = () => figure.locator('tbody td').allTextContents();
    expect(await texts()).toHaveLength(4);
    await choose(page, 'Show', 'differences to fcfs');
    expect(await texts()).toHaveLength(2);
    expect((await texts()).join()).toMatch(/±|equal/);
    expect(await figure.locator('figcaption').textContent()).toMatch(/intervals over the seeds/);
    await choose(page, 'One panel for each value of', 'machines');
    await expect(figure.locator('.panel-title').allTextContents()).resolves.toEqual([
      'machines: 20x16cpu/64GiB',
      'machines: 30x16cpu/64GiB',
    ]);
    await choose(page, 'Axis', 'policy');
    expect(complaints).toEqual([]);
  });

  it('shows simultaneous intervals of all differences of a metric in the figure', async () => {
    // b is 10, 12 and 14 above a with the first machines, and -10, 0 and 40 with the second.
    const differences: Readonly<Record<string, readonly number[]>> = { '1': [10, 12, 14], '2': [-10, 0, 40] };
    const sweep = storedSweep({
      policies: ['a', 'b'],
      axes: { machines: ['1', '2'] },
      seeds: 3,
      metrics: {
        'wait.p95': (policy, [machines], seed) =>
          90 + 50 * seed + (policy === 'b' ? differences[machines][seed - 1] : 0),
      },
    });
    const { page, complaints } = await browser.open(
      pageOf(SWEEP_ELEMENT_ID, sweepData(sweep, { numbers: 1 })),
    );
    const figure = page.getByRole('figure', { name: 'One axis against the metric' });
    await choose(page, 'Show', 'differences to a');
    await figure.getByText('The numbers of this figure').click();
    // Half-widths by hand: 6.205 and in parentheses 4.303, times 2 / sqrt(3) and sqrt(700 / 3). Holm's p-values: 0.018 and 0.57.
    expect(await figure.locator('tbody td').allTextContents()).toEqual(['+12 ± 7 (5) s', '+10 ± 95 (66) s']);
    expect(await figure.locator('tbody strong').allTextContents()).toEqual(['+12 ± 7 (5) s']);
    const caption = () => figure.locator('figcaption').textContent();
    expect(await caption()).toContain('hold for all 2 differences of this metric in the figure together.');
    // The family is the figure with all of its panels.
    await choose(page, 'Axis', 'policy');
    await choose(page, 'One panel for each value of', 'machines');
    expect(await caption()).toContain(
      'all 2 differences of this metric in the figure together, over all panels',
    );
    expect(complaints).toEqual([]);
  });

  it('has the front of the two metrics that are picked', async () => {
    const sweep = storedSweep({
      policies: ['drf'],
      axes: { machines: ['1', '2', '3', '4'] },
      seeds: 1,
      metrics: {
        'utilization.cpus.used.mean': (_policy, [machines]) => 1 - Number(machines) / 10,
        'wait.p95': (_policy, [machines]) => (machines === '3' ? 500 : 100 / Number(machines)),
        'queue.mean': (_policy, [machines]) => Number(machines),
      },
    });
    const { page } = await browser.open(pageOf(SWEEP_ELEMENT_ID, sweepData(sweep, { numbers: 3 })));
    const machines = async () => (await tableOf(page, 'The front')).map((cells) => cells.at(-1));
    expect(await machines()).toEqual(['1', '2', '4']);
    await choose(page, 'Up', 'queue.mean');
    expect(await machines()).toEqual(['1']);
  });

  it('saves the numbers of a figure, and the drawing with its canvas', async () => {
    const { page } = await browser.open(html);
    const saved = async (name: string, format: string) => {
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: `Save figure ${name} as ${format}` }).click();
      const path = join(browser.folder, `${name}.${format.toLowerCase()}`);
      await (await download).saveAs(path);
      return readFileSync(path);
    };
    const csv = String(await saved('trade-off', 'CSV')).split('\n');
    expect(csv[0]).toBe('policy,machines,utilization.cpus.used.mean,wait.p95,front');
    expect(csv).toHaveLength(1 + 4 + 1);
    expect(String(await saved('all-axes', 'SVG'))).toMatch(/<image [^>]*href="data:image\/png/);
    expect((await saved('sensitivity', 'PNG')).subarray(1, 4).toString()).toBe('PNG');
  });

  it('has thousands of runs below 3 MB, and draws them without thousands of elements', async () => {
    expect(Buffer.byteLength(large)).toBeLessThan(3_000_000);
    const { page, complaints } = await browser.open(large);
    await choose(page, 'Metric', 'byFramework.f3.wait.mean');
    expect(await page.locator('*').count()).toBeLessThan(8000);
    await expect(page.getByText('spark.jobsPerHour has 50 values').count()).resolves.toBe(1);
    await expect(page.getByText('Cost against availability').count()).resolves.toBe(1);
    expect(complaints).toEqual([]);
  });

  it('shows hostile names as text', async () => {
    const sweep = storedSweep({
      policies: HOSTILE_NAMES,
      axes: { '<img src=x onerror="globalThis.broken = true">': HOSTILE_NAMES },
      seeds: 1,
      metrics: {
        'wait.p95': (policy, [value]) => policy.length + value.length,
        'byFramework.<b>.wait.p95': () => null,
      },
    });
    const data = sweepData({ ...sweep, workloads: [HOSTILE_NAMES[0]] }, { numbers: 2 });
    const { page, complaints } = await browser.open(pageOf(SWEEP_ELEMENT_ID, data));
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.evaluate('globalThis.broken')).toBeUndefined();
    const effects = page.getByRole('figure', { name: 'Effect of each axis' });
    expect(await effects.locator('.legend-item').allTextContents()).toEqual(HOSTILE_NAMES);
    expect(complaints).toEqual([]);
  });

  it('says so where there is nothing to compare', async () => {
    const sweep = storedSweep({ policies: ['drf'], axes: {}, seeds: 2, metrics: { makespan: () => 7 } });
    const { page, complaints } = await browser.open(
      pageOf(SWEEP_ELEMENT_ID, sweepData(sweep, { numbers: 1 })),
    );
    await expect(page.getByText('The sweep has one combination').count()).resolves.toBe(1);
    expect(complaints).toEqual([]);
  });

  it('passes the rules of axe, and is never wider than its window, in both schemes at three widths', async () => {
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [360, 1280, 2560]) {
        const { page } = await browser.open(html, width, colorScheme);
        await page.$$eval('details', (all) => {
          for (const details of all) details.toggleAttribute('open', true);
        });
        expect(await brokenRules(page), `${colorScheme}, ${width} pixels`).toEqual([]);
        const [whole, window] = await page.evaluate(() => [
          document.documentElement.scrollWidth,
          document.documentElement.clientWidth,
        ]);
        expect(whole, `${colorScheme}, ${width} pixels`).toBeLessThanOrEqual(window);
        await page.close();
      }
  });

  it('opens the data files beside it by its links', async () => {
    const { page } = await browser.openFile(
      writtenIn(results, await storedReport([results], { isInFolder: true })),
    );
    const links = await page.locator('header a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
    expect(links).toEqual(
      ['runs', 'metrics', 'series']
        .map((name) => `./${name}.parquet`)
        .concat('./schema.json', './sweep.json'),
    );
    await page.getByRole('link', { name: 'sweep.json' }).click();
    expect(await page.locator('body').textContent()).toContain('fairground/sweep@1');
  });
});
