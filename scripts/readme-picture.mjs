// Creates docs/images/machines.png, the picture in README.md: the figure of the machines in the report of the command below.
// Run it after `npm run build`. It needs Chromium: /usr/bin/chromium, or the path in CHROMIUM.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const command = ['--policy', 'silos,drf,bin-packing', '--quiet'];
const folder = mkdtempSync(join(tmpdir(), 'fairground-picture-'));
const report = join(folder, 'report.html');
execFileSync(process.execPath, [join(root, 'dist', 'cli.js'), ...command, '--report', report], {
  stdio: 'ignore',
});

// 960 pixels is the width of a page on GitHub. The scale keeps the file below 200 kB.
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});
const page = await browser.newPage({ viewport: { width: 960, height: 900 }, deviceScaleFactor: 1.15 });
await page.goto(pathToFileURL(report).href);
await page.addStyleTag({ content: '.picture { padding: 12px } .picture figcaption { display: none }' });
const figure = page.locator('figure:has(button[aria-label="Save figure machines as SVG"])');
await figure.evaluate((element) => element.classList.add('picture'));
mkdirSync(join(root, 'docs', 'images'), { recursive: true });
await figure.screenshot({ path: join(root, 'docs', 'images', 'machines.png') });
await browser.close();
rmSync(folder, { recursive: true });
