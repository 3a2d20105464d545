import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/metrics/run-record.js';
import { loadPolicies, stepsOf } from '../../src/report/client/series.js';
import { reportData } from '../../src/report/make-report-data.js';
import { decompressed } from '../../src/report/packed-bytes.js';
import { reportBrowser } from './open-report.js';
import { outageRecords } from './records.js';
import { hasChromium } from './test-browser.js';

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** The figures of the report below, in the order of the page. */
const NAMES = [
  ...[
    'differences',
    'utilization-cpus',
    'recoveries',
    'allocation-cpus',
    'allocation-mem',
    'queue',
    'running',
  ],
  ...['offers-per-second', 'fragmentation', 'machines', 'gantt', 'distributions', 'quantiles'],
  ...['dominant-share', 'dominant-share-over-time'],
];

type Rows = readonly Readonly<Record<string, string>>[];

describe.skipIf(!hasChromium)('a figure that is saved', () => {
  const { folder, open } = reportBrowser();

  function records(): Promise<RunRecord[]> {
    return outageRecords(['silos', 'drf'], ['1', '2']);
  }

  async function saved(page: Page, name: string, format: string): Promise<Buffer> {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: `Save figure ${name} as ${format}`, exact: true }).click();
    const path = join(folder, `${name}.${format}`);
    const file = await download;
    expect(file.suggestedFilename()).toBe(`${name}.${format.toLowerCase()}`);
    await file.saveAs(path);
    return readFileSync(path);
  }

  async function savedRows(page: Page, name: string): Promise<Rows> {
    return parse(await saved(page, name, 'CSV'), { columns: true });
  }

  /** The numbers of a column, of the rows with these values. */
  function numbers(rows: Rows, column: string, where: Readonly<Record<string, string>> = {}): number[] {
    const wanted = Object.entries(where);
    return rows
      .filter((row) => wanted.every(([name, value]) => row[name] === value))
      .map((row) => Number(row[column]));
  }

  it('is a PNG of twice its size on the page, for every figure', async () => {
    const { page, complaints } = await open(await records());
    const names = await page.$$eval('figure .save button:first-child', (buttons) =>
      buttons.map((button) => button.getAttribute('aria-label')?.split(' ')[2]),
    );
    expect(names).toEqual(NAMES);
    for (const [place, name] of NAMES.entries()) {
      const png = await saved(page, name, 'PNG');
      const drawing = page.locator('figure').nth(place).locator('.drawing');
      const size = await drawing.evaluate((part) => {
        const { width, height } = part.getBoundingClientRect();
        return [2 * Math.ceil(width), 2 * Math.ceil(height)];
      });
      expect([...png.subarray(0, 8)], name).toEqual(PNG_SIGNATURE);
      expect([png.readUInt32BE(16), png.readUInt32BE(20)], name).toEqual(size);
    }
    expect(complaints).toEqual([]);
  });

  it('is a CSV whose rows have all columns, for every figure', async () => {
    const { page } = await open(await records());
    for (const name of NAMES) {
      // The parser refuses rows of different lengths.
      const rows = await savedRows(page, name);
      expect(rows.length, name).toBeGreaterThan(0);
      const cells = rows.flatMap((row) => Object.values(row));
      expect(cells.includes('NaN') || cells.includes('undefined'), name).toBe(false);
    }
  });

  it('has the numbers that are drawn: series, cells and attempts', async () => {
    const all = await records();
    const { page } = await open(all);
    const data = reportData(all);
    const [silos] = data.policies;

    const steps = stepsOf(loadPolicies(data)[0].runs, ({ pending }) => pending);
    const queue = await savedRows(page, 'queue');
    expect(numbers(queue, 'tasks_waiting', { policy: 'silos' })).toEqual(
      steps.slice(0, -1).map(({ mean }) => Number(mean.toPrecision(6))),
    );

    const { heat } = silos.runs[0];
    const shares = numbers(await savedRows(page, 'machines'), 'allocated_share', { policy: 'silos' });
    expect(shares.map((share) => Math.round(255 * share))).toEqual([...decompressed(heat.cells)]);

    const schedule = all[0].schedule;
    const attempts = await savedRows(page, 'gantt');
    const starts = numbers(attempts, 'start_seconds', { policy: 'silos' });
    expect(starts.length).toBe(schedule?.attempts.job.length);
    expect(Math.max(...numbers(attempts, 'end_seconds', { policy: 'silos' }))).toBe(
      silos.runs[0].series.length,
    );
  });

  it('has the numbers that are drawn: differences, distributions, quantiles and shares', async () => {
    const all = await records();
    const { page } = await open(all);
    const data = reportData(all);

    const differences = numbers(await savedRows(page, 'differences'), 'difference');
    const drawn = data.forest.flatMap((row) => row.differences.map(({ mean }) => mean));
    expect(differences).toEqual(drawn.map((mean) => Number(mean.toPrecision(6))));

    const curves = await savedRows(page, 'distributions');
    const { group } = curves[0];
    const shares = numbers(curves, 'share_above', { policy: 'drf', group });
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));
    expect(shares[0]).toBeLessThanOrEqual(1);

    const quantiles = numbers(await savedRows(page, 'quantiles'), 'quantile');
    expect(quantiles).toEqual(quantiles.toSorted((a, b) => a - b));

    const fairness = await savedRows(page, 'dominant-share');
    const means = data.policies.flatMap(({ dominantShares }) =>
      dominantShares.flatMap((share) => (share === null ? [] : [Number(share.mean.toPrecision(6))])),
    );
    expect(numbers(fairness, 'mean_dominant_share')).toEqual(means);
  });
});
