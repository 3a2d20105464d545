import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { InputError, ParameterValues } from '../../src/model/index.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { mesosStudy } from '../../src/studies/mesos/mesos.js';
import { runScenario } from '../../src/studies/mesos/run-scenario.js';
import { readScenarios } from '../../src/studies/mesos/scenario-file.js';
import type { Check } from '../../src/studies/study.js';
import { DATA } from '../reference-data.js';

const FILE = join(DATA ?? '', 'mesos', 'allocator-scenarios.json');
const SCENARIOS = DATA === undefined ? [] : readScenarios(FILE);

describe.skipIf(DATA === undefined)('the allocator scenarios of Apache Mesos', () => {
  it.each(SCENARIOS.map((scenario) => [scenario.id, scenario] as const))(
    '%s comes out, whatever order the agents are drawn in',
    (_, scenario) => {
      for (let seed = 1; seed <= 20; seed++)
        expect(runScenario(scenario, FILE, new RandomStreams(seed).stream('agents'))).toEqual([]);
    },
  );

  it('are all run by the study', async () => {
    const checks = await study('', DATA);
    expect(checks.filter(({ passed }) => passed)).toHaveLength(28);
    expect(checks).toHaveLength(28);
  });
});

function study(scenarios: string, data?: string): Promise<readonly Check[]> {
  const settings = new ParameterValues(mesosStudy.parameters, { scenarios });
  return mesosStudy.run({ settings, data, progress: () => {} });
}

