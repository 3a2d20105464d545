import { beforeAll, describe, expect, it } from 'vitest';
import type { Summary } from '../../src/metrics/catalogue/catalogue.js';
import { compareRuns, isShort } from '../../src/results/comparison.js';
import { amountText } from '../../src/results/metric-text.js';
import { droppedNotes, fateNotes, fragmentationNotes, policyNotes } from '../../src/results/run-notes.js';
import { smallSpec, summaryOf } from '../lab/small-runs.js';

let calm: Summary;

beforeAll(async () => {
  calm = await summaryOf(smallSpec({ machines: '60x16cpu/64GiB/4TiBdisk' }));
});

/** The calm run, with other fates of its tasks. */
function withFates(tasks: Partial<Summary['tasks']>, refusals: Record<string, number> = {}): Summary {
  const copy = structuredClone(calm);
  Object.assign(copy.tasks, { submitted: 2000 }, tasks);
  copy.refusals = refusals;
  return copy;
}

describe('the notes of a run', () => {
  it('are none where nothing is out of the ordinary', () => {
    expect(calm.tasks.finished).toBeGreaterThan(0);
    expect([...fateNotes(calm), ...droppedNotes(calm)]).toEqual([]);
  });

  it('tell what became of tasks that did not finish, and what the policy asked in vain', () => {
    const notes = fateNotes(
      withFates(
        { rejected: 1, abandoned: 1234, failed: 2, pending: 3 },
        { 'does-not-fit': 1, 'not-pending': 7 },
      ),
    );
    expect(notes).toEqual([
      '1 of 2,000 tasks were rejected: they can never run.',
      '1,234 of 2,000 tasks were abandoned while waiting: out of patience, out of attempts, or cancelled by an operator or a controller.',
      '2 of 2,000 tasks were stopped at their time limit.',
      '3 of 2,000 tasks were still waiting at the end. The wait statistics exclude them.',
      'The ledger refused 1 decision of the policy (does-not-fit).',
      'The ledger refused 7 decisions of the policy (not-pending).',
    ]);
  });

  it('tell for how long fairness could not be served because what was free lay in pieces', () => {
    const copy = structuredClone(calm);
    const [spark, web, ...others] = Object.values(copy.byFramework);
    const [sparkName, webName] = Object.keys(copy.byFramework);
    copy.fairness.unplaceable = 0.1234;
    [spark.unplaceable, web.unplaceable] = [0.02, 0.1034];
    for (const other of others) other.unplaceable = 0;
    const note = (time: string, details: string) =>
      `Fragmentation blocked the framework with the lowest dominant share for ${time} of the time (${details}). No machine had room for its tasks, although enough resources were free in total.`;
    expect(fragmentationNotes([copy])).toEqual([note('12.3 %', `${webName} 10.3 % and ${sparkName} 2.0 %`)]);
    // One note for all seeds.
    expect(fragmentationNotes([copy, calm])).toEqual([
      note('6.2 %', `mean of 2 seeds; ${webName} 5.2 % and ${sparkName} 1.0 %`),
    ]);
    // A summary that was written before anybody looked.
    delete copy.fairness.unplaceable;
    expect(fragmentationNotes([copy])).toEqual([]);
  });

  it('name the seed where they do not hold for every seed', () => {
    const [first, second] = [withFates({ rejected: 1 }), withFates({ rejected: 1, failed: 2 })];
    second.run.seed = '2';
    expect(policyNotes('drf', [first, second])).toEqual([
      'drf: 1 of 2,000 tasks were rejected: they can never run.',
      'drf, seed 2: 2 of 2,000 tasks were stopped at their time limit.',
    ]);
  });

  it('tell which rows of a trace were left out, and what was changed in others', () => {
    const copy = structuredClone(calm);
    copy.run.workload = {
      ...copy.run.workload,
      name: 'log.swf',
      dropped: { 'no run time': 8, 'no processors': 0 },
      adjusted: { 'times rounded to whole microseconds': 1200 },
    };
    expect(droppedNotes(copy)).toEqual([
      'log.swf: 8 rows left out (no run time).',
      'log.swf: times rounded to whole microseconds (1,200).',
    ]);
  });
});

describe('the short form of a comparison', () => {
  const headlines = (...runs: Summary[]) =>
    compareRuns(runs)
      .rows.filter(isShort)
      .map(({ metric }) => metric.key);

  it('has utilization, waits and what people look at first, not every statistic', () => {
    const keys = headlines(calm);
    expect(keys).toEqual(
      expect.arrayContaining([
        'utilization.cpus.allocated.mean',
        'wait.mean',
        'taskWait.p99',
        'response.p95',
        'makespan',
      ]),
    );
    for (const detail of ['wait.p50', 'response.p99', 'fragmentation.cpus', 'offers.made', 'queue.peak'])
      expect(keys).not.toContain(detail);
  });

  it('tells of failures only when some policy has any', () => {
    expect(headlines(calm)).not.toContain('tasks.rejected');
    expect(headlines(calm)).not.toContain('fairness.unplaceable');
    const rejecting = withFates({ rejected: 1 });
    rejecting.fairness.unplaceable = 0.1;
    rejecting.run.policy.name = 'other';
    expect(headlines(calm, rejecting)).toContain('tasks.rejected');
    expect(headlines(calm, rejecting)).toContain('fairness.unplaceable');
  });
});

describe('amounts of resources', () => {
  it.each([
    ['cpus', 8000, '8,000 cores'],
    ['cpus', 1, '1 core'],
    ['mem', 512, '512 MiB memory'],
    ['mem', 65_536, '64 GiB memory'],
    ['disk', 4_194_304, '4 TiB disk'],
    ['gpus', 6212, '6,212 GPUs'],
    ['network', 1000, '1,000 Mbit/s network'],
    ['slots', 1001, '1,001 slots'],
  ])('%s %i is "%s"', (resource, amount, text) => {
    expect(amountText(resource, amount)).toBe(text);
  });
});
