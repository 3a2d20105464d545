import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { simulate, temporaryFolder } from './simulate-command.js';

const folder = temporaryFolder();

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const TRACE = file('jobs.csv', 'job_id,submit,duration,cpus\n1,0,1,1\n');
const OMEGA = file('omega.csv', 'workload,submitted,tasks,duration,cpus,mem\nBatch,1,1,1,1,1\n');
const MACHINES = ['--machines', '2x4cpu', '--policy', 'fcfs'];
const LONG = 'a'.repeat(300);

const MISTAKES: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['an unknown command', ['runn'], /unknown command "runn", expected one of run, .*; did you mean run\?/],
  ['an unknown subcommand', ['policy', 'lst'], /unknown command "lst", .*; did you mean list\?/],
  [
    'a missing argument',
    ['policy', 'show'],
    /policy: found nothing, expected a value, as in simulate policy show/,
  ],
  ['a missing list', ['compare'], /result: found nothing, expected a value/],
  ['an empty argument', ['compare', ''], /result: found nothing, expected a value/],
  ['a missing option', ['gate'], /--baseline: found nothing, expected a value/],
  ['another choice', ['--simultaneous', 'mergee'], /--simultaneous: found "mergee", .*did you mean merge\?/],
  ['a switch with a value', ['--json=maybe'], /--json: found "maybe", expected no value/],
  ['a negative number of machines', ['-m', '-5x16cpu'], /--machines: found "-5x16cpu", expected COUNTx/],
  ['a number as machines', ['-m', '20'], /--machines: found "20", expected COUNTx/],
  [
    'machines without cores',
    ['-m', '5x0cpu'],
    /--machines: found "5x0cpu", expected an amount of cpus above 0/,
  ],
  [
    'a parameter of an added service',
    ['--add', 'kafka:broker=2'],
    /--add: kafka has no parameter "broker", /,
  ],
  [
    'a value of an added service',
    ['--add', 'kafka:brokers=x'],
    /--add kafka:brokers: found "x", expected a whole/,
  ],
  [
    'a framework in a fault',
    ['--fault', 'at 1m: fail framework sprk'],
    /found "sprk", .*; did you mean spark\?/,
  ],
  [
    'a mistyped column of a trace',
    ['-m', '2x4cpu', '-t', file('capital.csv', 'job_id,submit,duration,cpus,Estimate\n1,0,1,1,9\n')],
    /capital\.csv:1: unknown column "Estimate"; did you mean estimate\?/,
  ],
  [
    'a packed trace without its ending',
    ['-t', file('packed.swf', gzipSync('1 2 3'))],
    /packed\.swf: is gzip data, but its name does not end with \.gz/,
  ],
  [
    'two bounds of one metric',
    ['compact', '--objective', 'taskWait.p95<=1m', '--objective', 'taskWait.p95<=2m'],
    /--objective: "taskWait\.p95<=" is given twice/,
  ],
  [
    'an instance without cores',
    ['--operation', 'at 1m: resize kafka with cpus=0'],
    /--operation cpus: found "0", expected an amount above 0/,
  ],
  [
    'a short option of trace generate',
    ['trace', 'generate', 'google-2011', '--scale', '0', '--out', join(folder, 'o.csv')],
    /--scale: found "0", expected a number from/,
  ],
  [
    'one file for a trace and its machines',
    [
      'trace',
      'generate',
      'smack',
      '--out',
      join(folder, 'o.csv'),
      '--machines-out',
      join(folder, '.', 'o.csv'),
    ],
    /--machines-out: ".*" is also the file of --out/,
  ],
  [
    'a parameter where there is none',
    ['trace', 'describe', OMEGA, '--set', 'foo=1'],
    /--set: unknown parameter "foo"; there are no parameters here/,
  ],
  [
    'an output over the trace',
    ['-t', TRACE, '--jobs-out', TRACE, ...MACHINES],
    /is also the file of --trace/,
  ],
  [
    'an output in the folder of results',
    ['-t', TRACE, '--out', join(folder, 'r'), '--jobs-out', join(folder, 'r', 'jobs.csv'), ...MACHINES],
    /--jobs-out: ".*" is also the file of --out/,
  ],
  [
    'an option of another study',
    ['reproduce', 'swf', '--cells', 'base'],
    /--cells: is an option of the study silos/,
  ],
  [
    'a cell of the full study',
    ['reproduce', 'silos', '--cells', 'base'],
    /--cells: the cell "base" needs --full/,
  ],
  [
    'a scenario that is not there',
    ['--scenario', 'nope.yaml'],
    /cannot be read \(there is no such file or folder\)/,
  ],
  ['a folder as a scenario', ['--scenario', folder], /cannot be read \(it is a folder\)/],
  ['a long name of a scenario', ['--scenario', LONG], /cannot be read \(the name is too long\)/],
  ['a long name of a policy', ['--policy', `./${LONG}.ts`], /cannot be read \(the name is too long\)/],
  ['a long name of a folder', ['--out', LONG, ...MACHINES], /cannot be written \(the name is too long\)/],
  [
    'a summary with a wrong type',
    ['compare', file('summary.json', '{"run": 3}')],
    /summary\.json: \S+: is not a summary of this version: found .*, expected /,
  ],
  [
    'machines with one name',
    ['-t', TRACE, '--policy', 'fcfs', '-m', file('twice.csv', 'name,cpus\na,4\na,4\n')],
    /twice\.csv:3: name: "a" is also the name of the machine of line 2/,
  ],
  [
    'a mistyped resource of machines',
    ['-t', TRACE, '--policy', 'fcfs', '-m', file('cpu.csv', 'name,cpu,mem\na,4,9\n')],
    /cpu\.csv:1: unknown resource column "cpu"; did you mean cpus\?/,
  ],
];

