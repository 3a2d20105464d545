import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { heatRows } from '../../src/report/client/heat-rows.js';
import type { LoadedSchedule } from '../../src/report/client/loaded-schedule.js';
import { compressed } from '../../src/report/packed-bytes.js';
import { brokenRules, reportBrowser } from './open-report.js';
import { outageRecords, traceRecords } from './records.js';
import { hasChromium } from './test-browser.js';

describe('the rows of a heat map', () => {
  const heat = {
    machines: 5,
    machinesPerRow: 1,
    binSeconds: 1,
    length: 2,
    rows: 5,
    bins: 2,
    cells: compressed(Uint8Array.of(0, 0, 9, 9, 5, 5, 200, 0, 1, 1)),
  };
  const schedule = {
    machines: ['m10', 'm2', 'm1', 'm30', 'm4'],
    racks: ['r10', 'r2', 'r10', 'r2', ''],
  } as unknown as LoadedSchedule;
  const labels = (order: 'rank' | 'name' | 'rack' | 'load' | 'racks') =>
    heatRows(heat, order, schedule).rows.map(({ label }) => label);

  it('are in the order that is chosen; numbers in names count as numbers', () => {
    expect(labels('rank')).toEqual(['m10', 'm2', 'm1', 'm30', 'm4']);
    expect(labels('name')).toEqual(['m1', 'm2', 'm4', 'm10', 'm30']);
    expect(labels('load')).toEqual(['m30', 'm2', 'm1', 'm4', 'm10']);
    expect(labels('rack')).toEqual(['m4', 'm2', 'm30', 'm10', 'm1']);
  });

  it('have all machines of a rack in one, each with a part of it', () => {
    const { rows, tops, heights } = heatRows(heat, 'racks', schedule);
    expect(rows.map(({ label, machines }) => [label, machines])).toEqual([
      ['no rack', [4]],
      ['r2', [1, 3]],
      ['r10', [0, 2]],
    ]);
    expect([...tops]).toEqual([2, 1, 2.5, 1.5, 0]);
    expect([...heights]).toEqual([0.5, 0.5, 0.5, 0.5, 1]);
  });

  it('have neighbouring machines where the data have', () => {
    const merged = { ...heat, machinesPerRow: 2, rows: 3, cells: compressed(new Uint8Array(6)) };
    const { rows, tops } = heatRows(merged, 'rank', schedule);
    expect(rows.map(({ label }) => label)).toEqual(['m10 to m2', 'm1 to m30', 'm4']);
    expect([...tops]).toEqual([0, 0.5, 1, 1.5, 2]);
  });
});

describe.skipIf(!hasChromium)('the heat map in a browser', () => {
  const { open } = reportBrowser();

  /** The colour in the middle of a cell, as text; `x` and `y` from 0 to 1. */
  function colorAt(page: Page, x: number, y: number): Promise<string> {
    return page.$eval(
      '#machines canvas',
      (found, [across, down]) => {
        const canvas = found as HTMLCanvasElement;
        // Read from a copy, because the browser complains of a canvas that is drawn and read in turn.
        const copy = document.createElement('canvas');
        [copy.width, copy.height] = [canvas.width, canvas.height];
        const context = copy.getContext('2d', { willReadFrequently: true });
        context?.drawImage(canvas, 0, 0);
        const [red, green, blue] =
          context?.getImageData(Math.floor(across * copy.width), Math.floor(down * copy.height), 1, 1).data ??
          [];
        return `#${[red, green, blue].map((value) => value.toString(16).padStart(2, '0')).join('')}`;
      },
      [x, y] as const,
    );
  }

  function variable(page: Page, name: string): Promise<string> {
    return page.evaluate(
      (wanted) => getComputedStyle(document.documentElement).getPropertyValue(wanted).trim(),
      name,
    );
  }

  const twoMachines = () =>
    traceRecords(
      [
        ['a', 0, 100, 4],
        ['b', 0, 50, 4],
      ],
      { machines: '2x4cpu' },
    );

  it('says which machine is pointed at, its share and what runs there', async () => {
    const { page } = await open(await twoMachines());
    const canvas = page.locator('#machines canvas').first();
    await canvas.scrollIntoViewIfNeeded();
    const box = await canvas.boundingBox();
    if (box === null) throw new Error('the heat map has no box');
    const reading = () => page.locator('#machines .reading').textContent();
    await page.mouse.move(box.x + 0.2 * box.width, box.y + 0.25 * box.height);
    await expect.poll(reading).toContain('machine-0 in rack-0: 100 % allocated; 1 task of a');
    await page.mouse.move(box.x + 0.8 * box.width, box.y + 0.75 * box.height);
    await expect.poll(reading).toContain('machine-1 in rack-0: 0 % allocated; no tasks');
  });

  it('has the colours of frameworks, of states and of shares', async () => {
    const { page, complaints } = await open(await twoMachines());
    const colour = page.getByRole('combobox', { name: 'Coloured by' });
    const idle = await variable(page, '--heat-idle');
    expect(await colorAt(page, 0.2, 0.25)).toBe(await variable(page, '--heat-full'));
    expect(await colorAt(page, 0.8, 0.75)).toBe(idle);
    await colour.selectOption('framework');
    expect(await colorAt(page, 0.2, 0.25)).toBe(await variable(page, '--framework-0'));
    expect(await colorAt(page, 0.2, 0.75)).toBe(await variable(page, '--framework-1'));
    expect(await colorAt(page, 0.8, 0.75)).toBe(idle);
    await colour.selectOption('state');
    expect(await colorAt(page, 0.2, 0.25)).toBe(await variable(page, '--state-busy'));
    expect(await colorAt(page, 0.8, 0.75)).toBe(idle);
    expect(complaints).toEqual([]);
  });

  it('has one row for each rack, and machines that the master knows to be down in red', async () => {
    const { page, complaints } = await open(await outageRecords(['silos', 'drf']), 360, 'dark');
    await page.getByRole('combobox', { name: 'Coloured by' }).selectOption('state');
    await page.getByRole('combobox', { name: 'Order' }).selectOption('rack, one row each');
    // The second rack is down from 20 m to 30 m of 60 m, and the master detects it a little later.
    expect(await colorAt(page, 27 / 60, 0.75)).toBe(await variable(page, '--failure'));
    expect(await colorAt(page, 27 / 60, 0.25)).toBe(await variable(page, '--state-busy'));
    expect(await colorAt(page, 10 / 60, 0.75)).toBe(await variable(page, '--heat-idle'));
    expect(await brokenRules(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('has the share of a resource that is chosen', async () => {
    const { page } = await open(await outageRecords(['silos', 'drf']));
    const colour = page.getByRole('combobox', { name: 'Coloured by' });
    const before = await colorAt(page, 0.7, 0.4);
    await colour.selectOption('share of disk');
    expect(await colorAt(page, 0.7, 0.4)).not.toBe(before);
    await colour.selectOption('share of cpus');
    await expect(page.getByText('Allocated share of cpus on each machine.').count()).resolves.toBe(1);
  });
});
