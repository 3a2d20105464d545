import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { metricText } from '../../src/results/metric-text.js';
import { brokenRules, reportBrowser } from './open-report.js';
import { HOSTILE_NAMES, outageRecords, smackRecords, traceRecords } from './records.js';
import { hasChromium, type OpenPage } from './test-browser.js';

describe.skipIf(!hasChromium)('a report in a browser', () => {
  const { folder, open } = reportBrowser();

  /** Width and height of what is drawn in each figure. */
  function drawings({ page }: OpenPage): Promise<number[][]> {
    return page.$$eval('figure', (figures) =>
      figures.flatMap((figure) => {
        const sizes = [...figure.querySelectorAll('.panels svg.chart, canvas')].map((drawing) => {
          const { width, height } = drawing.getBoundingClientRect();
          return Math.min(width, height);
        });
        return sizes.length === 0 ? [] : [sizes];
      }),
    );
  }

  function isWiderThanItsWindow({ page }: OpenPage): Promise<boolean> {
    return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  }

  it('draws every figure from the file alone, without an error or a request', async () => {
    const report = await open(await outageRecords(['silos', 'drf']));
    const sizes = await drawings(report);
    // utilization, recoveries, cpus, mem, queue, running, offers, fragmentation, machines and jobs (an image and its axes), waits, quantiles,
    // fairness, dominant shares
    expect(sizes.map((figure) => figure.length)).toEqual([1, 2, 2, 2, 1, 1, 1, 2, 4, 4, 1, 1, 1, 2]);
    expect(Math.min(...sizes.flat())).toBeGreaterThan(50);
    expect(report.complaints).toEqual([]);
    expect(report.requests).toEqual([]);
  });

  it('shows the numbers of the summary', async () => {
    const records = await outageRecords(['silos', 'drf']);
    const { page } = await open(records);
    const rows = await page.$$eval('#numbers > .scrolling tbody tr', (all) =>
      all.map((row) => [...row.children].map((cell) => cell.textContent)),
    );
    const wait = rows.find(([name]) => name?.startsWith('wait.p95'));
    expect(wait?.slice(1)).toEqual(
      records.map(({ summary }) => metricText(summary.wait.p95 ?? undefined, { unit: 's' })),
    );
  });

  it('zooms all time charts by a drag, and shows the whole run again', async () => {
    const { page, complaints } = await open(await outageRecords(['silos', 'drf'], ['1', '2']));
    const part = page.locator('output.part');
    expect(await part.textContent()).toBe('0 s to 1h');
    const chart = page.locator('#queue svg.chart').first();
    await chart.scrollIntoViewIfNeeded();
    const box = await chart.boundingBox();
    if (box === null) throw new Error('the chart has no box');
    await page.mouse.move(box.x + box.width * 0.3, box.y + 80);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 80, { steps: 4 });
    await page.mouse.up();
    expect(await part.textContent()).not.toBe('0 s to 1h');
    // Minutes at the first and the last tick of every time chart: of 60, the drag kept about the third fifth.
    const ends = () =>
      page.$$eval('svg.timed', (all) =>
        all.flatMap((svg) => {
          const ticks = [...svg.querySelectorAll('[data-mark="x-axis tick label"] text')];
          return [ticks[0], ticks[ticks.length - 1]].map((tick) => Number(tick.textContent));
        }),
      );
    await expect.poll(async () => Math.min(...(await ends()))).toBeGreaterThan(10);
    expect(Math.max(...(await ends()))).toBeLessThan(35);
    await page.getByRole('button', { name: 'Show the whole run' }).click();
    expect(await part.textContent()).toBe('0 s to 1h');
    expect(complaints).toEqual([]);
  });

  it('moves one cursor over all time charts, and says what they show there', async () => {
    const { page } = await open(await outageRecords(['silos', 'drf']));
    const cursor = page.getByRole('slider', { name: 'Cursor of all time charts' });
    await cursor.focus();
    await page.keyboard.press('End');
    const readings = await page.locator('.reading').allTextContents();
    expect(readings.length).toBe(18);
    for (const reading of readings) expect(reading).toMatch(/^At 1h: /);
    expect(await page.locator('.cursor:not([hidden])').count()).toBe(18);
  });

  it('draws the seed that is chosen', async () => {
    const { page } = await open(await outageRecords(['silos', 'drf'], ['5', '6']));
    const path = () =>
      page.locator('#queue svg.chart').first().locator('[data-mark=line] path').first().getAttribute('d');
    const all = await path();
    await expect(page.getByText('bands reach from the lowest to the highest seed').count()).resolves.toBe(6);
    await page.getByRole('combobox', { name: 'Seed' }).selectOption({ label: '6' });
    await expect.poll(path).not.toBe(all);
    await expect.poll(() => page.locator('.panel-title', { hasText: 'silos, seed 6' }).count()).toBe(2);
  });

  it('zooms all time charts to a fault', async () => {
    const { page } = await open(await outageRecords(['silos', 'drf'], ['1', '2']));
    await expect(
      page.getByRole('heading', { name: 'At 20m: 40 machines of rack-1 stopped' }).count(),
    ).resolves.toBe(1);
    await page.getByRole('button', { name: 'Zoom all time charts to the fault at 20m' }).click();
    expect(await page.locator('output.part').textContent()).toMatch(/^1\dm.* to 2\dm|^1\dm.* to 3\dm/);
  });

  it('passes the rules of axe for contrast, names and landmarks, in both schemes at three widths', async () => {
    const records = await outageRecords(['silos', 'drf', 'bin-packing'], ['1', '2']);
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [360, 1280, 2560]) {
        const { page } = await open(records, width, colorScheme);
        expect(await brokenRules(page), `${colorScheme}, ${width} pixels`).toEqual([]);
        await page.close();
      }
  });

  it('is never wider than its window', async () => {
    const records = await outageRecords(['silos', 'drf', 'bin-packing'], ['1', '2']);
    for (const width of [2560, 1200, 360]) {
      const report = await open(records, width);
      await report.page.$$eval('details', (all) => {
        for (const details of all) details.toggleAttribute('open', true);
      });
      expect(await isWiderThanItsWindow(report), `${width} pixels`).toBe(false);
    }
  });

  it('keeps the rows of tables low in a narrow window', async () => {
    const { page } = await open(await outageRecords(['silos', 'drf', 'bin-packing'], ['1', '2']), 360);
    const highest = await page.$$eval('tbody tr', (rows) =>
      Math.max(...rows.map((row) => row.getBoundingClientRect().height)),
    );
    // Three or four lines of text.
    expect(highest).toBeLessThan(90);
  });

  it('shows hostile names as text and runs none of them', async () => {
    const records = await traceRecords(
      HOSTILE_NAMES.map((name, i) => [name, i, 60, 1] as const),
      { name: '<img src=x onerror="globalThis.broken = true">.csv', policies: ['fcfs', 'drf'] },
    );
    const report = await open(records);
    const figure = report.page.getByRole('figure', { name: 'Allocation: cpus' });
    const labels = await figure.locator('.legend-item').allTextContents();
    expect(labels).toEqual(HOSTILE_NAMES);
    expect(await report.page.title()).toContain('<img src=x onerror="globalThis.broken = true">.csv under');
    expect(await report.page.evaluate('globalThis.broken')).toBeUndefined();
    expect(await report.page.locator('img').count()).toBe(0);
    expect(report.complaints).toEqual([]);
  });

  it('says why there is nothing to see where nothing ran', async () => {
    const report = await open(await traceRecords([['a', 5, 60, 100]]));
    expect(await drawings(report)).toEqual([]);
    await expect(report.page.getByText('so there are no charts').count()).resolves.toBe(1);
    expect(report.complaints).toEqual([]);
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
