import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromSeconds, InputError, ParameterValues } from '../../src/model/index.js';
import { omegaStudy } from '../../src/studies/omega/omega.js';
import { readOmegaCases } from '../../src/studies/omega/omega-cases.js';
import { SampledLevel } from '../../src/studies/omega/omega-statistics.js';
import { DATA } from '../reference-data.js';

const TRACE = `workload,submitted,tasks,duration,cpus,mem
Batch,1.5,2,100,1.0,2.0
Batch,1.75,4,3,1.0,2.0
Service,1.5,1,100,1.0,2.0
`;

const DECISION_TIMES = { Batch: { perJob: 1, perTask: 0.5 }, Service: { perJob: 2, perTask: 0 } };

const CASE = {
  id: 'small',
  trace: 'trace.csv',
  horizonSeconds: 20,
  machines: { count: 2, cpus: 2, memGiB: 16 },
  architecture: 'monolithic',
  thinkTimeSeconds: DECISION_TIMES,
  expect: { jobs: 3 },
  tolerance: 0.001,
};

/** A file of cases, with its trace beside it. */
function casesFile(cases: unknown, trace = TRACE): string {
  const folder = mkdtempSync(join(tmpdir(), 'fairground-omega-'));
  writeFileSync(join(folder, 'trace.csv'), trace);
  const file = join(folder, 'cases.json');
  writeFileSync(file, typeof cases === 'string' ? cases : JSON.stringify(cases));
  return file;
}

function checksOf(file: string, seeds = 1) {
  const settings = new ParameterValues(omegaStudy.parameters, { cases: file, 'placement-seeds': seeds });
  return omegaStudy.run({ data: undefined, settings, progress: () => {} });
}

/** What our run of a case gives for some figures, as the study prints it. */
async function ours(changes: object, figures: object): Promise<Record<string, string>> {
  const checks = await checksOf(casesFile([{ ...CASE, ...changes, expect: figures }]));
  return Object.fromEntries(checks.map(({ what, ours }) => [what.replace('small: ', ''), ours]));
}

const EACH = { Batch: 0, Service: 0 };

describe('the omega study', () => {
  it('measures a monolithic run as the peer does: waits without thought, busy only where something was placed', async () => {
    const figures = {
      tasksPlaced: 0,
      busy: { scheduler: 0 },
      waitMean: EACH,
      waitP90: EACH,
      queueUntilFullMean: EACH,
      attemptsMean: EACH,
      utilizationCpus: 0,
    };
    // Batch-1 from 1.5 to 3.5; Service to 5.5; Batch-2 (waits 3.75 s) to 8.5 finds one of four cpus, and again at 9.5 …
    const found = await ours({}, figures);
    expect(found).toMatchObject({
      'waitMean.Batch': '1.875',
      'waitP90.Batch': '0',
      'waitMean.Service': '2',
      'queueUntilFullMean.Service': '2',
      'attemptsMean.Service': '1',
    });
    expect(Number(found['attemptsMean.Batch'])).toBeGreaterThan(1);
  });

  it('runs the two-level architecture from the settings of the case', async () => {
    const twoLevel = { allocatorThinkSeconds: 0.25, offerIntervalSeconds: 1, minimumOfferCpus: 1 };
    const found = await ours(
      { architecture: 'two-level', twoLevel },
      { waitMean: EACH, busy: EACH, lockedCpus: 0, jobs: 0 },
    );
    // The first round is at 2.5: the offer of four cpus reaches Batch at 2.75, and its two jobs come to nothing more than that.
    expect(found).toMatchObject({ jobs: '3', 'waitMean.Batch': '1.125' });
    expect(Number(found.lockedCpus)).toBeGreaterThan(0);
  });

  it('runs shared state from the settings of the case, and compares the mean over placement seeds', async () => {
    const sharedState = {
      conflict: 'sequence-numbers',
      transaction: 'all-or-nothing',
      schedulers: { Batch: 2, Service: 1 },
    };
    const expected = { waitMean: { Batch: [0, 0], Service: 0 }, conflictFraction: { Batch: [0, 9] } };
    const file = casesFile([
      { ...CASE, architecture: 'shared-state', sharedState, expect: expected, tolerance: 'ranges' },
    ]);
    const checks = await checksOf(file, 3);
    expect(checks.map(({ passed }) => passed)).toEqual([true, true, true]);
    expect(checks[0].published).toBe('0 .. 0');
  });

  it('says how far a figure is off, and fails it beyond its tolerance', async () => {
    const [check] = await checksOf(casesFile([{ ...CASE, expect: { jobs: 4 } }]));
    expect(check).toEqual({
      what: 'small: jobs',
      published: '4',
      ours: '3',
      difference: '-25.000 %',
      passed: false,
    });
    const [near] = await checksOf(casesFile([{ ...CASE, expect: { jobs: 4 }, tolerance: 0.25 }]));
    expect(near.passed).toBe(true);
    const [range] = await checksOf(casesFile([{ ...CASE, expect: { jobs: [4, 5] } }]));
    expect(range).toMatchObject({ published: '4 .. 5', difference: '1 below', passed: false });
  });
});

