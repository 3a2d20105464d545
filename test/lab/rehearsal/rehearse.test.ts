import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rehearse } from '../../../src/lab/rehearsal/rehearse.js';
import type { RunSpec } from '../../../src/lab/run/run-spec.js';
import { fromSeconds } from '../../../src/model/index.js';
import { PROJECT } from '../../cli/simulate-command.js';
import { SHORT_JOBS_MACHINES, shortJobs } from './short-jobs.js';

const TRACE = join(PROJECT, 'traces', 'short-jobs.csv');

/**
 * The first 80 jobs, four rounds, as a file. The order is certain while no start is late by more than 18 s of the trace, and a slow machine needs half a
 * second to launch the sixteen commands of a round. With 15 s of the trace per second, 18 s are 1.2 s.
 */
function firstRounds(): string {
  const rounds = shortJobs()
    .split('\n')
    .filter((line) => /^(job_id|r[0-3]-)/.test(line));
  const path = join(mkdtempSync(join(tmpdir(), 'fairground-rehearsal-')), 'four-rounds.csv');
  writeFileSync(path, `${rounds.join('\n')}\n`);
  return path;
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
      const { starts, difference, outside, measuredOverhead, simulated, live } = await rehearse(
        spec('fcfs', firstRounds()),
        terms,
      );
      expect(difference).toBeUndefined();
      expect(starts).toBe(80);
      expect(outside).toEqual([]);
      expect(measuredOverhead.median).toBeGreaterThan(0);
      expect(live.summary.tasks.finished).toBe(simulated.summary.tasks.finished);
      // Two curves of waits: those of four in ten jobs are above 0, and no job waits less than in the simulation.
      expect(live.summary.wait.p95).toBeGreaterThan(simulated.summary.wait.p95 as number);
      expect(problems).toEqual([]);
    },
  );

  it('refuses a policy that is a model of a master', async () => {
    const terms = { compress: 60, overhead: fromSeconds(0.5), report: () => undefined };
    await expect(rehearse(spec('sparrow'), terms)).rejects.toThrow(
      /--policy: sparrow is a model of another kind of master, for the simulator only/,
    );
  });
});
