import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/lab/run/node/run.js';
import { JobsCsv } from '../../src/metrics/files/jobs-csv.js';
import { DATA } from '../reference-data.js';

/** First come, first served on four logs: the printed digits of the reference table (reference/studies.md, 3.5). */
const TABLE = [
  {
    log: 'KTH-SP2-5k',
    jobs: 5000,
    processors: 100,
    wait: '199337.586',
    slowdown: '4971.7625',
    utilization: '0.578237',
    makespan: '7349055',
    maxWait: '688715',
  },
  {
    log: 'KTH-SP2',
    jobs: 28481,
    processors: 100,
    wait: '354002.316',
    slowdown: '6818.5853',
    utilization: '0.687011',
    makespan: '29381344',
    maxWait: '946685',
  },
  {
    log: 'HPC2N-excerpt',
    jobs: 3145,
    processors: 240,
    wait: '5614.437',
    slowdown: '47.3053',
    utilization: '0.394736',
    makespan: '5309576',
    maxWait: '78505',
  },
  {
    log: 'NASA-iPSC',
    jobs: 18066,
    processors: 128,
    wait: '8.081',
    slowdown: '1.0262',
    utilization: '0.466093',
    makespan: '7949022',
    maxWait: '23753',
  },
];

/** `job submit start end`, in the order of job ids. */
function referenceSchedule(log: string): string[] {
  const packed = readFileSync(join(DATA as string, 'swf', `${log}.fcfs.merge.csv.gz`));
  const [, ...lines] = gunzipSync(packed).toString().trimEnd().split('\n');
  return inOrderOfIds(lines.map((line) => line.split(',').slice(0, 4).join(' ')));
}

function inOrderOfIds(lines: string[]): string[] {
  return lines.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
}

async function replay(log: string) {
  const lines: string[] = [];
  const { summary } = await run(
    {
      policy: 'fcfs',
      workload: { kind: 'trace', path: join(DATA as string, 'swf', `${log}.swf`) },
      seed: '1',
      set: {},
    },
    { observers: (cluster, log) => [new JobsCsv(cluster, log, (line) => lines.push(line))] },
  );
  const schedule = lines.slice(1).map((line) => {
    const [job, , submit, start, end] = line.split(',');
    return `${job} ${submit} ${start} ${end}`;
  });
  return { summary, schedule: inOrderOfIds(schedule) };
}

describe.skipIf(DATA === undefined)('first come, first served on logs of real machines', () => {
  it.each(TABLE)('on $log every job starts and ends at the second of the reference schedule', async (row) => {
    const { summary, schedule } = await replay(row.log);
    const reference = referenceSchedule(row.log);
    const firstDifference = reference.findIndex((line, i) => line !== schedule[i]);
    expect(firstDifference, `${schedule[firstDifference]} instead of ${reference[firstDifference]}`).toBe(-1);
    expect(schedule).toHaveLength(row.jobs);
    expect({
      wait: summary.wait.mean?.toFixed(3),
      slowdown: summary.boundedSlowdown.mean?.toFixed(4),
      utilization: summary.utilization.cpus.allocated.mean.toFixed(6),
      makespan: String(summary.makespan),
      maxWait: String(summary.wait.max),
      processors: summary.run.machines.capacity.cpus,
      jobs: summary.jobs.finished,
    }).toEqual({
      wait: row.wait,
      slowdown: row.slowdown,
      utilization: row.utilization,
      makespan: row.makespan,
      maxWait: row.maxWait,
      processors: row.processors,
      jobs: row.jobs,
    });
    expect(summary.run.workload.dropped).toEqual({});
  });
});
