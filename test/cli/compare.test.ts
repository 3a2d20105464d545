import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { differingParts } from '../../src/results/named-results.js';
import { simulate, temporaryFolder } from './simulate-command.js';

describe('the part of a path that differs', () => {
  it.each([
    [
      ['/results/before', '/results/after'],
      ['before', 'after'],
    ],
    [
      ['out/a/summary.json', 'out/b/summary.json'],
      ['a', 'b'],
    ],
    [
      ['out/monday/drf/', 'out/friday/drf'],
      ['monday', 'friday'],
    ],
    [
      ['out', 'out/drf'],
      ['out', 'drf'],
    ],
    [
      ['out', 'out'],
      ['out', 'out'],
    ],
    [['out/drf'], ['']],
  ])('of %j is %j', (paths, parts) => {
    expect(differingParts(paths)).toEqual(parts);
  });
});

describe('simulate compare', () => {
  const folder = temporaryFolder();
  const columnsOf = (...names: string[]) =>
    JSON.parse(
      simulate('compare', ...names.map((name) => join(folder, name)), '--json').stdout,
    ).comparison.columns.map(({ name }: { name: string }) => name);

  beforeAll(() => {
    const { stdout } = simulate('--policy', 'fcfs', '--until', '10m', '--json');
    for (const name of ['before', 'after', 'fcfs']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'summary.json'), stdout);
    }
  });

  it('names a column after what differs in the paths, and after the policy', () => {
    expect(columnsOf('before', 'after')).toEqual(['before: fcfs', 'after: fcfs']);
    expect(columnsOf('before', 'fcfs')).toEqual(['before: fcfs', 'fcfs']);
    expect(columnsOf('before')).toEqual(['fcfs']);
  });
});
