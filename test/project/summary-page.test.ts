import { describe, expect, it } from 'vitest';
import { smackRecords } from '../report/records.js';
import { textOf } from './sources.js';

/** Paths of the fields in the tables of docs/summary.md, as patterns: `<name>` matches any key. */
const FIELDS = [...textOf('docs/summary.md').matchAll(/^\| `([^`]+)` \|/gm)].map(
  ([, path]) =>
    new RegExp(
      `^${path
        .split('<name>')
        .map((part) => part.replace(/[.[\]]/g, '\\$&'))
        .join('.+')}$`,
    ),
);

function pathsOf(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((entry) => pathsOf(entry, `${path}[]`))];
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([name, field]) =>
    pathsOf(field, path === '' ? name : `${path}.${name}`),
  );
  return path === '' ? inner : [path, ...inner];
}

describe('docs/summary.md', () => {
  it('has a row for every field of a summary', async () => {
    const [{ summary }] = await smackRecords(['drf']);
    const paths = pathsOf(summary, '');
    expect(paths.length).toBeGreaterThan(100);
    expect(paths.filter((path) => !FIELDS.some((field) => field.test(path)))).toEqual([]);
  });

  it('gives the unit of waits, shares and counts', () => {
    const page = textOf('docs/summary.md');
    expect(page).toContain('| `wait.p95` | number or null | s |');
    expect(page).toContain('| `utilization.<name>.allocated.mean` | number | share |');
    expect(page).toContain('| `jobs.submitted` | integer | count |');
  });
});
