import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AllocationCause,
  type MachineResources,
  OfferFilters,
  type Parcels,
  parcelsContain,
} from '../../src/model/index.js';

const MACHINES = 4;
const FRAMEWORKS = 3;
const DIMS = 2;
const INTERVAL = 5;

interface Filter {
  readonly framework: number;
  readonly machine: number;
  readonly since: number;
  readonly expiry: number;
  readonly refused: MachineResources;
  /** A later refusal without parcels that contains it, and ends no earlier, takes its place. */
  isReplaceable: boolean;
}

const reserved = (amount: number): Parcels =>
  amount === 0
    ? []
    : [{ dimension: 0, amount, ranges: [], reservations: ['r'], supply: 'regular', form: 'divisible' }];

/** Most machines have plain resources only. */
const resources: fc.Arbitrary<MachineResources> = fc
  .record({ amounts: fc.array(fc.nat(4), { minLength: DIMS, maxLength: DIMS }), reserved: fc.nat(6) })
  .map((all) => ({ amounts: all.amounts, row: 0, parcels: reserved(Math.max(0, all.reserved - 4)) }));

const where = { framework: fc.nat(FRAMEWORKS - 1), machine: fc.nat(MACHINES - 1) };
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ ...where, what: fc.constant('refuse' as const), resources, time: fc.nat(20) }),
  },
  { weight: 1, arbitrary: fc.record({ ...where, what: fc.constant('drop framework' as const) }) },
  { weight: 1, arbitrary: fc.record({ ...where, what: fc.constant('drop machine' as const) }) },
  { weight: 3, arbitrary: fc.record({ ...where, what: fc.constant('wait' as const), time: fc.nat(8) }) },
);

/** The rule of Mesos, word for word. */
function blocks(
  { refused, since, expiry }: Filter,
  offer: MachineResources,
  now: number,
  cause: AllocationCause,
) {
  const isNewerThanBatch = cause === 'batch' && expiry === now && expiry - since <= INTERVAL;
  const contains = Array.from(offer.amounts).every((amount, d) => amount <= refused.amounts[d]);
  return (expiry > now || isNewerThanBatch) && contains && parcelsContain(refused.parcels, offer.parcels);
}

/** The last refusal without parcels of a machine is replaced or, if it blocks more, kept beside the new one. */
function isReplaced(filter: Filter, added: Filter, now: number): boolean {
  if (filter.framework !== added.framework || filter.machine !== added.machine) return false;
  if (!filter.isReplaceable || filter.expiry < now) return false;
  filter.isReplaceable = false;
  const isWithin = Array.from(filter.refused.amounts).every(
    (amount, d) => amount <= added.refused.amounts[d],
  );
  return isWithin && added.expiry >= filter.expiry;
}

describe('offer filters', () => {
  test('block an offer while they last, if and only if one refusal contains all of it', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60, size: 'max' }),
        fc.array(resources, { minLength: 3, maxLength: 6 }),
        (steps, offers) => {
          const filters = new OfferFilters(DIMS, INTERVAL);
          let naive: Filter[] = [];
          let now = 0;
          for (const one of steps) {
            const { framework, machine } = one;
            if (one.what === 'wait') now += one.time;
            else if (one.what === 'drop framework') {
              filters.dropFramework(framework);
              naive = naive.filter((filter) => filter.framework !== framework);
            } else if (one.what === 'drop machine') {
              filters.dropMachine(machine);
              naive = naive.filter((filter) => filter.machine !== machine);
            } else {
              filters.refuse(framework, machine, one.resources, one.time, now);
              const expiry = now + Math.max(one.time, INTERVAL);
              if (one.time > 0) {
                const isReplaceable = one.resources.parcels.length === 0;
                const added = {
                  framework,
                  machine,
                  since: now,
                  expiry,
                  refused: one.resources,
                  isReplaceable,
                };
                if (isReplaceable) naive = naive.filter((filter) => !isReplaced(filter, added, now));
                naive.push(added);
              }
            }
            for (let f = 0; f < FRAMEWORKS; f++) {
              const ends = naive.filter((filter) => filter.framework === f && filter.expiry > now);
              expect(filters.nextExpiry(f, now)).toBe(Math.min(...ends.map(({ expiry }) => expiry)));
            }
            for (const offer of offers)
              for (const cause of ['batch', 'event'] as const)
                for (let f = 0; f < FRAMEWORKS; f++)
                  for (let m = 0; m < MACHINES; m++)
                    expect(filters.blocks(f, m, offer, now, cause)).toBe(
                      naive.some(
                        (filter) =>
                          filter.framework === f && filter.machine === m && blocks(filter, offer, now, cause),
                      ),
                    );
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  const row = (...amounts: number[]): MachineResources => ({ amounts, row: 0, parcels: [] });

  test('end at the earliest of their ends that matters', () => {
    const filters = new OfferFilters(DIMS, 1);
    expect(filters.nextExpiry(0, 0)).toBe(Number.POSITIVE_INFINITY);
    filters.refuse(0, 1, row(2, 2), 10, 0);
    filters.refuse(0, 2, row(2, 2), 7, 0);
    filters.refuse(0, 2, row(3, 1), 9, 1);
    expect(filters.nextExpiry(0, 1)).toBe(7);
    expect(filters.nextExpiry(0, 7)).toBe(10);
    expect(filters.nextExpiry(1, 0)).toBe(Number.POSITIVE_INFINITY);
  });

  test('that end now block no longer', () => {
    const filters = new OfferFilters(DIMS, 1);
    filters.refuse(0, 1, row(2, 2), 10, 0);
    expect(filters.blocks(0, 1, row(2, 2), 9, 'event')).toBe(true);
    expect(filters.blocks(0, 1, row(2, 2), 10, 'event')).toBe(false);
  });

  test('do not block an offer with more in one dimension, even with less in another', () => {
    const filters = new OfferFilters(DIMS, 1);
    filters.refuse(0, 0, row(2, 2), 10, 0);
    expect(filters.blocks(0, 0, row(3, 0), 0, 'event')).toBe(false);
    expect(filters.blocks(0, 0, row(2, 1), 0, 'event')).toBe(true);
  });

  test('stand side by side on a machine: a later one does not lift an earlier one', () => {
    const filters = new OfferFilters(DIMS, 1);
    filters.refuse(0, 0, row(4, 1), 10, 0);
    filters.refuse(0, 0, row(1, 4), 10, 1);
    expect(filters.blocks(0, 0, row(4, 1), 2, 'event')).toBe(true);
    expect(filters.blocks(0, 0, row(1, 4), 2, 'event')).toBe(true);
    expect(filters.blocks(0, 0, row(2, 2), 2, 'event')).toBe(false);
  });

  test('of a machine go with it, and those of a framework with it', () => {
    const filters = new OfferFilters(DIMS, 1);
    for (const framework of [1, 11])
      for (const machine of [1, 11]) filters.refuse(framework, machine, row(5, 5), 100, 0);
    const blocked = () =>
      [1, 11].flatMap((f) => [1, 11].map((m) => filters.blocks(f, m, row(5, 5), 50, 'batch')));
    expect(blocked()).toEqual([true, true, true, true]);
    filters.dropFramework(1);
    expect(blocked()).toEqual([false, false, true, true]);
    filters.dropMachine(1);
    expect(blocked()).toEqual([false, false, false, true]);
  });
});
