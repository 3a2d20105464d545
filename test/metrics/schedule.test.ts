import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import alea from 'seedrandom/lib/alea.js';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../../src/lab/run/node/run.js';
import { ATTEMPT_ENDS } from '../../src/metrics/attempt-ends.js';
import { ScheduleLog } from '../../src/metrics/collectors/schedule-log.js';
import { type Schedule, scheduleOf } from '../../src/metrics/schedule.js';

const folder = mkdtempSync(join(tmpdir(), 'fairground-schedule-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Submission and duration in seconds, and cores. */
type Job = readonly [submit: number, duration: number, cpus: number];

interface Options {
  readonly policy?: string;
  readonly machines?: string;
  readonly columns?: string;
}

async function schedule(
  jobs: readonly (readonly (number | string)[])[],
  { policy = 'easy', machines = '1x4cpu', columns = 'submit,duration,cpus' }: Options = {},
): Promise<Schedule> {
  const path = join(folder, 'trace.csv');
  const lines = jobs.map((job, i) => [`job-${i}`, ...job].join(','));
  writeFileSync(path, `${[`job_id,${columns}`, ...lines].join('\n')}\n`);
  const workload = { kind: 'trace', path } as const;
  const record = await run({ policy, seed: '1', workload, machines, set: {} }, { details: 'all' });
  if (record.schedule === undefined) throw new Error('the record has no schedule');
  return record.schedule;
}

function backfilledOf({ jobs }: Schedule): string[] {
  return jobs.name.filter((_, i) => jobs.backfilled[i] === 1).map(String);
}

function firstStarts({ jobs, attempts }: Schedule): number[] {
  const starts = jobs.name.map(() => Number.POSITIVE_INFINITY);
  for (const [i, job] of attempts.job.entries())
    if (ATTEMPT_ENDS[attempts.end[i]] !== 'waiting') starts[job] = Math.min(starts[job], attempts.from[i]);
  return starts;
}

describe('a schedule', () => {
  const columns = 'submit,duration,cpus,estimate';
  const blocked = [
    [0, 100, 3, 100],
    [1, 50, 4, 50],
    [2, 50, 1, 50],
  ];

  it('marks a job as backfilled that started while an earlier job went on waiting', async () => {
    expect(backfilledOf(await schedule(blocked, { columns }))).toEqual(['job-2']);
    expect(backfilledOf(await schedule(blocked, { columns, policy: 'fcfs' }))).toEqual([]);
  });

  it('does not mark a job that starts at the same instant as the job before it', async () => {
    const both: readonly Job[] = [
      [0, 10, 4],
      [1, 10, 2],
      [2, 10, 2],
    ];
    const made = await schedule(both);
    expect(firstStarts(made)).toEqual([0, 10, 10]);
    expect(backfilledOf(made)).toEqual([]);
  });

  it('does not count a rejected job as one that waits', async () => {
    const jobs: readonly Job[] = [
      [0, 10, 100],
      [1, 10, 1],
    ];
    expect(backfilledOf(await schedule(jobs))).toEqual([]);
  });

  it('agrees with the definition on random jobs, job by job', async () => {
    const draw = alea('jobs');
    const jobs = Array.from(
      { length: 200 },
      (_, i): Job => [i * 5, 1 + Math.floor(draw() * 60), 1 + Math.floor(draw() * 4)],
    );
    for (const policy of ['fcfs', 'easy', 'conservative']) {
      const made = await schedule(jobs, { policy });
      const starts = firstStarts(made);
      const expected = starts.map((start, i) => starts.slice(0, i).some((other) => other > start));
      expect(Array.from(made.jobs.backfilled, (mark) => mark === 1)).toEqual(expected);
      expect(made.backfilledJobs).toBe(expected.filter(Boolean).length);
      expect(made.startedJobs).toBe(200);
      expect(made.backfilledJobs > 0).toBe(policy !== 'fcfs');
    }
  });

  it('has each attempt with its machine, its times and its end', async () => {
    const { jobs, attempts } = await schedule(
      [
        [0, 10, 4, 1],
        [0, 20, 4, 2],
      ],
      { machines: '2x4cpu', policy: 'fcfs', columns: 'submit,duration,cpus,tasks' },
    );
    expect(jobs.tasks).toEqual(Int32Array.of(1, 2));
    expect(jobs.size).toEqual(Float64Array.of(4, 8));
    expect(attempts.job).toEqual(Int32Array.of(0, 1, 1));
    expect(attempts.machine).toEqual(Int32Array.of(0, 1, 0));
    expect(attempts.from).toEqual(Float64Array.of(0, 0, 10));
    expect(attempts.to).toEqual(Float64Array.of(10, 20, 30));
    expect([...attempts.end].map((end) => ATTEMPT_ENDS[end])).toEqual(['finished', 'finished', 'finished']);
  });

  it('keeps the longest attempts, and counts the others with their time', async () => {
    const jobs = Array.from({ length: 50 }, (_, i): Job => [100 * i, 1 + i, 1]);
    const path = join(folder, 'many.csv');
    writeFileSync(
      path,
      `job_id,submit,duration,cpus\n${jobs.map((job, i) => `${i},${job.join(',')}\n`).join('')}`,
    );
    let log: ScheduleLog | undefined;
    await run(
      { policy: 'fcfs', seed: '1', workload: { kind: 'trace', path }, machines: '1x4cpu', set: {} },
      {
        observers: (cluster) => {
          log = new ScheduleLog(cluster, 10);
          return [log];
        },
      },
    );
    if (log === undefined) throw new Error('the log was not made');
    const made = scheduleOf(log);
    const lengths = made.attempts.to.map((to, i) => to - made.attempts.from[i]);
    expect([...lengths]).toEqual([41, 42, 43, 44, 45, 46, 47, 48, 49, 50]);
    expect(made.leftOut).toEqual({ attempts: 40, seconds: 820 });
    expect(made.startedJobs).toBe(50);
  });
});
