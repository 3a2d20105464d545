import { describe, expect, test } from 'vitest';
import { type Attempt, fromSeconds, ParameterValues, toSeconds } from '../../../src/model/index.js';
import type { Policy } from '../../../src/policies/policy.js';
import { monolithic } from '../../../src/policies/presets/monolithic.js';
import { omega } from '../../../src/policies/presets/omega.js';
import { onCores } from '../../on-cores.js';
import { CPUS, countsOf, type SimulationSketch, story } from '../../simulate.js';
import type { RowSketch } from '../../traces-in-memory.js';

const FRAMEWORKS = [{ name: 'batch' }, { name: 'service' }];
const SECOND = fromSeconds(1);

/** A run on machines of so many cpus each, and every attempt at a job: `0.5 batch job-0 waited 0 placed 2 left 1`. */
async function attemptsAt(
  policy: Policy,
  rows: readonly RowSketch[],
  cpus: readonly number[],
  more: Partial<SimulationSketch> & { set?: Record<string, number | string> } = {},
) {
  const attempts: string[] = [];
  const settings = new ParameterValues(policy.parameters, { placement: 'first-fit', ...more.set });
  const result = await onCores(cpus, rows, {
    frameworks: FRAMEWORKS,
    parts: policy.build(settings, { space: CPUS, machines: [], frameworks: FRAMEWORKS, forecast: undefined }),
    observers: ({ jobs, frameworks }) => [
      {
        attempted: (attempt: Attempt, now) => {
          const { job, framework, ordinal, waited, placed, conflicts, left } = attempt;
          const who =
            framework < 0 ? 'all' : `${frameworks[framework].name}${ordinal === 0 ? '' : ordinal + 1}`;
          const lost = conflicts > 0 ? ` lost ${conflicts}` : '';
          attempts.push(
            `${toSeconds(now)} ${who} ${jobs.name[job]} waited ${toSeconds(waited)} placed ${placed}${lost} left ${left}`,
          );
        },
      },
    ],
    ...more,
  });
  return { attempts, result };
}

const one = { needs: { cpus: 1 }, runs: 100 };

describe('a scheduler that serves one job at a time', () => {
  test('decides on one job after another, and each waits in the queue for those before it', async () => {
    const rows = [
      { ...one, tasks: 2 },
      { ...one, at: 1 },
      { ...one, at: 1, framework: 1 },
    ];
    const { attempts, result } = await attemptsAt(monolithic, rows, [8], {
      decisionTimes: { perJob: 2 * SECOND, perTask: SECOND },
    });
    expect(attempts).toEqual([
      '4 all job-0 waited 0 placed 2 left 0',
      '7 all job-1 waited 3 placed 1 left 0',
      '10 all job-2 waited 6 placed 1 left 0',
    ]);
    expect(story(result, 'started')).toHaveLength(4);
  });

  test('takes the decision time of the framework of the job: a multi-path scheduler, with one queue', async () => {
    const rows = [{ ...one, framework: 1 }, one];
    const byFramework = new Map([['service', { perJob: 10 * SECOND, perTask: 0 }]]);
    const { attempts } = await attemptsAt(monolithic, rows, [8], {
      decisionTimes: { perJob: SECOND, perTask: 0, byFramework },
    });
    expect(attempts).toEqual([
      '10 all job-0 waited 0 placed 1 left 0',
      '11 all job-1 waited 10 placed 1 left 0',
    ]);
  });

  test('keeps what it could place, and tries the rest at the back of the line a second later', async () => {
    const rows = [
      { ...one, tasks: 3, runs: 3 },
      { ...one, at: 0.5, runs: 1 },
    ];
    const { attempts } = await attemptsAt(monolithic, rows, [2], {
      decisionTimes: { perJob: SECOND, perTask: 0 },
    });
    expect(attempts).toEqual([
      '1 all job-0 waited 0 placed 2 left 1',
      '2 all job-1 waited 0.5 placed 0 left 1',
      '3 all job-0 waited 0 placed 0 left 1',
      '4 all job-1 waited 0 placed 1 left 0',
      '5 all job-0 waited 0 placed 1 left 0',
    ]);
  });

  test('gives a job up when nothing of it ever found room, and later when something did', async () => {
    const rows = [{ ...one, tasks: 2, runs: 100 }, one];
    const { attempts, result } = await attemptsAt(monolithic, rows, [1], {
      set: { fruitlessAttempts: 2, attempts: 4 },
      until: 50,
    });
    expect(attempts.filter((line) => line.includes('job-1'))).toHaveLength(3);
    expect(attempts.filter((line) => line.includes('job-0'))).toHaveLength(5);
    expect(story(result, 'ended')).toEqual(['2 task 2 ended abandoned', '4 task 1 ended abandoned']);
    expect(countsOf(result.recorder.tasks)).toMatchObject({ abandoned: 2, running: 1, pending: 0 });
  });

  test('forgets a job whose tasks lost patience, in line, away or under thought', async () => {
    const rows = [
      { ...one, runs: 50 },
      { ...one, at: 1 },
      { ...one, at: 40, tasks: 1, runs: 5 },
      { ...one, at: 52 },
    ];
    const { result } = await attemptsAt(monolithic, rows, [1], {
      decisionTimes: { perJob: 4 * SECOND, perTask: 0 },
      patience: 6,
      until: 100,
    });
    expect(story(result)).toEqual([
      '4 task 0 started m0',
      '7 task 1 ended abandoned',
      '46 task 2 ended abandoned',
      '54 task 0 ended m0 finished',
      '56 task 3 started m0',
    ]);
  });

  test('serves tasks that come again after their machine was lost', async () => {
    const { attempts } = await attemptsAt(monolithic, [{ ...one, tasks: 2, runs: 10 }], [1, 1], {
      machineEvents: [
        { time: 3 * SECOND, machine: 0, state: 'down' },
        { time: 5 * SECOND, machine: 0, state: 'up' },
      ],
    });
    expect(attempts).toEqual([
      '0 all job-0 waited 0 placed 2 left 0',
      '3 all job-0 waited 0 placed 0 left 1',
      '4 all job-0 waited 0 placed 0 left 1',
      '5 all job-0 waited 0 placed 1 left 0',
    ]);
  });
});