const SCENARIOS: readonly (readonly [string, string, RegExp])[] = [
  ['machines', 'machines: 20\n', /:1:1: machines: found "20", expected COUNTx/],
  ['both', 'trace: a.csv\nworkload: smack\n', /:1:1: trace: contradicts the workload/],
  ['seeds', 'seed: 1\nseeds: 1-3\n', /:2:1: seeds: contradicts the seed/],
  ['alias', 'policy: drf\nset:\n  interval: *nobody\n', /:3:13: Unresolved alias/],
  ['documents', 'policy: drf\n---\npolicy: drf\n', /:2:1: a second document begins here/],
  ['proto', 'policy: drf\n__proto__: 3\n', /:2:1: __proto__: is reserved/],
  ['policy', 'policy:\n  - easy\n  - drff\n', /:3:5: policy\.1, character 1: unknown policy "drff"/],
  ['weights', 'policy:\n  - drf(weights=sprk:2)\n', /:2:5: policy\.0, character 13: weights: found "sprk"/],
];

describe('mistakes of usage', () => {
  it.each(MISTAKES)('%s gets one line and exit code 2', (_what, args, message) => {
    const { code, stdout, stderr } = simulate(...args);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect([stdout, code]).toEqual(['', 2]);
  });

  it.each(SCENARIOS)('a scenario with %s is refused at its line', (name, text, message) => {
    const { code, stderr } = simulate('--scenario', file(`${name}.yaml`, text));
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('--');
    expect([code, stderr.trimEnd().split('\n')]).toEqual([2, [expect.anything()]]);
  });

  it('leave the files of the user as they are', () => {
    expect(readFileSync(TRACE, 'utf8')).toContain('1,0,1,1');
    expect(existsSync(join(folder, 'o.csv'))).toBe(false);
  });

  it('that have no effect get a note', () => {
    const script = ['--fault', 'at 3h: kill all', '--operation', 'at 1m: upgrade kafka with bad=999'];
    const { code, stderr } = simulate('--policy', 'fcfs', '--until', '10m', ...script);
    expect(stderr).toMatch(/note: "at 3h: kill all" is after the end of the run \(10m\) and has no effect\./);
    expect(stderr).toMatch(/bad=999 has no effect, because kafka has 40 instances\./);
    expect(code).toBe(0);
  });
});

describe('--json', () => {
  it.each([
    [['trace', 'validate', TRACE], { valid: true, format: 'csv', jobs: 1 }],
    [['trace', 'formats'], { formats: expect.arrayContaining([expect.objectContaining({ name: 'swf' })]) }],
  ])('of %j prints one document', (args, expected) => {
    const { code, stdout } = simulate(...args, '--json');
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining(expected)]);
  });
});
