import alea from 'seedrandom/lib/alea.js';
import { describe, expect, it } from 'vitest';
import { reportHtml, scriptJson } from '../../src/report/report.js';
import { DATA_ELEMENT_ID, type ReportData } from '../../src/report/report-data.js';
import { HOSTILE_NAMES, smackRecords, traceRecords } from './records.js';

const MEBIBYTE = 2 ** 20;

const smack = await smackRecords(['silos', 'drf', 'bin-packing']);
const page = reportHtml(smack);

/** The page without comments and the contents of its script elements: browsers read neither as markup. */
function markup(html: string): string {
  // A checksum may contain two slashes.
  return html
    .replaceAll(/<!--.*?-->/gs, '')
    .replaceAll(/sha256-[\w+/=]+/g, '')
    .replaceAll(/(<script[^>]*>).*?<\/script>/gs, '$1</script>');
}

function dataOf(html: string): ReportData {
  const [, json] = html.match(new RegExp(`id="${DATA_ELEMENT_ID}">([^<]*)</script>`)) ?? [];
  return JSON.parse(json);
}

describe('a report', () => {
  it('is one file that refers to nothing outside itself', () => {
    expect(markup(page)).not.toMatch(/https?:|\/\/|@import|url\(|<link|<img|<iframe|\bsrc=/);
    expect(markup(page).match(/<script/g)).toHaveLength(2);
  });

  it('forbids the browser to load anything, and to run any script but its own', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[\w+/=]+'; style-src 'sha256-[\w+/=]+';/);
    expect(policy).not.toContain('unsafe');
  });

  it('has the same bytes for the same records', () => {
    expect(reportHtml(smack)).toBe(page);
  });

  it('stays small: three policies are well under two megabytes', () => {
    expect(Buffer.byteLength(page)).toBeLessThan(MEBIBYTE);
  });

  it('stays below two megabytes for ten seeds of three policies with the most bins and rows that a run has', () => {
    const draw = alea('cells');
    const bins = 512;
    const column = () => Float64Array.from({ length: bins }, draw);
    const records = smack.flatMap((record) =>
      Array.from({ length: 10 }, (_, seed) => ({
        ...record,
        summary: { ...record.summary, run: { ...record.summary.run, seed: `${seed}` } },
        series: {
          ...record.series,
          columns: record.series.columns.map(({ name }) => ({ name, values: column() })),
        },
        heat: { ...record.heat, machines: 500, machinesPerRow: 2, rows: Array.from({ length: 250 }, column) },
      })),
    );
    const html = reportHtml(records);
    expect(Buffer.byteLength(html)).toBeLessThan(2_000_000);
    const { series } = dataOf(html).policies[0].runs[9];
    expect(series.binSeconds).toBeGreaterThan(series.recordedBinSeconds);
  });

  it('holds no character of a hostile name that could end its script', async () => {
    const records = await traceRecords(
      HOSTILE_NAMES.map((name, i) => [name, i, 60, 1] as const),
      { name: '</script><script>globalThis.broken = true<script>.csv'.replaceAll('/', '\u2215') },
    );
    const html = reportHtml(records);
    expect(markup(html)).toBe(markup(reportHtml(smack)));
    expect(dataOf(html).frameworks.map(({ label }) => label)).toEqual(HOSTILE_NAMES);
  });
});

describe('JSON in a script element', () => {
  it('reads back as what was written, whatever the strings', () => {
    const strings = [...HOSTILE_NAMES, '<!-- <script', ']]>', '\u0000\ud800', '\\u003c'];
    const text = scriptJson(strings);
    expect(JSON.parse(text)).toEqual(strings);
    expect(text).not.toMatch(/[<\u2028\u2029\ud800-\udbff](?![\udc00-\udfff])/);
  });
});
