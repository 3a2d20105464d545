import { beforeAll, describe, expect, it } from 'vitest';
import { type GatedMetric, gate } from '../../src/lab/gate/gate.js';
import { specOf } from '../../src/lab/gate/rerun.js';
import {
  checkTolerances,
  parseTolerance,
  parseTolerances,
  type Tolerance,
} from '../../src/lab/gate/tolerance.js';
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
  const { metrics } = gate(before.map(summary), after.map(summary), {
    tolerances: parseTolerances(tolerances),
  });
  const found = metrics.filter(({ metric }) => metric.key === key);
  expect(found).toHaveLength(1);
  return found[0];
}

/** Runs over these seeds, each with its own mean wait. */
const overSeeds = (waits: readonly number[]): Sketch[] =>
  waits.map((wait, i) => ({ wait, seed: String(i + 1) }));

/** Two runs of each policy that are equal but for their seed: nothing in them is random. */
function exactVerdict(before: Sketch, after: Sketch, key: string, ...tolerances: string[]) {
  const twice = (sketch: Sketch) => ['1', '2'].map((seed) => ({ ...sketch, seed }));
  return gated(twice(before), twice(after), key, tolerances).verdict;
}

describe('the gate on runs without randomness, whose differences are exact', () => {
  it.each([
    [100, 'same'],
    [99.9, 'better'],
    [104.9, 'pass'],
    [105, 'pass'],
    [105.1, 'fail'],
  ])(
    'judges a wait of %d s after 100 s as %s: less is better, and a twentieth more is allowed',
    (wait, verdict) => {
      expect(exactVerdict({ wait: 100 }, { wait }, WAIT)).toBe(verdict);
    },
  );

  it.each([
    [0.5, 'same'],
    [0.51, 'better'],
    [0.476, 'pass'],
    [0.474, 'fail'],
  ])('judges %d of the CPU allocated after 0.5 as %s: more is better', (allocated, verdict) => {
    expect(exactVerdict({ allocated: 0.5 }, { allocated }, ALLOCATED)).toBe(verdict);
  });

  it('lets what only describes a run be whatever it is', () => {
    expect(exactVerdict({ offers: 10 }, { offers: 10_000 }, 'offers.made')).toBe('changed');
    expect(exactVerdict({ offers: 10 }, { offers: 10 }, 'offers.made')).toBe('same');
  });

  it.each([
    [['wait.mean=10%'], 109, 'pass'],
    [['wait.mean=10%'], 111, 'fail'],
    [['wait.mean=20'], 119, 'pass'],
    [['wait.mean=20'], 121, 'fail'],
    [['wait=20%'], 119, 'pass'],
    [['wait=20%', 'wait.mean=1%'], 102, 'fail'],
    [['wait.mean=1%', 'wait=20%'], 102, 'fail'],
    [['10%'], 109, 'pass'],
    [['10%', 'wait=1%'], 109, 'fail'],
    [['wait=0'], 100.001, 'fail'],
    [['0%'], 100.001, 'fail'],
    // Only what has a tolerance is gated.
    [['taskWait=50%'], 106, 'changed'],
    [['wait.p95=50%'], 106, 'changed'],
    [['wait.p95=50%', '5%'], 106, 'fail'],
  ])('with the tolerances %j judges a wait of %d s after 100 s as %s', (tolerances, wait, verdict) => {
    expect(exactVerdict({ wait: 100 }, { wait }, WAIT, ...tolerances)).toBe(verdict);
  });

  it('takes any wait after none for harm, unless an amount is allowed', () => {
    expect(exactVerdict({ wait: 0 }, { wait: 0.01 }, WAIT)).toBe('fail');
    expect(exactVerdict({ wait: 0 }, { wait: 0.01 }, WAIT, 'wait=0.1')).toBe('pass');
  });
});

