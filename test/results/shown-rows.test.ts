import { describe, expect, it } from 'vitest';
import type { Summary } from '../../src/metrics/catalogue/catalogue.js';
import { compareRuns } from '../../src/results/comparison.js';
import { shownRows } from '../../src/results/shown-rows.js';
import { smallSpec, summaryOf } from '../lab/small-runs.js';

const base = await summaryOf(smallSpec({ policy: 'drf' }));

function changed(policy: string, change: (summary: Summary) => void = () => {}): Summary {
  const copy = structuredClone(base);
  copy.run.policy.name = policy;
  change(copy);
  return copy;
}

const keysOf = (runs: readonly Summary[], all = false) =>
  shownRows(compareRuns(runs), { all }).rows.map(({ metric }) => metric.key);

describe('the rows of a short table', () => {
  const other = changed('other', (summary) => {
    summary.wait.mean = 99;
  });

  it('leave out what is equal under every policy, and say how many rows that are', () => {
    const { rows, equal } = shownRows(compareRuns([base, other]), { all: false });
    expect(rows.map(({ metric }) => metric.key)).toEqual(['wait.mean']);
    expect(equal).toBeGreaterThan(10);
    expect(keysOf([base, other], true)).toContain('utilization.cpus.allocated.mean');
  });

  it('are all there for one policy, and for policies that do not differ at all', () => {
    expect(keysOf([base])).toContain('utilization.cpus.allocated.mean');
    expect(keysOf([base, changed('same')])).toContain('utilization.cpus.allocated.mean');
  });

  it('leave out a makespan that is the length of the run', () => {
    const cut = changed('cut', (summary) => {
      summary.run.horizon = 3600;
      summary.makespan = 3600;
    });
    const whole = changed('whole', (summary) => {
      summary.run.horizon = 3600;
      summary.makespan = 3599;
    });
    expect(keysOf([cut])).not.toContain('makespan');
    expect(keysOf([whole])).toContain('makespan');
    expect(keysOf([cut], true)).toContain('makespan');
  });
});
