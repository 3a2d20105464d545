import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import type { RunRecord } from '../../src/metrics/run-record.js';
import { reportHtml } from '../../src/report/report.js';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const WITHOUT_CHROMIUM = `skipped without a browser (tried ${CHROMIUM}; set CHROMIUM)`;

/** Whether there is a browser for the tests. */
export const hasChromium = existsSync(CHROMIUM);

if (!hasChromium) process.stderr.write(`${WITHOUT_CHROMIUM}\n`);

/** A report that is open in the browser, and what the browser complained of or asked the network for. */
export interface OpenReport {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
}

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
  const folder = mkdtempSync(join(tmpdir(), 'fairground-chromium-'));
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    });
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(
    records: readonly RunRecord[],
    width = 1280,
    colorScheme: 'light' | 'dark' = 'light',
  ): Promise<OpenReport> {
    const file = join(folder, 'report.html');
    writeFileSync(file, reportHtml(records));
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    return { page, complaints, requests: requests.filter((url) => !url.startsWith('data:')).slice(1) };
  }

  return { folder, open };
}

/** The rules of axe that the page breaks, each with an element. */
export async function brokenRules(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as AxeGlobal).axe.run(document);
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
  });
}
