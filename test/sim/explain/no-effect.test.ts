import { describe, expect, test } from 'vitest';
import { POLICIES } from '../../../src/policies/registry.js';
import { runPreset } from '../../policies/orders/run-preset.js';
import type { RowSketch } from '../../traces-in-memory.js';

/** A load that fills the machines: single tasks, gangs and priorities of two frameworks, and a job that never fits. */
const ROWS: readonly RowSketch[] = Array.from({ length: 30 }, (_, i) => ({
  job: `job-${i}`,
  framework: i % 2,
  at: i * 3,
  tasks: 1 + (i % 3),
  gang: i % 5 === 0,
  needs: { cpus: 1 + ((i * 7) % 4), mem: 64 },
  runs: 10 + ((i * 13) % 40),
  estimate: 15 + ((i * 13) % 40),
  priority: i % 7 === 0 ? 300 : 0,
}));

describe('an explanation', () => {
  test.each(POLICIES.map(({ name }) => name))('changes no event of a run under %s', async (policy) => {
    const machines = [
      { cpus: 4, mem: 1024, gpus: 1 },
      { cpus: 4, mem: 1024 },
      { cpus: 8, mem: 1024 },
    ];
    const frameworks = [{ name: 'a' }, { name: 'b' }];
    const terms = { frameworks, until: 600, taskMix: [] };
    const plain = await runPreset(policy, machines, ROWS, terms);
    const asked = await runPreset(policy, machines, ROWS, { ...terms, explain: ['a', 'job-1'] });
    expect(asked.log).toBe(plain.log);
    const histories = asked.explainer?.histories().jobs ?? [];
    expect(histories).toHaveLength(16);
    for (const { waited, entries } of histories) {
      const kinds = entries.map(({ kind }) => kind);
      if (waited !== null) expect(kinds).toContain('started');
      // Whoever waits was considered, or is told to have waited at the end.
      if (waited !== null && waited > 5) expect(kinds).toContain('waited');
    }
  });
});