describe('the gate on one seed', () => {
  it('finds a run that repeats itself the same in every metric', () => {
    const { metrics, verdict } = gate([real], [real]);
    expect(verdict).toBe('same');
    const known = metricsOf(real).filter(({ key }) => metricValue(real, key) !== undefined);
    expect(known.length).toBeGreaterThan(30);
    expect(metrics.map(({ metric }) => metric.key)).toEqual(known.map(({ key }) => key));
  });

  it.each([101, 99, 1e6])('is undecided about any other wait, such as %d s after 100 s', (wait) => {
    const { verdict, seedsNeeded } = gate([summary({ wait: 100 })], [summary({ wait })]);
    expect([verdict, seedsNeeded]).toEqual(['undecided', undefined]);
  });

  it('says what was, what is, by how much, and what would have been allowed', () => {
    const found = gated([{ wait: 100 }], [{ wait: 112 }], WAIT, ['wait=3']);
    const { baseline, candidate, difference, tolerance, policy } = found;
    expect({ baseline, candidate, difference, tolerance, policy }).toEqual({
      baseline: 100,
      candidate: 112,
      difference: { count: 1, mean: 12, halfWidth: undefined, p: undefined },
      tolerance: { kind: 'absolute', amount: 3 },
      policy: 'drf',
    });
  });

  it('leaves out a metric that the baseline does not have', () => {
    const without = structuredClone(real);
    without.wait.mean = null;
    const keys = gate([without], [real]).metrics.map(({ metric }) => metric.key);
    expect(keys).not.toContain(WAIT);
    expect(keys).toContain('wait.p95');
  });
});