function fileOf(content: unknown): string {
  const file = join(mkdtempSync(join(tmpdir(), 'scenarios-')), 'mine.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const AGENT = { do: 'addAgent', a: 'a1', total: 'cpus:1;mem:100', expect: [] };
const FRAMEWORK = {
  do: 'addFramework',
  f: 'f1',
  roles: ['r'],
  expect: [['f1', 'r', 'a1', 'mem:100;cpus:1']],
};

describe('a file of scenarios', () => {
  test('needs no reference data', () => {
    expect(mesosStudy.needsData(new ParameterValues(mesosStudy.parameters, { scenarios: 'x.json' }))).toBe(
      false,
    );
    expect(mesosStudy.needsData(new ParameterValues(mesosStudy.parameters))).toBe(true);
  });

  test('is run whatever order its offers and their resources are written in', async () => {
    expect(await study(fileOf([{ id: 'M1', upstream: 'Mine', why: '', steps: [AGENT, FRAMEWORK] }]))).toEqual(
      [{ what: 'M1 Mine', published: '2 steps', ours: 'as specified', difference: 'none', passed: true }],
    );
  });

  test('has each difference printed: the step, what was expected, what was offered', async () => {
    const wrong = { ...FRAMEWORK, expect: [['f1', 'r', 'a1', 'cpus:1']] };
    const sorter = [
      { do: 'total', total: 'cpus:10' },
      { do: 'add', client: 'b' },
      { do: 'add', client: 'a' },
      { do: 'sort', expect: ['b', 'a'] },
    ];
    const checks = await study(
      fileOf([
        { id: 'M1', steps: [AGENT, wrong] },
        { id: 'M2', steps: sorter },
      ]),
    );
    expect(checks.map(({ what, published, ours, passed }) => ({ what, published, ours, passed }))).toEqual([
      {
        what: 'M1, step 2 (addFramework f1)',
        published: 'f1 r a1 cpus:1',
        ours: 'f1 r a1 cpus:1;mem:100',
        passed: false,
      },
      { what: 'M2, step 4 (sort)', published: 'b a', ours: 'a b', passed: false },
    ]);
  });

  const steps = (...more: readonly object[]) => [{ id: 'M1', steps: more }];
  const held = { do: 'recover', f: 'f1', role: 'r', a: 'a1', res: 'cpus:2', expect: [] };
  test.each([
    ['is not JSON', '[{', /mine\.json: is not JSON/],
    ['is not a list', {}, /mine\.json: expected a list of scenarios/],
    ['is empty', [], /mine\.json: contains no scenario/],
    ['has a scenario without an id', [{ steps: [] }], /mine\.json: scenario number 1, id: missing field/],
    ['has a scenario without steps', [{ id: 'M1' }], /scenario M1, steps: missing field/],
    [
      'has a scenario with an unknown field',
      [{ id: 'M1', steps: [], note: '' }],
      /scenario M1, note: unknown field/,
    ],
    [
      'has a step with an unknown field',
      steps({ ...AGENT, colour: 1 }),
      /scenario M1, step 1 \(addAgent\), colour: unknown field/,
    ],
    [
      'has a step without a field',
      steps({ do: 'addAgent', a: 'a1', expect: [] }),
      /step 1 \(addAgent\), total: missing field/,
    ],
    [
      'has a step without its outcome',
      steps({ do: 'returnAll' }),
      /step 1 \(returnAll\), expect: expected either expect or expectTotals/,
    ],
    ['has a step without a word', steps({ a: 'a1' }), /scenario M1, step 1, do: missing field/],
    [
      'has an unknown step',
      steps({ do: 'addAgents' }),
      /step 1 \(addAgents\), do: found "addAgents", expected one of total, add/,
    ],
    [
      'has resources that cannot be read',
      steps({ ...AGENT, total: 'cpus=1' }),
      /step 1 \(addAgent\), total: found "cpus=1", expected name:amount/,
    ],
    [
      'has an offer that is cut short',
      steps({ ...AGENT, expect: [['f1', 'r']] }),
      /step 1 \(addAgent\), expect\.0/,
    ],
    [
      'has an amount that is no decimal',
      steps({ ...AGENT, total: 'cpus:1e3' }),
      /found "1e3", expected a decimal/,
    ],
    [
      'has ranges the wrong way round',
      steps({ ...AGENT, total: 'ports:[9-1]' }),
      /found "\[9-1\]", expected ranges/,
    ],
    [
      'refines a reservation sideways',
      steps({ ...AGENT, total: 'cpus(a,b):1' }),
      /found "a,b", expected a role/,
    ],
    [
      'speaks to a sorter and an allocator at once',
      steps(AGENT, { do: 'sort', expect: [] }),
      /step 2 \(sort\): a scenario cannot mix sorter steps and allocator steps/,
    ],
    [
      'names an agent that does not exist',
      steps({ do: 'removeAgent', a: 'a1', expect: [] }),
      /step 1 \(removeAgent\), a: agent a1 does not exist/,
    ],
    ['adds an agent twice', steps(AGENT, AGENT), /step 2 \(addAgent\), a: agent a1 already exists/],
    [
      'names a framework that does not exist',
      steps({ do: 'suppress', f: 'f1', expect: [] }),
      /f: framework f1 does not exist/,
    ],
    [
      'returns what nobody holds',
      steps(AGENT, FRAMEWORK, held),
      /step 3 \(recover\), res: f1 holds only cpus:1;mem:100 of a1 in role r/,
    ],
    [
      'gives quota to a nested role',
      steps({ do: 'setQuota', role: 'a/b', guarantee: '', limit: '', expect: [] }),
      /role: found "a\/b", expected a top-level role/,
    ],
    [
      'names a client that does not exist',
      steps({ do: 'remove', client: 'a' }),
      /step 1 \(remove\): client a does not exist/,
    ],
  ])('that %s is refused in one line', async (_, content, message) => {
    const error = await study(fileOf(content)).then(
      () => undefined,
      (thrown: unknown) => thrown as Error,
    );
    expect(error).toBeInstanceOf(InputError);
    expect(error?.message).toMatch(message);
    expect(error?.message).toMatch(/mine\.json: /);
    expect(error?.message).not.toContain('\n');
  });

  test('that is not there is refused by name', async () => {
    await expect(study('/nowhere/mine.json')).rejects.toThrow('/nowhere/mine.json: cannot be read (ENOENT)');
  });
});
