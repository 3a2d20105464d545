import { describe, expect, it } from 'vitest';
import { MASTER_FEATURES } from '../../src/lab/policy-file/master-policy.js';
import { FRAMEWORK_CONTROLS } from '../../src/live/framework/control-loops.js';
import { FRAMEWORK_FEATURES } from '../../src/live/framework/hosted-scheduler.js';
import { OFFERED_FEATURES, SIMULATOR_FEATURES } from '../../src/sim/architectures/make-architecture.js';
import { SIMULATOR_CONTROLS } from '../../src/sim/elasticity/control-loops.js';
import { filesBelow, textOf } from '../project/sources.js';

const page = textOf('docs/policy-reference.md');

/** Features with a yes, or a condition, in each column of a table that has this number of hosts. */
function columns(hosts: number): string[][] {
  const row = new RegExp(`^\\| \`(\\w+)\` ${'\\| ([^|]+) '.repeat(hosts)}\\|$`, 'gm');
  const rows = [...page.matchAll(row)].filter(([, , first]) => first === 'yes' || first === 'no');
  return Array.from({ length: hosts }, (_, i) =>
    rows.filter((cells) => cells[i + 2] !== 'no').map(([, feature]) => feature),
  );
}

describe('the tables of hosts in docs/policy-reference.md', () => {
  it('have the features of each host for schedulers and allocators', () => {
    const hosts = [
      SIMULATOR_FEATURES,
      OFFERED_FEATURES,
      // A framework has memory with --state.
      [...FRAMEWORK_FEATURES, 'memory'],
      [...MASTER_FEATURES],
    ];
    expect(columns(4).map((one) => one.sort())).toEqual(hosts.map((one) => [...one].sort()));
  });

  it('have the features of each host for controllers', () => {
    const hosts = [SIMULATOR_CONTROLS, FRAMEWORK_CONTROLS];
    expect(columns(2).map((one) => one.sort())).toEqual(hosts.map((one) => [...one].sort()));
  });

  it('name every example', () => {
    for (const file of filesBelow('examples', '.ts')) expect(page).toContain(`](../${file})`);
  });
});
