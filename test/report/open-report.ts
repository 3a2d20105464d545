import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll } from 'vitest';
import type { RunRecord } from '../../src/metrics/run-record.js';
import { reportHtml } from '../../src/report/report.js';
import { type OpenPage, TestBrowser } from './test-browser.js';

/** What axe-core adds to a page. */
interface AxeGlobal {
  readonly axe: {
    run(context: unknown): Promise<{
      violations: { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
    }>;
  };
}

/** A browser for the tests of a suite, and a folder for its files. Call it inside `describe`. */
export function reportBrowser() {
  const browser = new TestBrowser();
  afterAll(() => browser.close());
  return {
    folder: browser.folder,
    open: (
      records: readonly RunRecord[],
      width?: number,
      colorScheme?: 'light' | 'dark',
    ): Promise<OpenPage> => browser.open(reportHtml(records), width, colorScheme),
  };
}

/** The rules of axe that a part of the page breaks, each with an element. */
export async function brokenRules(page: Page, part = ':root'): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async (selector) => {
    const context = selector === ':root' ? document : document.querySelector(selector);
    const { violations } = await (globalThis as unknown as AxeGlobal).axe.run(context);
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
  }, part);
}
