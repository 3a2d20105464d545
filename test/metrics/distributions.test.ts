import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../../src/lab/run/node/run.js';
import {
  type Bars,
  countOf,
  type GroupKind,
  type JobGroup,
  mergedBars,
  quantileOf,
} from '../../src/metrics/distributions.js';
import type { RunRecord } from '../../src/metrics/run-record.js';
import { HOUR, MINUTE } from '../../src/model/index.js';

const folder = mkdtempSync(join(tmpdir(), 'fairground-distributions-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function groupsOf({ distributions }: RunRecord, kind: GroupKind): readonly JobGroup[] {
  return (distributions?.groups ?? []).filter((group) => group.kind === kind);
}

/** The statistics of a summary, computed from bars. */
function statistics(bars: Bars) {
  return { p50: quantileOf(bars, 0.5), p95: quantileOf(bars, 0.95), p99: quantileOf(bars, 0.99) };
}

async function traceRun(
  columns: string,
  jobs: readonly (readonly (string | number)[])[],
): Promise<RunRecord> {
  const path = join(folder, 'trace.csv');
  const lines = jobs.map((job, i) => [`job-${i}`, ...job].join(','));
  writeFileSync(path, `${[`job_id,submit,duration,cpus,${columns}`, ...lines].join('\n')}\n`);
  const workload = { kind: 'trace', path } as const;
  return run(
    { policy: 'fcfs', seed: '1', workload, machines: '1x64cpu', set: {} },
    { details: 'distributions' },
  );
}

describe('distributions of jobs', () => {
  const services = {
    policy: 'drf',
    seed: '3',
    workload: { kind: 'generated', name: 'services', services: ['akka', 'spark'] },
    machines: '20x16cpu/64GiB/4TiBdisk',
    until: 3 * HOUR,
    set: { 'akka.instances': '20', 'spark.jobsPerHour': '200' },
  } as const;

  it.each([
    ['of a whole run', {}],
    ['after a warm-up', { warmUp: { rule: 'time', lasts: 10 * MINUTE } as const }],
  ])('are those of the summary, %s', async (_, part) => {
    const record = await run({ ...services, ...part }, { details: 'distributions' });
    const [all] = groupsOf(record, 'all');
    const { wait, response, boundedSlowdown } = record.summary;
    expect(statistics(all.wait)).toEqual(expect.objectContaining(pick(wait)));
    expect(statistics(all.response)).toEqual(expect.objectContaining(pick(response)));
    expect(statistics(all.slowdown)).toEqual(expect.objectContaining(pick(boundedSlowdown)));
    expect(countOf(all.wait)).toBeGreaterThan(30);
    expect(countOf(all.response)).toBeLessThan(countOf(all.wait));
    for (const kind of ['framework', 'size', 'user'] as const) {
      const groups = groupsOf(record, kind);
      expect(countOf(mergedBars(groups.map((group) => group.wait)))).toBe(countOf(all.wait));
      expect(mergedBars(groups.map((group) => group.response)).greatest).toBe(all.response.greatest);
    }
  });

  function pick({ p50, p95, p99 }: { p50: number | null; p95: number | null; p99: number | null }) {
    const six = (value: number | null) => expect.closeTo(value ?? Number.NaN, 5);
    return { p50: six(p50), p95: six(p95), p99: six(p99) };
  }

  it('have a class of sizes for each factor of four, by the demand of all tasks of a job', async () => {
    const record = await traceRun('tasks', [
      [0, 10, 1, 1],
      [0, 10, 1, 2],
      [0, 10, 4, 1],
      [0, 10, 1, 5],
      [0, 10, 16, 1],
    ]);
    const sizes = groupsOf(record, 'size').map(({ name, wait }) => [name, countOf(wait)]);
    expect(sizes).toEqual([
      [1, 1],
      [4, 2],
      [16, 2],
    ]);
  });

  it('have each user, and one group of jobs whose users are unknown', async () => {
    const record = await traceRun('user', [
      [0, 10, 1, 'ann'],
      [0, 20, 1, 'bob'],
      [0, 30, 1, 'ann'],
      [0, 40, 1, ''],
    ]);
    const users = groupsOf(record, 'user').map(({ name, response }) => [name, [...response.values]]);
    expect(users).toEqual([
      ['ann', [10, 30]],
      ['bob', [20]],
      ['', [40]],
    ]);
  });
});