describe('the gate over seeds', () => {
  const before = overSeeds([100, 300, 500, 700]);

  it('fails when the interval of the paired differences lies beyond 0 and the mean beyond the tolerance', () => {
    // The waits differ much between seeds, but all grow by about 60.
    const found = gated(before, overSeeds([160, 358, 561, 762]), WAIT);
    expect(found.difference.mean).toBeCloseTo(60.25, 10);
    // t(0.975, 3) = 3.182 times the standard error of 60, 58, 61, 62. It is the only gated metric that differs.
    const halfWidth = (3.1824 * Math.sqrt(8.75 / 3)) / 2;
    expect(found.difference.halfWidth).toBeCloseTo(halfWidth, 3);
    expect(found.corrected?.halfWidth).toBeCloseTo(halfWidth, 3);
    expect(found.verdict).toBe('fail');
  });

  it('fails only if both are true', () => {
    const certainButSmall = overSeeds([101, 301.1, 501, 701]);
    const largeButUncertain = overSeeds([100, 300, 500, 1700]);
    expect(gated(before, certainButSmall, WAIT).verdict).toBe('pass');
    expect(gated(before, largeButUncertain, WAIT).verdict).toBe('undecided');
  });

  it('passes when the whole interval is within the tolerance, although it includes 0', () => {
    expect(gated(before, overSeeds([101, 299, 501, 699]), WAIT).verdict).toBe('pass');
    expect(gated(before, overSeeds([101, 299, 501, 699]), WAIT, ['0%']).verdict).toBe('undecided');
  });

  it('is better when the interval is on the good side of 0', () => {
    expect(gated(before, overSeeds([90, 291, 489, 690]), WAIT).verdict).toBe('better');
    expect(gated(before, overSeeds([100, 300, 500, 7]), WAIT).verdict).toBe('undecided');
  });

  it('is the same only when every seed is: differences that cancel each other are undecided', () => {
    expect(gated(overSeeds([100, 300]), overSeeds([100, 300]), WAIT).verdict).toBe('same');
    expect(gated(overSeeds([100, 300]), overSeeds([150, 250]), WAIT).verdict).toBe('undecided');
  });

  it('takes a difference that is the same under few seeds for no proof: the sign test needs six', () => {
    const constant = (seeds: number) =>
      gated(
        overSeeds(Array.from({ length: seeds }, (_, i) => 100 + i)),
        overSeeds(Array.from({ length: seeds }, (_, i) => 200 + i)),
        WAIT,
      ).verdict;
    expect([constant(5), constant(6)]).toEqual(['undecided', 'fail']);
  });

  it('widens its intervals with the number of gated metrics that differ', () => {
    const after = overSeeds([160, 358, 561, 762]).map((run, i) => ({ ...run, allocated: 0.5 + i / 1000 }));
    const alone = gated(before, after, WAIT, ['wait=5%']).corrected?.halfWidth ?? 0;
    expect(gated(before, after, WAIT).corrected?.halfWidth).toBeGreaterThan(1.2 * alone);
  });

  it('asks for as many seeds as decide if the variance stays', () => {
    const noisy = (seeds: number) =>
      overSeeds(Array.from({ length: seeds }, (_, i) => 100 + 8 * (i % 2 === 0 ? 1 : -1)));
    const calm = (seeds: number) => overSeeds(Array.from({ length: seeds }, () => 100));
    const first = gate(calm(6).map(summary), noisy(6).map(summary), {
      tolerances: parseTolerances(['wait=5%']),
    });
    // s = 8.764, and 15 is the first n with t(0.975, n - 1) s / sqrt(n) of at most 5: 2.145 * 8.764 / 3.873 = 4.85.
    expect([first.verdict, first.seedsNeeded]).toEqual(['undecided', 15]);
    const then = gate(calm(16).map(summary), noisy(16).map(summary), {
      tolerances: parseTolerances(['wait=5%']),
    });
    expect(then.verdict).toBe('pass');
  });

  it('is undecided when a value is lost: no job may wait because none runs', () => {
    const lost = overSeeds([100, 300, 500, 700]).map(summary);
    lost[2].wait.mean = null;
    const { metrics } = gate(before.map(summary), lost);
    expect(metrics.find(({ metric }) => metric.key === WAIT)).toMatchObject({
      verdict: 'undecided',
      lost: 1,
    });
  });

  it('judges each policy by itself, in the order of the baseline', () => {
    const runs = (waits: Readonly<Record<string, number>>, noise: number) =>
      Object.entries(waits).flatMap(([policy, wait]) =>
        overSeeds([wait, wait + noise, wait + 2]).map((run) => ({ ...run, policy })),
      );
    const { metrics, verdict } = gate(
      runs({ silos: 100, drf: 100 }, 1).map(summary),
      runs({ silos: 100, drf: 200 }, 1.5).map((run, i) => summary(i < 3 ? { ...run, wait: 100 + i } : run)),
    );
    const verdicts = metrics
      .filter(({ metric }) => metric.key === WAIT)
      .map((one) => [one.policy, one.verdict]);
    expect(verdicts).toEqual([
      ['silos', 'same'],
      ['drf', 'fail'],
    ]);
    expect(verdict).toBe('fail');
  });

  it('compares two policies when both sides have one, and keeps the digests of both', () => {
    const { policies } = gate(
      before.map(summary),
      before.map((run) => summary({ ...run, policy: 'lottery' })),
    );
    const { digest } = real.run.policy;
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(policies).toMatchObject([
      {
        name: 'drf',
        seeds: ['1', '2', '3', '4'],
        baseline: { digest },
        candidate: { name: 'lottery', digest },
      },
    ]);
  });

  it.each([
    ['is missing', overSeeds([100])],
    ['has another seed', [...overSeeds([100]), { seed: '3' }]],
    ['is of another policy', [...overSeeds([100]), { seed: '2', policy: 'silos' }]],
  ])('refuses to compare when the partner of a run %s', (_what, after) => {
    expect(() => gate(overSeeds([100, 100]).map(summary), after.map(summary))).toThrow(
      "the baseline's run of drf with seed 2 has no counterpart in the candidate",
    );
  });

  it('refuses a baseline of another workload, and names what differs', () => {
    const other = summary({});
    Object.assign(other.run.workload.parameters, { 'kafka.brokers': 7 });
    expect(() => gate([summary({})], [other])).toThrow(
      '--baseline: is of another workload: its kafka.brokers is "3", that of the candidate is "7"',
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
    expect(() => gate([before], [summary({ sha256: 'b'.repeat(64) })])).toThrow(
      '--trace: differs from the file of the baseline: "log.swf" had another sha256',
    );
    expect(() => gate([before], [summary({})])).toThrow(/another sha256/);
    expect(gate([before], [before]).verdict).toBe('same');
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

  it('cannot be for a metric that the runs do not have, or that has no good direction', () => {
    const check = (text: string) => () => checkTolerances(parseTolerances([text]), [real]);
    expect(check('wiat.p95=5%')).toThrow(/--tolerance: found "wiat.p95", .* did you mean wait.p95/);
    expect(check('offers.made=5%')).toThrow(/"offers.made" is neither better when it is lower/);
    expect(check('offers=5%')).not.toThrow();
    expect(() => parseTolerances(['wait=5%', 'wait=1'])).toThrow('--tolerance: "wait" is given twice');
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
