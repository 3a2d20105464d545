import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { simulate, temporaryFolder } from './simulate-command.js';

const folder = temporaryFolder();

const SMALL = ['--quiet', '--until', '10m', '--machines', '60x16cpu/64GiB/4TiBdisk'];

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function policy(name: string, parameters = "{ kind: 'number', name: 'spare', default: 0, about: '' }") {
  const build = "build: () => ({ architecture: 'monolithic', scheduler: { name: 's', schedule() {} } })";
  return `export default { name: '${name}', parameters: [${parameters}], ${build} };\n`;
}

/** A policy file with this parameter. */
function withParameter(parameter: string): string {
  return file(`parameter-${count++}.mjs`, policy('p', parameter));
}

let count = 0;

const MINE = file('mine.mjs', policy('mine'));
const TWIN = file('twin.mjs', policy('mine'));

function expectMistake(args: readonly string[], message: RegExp): void {
  const { code, stdout, stderr } = simulate(...args);
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect([stdout, code]).toEqual(['', 2]);
}

describe('a policy file', () => {
  it.each([
    ['that exits while it is loaded', 'process.exit(0);', /process\.exit\(\), but it must return or throw/],
    [
      'that exits in a decision',
      "export default () => ({ name: 'x', schedule: () => process.exit(0) });",
      /process\.exit\(\), but it must return or throw/,
    ],
    [
      'that exits in a timer',
      "setTimeout(() => process.exit(0), 1); export default () => ({ name: 'x', schedule() {} });",
      /process\.exit\(\), but it must return or throw/,
    ],
    [
      'with an async schedule()',
      "export default () => ({ name: 'x', async schedule() { throw null; } });",
      /schedule\(\) returns a promise, but it must not be async/,
    ],
    [
      'that acts after its call',
      "export default () => ({ name: 'x', schedule(view, act) { Promise.resolve().then(() => act.start(view.queue.first, 0)); } });",
      /policy x acts outside of a call: actions count only during the call that got them/,
    ],
    [
      'that loads a module of Node',
      "const fs = process.getBuiltinModule('node:fs'); export default () => ({ name: 'x', schedule() {} });",
      /loads a module of Node, but it must decide by its view/,
    ],
    [
      'that replaces a method through which it would get the ledger',
      "export default () => ({ name: 'x', schedule(view) { Int32Array.prototype.__proto__.set = function () {}; view.whatIf; } });",
      /schedule\(\) failed at [\d.]+ s: Cannot assign to read only property 'set'/,
    ],
    [
      'that exports a class',
      'export default class { schedule() {} }',
      /default export is a class, expected a P/,
    ],
    ['with a name of other characters', policy('a/b'), /name: found "a\/b", expected letters, digits, /],
    ['with the name of a built-in policy', policy('drf'), /"drf" and ".*" have the same name "drf"/],
  ])('%s gets one line with its name and exit code 2', (what, source, message) => {
    const path = file(`${what.replaceAll(/[^a-z]+/g, '-')}.mjs`, source);
    expectMistake(['--policy', `drf,${path}`, ...SMALL], message);
  });

  it.each([
    [
      "{ kind: 'nmber', name: 'a', default: 1, about: '' }",
      /kind: found "nmber", expected one of duration, /,
    ],
    ["{ kind: 'number', name: 'a b', default: 1, about: '' }", /parameters\[0\]\.name: found "a b"/],
    ["{ kind: 'number', name: 'a', default: '1', about: '' }", /default: found "1", expected a number/],
    [
      "{ kind: 'number', name: 'a', default: 5, max: 3, about: '' }",
      /default: found "5", expected a number <= 3/,
    ],
    [
      "{ kind: 'number', name: 'a', default: 1, min: 3, max: 2, about: '' }",
      /min: found "3", expected at most max/,
    ],
    [
      "{ kind: 'duration', name: 'a', default: '5s', about: '' }",
      /default: found "5s", expected microseconds/,
    ],
    ["{ kind: 'choice', name: 'a', default: 'x', about: '' }", /choices: found nothing, expected a list/],
    [
      "{ kind: 'choice', name: 'a', choices: ['y'], default: 'x', about: '' }",
      /default: found "x", expected one/,
    ],
    [
      "{ kind: 'text', name: 'a', default: '', form: '', pattern: 'x', about: '' }",
      /expected a regular expression/,
    ],
    ["{ kind: 'number', name: 'a', default: 1 }", /about: found nothing, expected one sentence/],
  ])('with the parameter %s is refused', (parameter, message) => {
    expectMistake(['policy', 'show', withParameter(parameter)], message);
  });

  it('with the name of another one is refused, and itself with other arguments is not', () => {
    expectMistake(
      ['--policy', `${MINE},${TWIN}`, ...SMALL],
      /mine\.mjs" and ".*twin\.mjs" have the same name "mine"/,
    );
    const again = `${folder}/./mine.mjs(spare=1)`;
    const { code, stdout } = simulate('--policy', `${MINE},${again}`, ...SMALL);
    expect([code, stdout]).toEqual([0, expect.stringContaining('mine(spare=1)')]);
  });

  it('has a folder of its own, even if only other characters than letters differ', () => {
    const out = join(folder, 'out');
    const roles = ['spark:a/b', 'spark:a-b'].map((role) => `drf(roles='${role}')`).join(',');
    expect(simulate('--policy', roles, '--out', out, ...SMALL).code).toBe(0);
    const folders = readdirSync(out).filter((name) => name.startsWith('drf'));
    expect(folders.sort()).toEqual(['drf-roles=spark-a-b', 'drf-roles=spark-a-b-2']);
  });
});

