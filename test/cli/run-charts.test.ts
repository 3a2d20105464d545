import { describe, expect, it } from 'vitest';
import { visibleLength } from '../../src/cli/prose.js';
import { runCharts } from '../../src/cli/run-charts.js';
import { smackRecords, traceRecords } from '../report/records.js';

/** The line of a chart that begins with this label, below this title. */
function lineOf(charts: string, title: string, label: string): string {
  const lines = charts.slice(charts.indexOf(title)).split('\n');
  return lines.find((line) => line.trimStart().startsWith(label)) ?? '';
}

describe('the charts of a run', () => {
  it('show that one of two jobs waits for half of the run, on a machine that is always full', async () => {
    const records = await traceRecords(
      [
        ['a', 0, 48, 4],
        ['a', 0, 48, 4],
      ],
      { machines: '1x4cpu' },
    );
    const charts = runCharts(records);
    expect(lineOf(charts, 'cpus, allocated share', 'fcfs')).toContain(`${'█'.repeat(48)} 100.0 %`);
    expect(lineOf(charts, 'waiting tasks', 'fcfs')).toContain(`fcfs ${'█'.repeat(24)}${' '.repeat(24)} 1`);
    expect(lineOf(charts, 'Waits', '10 s')).toMatch(/█░+ +50\.0 %$/);
    expect(lineOf(charts, 'Waits', '1m')).toMatch(/█ 100\.0 %$/);
    // All have started within a minute.
    expect(lineOf(charts, 'Waits', '10m')).toBe('');
  });

  it('draw a run that is over before the others as empty', async () => {
    const machines = '1x4cpu';
    const jobs = (count: number) => Array.from({ length: count }, () => ['a', 0, 48, 4] as const);
    const [short] = await traceRecords(jobs(1), { machines });
    const [long] = await traceRecords(jobs(2), { machines, policies: ['sjf-skip'] });
    const charts = runCharts([short, long]);
    expect(lineOf(charts, 'cpus, allocated share', 'fcfs')).toContain(
      `fcfs ${'█'.repeat(24)}${' '.repeat(24)} 100.0 %`,
    );
  });

  it('fit a terminal of 80 columns, also with many policies, and are means over the seeds', async () => {
    const policies = ['silos', 'drf', 'bin-packing', 'fcfs', 'sjf-skip'];
    const records = await smackRecords(policies, ['1', '2']);
    const lines = runCharts(records).split('\n');
    expect(lines.filter((line) => visibleLength(line) > 80)).toEqual([]);
    for (const policy of policies) expect(lines.some((line) => line.includes(policy))).toBe(true);
    const peak = (text: string) => Number(/([\d.]+) %$/.exec(text)?.[1]);
    const [both, one, other] = [records, [records[2]], [records[3]]].map((runs) =>
      peak(lineOf(runCharts(runs), 'cpus, allocated share', 'drf')),
    );
    expect(both).toBeGreaterThanOrEqual(Math.min(one, other) - 15);
    expect(both).toBeLessThanOrEqual(Math.max(one, other));
  });
});
