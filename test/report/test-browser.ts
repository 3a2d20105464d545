import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Whether there is a browser to test in. */
export const hasChromium = existsSync(CHROMIUM);

if (!hasChromium) process.stderr.write(`skipped without a browser (tried ${CHROMIUM}; set CHROMIUM)\n`);

/** A page that is open, and what the browser has complained of or requested besides the page itself; both arrays grow. */
export interface OpenPage {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
}

/** A browser for pages in files of a folder of its own. */
export class TestBrowser {
  readonly folder = mkdtempSync(join(tmpdir(), 'fairground-page-'));
  private browser: Browser | undefined;

  async open(html: string, width = 1280, colorScheme: 'light' | 'dark' = 'light'): Promise<OpenPage> {
    const file = join(this.folder, 'page.html');
    writeFileSync(file, html);
    return this.openFile(file, width, colorScheme);
  }

  async openFile(file: string, width = 1280, colorScheme: 'light' | 'dark' = 'light'): Promise<OpenPage> {
    this.browser ??= await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    });
    const page = await this.browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    const own = pathToFileURL(file).href;
    page.on('request', (request) => {
      const url = request.url();
      if (url !== own && !url.startsWith('data:')) requests.push(url);
    });
    await page.goto(own);
    return { page, complaints, requests };
  }

  async close(): Promise<void> {
    await this.browser?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
