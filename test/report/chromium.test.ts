import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/metrics/run-record.js';
import { reportHtml } from '../../src/report/report.js';
import { HOSTILE_NAMES, smackRecords, traceRecords } from './records.js';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const WITHOUT_CHROMIUM = `skipped without a browser (tried ${CHROMIUM}; set CHROMIUM)`;
const hasChromium = existsSync(CHROMIUM);

if (!hasChromium) process.stderr.write(`${WITHOUT_CHROMIUM}\n`);

/** A report that is open in the browser, and what the browser complained of or asked the network for. */
interface OpenReport {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
}

describe.skipIf(!hasChromium)('a report in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairground-chromium-'));
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    });
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(records: readonly RunRecord[], width = 1280): Promise<OpenReport> {
    const file = join(folder, 'report.html');
    writeFileSync(file, reportHtml(records));
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    return { page, complaints, requests: requests.filter((url) => !url.startsWith('data:')).slice(1) };
  }

  /** Width and height of what is drawn in each figure. */
  function drawings({ page }: OpenReport): Promise<number[][]> {
    return page.$$eval('figure', (figures) =>
      figures.map((figure) => {
        const sizes = [...figure.querySelectorAll('.panels svg, canvas')].map((drawing) => {
          const { width, height } = drawing.getBoundingClientRect();
          return Math.min(width, height);
        });
        return sizes;
      }),
    );
  }

  function isWiderThanItsWindow({ page }: OpenReport): Promise<boolean> {
    return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  }

  it('draws every figure from the file alone, without an error or a request', async () => {
    const report = await open(await smackRecords(['silos', 'drf']));
    const sizes = await drawings(report);
    // cpus, mem, disk, queue, waits, machines, fairness
    expect(sizes.map((figure) => figure.length)).toEqual([2, 2, 2, 2, 1, 2, 1]);
    expect(Math.min(...sizes.flat())).toBeGreaterThan(50);
    expect(report.complaints).toEqual([]);
    expect(report.requests).toEqual([]);
  });

  it('is never wider than its window', async () => {
    const records = await smackRecords(['silos', 'drf', 'bin-packing'], ['1', '2']);
    for (const width of [1200, 400]) {
      const report = await open(records, width);
      await report.page.$$eval('details', (all) => {
        for (const details of all) details.toggleAttribute('open', true);
      });
      expect(await isWiderThanItsWindow(report), `${width} pixels`).toBe(false);
    }
  });

  it('shows hostile names as text and runs none of them', async () => {
    const records = await traceRecords(
      HOSTILE_NAMES.map((name, i) => [name, i, 60, 1] as const),
      { name: '<img src=x onerror="globalThis.broken = true">.csv', policies: ['fcfs', 'drf'] },
    );
    const report = await open(records);
    const labels = await report.page.$$eval('figure[aria-label^=cpus] .legend-item', (items) =>
      items.map((item) => item.textContent),
    );
    expect(labels).toEqual(HOSTILE_NAMES);
    expect(await report.page.title()).toContain('<img src=x onerror="globalThis.broken = true">.csv under');
    expect(await report.page.evaluate('globalThis.broken')).toBeUndefined();
    expect(await report.page.locator('img').count()).toBe(0);
    expect(report.complaints).toEqual([]);
  });

  it('shows the waits of the framework that is chosen', async () => {
    const records = await traceRecords(
      [
        ['a', 0, 60, 4],
        ['b', 0, 10, 4],
      ],
      { machines: '1x4cpu' },
    );
    const { page } = await open(records);
    const cells = () => page.locator('table:has(caption:text("Tasks by wait")) tbody td').allTextContents();
    expect((await cells()).slice(0, 2)).toEqual(['2', '50.0 %']);
    await page.getByRole('combobox', { name: 'Framework' }).selectOption({ label: 'b' });
    expect((await cells()).slice(0, 2)).toEqual(['1', '0 %']);
    await page.getByRole('combobox', { name: 'Framework' }).selectOption({ label: 'a' });
    expect((await cells()).slice(0, 2)).toEqual(['1', '100 %']);
    await expect(page.getByText('all waits are 0 s').count()).resolves.toBe(1);
  });

  it('says why there is nothing to see where nothing ran', async () => {
    const report = await open(await traceRecords([['a', 5, 60, 100]]));
    expect(await drawings(report)).toEqual([]);
    await expect(report.page.getByText('so there are no charts').count()).resolves.toBe(1);
    expect(report.complaints).toEqual([]);
  });

  it('says which seed is drawn where there are several', async () => {
    const { page } = await open(await smackRecords(['drf'], ['3', '4']));
    await expect(page.getByText('The charts show seed 3').count()).resolves.toBe(3);
  });

  it('opens all details and draws for the width of the paper when it is printed', async () => {
    const { page, complaints } = await open(await smackRecords(['drf']));
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    expect(await page.locator('details:not([open])').count()).toBe(0);
    expect(await page.locator('figure svg.chart').first().getAttribute('width')).toBe('680');
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    expect(await page.locator('details[open]').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('saves a figure with its legend as one drawing', async () => {
    const { page } = await open(await smackRecords(['drf']));
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save figure allocation-cpus as SVG' }).click();
    const download = await saved;
    const path = join(folder, 'saved.svg');
    await download.saveAs(path);
    expect(download.suggestedFilename()).toBe('allocation-cpus.svg');
    await page.goto(pathToFileURL(path).href);
    const texts = await page.$$eval('text', (all) => all.map((text) => text.textContent));
    expect(texts).toEqual(expect.arrayContaining(['drf', 'spark', 'used, all frameworks', '100 %']));
  });
});
