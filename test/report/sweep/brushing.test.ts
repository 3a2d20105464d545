import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { pageOf } from '../../../src/report/report.js';
import { sweepData } from '../../../src/report/sweep/make-sweep-data.js';
import { SWEEP_ELEMENT_ID } from '../../../src/report/sweep/sweep-data.js';
import { brokenRules } from '../open-report.js';
import { hasChromium, TestBrowser } from '../test-browser.js';
import { storedSweep } from './stored-sweeps.js';

/** 20 combinations: waits of drf are 90, 80, 70 and 60 s for 1 s, and 9 s more for 10 s; those of silos are 40 s more. */
const html = pageOf(
  SWEEP_ELEMENT_ID,
  sweepData(
    storedSweep({
      policies: ['drf', 'silos', 'easy'],
      axes: { machines: ['10', '20', '30', '40'], 'drf.interval': ['1s', '10s'], load: ['low'] },
      seeds: 2,
      metrics: {
        'wait.mean': (policy, [machines, interval], seed) =>
          (policy === 'drf' ? 100 : 140) - Number(machines) + (interval === '10s' ? 9 : 0) + seed - 1.5,
        'queue.mean': (policy, [machines], seed) => Number(machines) * seed + policy.length,
      },
      without: { silos: 'drf.interval' },
    }),
    { numbers: 2 },
  ),
);

/** The columns of the figure. */
const [POLICY, MACHINES, INTERVAL, METRIC] = [0, 1, 2, 3];
/** Places of 0 at the bottom and 1 at the top in the strip of a brush, which is 7 pixels longer at each end than the axis. */
const [TOP, BOTTOM] = [7, 7 + 284 / 1.07];

const figureOf = (page: Page) => page.getByRole('figure', { name: 'All axes at once' });
const status = (page: Page) => figureOf(page).getByRole('status').textContent();

/** Drags along a column, between two places from 0 at the bottom to 1 at the top. */
async function drag(page: Page, column: number, from: number, to: number, release = true): Promise<void> {
  const strip = figureOf(page).locator('g.range').nth(column).locator('.overlay');
  await strip.scrollIntoViewIfNeeded();
  const box = await strip.boundingBox();
  if (box === null) throw new Error('the brush is not shown');
  const y = (place: number) => box.y + BOTTOM + place * (TOP - BOTTOM);
  const x = box.x + box.width / 2;
  await page.mouse.move(x, y(from));
  await page.mouse.down();
  await page.mouse.move(x, y((from + to) / 2));
  await page.mouse.move(x, y(to));
  if (release) await page.mouse.up();
}

/** Policy, machines and interval of each row of the table of combinations, best first. */
function rows(page: Page): Promise<string[]> {
  return page
    .locator('#combinations tbody tr')
    .evaluateAll((all) =>
      all.map((row) => [0, 2, 3].map((cell) => row.children[cell].textContent ?? '').join(' ')),
    );
}

/** The number of pixels of the figure's canvas that have the colour of this policy. */
function pixelsOf(figure: Locator, policy: number): Promise<number> {
  return figure.locator('canvas').evaluate((canvas, place) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const copy = document.createElement('canvas');
    Object.assign(copy, { width, height });
    // Without this option, Chromium complains of a canvas that is read several times.
    const context = copy.getContext('2d', { willReadFrequently: true });
    if (context === null) return -1;
    context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(`--policy-${place}`);
    context.fillRect(0, 0, 1, 1);
    const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
    context.clearRect(0, 0, width, height);
    context.drawImage(canvas as HTMLCanvasElement, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    const near = (i: number) =>
      Math.abs(data[i] - red) + Math.abs(data[i + 1] - green) + Math.abs(data[i + 2] - blue) < 12;
    let count = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 0 && near(i)) count++;
    return count;
  }, policy);
}

