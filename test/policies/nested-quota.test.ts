import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isWithin, type Quotas } from '../../src/model/index.js';
import { drfAllocator } from '../../src/policies/allocators/drf.js';
import { fakeAllocation } from './fake-allocation.js';

const ROLES = ['x/1', 'x/2', 'x/2/p', 'x', 'y', 'z/1'];
const WITH_QUOTA = ['x', 'x/1', 'x/2', 'x/2/p', 'y', 'z'];

/** The largest of the role's own missing guarantee and the sum of those below it, computed from the definition. */
function unmet(role: string, quotas: Quotas, held: (role: string) => number): number {
  const inside = [...quotas.keys()].filter((one) => one !== role && isWithin(one, role));
  const nearest = inside.filter((one) => !inside.some((other) => other !== one && isWithin(one, other)));
  const inner = nearest.reduce((sum, one) => sum + unmet(one, quotas, held), 0);
  return Math.max(0, inner, (quotas.get(role)?.guarantee.cpus ?? 0) - held(role));
}

const quota = fc.record({
  guarantee: fc.record({ cpus: fc.integer({ min: 0, max: 4 }) }),
  limit: fc.record({ cpus: fc.integer({ min: 4, max: 12 }) }),
});

describe('quota in a tree of roles', () => {
  test('no role exceeds a limit above it, and what guarantees lack stays free', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...WITH_QUOTA), quota), { maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 6 }),
        fc.subarray([...ROLES.keys()]),
        (entries, machines, content) => {
          const quotas: Quotas = new Map(entries);
          const outermost = ['x', 'y', 'z'];
          const promised = outermost.reduce((sum, role) => sum + unmet(role, quotas, () => 0), 0);
          const total = machines.reduce((sum, cpus) => sum + cpus, 0);
          fc.pre(promised <= total);
          const fits = (role: string) =>
            unmet(role, quotas, () => 0) <= (quotas.get(role)?.limit.cpus ?? total);
          fc.pre(WITH_QUOTA.every(fits));
          const host = fakeAllocation({
            resources: ['cpus'],
            machines: machines.map((cpus) => [cpus]),
            frameworks: ROLES.map((role) => ({ name: role, role })),
            content,
          });
          for (let call = 0; call < 3; call++) host.call(drfAllocator({ quotas }));
          const held = (role: string) =>
            ROLES.reduce((sum, one, i) => sum + (isWithin(one, role) ? host.offered(i) : 0), 0);
          const free = total - ROLES.reduce((sum, _, i) => sum + host.offered(i), 0);
          for (const [role, { limit }] of quotas)
            expect(held(role)).toBeLessThanOrEqual(limit.cpus as number);
          const lacking = outermost.reduce((sum, role) => sum + unmet(role, quotas, held), 0);
          expect(free).toBeGreaterThanOrEqual(lacking);
          // A framework that wants offers gets what its own role lacks.
          for (const [i, role] of ROLES.entries())
            if (!content.includes(i) && host.offered(i) === 0 && free > lacking)
              expect(
                [...quotas].some(([one, { limit }]) => isWithin(role, one) && held(one) >= limit.cpus),
              ).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });
});
