import { describe, expect, it } from 'vitest';
import type { FaultRecord } from '../../src/metrics/fault-records.js';
import type { RunRecord } from '../../src/metrics/run-record.js';
import { commonFaults } from '../../src/report/common-faults.js';
import { comparedPolicies } from '../../src/report/compared-policy.js';
import { outageRecords, traceRecords } from './records.js';

const [record] = await traceRecords([['a', 0, 60, 1]]);

/** A run with one fault at 100 s. Half of its tasks, and all of them, ran again so many seconds later. */
function recovering(policy: string, seed: string, half: number, full: number | null): RunRecord {
  const total = { tasks: 10, half: 100 + half, running: full && 100 + full, full: full && 100 + full };
  const fault: FaultRecord = {
    at: 100,
    state: 'off',
    causes: ['script'],
    machines: 4,
    named: [],
    racks: ['rack-1'],
    detected: { first: 110, last: 130, machines: 4 },
    returned: 400,
    total,
    losses: [{ framework: 'a', ...total }],
  };
  const { summary } = record;
  return {
    ...record,
    summary: { ...summary, run: { ...summary.run, seed, policy: { ...summary.run.policy, name: policy } } },
    faults: { faults: [fault], outages: [], faultsLeftOut: 0, outagesLeftOut: 0 },
  };
}

function faultsOf(...records: readonly RunRecord[]) {
  return commonFaults(comparedPolicies(records), 0);
}

const SEEDS = ['1', '2', '3', '4', '5'];

describe('a fault that all runs have', () => {
  it('says which policy recovered first, by how much, and that the pairs of seeds support it', () => {
    const slow = SEEDS.map((seed, i) => recovering('slow', seed, 200 + i, 300));
    const fast = SEEDS.map((seed, i) => recovering('fast', seed, 100 + 2 * i, 300));
    const [{ what, detected, returned, answer, measures }] = faultsOf(...slow, ...fast);
    expect(what).toBe('4 machines of rack-1 stopped');
    expect([detected, returned]).toEqual(['10 s to 30 s later', '5m later']);
    expect(answer.lead).toMatch(
      /^fast recovered first: half of the stopped tasks ran again after 104.* -98\.0/,
    );
    expect(answer.details).toMatch(/This difference is supported at 95 %/);
    expect(answer.details).toContain('every service was full again after 5m (last: a)');
    expect(measures[1].cells[1]).toMatchObject({ isSupported: true });
    expect(measures[3].cells[1]).toMatchObject({ difference: 'equal', isSupported: false });
  });

  it('does not call a difference supported that seeds do not support', () => {
    const slow = SEEDS.map((seed, i) => recovering('slow', seed, 200 + 130 * (i % 2), 300));
    const fast = SEEDS.map((seed, i) => recovering('fast', seed, 200 + 80 * ((i + 1) % 2), 300));
    const [{ answer }] = faultsOf(...slow, ...fast);
    expect(answer.details).toMatch(/not supported at 95 %/);
  });

  it('gives no mean and no difference where a run did not recover before its end', () => {
    const slow = SEEDS.map((seed) => recovering('slow', seed, 200, seed === '1' ? null : 300));
    const fast = SEEDS.map((seed) => recovering('fast', seed, 100, 250));
    const [{ measures }] = faultsOf(...slow, ...fast);
    const [, , , full] = measures;
    expect(full.cells[0].value).toBe('not before the end in 1 of 5 seeds');
    expect(full.cells[1].difference).toBe('');
  });

  it('is none if a run does not have it', () => {
    expect(faultsOf(recovering('a', '1', 1, 2), { ...record, summary: record.summary })).toEqual([]);
  });
});

describe('the faults that a run records', () => {
  it('are the rack that stopped, its detection, and each loss until all served again', async () => {
    const [{ faults, summary }] = await outageRecords(['bin-packing']);
    const [fault] = faults.faults;
    expect(faults.faults).toHaveLength(1);
    expect(fault).toMatchObject({
      at: 1200,
      state: 'off',
      causes: ['script'],
      machines: 40,
      racks: ['rack-1'],
    });
    expect(fault.returned).toBe(1800);
    expect(fault.detected?.machines).toBe(40);
    expect(fault.detected?.first).toBeGreaterThan(1260);
    expect(faults.outages).toHaveLength(40);
    expect(faults.outages.every(({ from, to }) => from === 1200 && to === 1800)).toBe(true);
    const lost = fault.losses.reduce((sum, { tasks }) => sum + tasks, 0);
    expect(lost).toBe(fault.total?.tasks);
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThanOrEqual(summary.recovery.tasksLost);
    for (const { half, running, full } of fault.losses) {
      expect(half).toBeGreaterThan(1200);
      expect(running).toBeGreaterThanOrEqual(half ?? 0);
      expect(full).toBeGreaterThanOrEqual(running ?? 0);
    }
  });

  it('take as long as the summary says until the last task ran again', async () => {
    const [{ faults, summary }] = await outageRecords(['drf']);
    const [{ at, total }] = faults.faults;
    expect((total?.running ?? 0) - at).toBeCloseTo(summary.recovery.timeToRecover?.max ?? 0, 0);
  });
});
