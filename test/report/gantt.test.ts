import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { reportBrowser } from './open-report.js';
import { HOSTILE_NAMES, outageRecords, traceRecords } from './records.js';
import { hasChromium } from './test-browser.js';

describe.skipIf(!hasChromium)('the Gantt chart of a report', () => {
  const { folder, open } = reportBrowser();

  /** The cells of the table of counts, a row for each policy. */
  function counts(page: Page): Promise<string[][]> {
    return page.$$eval('table:has(caption) tbody tr', (rows) =>
      rows
        .filter((row) => row.closest('table')?.caption?.textContent?.startsWith('Jobs and attempts'))
        .map((row) => [...row.children].map((cell) => cell.textContent ?? '')),
    );
  }

  const blocked = () =>
    traceRecords(
      [
        ['a', 0, 100, 3],
        ['b', 1, 50, 4],
        ['a', 2, 50, 1],
      ],
      { machines: '1x4cpu', policies: ['fcfs', 'bin-packing'] },
    );

  /** Distinct colours of the pixels of a chart, as text. */
  function colors(page: Page, panel: number): Promise<string[]> {
    return page.$$eval(
      '#jobs canvas',
      (all, place) => {
        const canvas = all[place] as HTMLCanvasElement;
        const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {
          data: [],
        };
        const seen = new Set<string>();
        for (let i = 0; i < data.length; i += 4)
          if (data[i + 3] > 0)
            seen.add(
              `#${[data[i], data[i + 1], data[i + 2]].map((value) => value.toString(16).padStart(2, '0')).join('')}`,
            );
        return [...seen].sort();
      },
      panel,
    );
  }

  it('marks backfilled jobs in the panel of the policy that backfilled them, and counts them', async () => {
    const { page, complaints } = await open(await blocked());
    const backfilled = await page.evaluate(() =>
      getComputedStyle(document.documentElement).getPropertyValue('--backfilled').trim(),
    );
    expect(await colors(page, 0)).not.toContain(backfilled);
    expect(await colors(page, 1)).toContain(backfilled);
    expect(await counts(page)).toEqual([
      ['fcfs', '3', '0', '0 %', '3', '0', '0', '0', '2m 28s'],
      ['bin-packing', '3', '1', '33.3 %', '3', '0', '0', '0', '1m 39s'],
    ]);
    expect(complaints).toEqual([]);
  });

  it('says what a job did where the pointer is, under every policy', async () => {
    const { page } = await open(await blocked());
    const chart = page.locator('#jobs svg.chart').first();
    await chart.scrollIntoViewIfNeeded();
    const frame = await page.locator('#jobs canvas').first().boundingBox();
    if (frame === null) throw new Error('the chart has no box');
    // The third of three rows, each 18 pixels high, near the end of the run at 200 s.
    await page.mouse.move(frame.x + 0.9 * frame.width, frame.y + 2.5 * 18);
    await expect
      .poll(() => page.locator('#jobs .reading').allTextContents())
      .toEqual([
        expect.stringContaining(
          'job job-2 (a), cpus 1: submitted 2 s, waited 2m 28s, ran 50 s, finished at 3m 20s',
        ),
        expect.stringContaining(
          'job job-2 (a), cpus 1: submitted 2 s, waited 0 s (backfilled), ran 50 s, finished at 52 s',
        ),
      ]);
  });

  it('points at a row with the keyboard', async () => {
    const { page } = await open(await blocked());
    await page.getByRole('slider', { name: 'Row of the Gantt chart' }).focus();
    await page.keyboard.press('End');
    const readings = await page.locator('#jobs .reading').allTextContents();
    expect(readings[1]).toContain('job job-2 (a), cpus 1: submitted 2 s, waited 0 s (backfilled)');
    await expect(
      page.getByRole('slider', { name: 'Row of the Gantt chart' }).getAttribute('aria-valuetext'),
    ).resolves.toBe('job-2');
  });

  it('shows the jobs of the part of the time that is zoomed to', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => ['a', i * 100, 50, 1] as const);
    const { page } = await open(await traceRecords(lines, { machines: '1x4cpu' }));
    const caption = page.locator('#jobs figcaption');
    expect(await caption.textContent()).toContain('The rows are 40 jobs, the same ones');
    for (let i = 0; i < 2; i++) await page.getByRole('button', { name: 'Zoom in', exact: true }).click();
    // A quarter of 3,950 s around the middle: jobs 15 to 24.
    await expect
      .poll(() => caption.textContent())
      .toContain('The rows are 10 jobs that wait or run in this part of the time');
    await page.locator('#jobs summary').click();
    const first = page.locator('#jobs details tbody tr').first();
    expect(await first.locator('th, td').allTextContents()).toEqual(
      ['job-15', 'a', '', '1 cpus', '0', '25m', '25m', '25m 50s', 'finished', 'no'].map((cell, i) =>
        i === 4 ? expect.any(String) : cell,
      ),
    );
  });

  it('shows the tasks of a machine that is clicked in the heat map', async () => {
    const { page, complaints } = await open(await outageRecords(['silos', 'drf']));
    const heat = page.locator('#machines canvas').first();
    await heat.scrollIntoViewIfNeeded();
    const box = await heat.boundingBox();
    if (box === null) throw new Error('the heat map has no box');
    await page.mouse.click(box.x + box.width / 2, box.y + (43.5 / 80) * box.height);
    await expect
      .poll(() => page.locator('#jobs figcaption').textContent())
      .toContain('The rows are 1 machine.');
    expect(await page.getByRole('searchbox', { name: 'Only' }).inputValue()).toBe('machine-43');
    expect(complaints).toEqual([]);
  });

  it('counts the tasks that a failure stopped as the summary does', async () => {
    const records = await outageRecords(['silos', 'drf']);
    const { page } = await open(records);
    const failed = (await counts(page)).map((row) => row[6]);
    expect(failed).toEqual(records.map(({ summary }) => summary.recovery.tasksLost.toLocaleString('en-US')));
    expect(Number(failed[0])).toBeGreaterThan(0);
  });

  it('scrolls rows that do not fit, in all panels at once', async () => {
    const { page } = await open(await outageRecords(['silos', 'drf']));
    await page.getByRole('button', { name: 'Higher rows of the Gantt chart' }).click({ clickCount: 3 });
    const bars = page.locator('#jobs .rows-scroll');
    await bars.first().focus();
    await page.keyboard.press('End');
    const tops = () => bars.evaluateAll((all) => all.map(({ scrollTop }) => Math.round(scrollTop)));
    await expect.poll(async () => (await tops())[1]).toBeGreaterThan(100);
    await expect.poll(async () => new Set(await tops()).size).toBe(1);
  });

  /** Counts calls that put pixels on a canvas in the frames after an action, up to when the page has drawn all its figures. */
  function imagesAfter(page: Page, action: string): Promise<number> {
    return page.evaluate(async (code) => {
      const before = CanvasRenderingContext2D.prototype.putImageData;
      let count = 0;
      CanvasRenderingContext2D.prototype.putImageData = function (...given: unknown[]) {
        count++;
        return Reflect.apply(before, this, given);
      };
      new Function(code)();
      // One figure is drawn per frame.
      for (let frame = 0; frame < 30; frame++) await new Promise(requestAnimationFrame);
      CanvasRenderingContext2D.prototype.putImageData = before;
      return count;
    }, action);
  }

  it('draws once per panel and frame, and only if something else is in view', async () => {
    const { page } = await open(await outageRecords(['silos', 'drf']));
    const wheel = `for (let i = 0; i < 5; i++) document.querySelector('#jobs svg.chart').dispatchEvent(
      new WheelEvent('wheel', { deltaY: 20, cancelable: true }));`;
    const point = `const row = document.querySelector('[aria-label="Row of the Gantt chart"]');
      for (let i = 0; i < 5; i++) { row.value = String(i); row.dispatchEvent(new Event('input')); }`;
    // All rows are in view, so nothing scrolls.
    expect(await imagesAfter(page, wheel)).toBe(0);
    expect(await imagesAfter(page, point)).toBe(0);
    await page.getByRole('button', { name: 'Higher rows of the Gantt chart' }).click({ clickCount: 3 });
    expect(await imagesAfter(page, wheel)).toBe(2);
    // A zoom stretches the images of the heat map, and draws the two panels of this chart.
    const zoom = `for (let i = 0; i < 2; i++) document.querySelector('[aria-label="Zoom in"]').click();`;
    expect(await imagesAfter(page, zoom)).toBe(2);
  });

  it('says that rows share pixels where they are lower than a pixel', async () => {
    const lines = Array.from({ length: 1000 }, (_, i) => ['a', i, 50, 1] as const);
    const { page } = await open(await traceRecords(lines, { machines: '1x4cpu' }));
    const caption = page.locator('#jobs figcaption');
    expect(await caption.textContent()).toContain('Up to 3 jobs share a row of pixels');
    await page.getByRole('button', { name: 'Higher rows of the Gantt chart' }).click();
    expect(await caption.textContent()).not.toContain('share a row of pixels');
  });

  it('saves all attempts as CSV, and names of a trace are text in it and on the page', async () => {
    const records = await traceRecords(HOSTILE_NAMES.map((name, i) => [name, i, 60, 1] as const));
    const { page, complaints } = await open(records);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save figure gantt as CSV' }).click();
    const path = join(folder, 'gantt.csv');
    await (await saved).saveAs(path);
    const lines = readFileSync(path, 'utf8');
    expect(lines).toMatch(/^policy,job,framework,user,tasks,size,machine,submitted_seconds,start_seconds/);
    expect(lines.match(/,finished,0,[01]$/gm)).toHaveLength(HOSTILE_NAMES.length);
    expect(await page.evaluate('globalThis.broken')).toBeUndefined();
    expect(complaints).toEqual([]);
  });

  it('is left out where the runs have no schedule', async () => {
    const records = (await blocked()).map(({ schedule: _, ...record }) => record);
    const { page } = await open(records);
    expect(await page.locator('#jobs').count()).toBe(0);
  });
});
