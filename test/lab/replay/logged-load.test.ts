import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLoggedLoad } from '../../../src/lab/replay/logged-load.js';
import { loggedPolicy } from '../../../src/lab/replay/logged-policy.js';
import { run } from '../../../src/lab/run/node/run.js';
import {
  DECISION_LOG_FORM,
  type DecisionRecord,
  type TaskNote,
} from '../../../src/live/decisions/decision-log.js';
import { recordText } from '../../../src/live/decisions/record-text.js';
import { fromSeconds, type Parcels } from '../../../src/model/index.js';
import { DrivenMaster } from '../../live/driven-master.js';

const START = fromSeconds(1_700_000_000);

function logOf(lines: readonly string[]): string {
  const path = join(mkdtempSync(join(tmpdir(), 'fairground-load-')), 'decisions.log');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

function cpus(amount: number): Parcels {
  const plain = { ranges: [], reservations: [], supply: 'regular', form: 'divisible' } as const;
  return [{ dimension: 0, amount: amount * 1000, ...plain }];
}

function at(seconds: number): number {
  return START + fromSeconds(seconds);
}

function task(seconds: number, what: TaskNote['task'], id: string, more: Partial<TaskNote> = {}): TaskNote {
  return { at: at(seconds), task: what, framework: 'f1', id, role: '*', agent: 's1', ...more };
}

function agentJoins(seconds: number, name: string): DecisionRecord {
  const total = { total: cpus(4), capabilities: new Set(), region: 'local' };
  return { at: at(seconds), inputs: [['addAgent', name, total]], offers: [] };
}

/** Of 4 cpus, `a` takes 3 from 10 s to 32 s; `b` wants 2 at 12 s and was launched at 32 s; a second agent came at 20 s. */
const RECORDS: readonly DecisionRecord[] = [
  {
    log: DECISION_LOG_FORM,
    at: at(0),
    policy: { use: 'drf', digest: '' },
    seed: '1',
    interval: 1,
    names: ['cpus', 'mem'],
  },
  { at: at(0), framework: 'f1', name: 'batch' },
  agentJoins(0, 's1'),
  task(10, 'launched', 'a', { parcels: cpus(3) }),
  task(12, 'running', 'a'),
  agentJoins(20, 's2'),
  task(32, 'ended', 'a', { state: 'TASK_FINISHED' }),
  task(32, 'launched', 'b', { parcels: cpus(2), submitted: at(12) }),
  task(33, 'running', 'b'),
  { at: at(40), inputs: [['setAgentActive', 's1', false]] },
];

describe('the load of a decision log', () => {
  it('has the demand, submission, launch and run time of each task, and when agents came and went', async () => {
    const load = await readLoggedLoad(logOf(RECORDS.map(recordText)));
    expect(load.tasks).toEqual([
      {
        key: 'f1/a',
        framework: 'batch',
        role: '*',
        agent: 's1',
        demand: { cpus: 3000 },
        submitted: fromSeconds(10),
        launched: fromSeconds(10),
        runTime: fromSeconds(20),
      },
      {
        key: 'f1/b',
        framework: 'batch',
        role: '*',
        agent: 's1',
        demand: { cpus: 2000 },
        submitted: fromSeconds(12),
        launched: fromSeconds(32),
        runTime: fromSeconds(7),
      },
    ]);
    expect(load.agents.map(({ name, changes }) => [name, ...changes])).toEqual([
      ['s1', 0, fromSeconds(40)],
      ['s2', fromSeconds(20)],
    ]);
    expect(load.unfinished).toBe(1);
  });

  it('meets another policy in the simulator: fcfs starts the second task when the second agent comes', async () => {
    const path = logOf(RECORDS.map(recordText));
    const spec = { policy: 'fcfs', workload: { kind: 'decision-log', path } as const, seed: '1', set: {} };
    const asLogged = await run(spec, { policy: loggedPolicy(await readLoggedLoad(path)) });
    const fcfs = await run(spec);
    // Waits: a 0 s, b 32 - 12 = 20 s as logged; 20 - 12 = 8 s where it need not wait for its own framework.
    expect(asLogged.summary.wait.max).toBeCloseTo(20, 0);
    expect(fcfs.summary.wait.max).toBeCloseTo(8, 0);
  });

  it('of a busy master runs again as it was: every task starts when and where it was launched', async () => {
    const master = await new DrivenMaster('load').start();
    await master.drive(1500);
    await master.close();
    const path = logOf(master.lines);
    const load = await readLoggedLoad(path);
    const workload = { kind: 'decision-log', path } as const;
    const spec = { policy: 'logged', workload, seed: '1', set: { 'run.onRefusal': 'stop' } };
    const { summary } = await run(spec, { policy: loggedPolicy(load) });
    expect(summary.tasks.finished).toBe(load.tasks.length);
    expect(summary.wait.max).toBe(0);
  });

  it('is none without a task', async () => {
    const path = logOf(RECORDS.slice(0, 3).map(recordText));
    await expect(readLoggedLoad(path)).rejects.toThrow(/decisions\.log: the log contains no launched task/);
  });
});
