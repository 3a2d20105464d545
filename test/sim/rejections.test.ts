import { describe, expect, test } from 'vitest';
import type { Recorder } from '../../src/metrics/recorder.js';
import { fromSeconds, NONE, type TaskId } from '../../src/model/index.js';
import type { Scheduler } from '../../src/policies/contract.js';
import type { PolicyParts } from '../../src/policies/policy.js';
import { fateNotes } from '../../src/results/run-notes.js';
import { type Script, scriptedParts } from '../scripted.js';
import { CPUS, countsOf, eventsOf, machinesOf, type SimulationSketch, simulate } from '../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';

function run(parts: PolicyParts, rows: readonly RowSketch[], more: Partial<SimulationSketch> = {}) {
  return simulate({
    space: CPUS,
    machines: machinesOf(CPUS, [{ cpus: 4 }, { cpus: 4 }]),
    trace: traceOf(CPUS, rowsOf(CPUS, rows)),
    parts,
    until: 50,
    ...more,
  });
}

const single = { needs: { cpus: 1 }, runs: 3 };
const gang = { job: 'wide', tasks: 3, gang: true, needs: { cpus: 2 }, runs: 3 };

/** Rejects the first job of its queue, if it is a gang, and starts everything else. */
const rejecting: Scheduler = {
  name: 'rejecting',
  schedule(view, act) {
    const { queue, jobs, tasks, machines } = view;
    for (let task = queue.first, next = NONE; task !== NONE; task = next) {
      next = queue.next(task);
      if (tasks.state(task) !== 'pending') continue;
      if (jobs.isGang(tasks.job(task))) {
        act.reject(tasks.job(task), 'this policy takes no gangs');
        return;
      }
      const machine = machines.firstFit(task);
      if (machine !== NONE) act.start(task, machine);
    }
  },
};

const retry = { after: fromSeconds(1), fruitlessAttempts: 5, attempts: 5 };
const HOSTS: Readonly<Record<string, PolicyParts>> = {
  monolithic: { architecture: 'monolithic', scheduler: rejecting },
  'one job at a time': { architecture: 'monolithic', scheduler: rejecting, retry },
  'shared state': {
    architecture: 'shared-state',
    scheduler: () => rejecting,
    schedulersOf: () => 1,
    commit: { conflict: 'resource-fit', transaction: 'incremental', numbering: 'machine' },
    retry,
  },
  'whole-cell offers': {
    architecture: 'whole-cell-offers',
    scheduler: () => rejecting,
    terms: { allocatorTime: 0, interval: 0, minimumCpus: 1, mode: 'sound' },
    retry,
  },
};

describe('a job that the policy rejects', () => {
  test.each(Object.entries(HOSTS))('leaves, is counted and is named: %s', async (_, parts) => {
    const result = await run(parts, [{ ...gang }, { ...single, at: 1, job: 'small' }]);
    const log = eventsOf(result).map(({ event, job, detail }) => `${job} ${event} ${detail}`.trim());
    expect(log.filter((line) => line.startsWith('wide') && !line.includes('submitted'))).toEqual([
      'wide job-rejected this policy takes no gangs',
      'wide ended rejected',
      'wide ended rejected',
      'wide ended rejected',
      'wide job-ended',
    ]);
    expect(log).toContain('small ended finished');
    expect(result.recorder.rejections).toEqual({
      jobs: 1,
      tasks: 3,
      named: [{ job: 'wide', reason: 'this policy takes no gangs' }],
    });
    expect(result.cluster.jobs.live).toBe(0);
    expect(fateNotesOf(result.recorder)).toEqual([
      'The policy rejected 1 job (wide: this policy takes no gangs).',
    ]);
  });

  test('must be known, wait as a whole, and be the own one', async () => {
    const verdicts: string[] = [];
    const script: Script = (_view, act, call) => {
      if (call > 0) return;
      act.start(0, 0);
      verdicts.push(act.reject(0, 'no'), act.reject(9, 'no'), act.reject(NONE, 'no'));
    };
    const result = await run(scriptedParts(script), [{ ...single, tasks: 2 }]);
    expect(verdicts).toEqual(['not-pending', 'unknown-job', 'unknown-job']);
    expect(result.recorder.rejections.jobs).toBe(0);
  });
});

function fateNotesOf(recorder: Pick<Recorder, 'rejections' | 'tasks'>) {
  const summary = {
    tasks: countsOf(recorder.tasks),
    refusals: {},
    recovery: {},
    rejections: recorder.rejections,
    run: { policy: {} },
  };
  return fateNotes(summary as never);
}

describe('the view of a scheduler', () => {
  test('has the running tasks in the order of their starts', async () => {
    const seen: TaskId[][] = [];
    const script: Script = ({ placed }, act, call) => {
      if (call === 0) for (const task of [2, 0, 1]) act.start(task, 0);
      if (call === 1) act.kill(0);
      // The stopped task is gone after the call that stopped it.
      if (call === 2) act.start(0, 1);
      const tasks: TaskId[] = [];
      for (let t = placed.first; t !== NONE; t = placed.next(t)) tasks.push(t);
      seen.push(tasks);
    };
    await run(scriptedParts(script), [
      { ...single, tasks: 3 },
      { ...single, at: 1 },
    ]);
    expect([seen[0], seen[2]]).toEqual([
      [2, 0, 1],
      [2, 1, 0],
    ]);
  });

  test('counts the changes of machines since the last call', async () => {
    const seen: number[] = [];
    await run(
      scriptedParts(({ machinesChangedSince }) => void seen.push(machinesChangedSince)),
      [single, { ...single, at: 1 }, { ...single, at: 5 }],
      {
        machineEvents: [
          { time: fromSeconds(2), machine: 0, state: 'down' },
          { time: fromSeconds(3), machine: 1, state: 'draining' },
        ],
      },
    );
    expect(seen).toEqual([2, 0, 2]);
  });
});
