import { describe, expect, it } from 'vitest';
import { simulate } from './simulate-command.js';

describe('simulate schema', () => {
  it('lists the files that have a schema when none is named', () => {
    const { code, stdout } = simulate('schema');
    expect(code).toBe(0);
    for (const file of ['summary', 'scenario', 'submission']) expect(stdout).toMatch(`\n  ${file} `);
  });

  it('describes every top-level key of a scenario', () => {
    const schema = JSON.parse(simulate('schema', 'scenario', '--json').stdout);
    const keys = Object.entries<{ description?: string }>(schema.properties);
    expect(keys.filter(([, { description }]) => description === undefined)).toEqual([]);
    expect(simulate('schema', 'scenario').stdout).toMatch(/^seed \(text\) +seed of all random streams/m);
  });

  it('gives every number of a summary a unit', () => {
    const { stdout } = simulate('schema', 'summary', '--markdown');
    const numbers = stdout.split('\n').filter((line) => /^\| `[^|]*\|[^|]*(number|integer)/.test(line));
    expect(numbers.length).toBeGreaterThan(100);
    expect(numbers.filter((line) => /^\|[^|]*\|[^|]*\| +\|/.test(line))).toEqual([]);
  });
});
