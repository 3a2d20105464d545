import { describe, expect, test } from 'vitest';
import { JobsCsv } from '../../src/metrics/files/jobs-csv.js';
import { fromSeconds, toSeconds } from '../../src/model/index.js';
import { onlyFrameworks } from '../../src/workloads/only-frameworks.js';
import { onCores } from '../on-cores.js';
import { CPUS, countsOf, jobCountsOf, story } from '../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';

const one = { needs: { cpus: 1 } };

/** The lines of jobs.csv up to the critical path, without the header. */
async function jobLines(cpus: readonly number[], rows: readonly RowSketch[], more: object = {}) {
  const lines: string[] = [];
  const observers = (cluster: ConstructorParameters<typeof JobsCsv>[0]) => [
    new JobsCsv(cluster, { policy: 'fcfs', seed: '1' }, (line) => lines.push(line.trim())),
  ];
  const result = await onCores(cpus, rows, { observers, ...more });
  return { ...result, lines: lines.slice(1).map((line) => line.split(',fcfs,1,')[0]) };
}

describe('a task that depends on others', () => {
  test('is submitted when all of them have finished, and waits from that moment', async () => {
    const result = await onCores(
      [2],
      [
        { job: 'j', task: 'a', runs: 5, ...one },
        { job: 'j', task: 'b', runs: 3, ...one },
        { job: 'j', after: ['a', 'b'], runs: 4, needs: { cpus: 2 } },
        // Takes a core from 3 to 8, so the child of a and b, submitted at 5, waits for 3 s.
        { job: 'k', at: 1, runs: 5, ...one },
      ],
    );
    expect(story(result, 'submitted', 'started')).toEqual([
      '0 task 0 submitted',
      '0 task 1 submitted',
      '0 task 0 started m0',
      '0 task 1 started m0',
      '1 task 2 submitted',
      '3 task 2 started m0',
      '5 task 3 submitted',
      '8 task 3 started m0',
    ]);
    expect(toSeconds(result.recorder.taskWait.greatest)).toBe(3);
    expect(jobCountsOf(result.recorder.jobs)).toMatchObject({ submitted: 2, finished: 2, failed: 0 });
  });

  test('waits for every task of a row, and for every row of one name', async () => {
    const result = await onCores(
      [4],
      [
        { job: 'j', task: 'map', tasks: 2, runs: 2, ...one },
        { job: 'j', task: 'map', runs: 6, ...one },
        { job: 'j', after: ['map'], tasks: 2, runs: 1, ...one },
      ],
    );
    expect(story(result, 'started').slice(3)).toEqual(['6 task 3 started m0', '6 task 4 started m0']);
  });

  test('may stand above its parents', async () => {
    const result = await onCores(
      [4],
      [
        { job: 'j', after: ['a'], runs: 1, ...one },
        { job: 'j', task: 'a', runs: 2, ...one },
      ],
    );
    expect(story(result, 'started')).toEqual(['0 task 0 started m0', '2 task 1 started m0']);
  });

  test('leaves its job open until it has ended: the response and the critical path are those of the whole job', async () => {
    const { lines, recorder } = await jobLines(
      [1],
      [
        { job: 'j', task: 'a', runs: 5, ...one },
        { job: 'j', task: 'b', runs: 3, ...one },
        { job: 'j', after: ['a', 'b'], runs: 4, ...one },
        { job: 'k', runs: 1, ...one },
      ],
    );
    // One core runs 5 + 3 + 1 + 4 = 13 s; the longest chain is a and the last task, 9 s.
    expect(lines).toEqual(['k,default,0,8,9,1,finished,,', 'j,default,0,0,13,3,finished,,9']);
    expect(toSeconds(recorder.dependencies.criticalPath.mean)).toBe(9);
    expect(recorder.dependencies.stretch.mean / 1e6).toBeCloseTo(13 / 9, 6);
  });

  test('waits for the successful end of a parent that fails once', async () => {
    const result = await onCores(
      [1],
      [
        { job: 'j', task: 'a', runs: 5, failsAfter: 2, ...one },
        { job: 'j', after: ['a'], runs: 1, ...one },
      ],
    );
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '2 task 0 killed m0 failed',
      '2 task 0 started m0',
      '7 task 0 ended m0 finished',
      '7 task 1 started m0',
      '8 task 1 ended m0 finished',
    ]);
  });

  test.each([
    ['is stopped at its time limit', { runs: 5, estimate: 3, ...one }, 'timed-out', '3'],
    ['fits on no machine', { runs: 5, needs: { cpus: 9 } }, 'rejected', '0'],
  ])('does not run if its parent %s, and neither do its children', async (_, parent, outcome, end) => {
    const { lines, recorder, log } = await jobLines(
      [1],
      [
        { job: 'j', task: 'a', ...parent },
        { job: 'j', task: 'b', after: ['a'], runs: 1, ...one },
        { job: 'j', after: ['b'], tasks: 2, runs: 1, ...one },
        { job: 'j', runs: 1, ...one },
      ],
    );
    expect(story({ log }, 'ended').filter((line) => line.includes('not-run'))).toEqual([
      `${end} task 2 ended not-run`,
      `${end} task 3 ended not-run`,
      `${end} task 4 ended not-run`,
    ]);
    expect(countsOf(recorder.tasks)).toMatchObject({ submitted: 5, notRun: 3, pending: 0, running: 0 });
    const reason = `a task that it depends on did not finish (${outcome})`;
    expect(recorder.dependencies.notRun).toEqual({ jobs: 1, tasks: 3, named: [{ job: 'j', reason }] });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(',5,failed,');
  });

  test('is reported when the run ends before it is submitted', async () => {
    const { recorder } = await onCores(
      [1],
      [
        { job: 'j', task: 'a', runs: 50, ...one },
        { job: 'j', after: ['a'], tasks: 3, runs: 1, ...one },
      ],
      { until: 10 },
    );
    const reason = 'tasks that they depend on have not finished';
    expect(recorder.dependencies.notSubmitted).toEqual({
      jobs: 1,
      tasks: 3,
      named: [{ job: 'j', reason }],
    });
    expect(jobCountsOf(recorder.jobs)).toMatchObject({ submitted: 1, finished: 0, unfinished: 1 });
  });

  test.each([
    [
      'a cycle',
      [
        { job: 'j', task: 'a', after: ['b'], ...one },
        { job: 'j', task: 'b', after: ['a'], ...one },
      ],
      'after: found "a after b after a", expected tasks without a cyclic dependency (job "j")',
    ],
    [
      'a parent in another job',
      [
        { job: 'i', task: 'a', ...one },
        { job: 'j', after: ['a'], ...one },
      ],
      'after: found "a", expected the name of a task of the same job (job "j")',
    ],
    [
      'a gang',
      [
        { job: 'j', gang: true, task: 'a', ...one },
        { job: 'j', gang: true, after: ['a'], ...one },
      ],
      'after: job "j" is a gang, whose tasks start at one instant, so none can depend on another',
    ],
  ])('is an error in %s', async (_, rows, message) => {
    await expect(onCores([1], rows)).rejects.toThrow(message);
  });
});

