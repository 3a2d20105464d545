import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Cluster, OfferFilters, ResourceSpace } from '../../src/model/index.js';

const MACHINES = 4;
const FRAMEWORKS = 3;

interface Filter {
  expiry: number;
  refused: number[];
}

const where = { framework: fc.nat(FRAMEWORKS - 1), machine: fc.nat(MACHINES - 1) };
const step = fc.oneof(
  fc.record({ ...where, what: fc.constant('refuse' as const), lasts: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ ...where, what: fc.constant('change' as const), amount: fc.nat(4) }),
  fc.record({ ...where, what: fc.constant('drop' as const) }),
  fc.record({ ...where, what: fc.constant('wait' as const), time: fc.nat(8) }),
);

/** Machines of two dimensions, and a table whose rows the test sets as it likes. */
function table() {
  const cluster = new Cluster(new ResourceSpace(['cpus', 'mem']));
  for (let i = 0; i < MACHINES; i++) cluster.addMachine({ name: `m${i}`, capacity: [4, 4] });
  return cluster.free;
}

describe('offer filters', () => {
  test('block an offer while they last, if and only if no more is free in any dimension than was refused', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
        const free = table();
        const filters = new OfferFilters(2);
        const naive = new Map<string, Filter>();
        let now = 0;
        for (const [i, one] of steps.entries()) {
          const key = `${one.framework}/${one.machine}`;
          if (one.what === 'wait') now += one.time;
          else if (one.what === 'change') free.free[one.machine * 2 + (i % 2)] = one.amount;
          else if (one.what === 'drop') {
            filters.drop(one.framework);
            for (const name of naive.keys()) if (name.startsWith(`${one.framework}/`)) naive.delete(name);
          } else {
            filters.refuse(one.framework, one.machine, free, now + one.lasts);
            naive.set(key, { expiry: now + one.lasts, refused: rowOf(free.free, one.machine) });
          }
          for (let framework = 0; framework < FRAMEWORKS; framework++) {
            for (let machine = 0; machine < MACHINES; machine++) {
              const filter = naive.get(`${framework}/${machine}`);
              const blocks =
                filter !== undefined &&
                filter.expiry > now &&
                rowOf(free.free, machine).every((amount, d) => amount <= filter.refused[d]);
              expect(filters.blocks(framework, machine, free, now)).toBe(blocks);
            }
            const ends = [...naive]
              .filter(([name, { expiry }]) => name.startsWith(`${framework}/`) && expiry > now)
              .map(([, { expiry }]) => expiry);
            expect(filters.nextExpiry(framework, now)).toBe(Math.min(Number.POSITIVE_INFINITY, ...ends));
          }
        }
      }),
    );
  });

  test('a filter that ends now blocks no longer', () => {
    const free = table();
    const filters = new OfferFilters(2);
    filters.refuse(0, 1, free, 10);
    expect(filters.blocks(0, 1, free, 9)).toBe(true);
    expect(filters.blocks(0, 1, free, 10)).toBe(false);
  });

  test('a machine with more free in one dimension is offered again, even with less in another', () => {
    const free = table();
    const filters = new OfferFilters(2);
    free.free.set([2, 2], 0);
    filters.refuse(0, 0, free, 10);
    free.free.set([3, 0], 0);
    expect(filters.blocks(0, 0, free, 0)).toBe(false);
    free.free.set([2, 1], 0);
    expect(filters.blocks(0, 0, free, 0)).toBe(true);
  });
});

function rowOf(column: Int32Array, machine: number): number[] {
  return [...column.subarray(machine * 2, machine * 2 + 2)];
}
