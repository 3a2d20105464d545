import { beforeAll, describe, expect, it } from 'vitest';
import { type GatedMetric, gate, parseTolerance, specOf, type Tolerance } from '../../src/lab/gate/gate.js';
import type { Summary } from '../../src/metrics/catalogue/catalogue.js';
import { metricsOf, metricValue } from '../../src/results/metric.js';
import { smallSpec, summaryOf } from './small-runs.js';

let real: Summary;

beforeAll(async () => {
  real = await summaryOf(smallSpec());
});

/** What a test says of a run. */
interface Sketch {
  readonly policy?: string;
  readonly seed?: string;
  /** Mean wait of jobs, s: less is better. */
  readonly wait?: number;
  /** Share of the CPU allocated: more is better. */
  readonly allocated?: number;
  /** Offers made: neither is better. */
  readonly offers?: number;
  readonly sha256?: string;
}

/** A summary that is like a real one but for what the sketch says. */
function summary({
  policy = 'drf',
  seed = '1',
  wait = 100,
  allocated = 0.5,
  offers = 9,
  sha256,
}: Sketch): Summary {
  const copy = structuredClone(real);
  copy.run.policy.name = policy;
  copy.run.seed = seed;
  if (sha256 !== undefined) copy.run.workload.sha256 = sha256;
  copy.wait.mean = wait;
  copy.utilization.cpus.allocated.mean = allocated;
  copy.offers.made = offers;
  return copy;
}

const WAIT = 'wait.mean';
const ALLOCATED = 'utilization.cpus.allocated.mean';

function gated(
  before: readonly Sketch[],
  after: readonly Sketch[],
  key: string,
  tolerances: readonly string[] = [],
): GatedMetric {
  const all = gate(before.map(summary), after.map(summary), new Map(tolerances.map(parseTolerance)));
  const found = all.filter(({ metric }) => metric.key === key);
  expect(found).toHaveLength(1);
  return found[0];
}

const verdictOf = (before: Sketch, after: Sketch, key: string, ...tolerances: string[]) =>
  gated([before], [after], key, tolerances).verdict;

/** Runs over these seeds, each with its own mean wait. */
const overSeeds = (waits: readonly number[]): Sketch[] =>
  waits.map((wait, i) => ({ wait, seed: String(i + 1) }));

describe('the gate on one seed', () => {
  it('finds a run that repeats itself the same in every metric', () => {
    const all = gate([real], [real], new Map());
    expect(all.length).toBeGreaterThan(30);
    expect(new Set(all.map(({ verdict }) => verdict))).toEqual(new Set(['same']));
    const known = metricsOf(real).filter(({ key }) => metricValue(real, key) !== undefined);
    expect(all.map(({ metric }) => metric.key)).toEqual(known.map(({ key }) => key));
  });

  it.each([
    [100, 'same'],
    [99.9, 'better'],
    [104.9, 'within'],
    [105, 'within'],
    [105.1, 'worse'],
  ])(
    'judges a wait of %d s after 100 s as %s: less is better, and a twentieth more is allowed',
    (wait, verdict) => {
      expect(verdictOf({ wait: 100 }, { wait }, WAIT)).toBe(verdict);
    },
  );

  it.each([
    [0.5, 'same'],
    [0.51, 'better'],
    [0.476, 'within'],
    [0.474, 'worse'],
  ])('judges %d of the CPU allocated after 0.5 as %s: more is better', (allocated, verdict) => {
    expect(verdictOf({ allocated: 0.5 }, { allocated }, ALLOCATED)).toBe(verdict);
  });

  it('lets what only describes a run be whatever it is', () => {
    expect(verdictOf({ offers: 10 }, { offers: 10_000 }, 'offers.made')).toBe('within');
    expect(verdictOf({ offers: 10 }, { offers: 10 }, 'offers.made')).toBe('same');
  });

  it.each([
    [['wait.mean=10%'], 109, 'within'],
    [['wait.mean=10%'], 111, 'worse'],
    [['wait.mean=20'], 119, 'within'],
    [['wait.mean=20'], 121, 'worse'],
    [['wait=20%'], 119, 'within'],
    [['wait=20%', 'wait.mean=1%'], 102, 'worse'],
    [['wait.mean=1%', 'wait=20%'], 102, 'worse'],
    [['10%'], 109, 'within'],
    [['10%', 'wait=1%'], 109, 'worse'],
    [['wait=0'], 100.001, 'worse'],
    [['0%'], 100.001, 'worse'],
    [['taskWait=50%'], 106, 'worse'],
    [['wait.p95=50%'], 106, 'worse'],
  ])('with the tolerances %j judges a wait of %d s after 100 s as %s', (tolerances, wait, verdict) => {
    expect(verdictOf({ wait: 100 }, { wait }, WAIT, ...tolerances)).toBe(verdict);
  });

  it('takes any wait after none for worse, unless an amount is allowed', () => {
    expect(verdictOf({ wait: 0 }, { wait: 0.01 }, WAIT)).toBe('worse');
    expect(verdictOf({ wait: 0 }, { wait: 0.01 }, WAIT, 'wait=0.1')).toBe('within');
  });

  it('says what was, what is, by how much, and what would have been allowed', () => {
    const { baseline, now, difference, tolerance, policy } = gated([{ wait: 100 }], [{ wait: 112 }], WAIT, [
      'wait=3',
    ]);
    expect({ baseline, now, difference, tolerance, policy }).toEqual({
      baseline: 100,
      now: 112,
      difference: { count: 1, mean: 12, halfWidth: undefined },
      tolerance: { kind: 'absolute', amount: 3 },
      policy: 'drf',
    });
  });

  it('leaves out a metric that the run does not have', () => {
    const without = structuredClone(real);
    without.wait.mean = null;
    const keys = gate([without], [real], new Map()).map(({ metric }) => metric.key);
    expect(keys).not.toContain(WAIT);
    expect(keys).toContain('wait.p95');
  });
});

