import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drfAllocator } from '../../src/policies/allocators/drf.js';
import type { AllocationView, Dimension, OfferSink } from '../../src/policies/contract.js';
import { type FakeAllocation, fakeAllocation } from './fake-allocation.js';

const ROLES = ['a', 'a/x', 'a/x/y', 'b', 'b/z', 'c'];
const WEIGHTS = new Map([
  ['a', 2],
  ['a/x', 0.5],
  ['b/z', 3],
]);

/** Before each call but the first, frameworks begin or cease to want offers, and one may join. */
interface Calls extends FakeAllocation {
  readonly toggled: readonly (readonly number[])[];
  readonly added: readonly string[];
  /** Does a machine leave before the last call? */
  readonly closed: boolean;
}

const cluster: fc.Arbitrary<Calls> = fc
  .array(
    fc.record({
      role: fc.constantFrom(...ROLES),
      taken: fc.tuple(fc.nat(9), fc.nat(9)),
      isContent: fc.boolean(),
    }),
    {
      minLength: 1,
      maxLength: 7,
    },
  )
  .chain((frameworks) =>
    fc.record({
      resources: fc.constant(['cpus', 'mem']),
      machines: fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { minLength: 1, maxLength: 9 }),
      frameworks: fc.constant(frameworks.map(({ role }, i) => ({ name: `f${i}`, role }))),
      allocated: fc.constant(frameworks.map(({ taken }) => taken)),
      content: fc.constant(frameworks.flatMap(({ isContent }, i) => (isContent ? [i] : []))),
      toggled: fc.array(fc.array(fc.nat(6), { maxLength: 3 }), { minLength: 3, maxLength: 3 }),
      added: fc.array(fc.constantFrom(...ROLES), { maxLength: 3 }),
      closed: fc.boolean(),
      filtered: fc.array(
        fc.tuple(fc.nat(6), fc.nat(8)).map(([f, m]) => `${f}/${m}`),
        { maxLength: 12 },
      ),
    }),
  );

/** The rule as it is written down: from the top, the lowest of all siblings, reckoned anew each time. */
function naive(view: AllocationView, offers: OfferSink): void {
  for (let i = 0; i < view.candidateCount; i++) {
    const machine = view.candidate(i);
    for (const framework of orderOf(view))
      if (view.wants(framework) && offers.offer(framework, machine) === 'done') break;
  }
}

/** A framework's path: its role, as a leaf of its own where the role is a parent too, then its name. */
function pathOf(view: AllocationView, framework: number): string[] {
  const { role, name } = view.frameworks[framework];
  const isParent = view.frameworks.some((other) => other.role.startsWith(`${role}/`));
  return [...role.split('/'), ...(isParent ? ['.'] : []), `#${name}`];
}

function orderOf(view: AllocationView): number[] {
  const paths = view.frameworks.map((_, framework) => pathOf(view, framework));
  const below = (prefix: readonly string[]) =>
    [...paths.keys()].filter((f) => prefix.every((name, i) => paths[f]?.[i] === name));
  const keyOf = (prefix: readonly string[]): [number, number, string] => {
    const members = below(prefix);
    const held = (d: Dimension) =>
      members.reduce((sum, f) => sum + view.allocated(f, d) + view.offered(f, d), 0);
    const weight = WEIGHTS.get(prefix.join('/')) ?? 1;
    const shares = view.space.dimensions.map((d) =>
      view.total(d) > 0 ? held(d) / (view.total(d) * weight) : 0,
    );
    return [Math.max(...shares), members.reduce((sum, f) => sum + view.offersMade(f), 0), prefix.join('/')];
  };
  const visit = (prefix: readonly string[]): number[] => {
    const members = below(prefix);
    const names = [...new Set(members.map((f) => paths[f]?.[prefix.length]))].filter(
      (name) => name !== undefined,
    );
    if (names.length === 0) return members;
    return names
      .map((name) => [...prefix, name])
      .sort((a, b) => compare(keyOf(a), keyOf(b)))
      .flatMap(visit);
  };
  return visit([]);
}

function compare(a: readonly [number, number, string], b: readonly [number, number, string]): number {
  return a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : 1);
}

function toggle(content: number[], framework: number): void {
  const at = content.indexOf(framework);
  if (at < 0) content.push(framework);
  else content.splice(at, 1);
}

test('the DRF allocator decides as the rule reckoned anew for each machine does, call after call', () => {
  fc.assert(
    fc.property(cluster, (fake) => {
      const content = [...(fake.content ?? [])];
      const ours = fakeAllocation({ ...fake, content });
      const twin = fakeAllocation({ ...fake, content });
      const allocator = drfAllocator({ weights: WEIGHTS });
      for (let call = 0; call < 4; call++) {
        for (const framework of fake.toggled[call - 1] ?? []) toggle(content, framework);
        const role = call === 0 ? undefined : fake.added[call - 1];
        for (const host of [ours, twin]) {
          if (role !== undefined) host.join({ name: `g${call}`, role });
          if (call > 0) host.takeBack();
          if (call === 3 && fake.closed) host.leave(0);
        }
        ours.call(allocator);
        twin.call({ name: 'naive', allocate: naive });
      }
      expect(ours.notes).toEqual(twin.notes);
    }),
    { numRuns: 400 },
  );
});
