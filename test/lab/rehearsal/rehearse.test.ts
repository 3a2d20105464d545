import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import alea from 'seedrandom/lib/alea.js';
import { describe, expect, it } from 'vitest';
import { rehearse } from '../../../src/lab/rehearsal/rehearse.js';
import type { RunSpec } from '../../../src/lab/run/run-spec.js';
import { fromSeconds } from '../../../src/model/index.js';
import { PROJECT } from '../../cli/simulate-command.js';
import { SHORT_JOBS_MACHINES, shortJobs } from './short-jobs.js';

const TRACE = join(PROJECT, 'traces', 'short-jobs.csv');

/** Some rounds of the trace, by their numbers, as a file. */
function roundsOf(numbers: string): string {
  const wanted = new RegExp(`^(job_id|r[${numbers}]-)`);
  const lines = shortJobs()
    .split('\n')
    .filter((line) => wanted.test(line));
  const path = join(mkdtempSync(join(tmpdir(), 'fairground-rehearsal-')), 'rounds.csv');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** Stops this process, with its master, agents and framework, again and again for up to half a second. @returns the end of it. */
function interrupted(): () => void {
  const random = alea('delays');
  const cell = new Int32Array(new SharedArrayBuffer(4));
  let timer = setTimeout(stop, 300);
  function stop(): void {
    Atomics.wait(cell, 0, 0, 100 + 400 * random());
    timer = setTimeout(stop, 300);
  }
  return () => clearTimeout(timer);
}

/** Chooses machines by a source of randomness of its own. */
const HIDDEN_RANDOMNESS = `export default () => ({
  name: 'moody',
  schedule({ queue, machines }, act) {
    for (let task = queue.first; task >= 0; ) {
      const next = queue.next(task);
      for (let tries = 0; tries < 20; tries++)
        if (act.start(task, Math.floor(Math.random() * machines.count)) === 'done') break;
      task = next;
    }
  },
});
`;

/**
 * The first 80 jobs, four rounds. The order is certain while no start is late by more than 18 s of the trace, and a slow machine needs half a
 * second to launch the sixteen commands of a round. With 15 s of the trace per second, 18 s are 1.2 s.
 */
function firstRounds(): string {
  return roundsOf('0-3');
}

/** Prints one line when the machine is busy. */
function isBusy(): boolean {
  const [load] = loadavg() as [number, number, number];
  const cores = availableParallelism();
  if (load <= 1.5 * cores) return false;
  process.stderr.write(`skipped: a rehearsal on ${cores} cores with a load of ${load.toFixed(1)}\n`);
  return true;
}

function spec(policy: string, trace = TRACE): RunSpec {
  const workload = { kind: 'trace', path: trace } as const;
  return { policy, workload, machines: SHORT_JOBS_MACHINES, seed: '1', set: {} };
}

describe('a rehearsal', () => {
  it('is of the trace that its maker writes', () => {
    expect(readFileSync(TRACE, 'utf8')).toBe(shortJobs());
  });

  // A busy machine starts real commands late.
  it.skipIf(isBusy())(
    'starts 80 real jobs in the order and on the machines of the simulation, with waits within the model',
    {
      timeout: 100_000,
      retry: 1,
    },
    async () => {
      const problems: string[] = [];
      // Twice the usual overhead, for machines that test much else meanwhile.
      const terms = {
        compress: 15,
        overhead: fromSeconds(0.5),
        report: (text: string) => problems.push(text),
      };
      const { starts, difference, delayed, outside, measuredOverhead, simulated, live } = await rehearse(
        spec('fcfs', firstRounds()),
        terms,
      );
      expect(difference).toBeUndefined();
      expect(delayed).toBeUndefined();
      expect(starts).toBe(80);
      expect(outside).toEqual([]);
      expect(measuredOverhead.median).toBeGreaterThan(0);
      expect(live.summary.tasks.finished).toBe(simulated.summary.tasks.finished);
      // Two curves of waits: those of four in ten jobs are above 0, and no job waits less than in the simulation.
      expect(live.summary.wait.p95).toBeGreaterThan(simulated.summary.wait.p95 as number);
      expect(problems).toEqual([]);
    },
  );

  it.each(['fcfs', 'easy', 'drf'])(
    'finds that %s decides as simulated, although delays change the schedule',
    { timeout: 100_000 },
    async (policy) => {
      const end = interrupted();
      try {
        const terms = { compress: 60, overhead: fromSeconds(0.01), report: () => undefined };
        const { difference, outside, starts } = await rehearse(spec(policy, roundsOf('01')), terms);
        expect(difference).toBeUndefined();
        expect(starts).toBe(40);
        // How many waits exceed the model depends on the machine; that some do shows that the delays had an effect.
        expect(outside.length).toBeGreaterThan(0);
      } finally {
        end();
      }
    },
  );

  it('finds that a policy with a hidden source of randomness decides differently', {
    timeout: 100_000,
  }, async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'fairground-rehearsal-')), 'moody.mjs');
    writeFileSync(path, HIDDEN_RANDOMNESS);
    const terms = { compress: 60, overhead: fromSeconds(0.5), report: () => undefined };
    const { difference } = await rehearse(spec(path, roundsOf('0')), terms);
    expect(difference?.live?.job).toBeDefined();
  });

  it('refuses a policy that is a model of a master', async () => {
    const terms = { compress: 60, overhead: fromSeconds(0.5), report: () => undefined };
    await expect(rehearse(spec('sparrow'), terms)).rejects.toThrow(
      /--policy: sparrow is a model of another kind of master, for the simulator only/,
    );
  });
});