describe('a file of cases', () => {
  const without = (key: string) => Object.fromEntries(Object.entries(CASE).filter(([name]) => name !== key));
  const sharedState = { conflict: 'resource-fit', transaction: 'incremental', schedulers: { Batch: 1 } };

  it.each([
    ['a missing field', without('horizonSeconds'), 'small.horizonSeconds: is missing'],
    ['a case without a name', { ...without('id'), trace: 7 }, 'case 1.id: is missing'],
    ['an unknown field', { ...CASE, warp: 9 }, 'small.warp: unknown field'],
    ['an unknown figure', { ...CASE, expect: { jobz: 1 } }, 'small.expect.jobz: unknown field'],
    [
      'a part of a part that is missing',
      { ...CASE, thinkTimeSeconds: { ...DECISION_TIMES, Batch: { perJob: 1 } } },
      'small.thinkTimeSeconds.Batch.perTask: is missing',
    ],
    ['settings of another architecture', { ...CASE, sharedState }, 'small.sharedState: unknown field'],
    ['no settings of its own', { ...CASE, architecture: 'two-level' }, 'small.twoLevel: is missing'],
    [
      'an unknown architecture',
      { ...CASE, architecture: 'quantum' },
      'small.architecture: found "quantum", expected one of monolithic, two-level, shared-state',
    ],
    [
      'a negative time',
      { ...CASE, thinkTimeSeconds: { ...DECISION_TIMES, Batch: { perJob: -1, perTask: 0 } } },
      'small.thinkTimeSeconds.Batch.perJob: found "-1", expected a value >= 0',
    ],
    [
      'text for a number',
      { ...CASE, machines: { count: 'many', cpus: 1, memGiB: 1 } },
      'small.machines.count: found "many", expected a value of type number',
    ],
    [
      'an unknown way to find conflicts',
      { ...CASE, architecture: 'shared-state', sharedState: { ...sharedState, conflict: 'dice' } },
      'small.sharedState.conflict: found "dice", expected one of resource-fit, sequence-numbers',
    ],
  ])('with %s is refused in one line that names file, case and field', (_what, value, problem) => {
    const file = casesFile([value]);
    expect(() => readOmegaCases(file)).toThrow(InputError);
    expect(() => readOmegaCases(file)).toThrow(`${file}: ${problem}`);
  });

  it('must speak of every workload of its trace', async () => {
    const lone = { ...CASE, thinkTimeSeconds: { Batch: DECISION_TIMES.Batch } };
    await expect(checksOf(casesFile([lone]))).rejects.toThrow('small.thinkTimeSeconds.Service: is missing');
    const few = { ...CASE, architecture: 'shared-state', sharedState };
    await expect(checksOf(casesFile([few]))).rejects.toThrow(
      'small.sharedState.schedulers.Service: is missing',
    );
  });

  it('may speak of workloads that its trace does not have', async () => {
    const more = { ...CASE, thinkTimeSeconds: { ...DECISION_TIMES, Night: { perJob: 1, perTask: 1 } } };
    const [check] = await checksOf(casesFile([more]));
    expect(check.passed).toBe(true);
  });

  it.each([
    ['not JSON', '{', 'is not JSON'],
    ['no list', '{}', 'expected a list with at least one case'],
    ['an empty list', '[]', 'expected a list with at least one case'],
  ])('that is %s is refused', (_what, text, problem) => {
    expect(() => readOmegaCases(casesFile(text))).toThrow(problem);
  });

  it('that is not there is refused', () => {
    expect(() => readOmegaCases('/nowhere/cases.json')).toThrow('/nowhere/cases.json: file not found');
  });
});

describe('a level that is sampled at whole seconds', () => {
  it('is what a look at each second would find', () => {
    const level = new SampledLevel();
    level.set(4, fromSeconds(0.5));
    level.set(1, fromSeconds(2.25));
    level.set(7, fromSeconds(2.75));
    level.close(fromSeconds(4));
    // At 0, 1, 2, 3 and 4 s.
    expect(level.mean).toBe((0 + 4 + 4 + 7 + 7) / 5);
  });
});

describe.skipIf(DATA === undefined)('the cases of the reference data', () => {
  it('hold within the tolerance that each states', async () => {
    const file = join(DATA as string, 'omega', 'cases.json');
    // One seed here keeps the test short; `simulate reproduce omega` takes five.
    const checks = await checksOf(file, 1);
    expect(checks.length).toBeGreaterThan(60);
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveLength(6);
  });
});