describe('a job that follows another one', () => {
  test('is submitted at its end, after the think time, or at its own time if that is later', async () => {
    const { lines } = await jobLines(
      [4],
      [
        { job: 'a', runs: 100, ...one },
        { job: 'b', at: 1, follows: 'a', thinkTime: 10, runs: 50, ...one },
        { job: 'c', at: 2, follows: 'b', runs: 50, ...one },
        { job: 'd', at: 150, follows: 'a', thinkTime: 10, runs: 1, ...one },
        { job: 'e', at: 155, follows: 'a', thinkTime: 70, runs: 1, ...one },
      ],
    );
    // b: 100 + 10. c: 160. d: its own 150, because 110 is earlier. e: 100 + 70.
    expect(lines.map((line) => line.split(',').slice(0, 5).join())).toEqual([
      'a,default,0,0,100',
      'd,default,150,150,151',
      'b,default,110,110,160',
      'e,default,170,170,171',
      'c,default,160,160,210',
    ]);
  });

  test('waits for all tasks of the other, and may be a gang with dependent tasks before it', async () => {
    const result = await onCores(
      [2],
      [
        { job: 'a', task: 'x', runs: 3, ...one },
        { job: 'a', after: ['x'], runs: 4, ...one },
        { job: 'b', follows: 'a', gang: true, tasks: 2, runs: 1, ...one },
      ],
    );
    expect(story(result, 'started')).toEqual([
      '0 task 0 started m0',
      '3 task 1 started m0',
      '7 task 2 started m0',
      '7 task 3 started m0',
    ]);
  });

  test('is submitted after a job that was stopped at its limit, for that job has ended', async () => {
    const { lines } = await jobLines(
      [1],
      [
        { job: 'a', runs: 10, estimate: 4, ...one },
        { job: 'b', follows: 'a', thinkTime: 1, runs: 2, ...one },
      ],
    );
    expect(lines).toEqual(['a,default,0,0,4,1,failed,,', 'b,default,5,5,7,1,finished,,']);
  });

  test('does not run if the other never ran, and neither does the next one', async () => {
    const { lines, recorder } = await jobLines(
      [1],
      [
        { job: 'a', runs: 10, needs: { cpus: 9 } },
        { job: 'b', at: 1, follows: 'a', tasks: 2, runs: 2, ...one },
        { job: 'c', at: 2, follows: 'b', thinkTime: 5, runs: 2, ...one },
      ],
    );
    expect(lines.slice(1)).toEqual([
      'b,default,1,,,2,not-run,"the job that it follows, a, never ran",',
      'c,default,2,,,1,not-run,"the job that it follows, b, never ran",',
    ]);
    expect(recorder.dependencies.notRun).toMatchObject({ jobs: 2, tasks: 3 });
    expect(jobCountsOf(recorder.jobs)).toMatchObject({ submitted: 3, failed: 3, unfinished: 0 });
  });

  test.each([
    [{ until: 5 }, 'the job that it follows, a, has not ended'],
    [{ until: 12 }, 'the think time after job a is not over'],
  ])('is reported when the run ends before it is submitted (%o)', async (more, reason) => {
    const { recorder } = await onCores(
      [1],
      [
        { job: 'a', runs: 10, ...one },
        { job: 'b', at: 1, follows: 'a', thinkTime: 60, runs: 2, ...one },
      ],
      more,
    );
    expect(recorder.dependencies.notSubmitted.named).toEqual([{ job: 'b', reason }]);
  });

  test('must stand below the other', async () => {
    const rows = [
      { job: 'b', follows: 'a', ...one },
      { job: 'a', ...one },
    ];
    await expect(onCores([1], rows)).rejects.toThrow(
      'job "b" follows job "a", which is not above it in the trace',
    );
  });
});

