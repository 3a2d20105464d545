import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { DATA_ELEMENT_ID, type ReportData } from '../../src/report/report-data.js';
import { SWEEP_ELEMENT_ID } from '../../src/report/sweep/sweep-data.js';
import { simulate, temporaryFolder } from './simulate-command.js';

const SMALL = ['--until', '20m', '--machines', '30x16cpu/64GiB/4TiBdisk', '--set', 'spark.jobsPerHour=20'];

function dataOf(file: string): ReportData {
  const html = readFileSync(file, 'utf8');
  return JSON.parse(html.match(new RegExp(`id="${DATA_ELEMENT_ID}">([^<]*)</script>`))?.[1] ?? '');
}

describe('simulate report', () => {
  const folder = temporaryFolder();
  const [out, report] = [join(folder, 'out'), join(folder, 'A.html')];

  beforeAll(() => {
    const { code, stderr } = simulate(
      ...['--policy', 'silos,drf', '--seeds', '1-2', '--fault', 'at 5m: kill rack rack-0 for 5m', '--quiet'],
      ...[...SMALL, '--versus', 'drf', '--out', out, '--report', report],
    );
    expect([code, stderr]).toEqual([0, '']);
  });

  it('makes the very page of the run from the folder of its results', () => {
    const again = join(folder, 'B.html');
    const { code, stdout, stderr } = simulate('report', out, '--report', again);
    expect([code, stdout, stderr]).toEqual([0, `${again}\n`, '']);
    expect(readFileSync(again, 'utf8')).toBe(readFileSync(report, 'utf8'));
    expect(dataOf(again).reference).toBe(1);
    expect(dataOf(again).command).toContain('--versus drf');
  });

  it('makes the page in the folder again, with links to each data file', () => {
    const page = join(out, 'report.html');
    const before = readFileSync(page, 'utf8');
    writeFileSync(page, '');
    expect(simulate('report', out).code).toBe(0);
    expect(readFileSync(page, 'utf8')).toBe(before);
    const { files } = dataOf(page);
    expect(files.map(({ of }) => of)).toEqual([
      ...['silos/seed-1', 'silos/seed-2', 'drf/seed-1', 'drf/seed-2'],
      '',
    ]);
    for (const { href } of files.flatMap((group) => group.files))
      expect(existsSync(join(out, decodeURIComponent(href))), href).toBe(true);
    expect(files[0].files.map(({ name }) => name)).toEqual([
      ...['summary.json', 'jobs.csv', 'series.csv', 'machines.csv', 'schema.json', 'record.json.gz'],
    ]);
    expect(dataOf(report).files).toEqual([]);
  });

  it('compares several results as policies of one report', () => {
    const other = join(folder, 'more');
    simulate('--policy', 'drf', '--seeds', '1-2', ...SMALL, '--quiet', '--out', other);
    const page = join(folder, 'both.html');
    expect(simulate('report', out, other, '--report', page).code).toBe(0);
    const { policies, comparison } = dataOf(page);
    expect(policies.map(({ name }) => name)).toEqual(['out: silos', 'out: drf', 'more: drf']);
    expect(comparison.rows.find(({ name }) => name === 'wait.p95')?.cells).toHaveLength(3);
  });

  it('makes the page of a sweep in its folder', () => {
    const study = join(folder, 'study');
    const trace = ['--trace', 'traces/short-jobs.csv', '--policy', 'fcfs', '--quiet'];
    simulate('sweep', ...trace, '--vary', 'machines=6x1cpu/256MiB,9x1cpu/256MiB', '--out', study);
    const { code, stdout, stderr } = simulate('report', study);
    expect([code, stdout, stderr]).toEqual([0, `${join(study, 'report.html')}\n`, '']);
    expect(readFileSync(join(study, 'report.html'), 'utf8')).toContain(`id="${SWEEP_ELEMENT_ID}">{"title"`);
    expect(simulate('report', study, out).stderr).toContain('is the folder of a sweep');
    expect(simulate('report', study, '--versus', 'fcfs').stderr).toContain(
      '--versus: is for folders of --out',
    );
    const manifest = join(study, 'sweep.json');
    const before = readFileSync(manifest, 'utf8');
    writeFileSync(manifest, before.replace(/"id": "\w/, '"id": "x'));
    expect(simulate('report', study).stderr.replace(/\s+/g, ' ')).toContain('has other runs than sweep.json');
    writeFileSync(manifest, before.replace('sweep@1', 'sweep@9'));
    expect(simulate('report', study).stderr.replace(/\s+/g, ' ')).toContain(
      'is not the list of runs of a sweep',
    );
    writeFileSync(manifest, before);
    writeFileSync(join(study, 'runs.parquet'), 'PAR1');
    expect(simulate('report', study).stderr.replace(/\s+/g, ' ')).toContain('is not a complete Parquet file');
  });

  it.each([
    [['report', 'nowhere'], 'simulate: nowhere: no such folder'],
    [['report', 'package.json'], 'simulate: package.json: is a file, expected the folder'],
    [['report', 'docs'], 'simulate: docs: no results in this folder'],
    [['serve', 'package.json'], 'simulate: package.json: is no folder'],
    [['serve', 'docs', '--port', '70000'], 'simulate: --port: found "70000", expected a whole number'],
  ])('is refused with one line: %s', (args, message) => {
    const { code, stderr } = simulate(...args);
    expect(code).toBe(2);
    expect(stderr.replace(/\s+/g, ' ')).toContain(message);
    expect(existsSync('docs/report.html')).toBe(false);
  });
});
