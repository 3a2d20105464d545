import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rehearse } from '../../../src/lab/rehearsal/rehearse.js';
import { fromSeconds } from '../../../src/model/index.js';
import { POLICIES } from '../../../src/policies/registry.js';

/** Two waves of six jobs on six cores, so that jobs wait; one is a gang. */
function twoWaves(): string {
  const lines = ['job_id,submit,duration,cpus,mem,tasks,gang,priority'];
  for (const wave of [0, 1])
    for (let i = 0; i < 6; i++)
      lines.push(
        `w${wave}-${i},${wave * 12},${6 + 2 * i},${1 + (i % 2)},64,${i === 3 ? 2 : 1},${i === 3 ? 1 : 0},1`,
      );
  const path = join(mkdtempSync(join(tmpdir(), 'fairground-rehearsal-')), 'two-waves.csv');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** Settings without which a policy cannot run on a master. */
const NEEDED: Readonly<Record<string, string>> = { silos: "silos(partitions='default:3')" };

describe('every policy of the registry', () => {
  it.each(POLICIES.map(({ name }) => name))(
    'runs on three real agents and decides again the same in virtual time, or is refused by name: %s',
    { timeout: 60_000 },
    async (name) => {
      const workload = { kind: 'trace', path: twoWaves() } as const;
      const spec = {
        policy: NEEDED[name] ?? name,
        workload,
        machines: '3x2cpu/1GiB',
        seed: '1',
        set: {},
      };
      const rehearsal = rehearse(spec, { compress: 60, overhead: fromSeconds(0.5), report: () => undefined });
      if (['monolithic', 'whole-cell-offers', 'omega', 'sparrow'].includes(name)) {
        await expect(rehearsal).rejects.toThrow(`${name} is a model of another kind of master`);
        return;
      }
      const { difference, starts } = await rehearsal;
      expect(difference).toBeUndefined();
      expect(starts).toBe(14);
    },
  );
});