describe.skipIf(!hasChromium)('brushing of the parallel coordinates', () => {
  const browser = new TestBrowser();
  afterAll(() => browser.close());

  it('selects by a drag, combines axes, moves and clears', async () => {
    const { page, complaints } = await browser.open(html);
    const figure = figureOf(page);
    expect(await status(page)).toMatch(/^Drag along an axis/);
    expect(await rows(page)).toHaveLength(20);

    await drag(page, MACHINES, 1.02, 0.55);
    expect(await status(page)).toBe('10 of 20 combinations selected: machines 30 to 40.');
    expect(new Set((await rows(page)).map((row) => row.split(' ')[1]))).toEqual(new Set(['30', '40']));
    expect(await pixelsOf(figure, 1)).toBeGreaterThan(0);
    await expect(page.getByRole('combobox', { name: 'Draw strongly' }).isDisabled()).resolves.toBe(true);

    await drag(page, INTERVAL, 0.8, 1.02);
    expect(await status(page)).toBe('4 of 20 combinations selected: machines 30 to 40; drf.interval 10s.');
    expect(await rows(page)).toEqual(['drf 40 10s', 'drf 30 10s', 'easy 40 10s', 'easy 30 10s']);
    await drag(page, METRIC, -0.02, 0.3);
    expect(await rows(page)).toEqual(['drf 40 10s', 'drf 30 10s']);
    // Those of other policies are dimmed: no pixel has their colour.
    expect(await pixelsOf(figure, 0)).toBeGreaterThan(0);
    expect([await pixelsOf(figure, 1), await pixelsOf(figure, 2)]).toEqual([0, 0]);

    // The drag of a range that exists moves it: here by one value.
    await drag(page, MACHINES, 0.85, 0.85 - 1 / 3);
    expect(await status(page)).toMatch(/^1 of 20 .*machines 20 to 30; drf.interval 10s; wait.mean/);
    expect(await rows(page)).toEqual(['drf 30 10s']);

    await page.keyboard.press('Escape');
    expect(await rows(page)).toHaveLength(20);
    expect(await status(page)).toMatch(/^Drag along an axis/);
    await expect(figure.locator('g.range .selection:visible').count()).resolves.toBe(0);
    expect(complaints).toEqual([]);
  });

  it('counts during a drag; Escape ends it without a range, and a drag without a value in it has none', async () => {
    const { page, complaints } = await browser.open(html);
    await drag(page, POLICY, 1, 0.7, false);
    expect(await status(page)).toBe('8 of 20 combinations selected: policy easy.');
    await page.keyboard.press('Escape');
    await page.mouse.up();
    expect(await status(page)).toMatch(/^Drag along an axis/);
    await drag(page, MACHINES, 0.4, 0.6);
    expect(await status(page)).toMatch(/^Drag along an axis/);
    await drag(page, MACHINES, 0.3, 0.4);
    expect(await status(page)).toBe('5 of 20 combinations selected: machines 20.');
    await figureOf(page).getByRole('button', { name: 'Clear' }).click();
    expect(await rows(page)).toHaveLength(20);
    expect(complaints).toEqual([]);
  });

  it('selects below an axis what does not depend on it', async () => {
    const { page } = await browser.open(html);
    await drag(page, INTERVAL, -0.09, -0.04);
    expect(await status(page)).toBe('4 of 20 combinations selected: drf.interval does not apply.');
    expect(new Set((await rows(page)).map((row) => row.split(' ')[0]))).toEqual(new Set(['silos']));
  });

  it('works with the keyboard alone', async () => {
    const { page, complaints } = await browser.open(html);
    const figure = figureOf(page);
    await figure.getByText('Select ranges with sliders').focus();
    await page.keyboard.press('Enter');
    const slider = (name: string, end: 'from' | 'to') =>
      figure.getByRole('group', { name }).getByRole('slider', { name: end });
    await slider('machines', 'to').focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await status(page)).toBe('10 of 20 combinations selected: machines 10 to 20.');
    await expect(slider('machines', 'to').getAttribute('aria-valuetext')).resolves.toBe('20');
    await expect(figure.locator('g.range').nth(MACHINES).locator('.selection').isVisible()).resolves.toBe(
      true,
    );
    // The lower end passes the upper one, and takes it along.
    await slider('machines', 'from').focus();
    await page.keyboard.press('End');
    expect(await status(page)).toBe('5 of 20 combinations selected: machines 40.');
    await slider('policy', 'to').focus();
    await page.keyboard.press('Home');
    expect(await status(page)).toBe('2 of 20 combinations selected: policy drf; machines 40.');
    expect(await rows(page)).toEqual(['drf 40 1s', 'drf 40 10s']);
    await page.keyboard.press('Escape');
    expect(await rows(page)).toHaveLength(20);
    await expect(slider('machines', 'to').inputValue()).resolves.toBe('3');
    expect(complaints).toEqual([]);
  });

  it('keeps ranges of axes when the metric or the width changes, and drops that of the metric', async () => {
    const { page, complaints } = await browser.open(html);
    await drag(page, MACHINES, -0.02, 0.4);
    await drag(page, METRIC, -0.02, 0.5);
    expect(await status(page)).toMatch(/machines 10 to 20; wait.mean/);
    await page.getByRole('combobox', { name: 'Metric', exact: true }).selectOption({ label: 'queue.mean' });
    expect(await status(page)).toBe('10 of 20 combinations selected: machines 10 to 20.');
    await page.setViewportSize({ width: 700, height: 900 });
    await expect(figureOf(page).locator('g.range .selection:visible').count()).resolves.toBe(1);
    expect(await rows(page)).toHaveLength(10);
    expect(complaints).toEqual([]);
  });

  it('saves which combinations are selected', async () => {
    const { page } = await browser.open(html);
    await drag(page, MACHINES, 1.02, 0.8);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save figure all-axes as CSV' }).click();
    const path = join(browser.folder, 'all-axes.csv');
    await (await download).saveAs(path);
    const [head, ...lines] = readFileSync(path, 'utf8').trim().split('\n');
    expect(head).toBe('policy,machines,drf.interval,wait.mean,selected');
    for (const line of lines) expect(line.endsWith(',yes')).toBe(line.split(',')[1] === '40');
  });

  it('passes the rules of axe with a selection, and is never wider than its window', async () => {
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [360, 1280]) {
        const { page, complaints } = await browser.open(html, width, colorScheme);
        await drag(page, MACHINES, 1.02, 0.55);
        await drag(page, METRIC, -0.02, 0.5);
        await figureOf(page).getByText('Select ranges with sliders').click();
        const where = `${colorScheme}, ${width} pixels`;
        expect(await status(page), where).toMatch(/machines 30 to 40; wait.mean/);
        expect(await brokenRules(page), where).toEqual([]);
        const [whole, window] = await page.evaluate(() => [
          document.documentElement.scrollWidth,
          document.documentElement.clientWidth,
        ]);
        expect(whole, where).toBeLessThanOrEqual(window);
        expect(complaints).toEqual([]);
        await page.close();
      }
  });
});
