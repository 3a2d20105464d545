import { describe, expect, test } from 'vitest';
import { ParameterValues } from '../../../src/model/index.js';
import { meanInterval } from '../../../src/results/statistics/mean-interval.js';
import { OWN_MACHINE_HOUR, POOLS, SILOS, STRETCHED_POOLS } from '../../../src/studies/silos/arrangements.js';
import { fullCells, quickCells } from '../../../src/studies/silos/cells.js';
import { answerOf, claimChecks } from '../../../src/studies/silos/claims.js';
import { diurnalCentre } from '../../../src/studies/silos/diurnal-centre.js';
import { observe, provisions, withHeadroom } from '../../../src/studies/silos/observation.js';
import { silosStudy } from '../../../src/studies/silos/silos.js';
import { Sizer } from '../../../src/studies/silos/sizing.js';

/** Two services that peak at 4 times their mean, 80 cores on average, and no batch work. */
const SMALL = diurnalCentre({
  meanCores: 80,
  peakToMean: 4,
  services: 2,
  peaks: 'same',
  batchShare: 0,
  batchWait: 1800,
  batchCores: 4,
  failures: 'none',
});

describe('headroom', () => {
  test.each([
    [10, 0, 10],
    [10, 0.25, 13],
    [100, 0.25, 125],
    [2, 0.1, 3],
    [1, 1, 2],
  ])('on %d machines, %f, makes %d: at least one more', (machines, headroom, expected) => {
    expect(withHeadroom(machines, headroom)).toBe(expected);
  });
});

describe('an answer', () => {
  test.each([
    [[0.08, 0.09, 0.1], 'holds'],
    [[0.11, 0.12, 0.13], 'undecided'],
    [[0.2, 0.21, 0.22], 'does not hold'],
    [[0.01, 0.02, 0.03], 'does not hold'],
  ] as const)('of %o to 6-12 %% is: %s', (values, answer) => {
    expect(answerOf(meanInterval(values), { least: 0.06, most: 0.12 })).toBe(answer);
  });
});

describe('silos and pools', () => {
  test('of services that peak together need about the same, which is what their peak asks for', async () => {
    const { silos, pools } = await new Sizer(SMALL).size(POOLS, '1');
    // A peak of 160 cores each, with noise of 5 % on top of it: at least 10 machines of 16 cores, and hardly 14.
    for (const machines of silos.values()) {
      expect(machines).toBeGreaterThanOrEqual(10);
      expect(machines).toBeLessThanOrEqual(14);
    }
    const alone = [...silos.values()].reduce((a, b) => a + b, 0);
    expect([...pools.keys()]).toEqual(POOLS.map((pool) => pool.name));
    for (const machines of pools.values()) {
      expect(machines).toBeLessThanOrEqual(alone);
      expect(machines).toBeGreaterThanOrEqual(alone - 4);
    }
  });

  test('are run on what they are given, and each claim is answered once for each of them', async () => {
    const [cell] = quickCells();
    const sizing = {
      silos: new Map(SMALL.frameworks.map((name) => [name, 12])),
      pools: new Map(POOLS.map(({ name }) => [name, 20])),
    };
    const all = provisions(SMALL, POOLS, sizing, 0.25, '1');
    expect(all.map(({ machines }) => machines)).toEqual([30, 25, 25, 25]);
    const observations = await observe(SMALL, all);
    const silos = observations.get(SILOS.name);
    // 80 of 480 cores, of which 54 % are used.
    expect(silos?.allocated).toBeCloseTo(80 / 480, 1);
    expect(silos?.used).toBeCloseTo((silos?.allocated ?? 0) * 0.54, 6);
    const checks = claimChecks(cell, [{ seed: '1', observations, blasts: new Map() }]);
    expect(checks).toHaveLength(1 + 3 * POOLS.length);
    const [less] = checks.filter(({ what }) => what.includes('less hardware'));
    expect(less).toMatchObject({ ours: '16.7 ± 0.0 %, 1 seed', verdict: 'does not hold' });
  });
});

describe('pools with more room than their machines', () => {
  const centre = diurnalCentre({
    meanCores: 48,
    peakToMean: 4,
    services: 2,
    peaks: 'same',
    batchShare: 0.3,
    batchWait: 1800,
    batchCores: 2,
    failures: 'none',
  });
  const sizing = {
    silos: new Map(centre.frameworks.map((name) => [name, 8])),
    pools: new Map(STRETCHED_POOLS.map(({ name }) => [name, 8])),
  };
  const all = provisions(centre, STRETCHED_POOLS, sizing, 0, '1');

  test('keep services on machines of their own, and lend or rent to batch tasks', () => {
    expect(STRETCHED_POOLS.map(({ set }) => set(centre))).toEqual([
      { 'oversubscription.revocable': 'batch' },
      // 48 cores are three machines on average.
      {
        'cloud.machines': '6x16cpu/64GiB',
        'cloud.growAfter': '15m',
        'cloud.onPremises': 'service-1,service-2',
      },
    ]);
  });

  test('stop what runs on lent room, rent beside their own machines, and pay for both', async () => {
    const observations = await observe(centre, all);
    const [, lent, rented] = [SILOS, ...STRETCHED_POOLS].map(({ name }) => observations.get(name));
    const ownPerMonth = 8 * OWN_MACHINE_HOUR * 730;
    expect(lent).toMatchObject({ machines: 8, rentedHoursPerDay: 0, rentPerMonth: 0 });
    expect(lent?.revocationsPerHour).toBeGreaterThan(0);
    expect(lent?.lostHoursPerDay).toBeGreaterThan(0);
    expect(lent?.costPerMonth).toBeCloseTo(ownPerMonth, 6);
    expect(rented).toMatchObject({ machines: 8, revocationsPerHour: 0 });
    expect(rented?.rentedHoursPerDay).toBeGreaterThan(0);
    expect(rented?.costPerMonth).toBeCloseTo(ownPerMonth + (rented?.rentPerMonth ?? 0), 6);
  });
});

describe('the study', () => {
  test('has cells of different names, and knows answers only of its own', () => {
    for (const cells of [fullCells(), quickCells()]) {
      const names = cells.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  test('names the cells that it has where it is asked for another', async () => {
    const settings = new ParameterValues(silosStudy.parameters, { cells: 'nowhere' });
    await expect(silosStudy.run({ settings, data: undefined, progress: () => {} })).rejects.toThrow(
      /--cells: found "nowhere", expected one of small base, small peak 8 x mean, tiny/,
    );
  });
});