describe('the arguments of a policy', () => {
  it.each([
    ['easy,drff', /--policy, character 6: unknown policy "drff"/],
    ['fcfs,drf( interval = 30x)', /character 22: interval: found "30x", expected a duration/],
    ['drf(weights=sprk:2)', /character 13: weights: found "sprk", .*; did you mean spark\?/],
    ['fcfs,silos(partitions=sprak:3)', /character 23: partitions: found "sprak", .*; did you mean spark\?/],
    [
      'easy(reservations=hpc@2h-4h:10)',
      /character 19: reservations: found "hpc", expected one of the frameworks/,
    ],
    ['easy(preemption=lower-band,bands=100,200)', /a comma or = needs quotes: bands="100,200"/],
    ['drf(guarantees=eng:cpus=1)', /found "=", .*needs quotes: guarantees="eng:cpus=/],
  ])('%s is refused at its character', (text, message) => {
    expectMistake(['--policy', text, ...SMALL], message);
  });

  it('may be given to policy show and policy check', () => {
    const { stdout } = simulate('policy', 'show', 'drf(interval=3s)', '--json');
    expect(JSON.parse(stdout).parameters).toContainEqual(
      expect.objectContaining({ name: 'interval', value: '3s' }),
    );
    const checked = simulate('policy', 'check', 'fcfs(placement=best-fit)', '--runs', '3', '--json');
    expect(JSON.parse(checked.stdout)).toMatchObject({ policy: 'fcfs', runs: 3, counterexample: null });
  });

  it.each([
    [['policy', 'show', 'drff'], /^simulate: policy, character 1: unknown policy/],
    [['policy', 'check', 'drff'], /^simulate: policy, character 1: unknown policy/],
    [['policy', 'check', 'drf', '--runs', 'abc'], /--runs: found "abc", expected a whole number/],
    [['policy', 'new', 'drf'], /name: "drf" is the name of a built-in policy/],
  ])('%j is refused by its own name', (args, message) => {
    expectMistake(args, message);
  });
});

describe('simulate gate', () => {
  const [ofDrf, ofFile] = [join(folder, 'drf'), join(folder, 'file')];

  beforeAll(() => {
    mkdirSync(ofFile);
    simulate('--policy', 'drf', '--out', ofDrf, ...SMALL);
    simulate('--policy', `${MINE}(spare=1)`, '--out', ofFile, ...SMALL);
  });

  it.each([
    [['--policy', 'drf(interval=3s)'], /--policy, character 1: "drf" is built in/],
    [['--policy', MINE], /the baseline has no policy "mine" of .*, expected one of drf/],
    [['--trace', 'nofile'], /--trace: the baseline replays no trace/],
    [['--machines', 'nofile'], /--machines: the baseline uses no machines file/],
    [['--set', 'interval=3'], /--set interval: is not a parameter of the baseline that names a file/],
    [['--tolerance', 'wait.p95=5%', '--tolerance', 'wait.p95=6%'], /--tolerance: "wait\.p95" is given twice/],
    [['--tolerance', 'wait.p59=5%'], /found "wait\.p59", expected a metric .*; did you mean wait\.p5/],
  ])('of a built-in policy refuses %j', (options, message) => {
    expectMistake(['gate', '--baseline', ofDrf, ...options], message);
  });

  it('needs the file of a policy without its arguments', () => {
    expectMistake(['gate', '--baseline', ofFile], /the policy "mine", which is not built in; give its file/);
    expectMistake(
      ['gate', '--baseline', ofFile, '--policy', `${MINE}(spare=0.9)`],
      /an argument of .*mine\.mjs/,
    );
    expectMistake(['gate', '--baseline', ofFile, '--policy', `${MINE},${TWIN}`], /the same name "mine"/);
    expect(simulate('gate', '--baseline', ofFile, '--policy', MINE).code).toBe(0);
  });
});