describe('dependencies', () => {
  test('wait for a parent that restarts after its machine has failed', async () => {
    const result = await onCores(
      [1, 1],
      [
        { job: 'j', task: 'a', runs: 5, ...one },
        { job: 'j', after: ['a'], runs: 1, ...one },
      ],
      { machineEvents: [{ machine: 0, time: fromSeconds(2), state: 'down' }] },
    );
    expect(story(result, 'started', 'ended')).toEqual([
      '0 task 0 started m0',
      '2 task 0 started m1',
      '7 task 0 ended m1 finished',
      '7 task 1 started m1',
      '8 task 1 ended m1 finished',
    ]);
  });

  test('release children at the instant of the last end when every event has a pass of its own', async () => {
    const result = await onCores(
      [2],
      [
        { job: 'j', task: 'a', runs: 5, ...one },
        { job: 'j', task: 'b', runs: 5, ...one },
        { job: 'j', after: ['a', 'b'], runs: 1, ...one },
        { job: 'k', at: 1, runs: 1, ...one },
      ],
      { simultaneous: 'each' },
    );
    expect(story(result, 'started').slice(2)).toEqual(['5 task 2 started m0', '5 task 3 started m0']);
  });

  test('may begin in a later row of a job', async () => {
    const { lines } = await jobLines(
      [4],
      [
        { job: 'j', runs: 2, ...one },
        { job: 'j', task: 'a', runs: 3, ...one },
        { job: 'j', after: ['a'], runs: 4, ...one },
        { job: 'k', runs: 1, ...one },
      ],
    );
    expect(lines).toEqual(['k,default,0,0,1,1,finished,,', 'j,default,0,0,7,3,finished,,7']);
  });

  test('of a job on one that is left out with its framework are left out', async () => {
    const frameworks = [{ name: 'kept' }, { name: 'other' }];
    const rows = rowsOf(CPUS, [
      { job: 'a', framework: 1, runs: 100, ...one },
      { job: 'b', at: 1, follows: 'a', thinkTime: 9, runs: 2, ...one },
      { job: 'c', at: 2, follows: 'b', thinkTime: 9, runs: 2, ...one },
    ]);
    const trace = onlyFrameworks(traceOf(CPUS, rows, { frameworks }), new Set(['kept']));
    const { log } = await onCores([4], [], { trace });
    expect(story({ log }, 'started')).toEqual(['1 task 0 started m0', '12 task 1 started m0']);
  });

  test('end with the run when a parent waits for ever', async () => {
    const { recorder } = await onCores(
      [4, 4],
      [
        { job: 'head', runs: 5, needs: { cpus: 1 } },
        { job: 'j', task: 'a', constraint: 0, runs: 5, needs: { cpus: 4 } },
        { job: 'j', after: ['a'], runs: 1, ...one },
      ],
      { machineEvents: [{ machine: 1, time: 0, state: 'down' }], until: 3 },
    );
    expect(countsOf(recorder.tasks)).toMatchObject({ running: 1, pending: 1 });
    expect(recorder.dependencies.notSubmitted.tasks).toBe(1);
  });
});
