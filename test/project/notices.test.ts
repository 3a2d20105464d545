import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { bundledPackages, licenceText, noticesOf } from '../../scripts/notices.mjs';
import { reportHtml } from '../../src/report/report.js';
import { smackRecords } from '../report/records.js';
import { PROJECT, textOf } from './sources.js';

/** The packages that the build bundles; all others stay imports. */
const INLINED = ['yargs', 'csv-parse', 'seedrandom', 'picocolors'];

/** Words without the white space between them, which notices may change. */
function words(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

async function foldersIn(entryPoints: readonly string[], external: readonly string[]): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: PROJECT,
    entryPoints: [...entryPoints],
    outdir: join(PROJECT, 'dist'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    external: [...external],
    metafile: true,
    write: false,
  });
  return bundledPackages([metafile]);
}

function missingFrom(notices: string, folders: readonly string[]): string[] {
  const found = words(notices);
  return folders.filter((folder) => {
    const { name, version } = JSON.parse(textOf(`${folder}/package.json`));
    const paragraphs = licenceText(PROJECT, folder).split(/\r?\n\s*\n/);
    return ![`${name} ${version}`, ...paragraphs].every((text) => found.includes(words(text)));
  });
}

describe('the licence notices', () => {
  it('of the package name every package in its bundles, with the text of its licence', async () => {
    const { dependencies, peerDependencies } = JSON.parse(textOf('package.json'));
    const external = Object.keys({ ...dependencies, ...peerDependencies }).filter(
      (name) => !INLINED.includes(name),
    );
    const folders = await foldersIn(
      ['src/cli/main.ts', 'src/index.ts', 'src/lab/run/node/worker.ts', 'src/conformance/index.ts'],
      external,
    );
    const client = await foldersIn(['src/report/client/main.ts'], []);
    for (const name of INLINED) expect(folders).toContain(`node_modules/${name}`);
    expect(missingFrom(textOf('dist/THIRD-PARTY-NOTICES.txt'), [...folders, ...client])).toEqual([]);
  });

  it('of a report name every package in its script, and add little to it', async () => {
    const folders = await foldersIn(['src/report/client/main.ts'], []);
    expect(folders).toEqual(
      expect.arrayContaining(['node_modules/@observablehq/plot', 'node_modules/d3-scale']),
    );
    const page = reportHtml(await smackRecords(['drf']));
    const [, comment] = /<!--(.*?)-->\n<script>/s.exec(page) ?? [];
    expect(missingFrom(comment, folders)).toEqual([]);
    // Two per cent of a page of one short run.
    expect(comment.length).toBeLessThan(10_000);
  });

  it('would show a package that is missing, and the build refuses one without a licence text', () => {
    const notices = noticesOf(PROJECT, ['node_modules/d3-scale']);
    expect(missingFrom(notices, ['node_modules/d3-scale'])).toEqual([]);
    expect(missingFrom(notices, ['node_modules/seedrandom'])).toEqual(['node_modules/seedrandom']);
    expect(() => licenceText(PROJECT, 'node_modules/.bin')).toThrow('has no licence text');
  });
});