describe('the gate over seeds', () => {
  it('is worse when the interval of the paired differences lies beyond 0 and the mean beyond the tolerance', () => {
    const before = overSeeds([100, 300, 500, 700]);
    // The waits differ much between seeds, but all grow by about 60.
    const { verdict, difference } = gated(before, overSeeds([160, 358, 561, 762]), WAIT);
    expect(difference.mean).toBeCloseTo(60.25, 10);
    // t(0.975, 3) = 3.182 times the standard error of 60, 58, 61, 62.
    expect(difference.halfWidth).toBeCloseTo((3.1824 * Math.sqrt(8.75 / 3)) / 2, 3);
    expect(verdict).toBe('worse');
  });

  it('is uncertain when the interval includes 0, however large the mean is, for better or for worse', () => {
    const before = overSeeds([100, 300, 500, 700]);
    expect(gated(before, overSeeds([100, 300, 500, 1700]), WAIT).verdict).toBe('uncertain');
    expect(gated(before, overSeeds([100, 300, 500, 7]), WAIT).verdict).toBe('uncertain');
    expect(gated(before, overSeeds([90, 291, 489, 690]), WAIT).verdict).toBe('better');
  });

  it('is not worse when the growth is certain but within the tolerance', () => {
    expect(gated(overSeeds([100, 300, 500, 700]), overSeeds([101, 301, 501, 701]), WAIT).verdict).toBe(
      'within',
    );
  });

  it('is the same only when every seed is: differences that cancel each other are uncertain', () => {
    expect(gated(overSeeds([100, 300]), overSeeds([100, 300]), WAIT).verdict).toBe('same');
    expect(gated(overSeeds([100, 300]), overSeeds([110, 290]), WAIT).verdict).toBe('uncertain');
  });

  it('judges each policy by itself, in the order of the baseline', () => {
    const runs = (waits: Readonly<Record<string, number>>) =>
      Object.entries(waits).flatMap(([policy, wait]) =>
        overSeeds([wait, wait + 1]).map((run) => ({ ...run, policy })),
      );
    const [before, after] = [runs({ silos: 100, drf: 100 }), runs({ silos: 100, drf: 200 })];
    const all = gate(before.map(summary), after.map(summary), new Map());
    const verdicts = all
      .filter(({ metric }) => metric.key === WAIT)
      .map(({ policy, verdict }) => [policy, verdict]);
    expect(verdicts).toEqual([
      ['silos', 'same'],
      ['drf', 'worse'],
    ]);
  });

  it.each([
    ['is missing', overSeeds([100])],
    ['has another seed', [...overSeeds([100]), { seed: '3' }]],
    ['is of another policy', [...overSeeds([100]), { seed: '2', policy: 'silos' }]],
  ])('refuses to compare when the partner of a run %s', (_what, after) => {
    expect(() => gate(overSeeds([100, 100]).map(summary), after.map(summary), new Map())).toThrow(
      "the baseline's run of drf with seed 2 was not repeated",
    );
  });
});

describe('a baseline that ran a policy file', () => {
  const mine = () => summary({ policy: 'my-packing' });

  it('is run again from the path of the file', () => {
    const policyFiles = new Map([['my-packing', './my-packing.ts']]);
    expect(specOf(mine(), { policyFiles }).policy).toBe('./my-packing.ts');
  });
});

describe('the gate and traces', () => {
  it('refuses to compare with another file, told by its sha256', () => {
    const before = summary({ sha256: 'a'.repeat(64) });
    before.run.workload.name = 'log.swf';
    expect(() => gate([before], [summary({ sha256: 'b'.repeat(64) })], new Map())).toThrow(
      '--trace: differs from the file of the baseline: "log.swf" had another sha256',
    );
    expect(() => gate([before], [summary({})], new Map())).toThrow(/another sha256/);
    expect(gate([before], [before], new Map()).every(({ verdict }) => verdict === 'same')).toBe(true);
  });
});

describe('a tolerance', () => {
  const relative = (amount: number): Tolerance => ({ kind: 'relative', amount });
  const absolute = (amount: number): Tolerance => ({ kind: 'absolute', amount });

  it.each([
    ['wait.p95=5%', 'wait.p95', relative(0.05)],
    ['queue=0.5', 'queue', absolute(0.5)],
    ['10%', '', relative(0.1)],
    ['0%', '', relative(0)],
    [' wait = 5% ', undefined, undefined],
    ['byFramework.my-app.wait.p95=12.5%', 'byFramework.my-app.wait.p95', relative(0.125)],
    [' 3 ', '', absolute(3)],
  ])('is read from "%s"', (text, key, tolerance) => {
    if (key === undefined) expect(() => parseTolerance(text)).toThrow(/--tolerance: found "wait = 5%"/);
    else expect(parseTolerance(text)).toEqual([key, tolerance]);
  });

  it.each(['', '=5%', 'wait=', 'wait=-5%', 'wait=five', 'wait=5%%', 'wait=5 %', '1e3%', 'wait==5%'])(
    'cannot be "%s"',
    (text) => {
      expect(() => parseTolerance(text)).toThrow(
        /--tolerance: found .*expected metric=5%, metric=0\.5, or 5%/,
      );
    },
  );
});
