import { describe, expect, it } from 'vitest';
import { smallSpec, summaryOf } from './small-runs.js';

describe('the schedulers of a summary', () => {
  it('are told apart by framework and number, and their thought adds up to that of all', async () => {
    const { schedulers, decisions, conflicts } = await summaryOf(
      smallSpec({ policy: 'omega', set: { perJob: '2s', perTask: '100ms', schedulers: '1,spark:2' } }),
    );
    expect(Object.keys(schedulers)).toEqual([
      'kafka',
      'cassandra',
      'elasticsearch',
      'web',
      'spark',
      'spark/2',
    ]);
    const all = Object.values(schedulers);
    expect(all.reduce((sum, one) => sum + one.busy, 0)).toBeCloseTo(decisions.busy, 12);
    expect(all.reduce((sum, one) => sum + one.decisions, 0)).toBe(decisions.count);
    expect(conflicts).toBeGreaterThanOrEqual(all.reduce((sum, one) => sum + one.transactions.failed, 0));
  });

  it('is one, called all, for a monolithic policy, and none where no decision takes time', async () => {
    const { schedulers } = await summaryOf(smallSpec({ policy: 'fcfs', set: { perJob: '1s' } }));
    expect(Object.keys(schedulers)).toEqual(['all']);
    const timeless = await summaryOf(smallSpec({ policy: 'fcfs' }));
    expect(timeless.schedulers).toEqual({});
  });

  it('count the attempts and waits of those that serve one job at a time, with or without thought', async () => {
    const { schedulers, jobs } = await summaryOf(smallSpec({ policy: 'monolithic' }));
    expect(schedulers.all.attempts).toBeGreaterThanOrEqual(jobs.submitted);
    expect(schedulers.all.wait).toMatchObject({ count: jobs.submitted, max: 0 });
  });

  it('refuse decision times of a framework that does not exist, or where one decision is made for all', async () => {
    const named = (policy: string, decisionTimes: string) =>
      summaryOf(smallSpec({ policy, set: { decisionTimes } }));
    await expect(named('omega', 'nobody:1s+1ms')).rejects.toThrow(
      'decisionTimes: found "nobody", expected one of the frameworks kafka, cassandra, elasticsearch, web, spark',
    );
    await expect(named('fcfs', 'web:1s+1ms')).rejects.toThrow(
      'decisionTimes: fcfs schedules all frameworks in one pass',
    );
    await expect(named('omega', 'web:1s+soon')).rejects.toThrow(
      'decisionTimes: found "soon", expected a duration',
    );
    await expect(named('omega', 'web')).rejects.toThrow(
      'decisionTimes: found "web", expected framework:perJob+perTask',
    );
  });
});
