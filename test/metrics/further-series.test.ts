import { describe, expect, test } from 'vitest';
import { run } from '../../src/lab/run/node/run.js';
import { binTimes } from '../../src/metrics/files/series-csv.js';
import type { RunRecord } from '../../src/metrics/run-record.js';
import { fromSeconds } from '../../src/model/index.js';
import { RENTED_AND_FAILING, smallSpec } from '../lab/small-runs.js';

/** The integral of a column over the run, in seconds times its unit; NaN if the run does not have it. */
function integral({ series }: RunRecord, name: string): number {
  const column = series.columns.find((one) => one.name === name);
  if (column === undefined) return Number.NaN;
  return binTimes(series).reduce((sum, { seconds }, bin) => sum + column.values[bin] * seconds, 0);
}

const names = ({ series }: RunRecord) => series.columns.map(({ name }) => name);

describe('series of offers, conflicts, cost and health', () => {
  test('add up to the numbers of the summary: offers', async () => {
    const record = await run(smallSpec());
    expect(integral(record, 'offers_per_second')).toBeCloseTo(record.summary.offers.made, 3);
    expect(record.summary.offers.made).toBeGreaterThan(100);
  });

  test('conflicts', async () => {
    const record = await run(
      smallSpec({
        policy: 'omega',
        set: { perJob: '2s', perTask: '100ms', schedulers: '1,spark:2', conflict: 'sequence-number' },
      }),
    );
    const { conflicts } = record.summary;
    expect(conflicts).toBeGreaterThan(0);
    expect(integral(record, 'conflicts_per_second')).toBeCloseTo(conflicts, 3);
    expect(names(record)).not.toContain('offers_per_second');
  });

  test('cost, rented machines and health, while machines come, go and fail', async () => {
    const record = await run(RENTED_AND_FAILING);
    const { cost, byFramework, run: about, recovery } = record.summary;
    expect(recovery.machineFailures).toBeGreaterThan(10);
    expect(cost?.rentedHours).toBeGreaterThan(10);
    expect(integral(record, 'rented_machines') / 3600).toBeCloseTo(cost?.rentedHours ?? Number.NaN, 5);
    expect(integral(record, 'cost_per_hour') / 3600).toBeCloseTo((cost?.own ?? 0) + (cost?.rented ?? 0), 5);
    const health = byFramework.kafka.health;
    expect(health?.down).toBeGreaterThan(0);
    for (const state of ['degraded', 'down'] as const)
      expect(integral(record, `${state}.kafka`)).toBeCloseTo((health?.[state] ?? 0) * about.length, 3);
  });

  test('fragmentation', async () => {
    const record = await run(smallSpec({ until: fromSeconds(4 * 3600) }));
    const { fragmentation, run: about } = record.summary;
    // The summary leaves out the time before the first sample, which is short.
    expect(integral(record, 'fragmentation.cpus') / about.length).toBeCloseTo(fragmentation?.cpus ?? 0, 1);
    expect(integral(record, 'fragmentation.cpus')).toBeGreaterThan(0);
  });

  test('a run without them has no such column', async () => {
    const record = await run(smallSpec({ policy: 'bin-packing' }));
    const further = /per_second|per_hour|rented|degraded|down\./;
    expect(names(record).filter((name) => further.test(name))).toEqual([]);
  });
});
