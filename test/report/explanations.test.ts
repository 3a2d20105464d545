import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/metrics/run-record.js';
import type { JobHistory } from '../../src/model/index.js';
import { explanationData } from '../../src/report/explanation-data.js';
import { reportHtml } from '../../src/report/report.js';
import { HOSTILE_NAMES, traceRecords } from './records.js';

const [record] = await traceRecords([['a', 0, 10, 4]]);

function withHistories(jobs: number, entries: number, name = (job: number) => `job-${job}`): RunRecord {
  const histories = Array.from(
    { length: jobs },
    (_, job): JobHistory => ({
      job: name(job),
      framework: 'a',
      submitted: 0,
      tasks: 1,
      isGang: false,
      needs: { cpus: 4 },
      requires: '',
      waited: 5,
      entries: Array.from({ length: entries }, (_, i) => ({
        kind: 'stopped' as const,
        from: i,
        to: i,
        tasks: 1,
        words: `${name(job)} ${i}`,
        more: 0,
      })),
      leftOut: 0,
      leftOutTimes: 0,
    }),
  );
  return { ...record, explanations: { asked: ['a'], jobs: histories, jobsLeftOut: 7 } };
}

describe('the histories of jobs in a report', () => {
  it('are left out unless they were asked for', () => {
    expect(explanationData([record])).toEqual([]);
  });

  it('have a part of the page for each run, and say what is left out', () => {
    const runs = explanationData([withHistories(100, 60), withHistories(2, 60), record]);
    expect(runs.map(({ jobs }) => jobs.length)).toEqual([25, 2]);
    expect(runs[0].leftOut).toEqual([
      '75 more jobs: simulate explain prints them from a folder of --out.',
      '7 more jobs left out: at most 100 are kept, those that waited longest.',
    ]);
    expect(explanationData([withHistories(1, 9000)])[0].jobs).toHaveLength(1);
  });

  it('keep hostile names out of the markup', () => {
    const html = reportHtml([withHistories(HOSTILE_NAMES.length, 1, (job) => HOSTILE_NAMES[job])]);
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).not.toContain('<img src=x');
  });
});
