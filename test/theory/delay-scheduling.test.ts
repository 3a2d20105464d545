import { describe, expect, test } from 'vitest';
import { fromSeconds, type PlacementRule } from '../../src/model/index.js';
import { placementNamed } from '../../src/policies/placement/index.js';
import { listScheduler } from '../../src/policies/schedulers/list-scheduler.js';
import { highestPriorityFirst } from '../../src/policies/schedulers/waiting-list.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { CPUS, machinesOf, simulate } from '../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';

const MACHINES = 100;
const JOBS = 600;
const JOB_GAP = 40;

/**
 * Share of small jobs that start near their data when each may let `chances - 1` free slots pass. A slot comes free every
 * second, always on another machine, and a background of longer tasks takes what the jobs do not; a machine has a job's
 * data with probability `p`.
 */
async function localityOf(p: number, chances: number): Promise<number> {
  const random = new RandomStreams('delay').stream(`data/${p}`);
  const names = Array.from({ length: MACHINES }, (_, i) => `m${i}`);
  const rules: (PlacementRule | undefined)[] = [undefined];
  const background: RowSketch[] = [
    ...names.map((_, i) => ({ needs: { cpus: 1 }, runs: i + 1 })),
    { tasks: JOBS * JOB_GAP, needs: { cpus: 1 }, runs: MACHINES },
  ];
  const jobs = Array.from({ length: JOBS }, (_, i): RowSketch => {
    // A job without any data would have no preference: it is given one machine that is not there.
    const near = names.filter(() => random() < p);
    const values = near.length > 0 ? near : ['none'];
    const prefers = [{ constraint: { attribute: 'machine', operator: 'equal' as const, values }, weight: 1 }];
    rules.push({ spread: [], together: [], avoid: [], beside: [], prefers });
    return { at: i * JOB_GAP + 0.5, needs: { cpus: 1 }, runs: MACHINES, priority: 1, rule: i + 1 };
  });
  const { recorder } = await simulate({
    space: CPUS,
    machines: machinesOf(
      CPUS,
      names.map(() => ({ cpus: 1 })),
    ),
    trace: traceOf(CPUS, rowsOf(CPUS, [...background, ...jobs]), { rules }),
    parts: {
      architecture: 'monolithic',
      scheduler: listScheduler({
        name: 'delay',
        order: highestPriorityFirst,
        placement: placementNamed('first-fit'),
        backfill: 'any',
        localityWait: fromSeconds(chances - 1),
      }),
    },
    until: JOBS * JOB_GAP,
    withLog: false,
  });
  const { preferred, elsewhere } = recorder.locality;
  return preferred / (preferred + elsewhere);
}

describe('delay scheduling reaches the locality 1 - (1 - p)^D (Zaharia et al., EuroSys 2010, section 3.3)', () => {
  test.each([
    [0.1, 1],
    [0.1, 10],
    [0.1, 29],
    [0.2, 14],
  ])('with data on %f of the machines and %i chances', async (p, chances) => {
    const expected = 1 - (1 - p) ** chances;
    const deviation = Math.sqrt((expected * (1 - expected)) / JOBS);
    const found = await localityOf(p, chances);
    expect(Math.abs(found - expected)).toBeLessThan(4 * deviation);
  });
});
