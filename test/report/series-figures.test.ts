import { describe, expect, it } from 'vitest';
import { run } from '../../src/lab/run/node/run.js';
import { RENTED_AND_FAILING, smallSpec } from '../lab/small-runs.js';
import { brokenRules, reportBrowser } from './open-report.js';
import { hasChromium } from './test-browser.js';

describe.skipIf(!hasChromium)('charts of series', () => {
  const { open } = reportBrowser();

  it('show what a run with a cloud and failures has, with the numbers of the series', async () => {
    const record = await run(RENTED_AND_FAILING);
    const { page, complaints } = await open([record]);
    expect(await page.locator('#further h3').allTextContents()).toEqual([
      'Offers over time',
      'Fragmentation over time',
      'Rented machines over time',
      'Cost over time',
    ]);
    expect(await page.locator('#failures h3').allTextContents()).toContain(
      'Availability of services over time',
    );
    await page.getByRole('slider', { name: 'Cursor of all time charts' }).focus();
    await page.keyboard.press('End');
    const figure = page.locator('figure', { hasText: 'Cost over time' });
    const cost =
      record.series.columns.find(({ name }) => name === 'cost_per_hour')?.values.at(-1) ?? Number.NaN;
    expect(await figure.locator('.reading').textContent()).toBe(
      `At 4h: drf ${cost.toLocaleString('en-US', { maximumFractionDigits: 1 })}`,
    );
    expect(await brokenRules(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('are absent where a run has nothing to show', async () => {
    const { page } = await open([await run(smallSpec({ policy: 'bin-packing' }))]);
    expect(await page.locator('#further h3').allTextContents()).toEqual(['Fragmentation over time']);
  });
});
