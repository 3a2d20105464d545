// Creates the pictures in README.md from reports of the commands below: docs/images/machines.png, the figure of the machines, and
// docs/images/report.png, the first screen. Run it after `npm run build`. It needs Chromium: /usr/bin/chromium, or the path in CHROMIUM.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { smallerPng } from './smaller-png.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const images = join(root, 'docs', 'images');
mkdirSync(images, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), 'fairground-picture-'));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});

const MARGIN = 12;

/** Opens the report of a command. Its width and scale keep the files below 200 kB. */
async function reportOf(command, name) {
  const args = [join(root, 'dist', 'cli.js'), ...command, '--report', name];
  execFileSync(process.execPath, args, { cwd: folder, stdio: 'ignore' });
  const page = await browser.newPage({
    viewport: { width: 1180, height: 780 },
    deviceScaleFactor: 0.95,
    // The policy of the report forbids the style below.
    bypassCSP: true,
  });
  await page.goto(pathToFileURL(join(folder, name)).href);
  await page.addStyleTag({
    content: '.picture figcaption { display: none } .controls { position: static }',
  });
  return page;
}

const day = await reportOf(['--policy', 'silos,drf,bin-packing'], 'report.html');
const figure = day.getByRole('figure', { name: 'Machines:' });
await figure.evaluate((element) => element.classList.add('picture'));
const { x, y, width, height } = await figure.boundingBox();
const machines = await day.screenshot({
  fullPage: true,
  clip: { x: x - MARGIN, y: y - MARGIN, width: width + 2 * MARGIN, height: height + 2 * MARGIN },
});

cpSync(join(root, 'scenarios'), join(folder, 'scenarios'), { recursive: true });
const outage = '--scenario scenarios/rack-outage.yaml --policy silos,drf,bin-packing --seeds 1-5';
const page = await reportOf(outage.split(' '), 'outage.html');
writeFileSync(join(images, 'machines.png'), smallerPng(machines));
writeFileSync(join(images, 'report.png'), smallerPng(await page.screenshot()));

await browser.close();
rmSync(folder, { recursive: true });
