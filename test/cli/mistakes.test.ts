import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT, simulate, temporaryFolder } from './simulate-command.js';

const folder = temporaryFolder();

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const MISTAKES: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['a policy that is nearly named', ['--policy', 'drff'], /unknown policy "drff", .*; did you mean drf\?/],
  ['a workload that is nearly named', ['--workload', 'smak'], /; did you mean smack\?/],
  ['a preset that is nearly named', ['--failures', 'lanl5'], /; did you mean lanl05\?/],
  ['a service that is nearly named', ['--add', 'kafkaa'], /; did you mean kafka\?/],
  ['a study that is nearly named', ['reproduce', 'mesoss'], /; did you mean mesos\?/],
  [
    'a choice that is nearly named',
    ['--policy', 'drf(placement=best-fitt)'],
    /character 15: placement: .*; did you mean best-fit\?/,
  ],
  ['an option that is nearly named', ['--polcy', 'drf'], /Unknown argument: polcy; did you mean --policy\? /],
  ['an option of two words', ['--jobs-ot', 'x'], /Unknown argument: jobs-ot; did you mean --jobs-out\? /],
  [
    'a setting with the name of a property of every object',
    ['--policy', 'drf', '--set', 'toString=3'],
    /--set: unknown parameter "toString"/,
  ],
  ['a list as a key', ['--scenario', file('key.yaml', '? [a, b]\n: 3\n')], /\[ a, b \]: unknown key/],
  ['an option twice under its letter', ['-p', 'drf', '-p', 'easy'], /^simulate: --policy: is given twice/],
  ['an argument behind two dashes', ['--', 'drf'], /Unknown argument: drf/],
  ['an output folder without a name', ['--out', ''], /--out: found nothing, expected a value/],
  ['a trace without a name', ['--trace', ''], /--trace: found nothing, expected a value/],
  ['a setting without a value', ['--set'], /--set: found nothing, expected a value/],
  [
    'two outputs in one file',
    ['--policy', 'fcfs', '--jobs-out', join(folder, 'a.csv'), '--events-out', join(folder, '.', 'a.csv')],
    /--events-out: ".*" is also the file of --jobs-out/,
  ],
  [
    'a time beyond the clock',
    ['--until', '1000000000d'],
    /--until: found "1000000000d", .*at most 285 years/,
  ],
  [
    'an alias without an anchor',
    ['--scenario', file('alias.yaml', 'set: *nobody\n')],
    /alias\.yaml:1:6: Unresolved alias/,
  ],
  [
    'a scenario without a policy in its list',
    ['--scenario', file('empty.yaml', 'policy: []\n')],
    /empty\.yaml:1:1: policy: found a list, expected a value that is not empty/,
  ],
  ['a folder as a policy file', ['--policy', folder], /: is a folder, expected a policy file/],
  [
    'a policy file that throws null',
    ['--policy', file('null.mjs', 'throw null;\n')],
    /null\.mjs: cannot be loaded: null/,
  ],
  [
    'a policy whose name is a number',
    ['--policy', file('named.mjs', 'export default { name: 5, build() {} };\n')],
    /named\.mjs: name: found "5", expected the name of the policy as text/,
  ],
  [
    'a policy with a parameter that is none',
    ['--policy', file('parameter.mjs', 'export default { parameters: [null], build() {} };\n')],
    /parameter\.mjs: parameters\[0\]: found "null", expected a parameter with kind, name, default and about/,
  ],
];

describe('mistakes in names, values and files', () => {
  it.each(MISTAKES)('%s gets one line and exit code 2', (_what, args, message) => {
    const { code, stdout, stderr } = simulate(...args);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect([stdout, code]).toEqual(['', 2]);
  });

  it('a failed run leaves no folder that it made for its files', () => {
    const made = join(folder, 'made');
    const { code } = simulate(
      '--policy',
      'test/cli/policies/throws.ts',
      '--jobs-out',
      join(made, 'jobs', 'j.csv'),
      '--report',
      join(made, 'r.html'),
    );
    expect([code, existsSync(made)]).toEqual([2, false]);
  });

  it('a defect exits with 70', () => {
    const broken = "data:text/javascript,JSON.stringify = () => { throw new Error('broken'); }";
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--import', broken, join(PROJECT, 'dist', 'cli.js'), 'policy', 'list', '--json'],
      { encoding: 'utf8' },
    );
    expect(stderr).toMatch(/^simulate: a defect in Fairground \(broken\)/);
    expect(status).toBe(70);
  });
});