describe('schedulers over shared state', () => {
  test('decide at the same time, and the one that commits second loses what the first has taken', async () => {
    const rows = [
      { ...one, tasks: 2 },
      { ...one, tasks: 3, framework: 1, runs: 5 },
    ];
    const { attempts } = await attemptsAt(omega, rows, [4], {
      decisionTimes: { perJob: SECOND, perTask: SECOND },
      until: 20,
    });
    expect(attempts).toEqual([
      '3 batch job-0 waited 0 placed 2 left 0',
      '4 service job-1 waited 0 placed 2 lost 1 left 1',
      // It began to decide at 5, when the machine was full, and what ended at 9 is seen by the attempt after that.
      '7 service job-1 waited 0 placed 0 left 1',
      '10 service job-1 waited 0 placed 0 left 1',
      '13 service job-1 waited 0 placed 1 left 0',
    ]);
  });

  test('place nothing on a machine that left while they thought', async () => {
    const { attempts, result } = await attemptsAt(omega, [one], [1, 1], {
      decisionTimes: { perJob: 2 * SECOND, perTask: 0 },
      machineEvents: [{ time: SECOND, machine: 0, state: 'draining' }],
    });
    expect(attempts).toEqual([
      '2 batch job-0 waited 0 placed 0 lost 1 left 1',
      '5 batch job-0 waited 0 placed 1 left 0',
    ]);
    expect(story(result, 'started')).toEqual(['5 task 0 started m1']);
    expect(result.recorder.refusals.size).toBe(0);
  });

  test('share the jobs of their framework in turn', async () => {
    const rows = [one, one, one, { ...one, framework: 1 }];
    const { attempts } = await attemptsAt(omega, rows, [8], {
      decisionTimes: { perJob: SECOND, perTask: 0 },
      set: { schedulers: '1,batch:2' },
    });
    expect(attempts.map((line) => line.split(' waited')[0])).toEqual([
      '1 batch job-0',
      '1 batch2 job-1',
      '1 service job-3',
      '2 batch job-2',
    ]);
  });

  test('start a gang whole or not at all, however they commit', async () => {
    const rows = [
      { ...one, tasks: 2, runs: 3 },
      { ...one, tasks: 3, gang: true, framework: 1 },
    ];
    const byFramework = new Map([['service', { perJob: 2 * SECOND, perTask: 0 }]]);
    const { attempts } = await attemptsAt(omega, rows, [4], {
      decisionTimes: { perJob: SECOND, perTask: 0, byFramework },
      until: 20,
    });
    expect(attempts).toEqual([
      '1 batch job-0 waited 0 placed 2 left 0',
      '2 service job-1 waited 0 placed 0 lost 1 left 3',
      '5 service job-1 waited 0 placed 0 left 3',
      '8 service job-1 waited 0 placed 3 left 0',
    ]);
  });

  test('are counted one by one: how busy they were, how much of it in vain, and their conflicts', async () => {
    const rows = [
      { ...one, tasks: 2 },
      { ...one, tasks: 3, framework: 1, runs: 5 },
    ];
    const { result } = await attemptsAt(omega, rows, [4], {
      decisionTimes: { perJob: SECOND, perTask: SECOND },
      until: 20,
    });
    const { schedulers } = result.recorder;
    expect(schedulers.conflicts).toBe(1);
    const [batch, service] = [schedulers.of(0, 0), schedulers.of(1, 0)];
    expect(batch).toMatchObject({
      decisions: 1,
      decisionTime: 3 * SECOND,
      attempts: 1,
      succeeded: 1,
      failed: 0,
    });
    expect(service).toMatchObject({
      decisions: 4,
      decisionTime: 10 * SECOND,
      wasted: 4 * SECOND,
      succeeded: 1,
      failed: 1,
    });
    expect(service.wait.count).toBe(1);
  });
});
