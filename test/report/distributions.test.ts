import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { comparedPolicies } from '../../src/report/compared-policy.js';
import { distributionData } from '../../src/report/distribution-data.js';
import { frameworkGroups } from '../../src/report/framework-groups.js';
import { intervalText } from '../../src/results/interval-text.js';
import { metricText } from '../../src/results/metric-text.js';
import { meanInterval } from '../../src/results/statistics/mean-interval.js';
import { brokenRules, reportBrowser } from './open-report.js';
import { outageRecords, traceRecords } from './records.js';
import { hasChromium } from './test-browser.js';

describe('the distributions of a page', () => {
  it('fold all users but those with the most jobs, and count each job once', async () => {
    const jobs = Array.from(
      { length: 60 },
      (_, i) => ['a', i, 10, 1, `user-${Math.floor(Math.sqrt(i))}`] as const,
    );
    const records = await traceRecords(jobs);
    const data = distributionData(comparedPolicies(records), frameworkGroups(records));
    const users = data?.groups.flatMap(({ kind, label }, i) =>
      kind === 'user' ? [[label, data.policies[0]?.[i].wait.jobs]] : [],
    );
    // User k has 2 k + 1 jobs, but for the last one of the 8 users.
    expect(users?.map(([label]) => label)).toEqual(
      ['6', '5', '7', '4', '3', '2', '1', '0'].map((user) => `user user-${user}`),
    );
    expect(users?.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(60);
  });
});

describe.skipIf(!hasChromium)('the distributions in a browser', () => {
  const { open } = reportBrowser();

  function rows(page: Page, caption: string): Promise<string[][]> {
    return page.$$eval(
      'table',
      (tables, text) =>
        tables
          .filter((table) => table.caption?.textContent === text)
          .flatMap((table) =>
            [...table.querySelectorAll('tbody tr')].map((row) =>
              [...row.children].map((cell) => cell.textContent ?? ''),
            ),
          ),
      caption,
    );
  }

  it('have the percentiles of the summary, as means over the seeds with intervals', async () => {
    const records = await outageRecords(['silos', 'drf'], ['1', '2', '3']);
    const { page, complaints } = await open(records);
    const shown = await rows(page, 'Percentiles: wait of jobs');
    for (const [i, policy] of ['silos', 'drf'].entries()) {
      const own = records.filter(({ summary }) => summary.run.policy.name === policy);
      const p95 = meanInterval(own.map(({ summary }) => summary.wait.p95 ?? Number.NaN));
      expect(shown[i][0]).toBe(policy);
      expect(shown[i][1]).toBe(`${own.reduce((sum, { summary }) => sum + summary.jobs.started, 0)}`);
      expect(shown[i][5]).toBe(intervalText(p95, { unit: 's' }));
    }
    await page.getByRole('combobox', { name: 'Measure' }).first().selectOption('bounded slowdown of jobs');
    const slowdowns = await rows(page, 'Percentiles: bounded slowdown of jobs');
    const own = records.filter(({ summary }) => summary.run.policy.name === 'drf');
    const p50 = meanInterval(own.map(({ summary }) => summary.boundedSlowdown.p50 ?? Number.NaN));
    expect(slowdowns[1][2]).toBe(intervalText(p50, { unit: 'ratio' }));
    expect(complaints).toEqual([]);
  });

  it('have a panel and rows for each framework, size and user', async () => {
    const records = await traceRecords(
      [
        ['a', 0, 60, 4, 'ann'],
        ['b', 0, 10, 4, 'bob'],
        ['b', 0, 10, 1, 'bob'],
      ],
      { machines: '1x4cpu' },
    );
    const { page, complaints } = await open(records);
    const figure = page.getByRole('figure', { name: 'Distributions of waits' });
    const titles = () => figure.locator('.panel-title').allTextContents();
    const split = page.getByRole('combobox', { name: 'Split by' });
    await split.selectOption('framework');
    expect(await titles()).toEqual(['a', 'b']);
    expect(
      (await rows(page, 'Percentiles: wait of jobs')).map(([name, jobs, zero, median]) => [
        name,
        jobs,
        zero,
        median,
      ]),
    ).toEqual([
      ['a: fcfs', '1', '100 %', '0 s'],
      ['b: fcfs', '2', '0 %', '1m'],
    ]);
    await expect(figure.getByText('The wait of jobs of every job is 0.').count()).resolves.toBe(1);
    await split.selectOption('size of the job');
    expect(await titles()).toEqual(['up to 1 cpus', 'over 1 up to 4 cpus']);
    await split.selectOption('user');
    expect(await titles()).toEqual(['user bob', 'user ann']);
    await page.getByRole('combobox', { name: 'Measure' }).first().selectOption('wait of tasks');
    expect((await rows(page, 'Tasks by wait'))[0].slice(0, 3)).toEqual(['fcfs', '3', '33.3 %']);
    await split.selectOption('framework');
    expect((await rows(page, 'Tasks by wait')).map((row) => row.slice(0, 3))).toEqual([
      ['a: fcfs', '1', '100 %'],
      ['b: fcfs', '2', '0 %'],
    ]);
    expect(complaints).toEqual([]);
  });

  it('draw the share at or below a value, up to 100 %', async () => {
    const { page } = await open(await outageRecords(['silos', 'drf']));
    const figure = page.getByRole('figure', { name: 'Distributions of waits' });
    await page.getByRole('combobox', { name: 'Curve' }).selectOption({ index: 1 });
    expect(await figure.locator('figcaption').textContent()).toContain(
      'share of the jobs at or below a value',
    );
    const highest = await figure
      .locator('[data-mark=line] path')
      .evaluateAll((paths) =>
        paths.map((path) =>
          Math.min(
            ...[...(path.getAttribute('d') ?? '').matchAll(/[V,]([\d.]+)/g)].map(([, y]) => Number(y)),
          ),
        ),
      );
    const top = await figure.locator('[data-mark="y-axis tick label"] text').evaluateAll((labels) => {
      const full = labels.find((label) => label.textContent === '100 %');
      return Number(/,([\d.]+)\)/.exec(full?.getAttribute('transform') ?? '')?.[1]);
    });
    expect(highest.map((y) => Math.abs(y - top) < 1.5)).toEqual([true, true]);
  });

  it('compare the quantiles of two policies', async () => {
    const records = await outageRecords(['silos', 'drf']);
    const { page } = await open(records);
    const figure = page.getByRole('figure', { name: 'Quantiles of two policies' });
    await figure.getByRole('combobox', { name: 'Measure' }).selectOption('response of jobs');
    const dots = figure.locator('[data-mark=dot] circle');
    expect(await dots.count()).toBe(102);
    const positions = () =>
      dots.evaluateAll((all) => all.map((dot) => `${dot.getAttribute('cx')},${dot.getAttribute('cy')}`));
    const before = await positions();
    await figure.getByRole('combobox', { name: 'Horizontal' }).selectOption('drf');
    await figure.getByRole('combobox', { name: 'Vertical' }).selectOption('silos');
    expect(await positions()).not.toEqual(before);
    await figure.getByRole('combobox', { name: 'Vertical' }).selectOption('drf');
    // A policy against itself is on the line: as far from the left as from the bottom.
    const slopes = await dots.evaluateAll((all) => {
      const [first, last] = [all[0], all[all.length - 1]];
      const of = (dot: Element, name: string) => Number(dot.getAttribute(name));
      return [of(last, 'cx') - of(first, 'cx'), of(first, 'cy') - of(last, 'cy')];
    });
    expect(slopes[0]).toBeGreaterThan(50);
    expect(slopes[1]).toBeGreaterThan(50);
  });

  it('pass the rules of axe, split by framework', async () => {
    const { page } = await open(await outageRecords(['silos', 'drf']), 360, 'dark');
    await page.getByRole('combobox', { name: 'Split by' }).selectOption('framework');
    expect(await brokenRules(page)).toEqual([]);
  });

  it('have only waits of tasks where the runs collected nothing else', async () => {
    const records = (await outageRecords(['drf'])).map(({ distributions: _, ...record }) => record);
    const { page } = await open(records);
    const measure = page.getByRole('combobox', { name: 'Measure' });
    expect(await measure.locator('option').allTextContents()).toEqual(['wait of tasks']);
    const { tasks, taskWait } = records[0].summary;
    expect((await rows(page, 'Tasks by wait'))[0][1]).toBe(tasks.started.toLocaleString('en-US'));
    expect(metricText(taskWait.p95 ?? undefined, { unit: 's' })).not.toBe('–');
  });
});
