import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AgentLedger,
  isFor,
  isRolePath,
  isWithin,
  normalRanges,
  type Parcel,
  type Parcels,
  parcelsContain,
  parcelsMinus,
  parcelsPlus,
  rangesSize,
} from '../../src/model/index.js';

const parcel = (more: Partial<Parcel>): Parcel => ({
  dimension: 0,
  amount: 1,
  ranges: [],
  reservations: [],
  supply: 'regular',
  form: 'divisible',
  ...more,
});

const ports = (...ranges: readonly (readonly [number, number])[]): Parcel =>
  parcel({ dimension: 1, form: 'ranges', ranges, amount: rangesSize(ranges) });

const anyParcel: fc.Arbitrary<Parcel> = fc.oneof(
  fc
    .record({
      dimension: fc.nat(1),
      amount: fc.integer({ min: 1, max: 5 }),
      reservations: fc.constantFrom<readonly string[]>([], ['r'], ['r', 'r/x']),
      supply: fc.constantFrom<Parcel['supply']>('regular', 'revocable'),
      form: fc.constantFrom<Parcel['form']>('divisible', 'exclusive'),
    })
    .map(parcel),
  fc
    .uniqueArray(fc.nat(9), { minLength: 1, maxLength: 5 })
    .map((numbers) => ports(...normalRanges(numbers.map((n) => [n, n])))),
);

const anyParcels = fc.array(anyParcel, { maxLength: 5 }).map((parts) => parcelsPlus([], parts));
const scalars = (parcels: Parcels) => parcels.filter(({ form }) => form !== 'ranges');

describe('sets of numbers', () => {
  test('are in order and joined where they touch', () => {
    expect(
      normalRanges([
        [8, 9],
        [1, 3],
        [4, 5],
        [2, 2],
      ]),
    ).toEqual([
      [1, 5],
      [8, 9],
    ]);
  });

  test('lose what is taken out of their middle', () => {
    expect(parcelsMinus([ports([1, 9])], [ports([3, 4], [9, 12])])).toEqual([ports([1, 2], [5, 8])]);
    expect(parcelsContain([ports([1, 9])], [ports([3, 4], [9, 9])])).toBe(true);
    expect(parcelsContain([ports([1, 9])], [ports([9, 10])])).toBe(false);
  });
});

describe('parcels', () => {
  test('are merged by all that is said of them, but exclusive disks stay apart', () => {
    expect(parcelsPlus([parcel({ amount: 2 })], [parcel({ amount: 3 })])).toEqual([parcel({ amount: 5 })]);
    expect(parcelsPlus([parcel({})], [parcel({ reservations: ['r'] })])).toHaveLength(2);
    const disk = parcel({ form: 'exclusive', amount: 100 });
    expect(parcelsPlus([disk], [disk])).toEqual([disk, disk]);
    expect(parcelsMinus([disk, disk], [disk])).toEqual([disk]);
    expect(parcelsMinus([disk], [parcel({ form: 'exclusive', amount: 50 })])).toEqual([disk]);
  });

  test('that are added can be taken away again', () => {
    fc.assert(
      fc.property(anyParcels, anyParcels.map(scalars), (a, b) => {
        const sum = parcelsPlus(a, b);
        expect(parcelsContain(sum, a)).toBe(true);
        expect(parcelsContain(sum, b)).toBe(true);
        const left = parcelsMinus(sum, b);
        expect(parcelsContain(left, a) && parcelsContain(a, left)).toBe(true);
      }),
    );
  });

  test('are never less than nothing', () => {
    fc.assert(
      fc.property(anyParcels, anyParcels, (a, b) => {
        for (const { amount } of parcelsMinus(a, b)) expect(amount).toBeGreaterThan(0);
        expect(parcelsContain(a, parcelsMinus(a, b))).toBe(true);
        expect(parcelsMinus(a, a)).toEqual([]);
      }),
    );
  });

  test('that are reserved are for the role and those below it', () => {
    const reserved = parcel({ reservations: ['r', 'r/x'] });
    expect(['r', 'r/x', 'r/x/y', 'r/xy', 's'].map((role) => isFor(reserved, role))).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
    expect(isFor(parcel({}), 's')).toBe(true);
  });
});

describe('roles', () => {
  test('are paths', () => {
    expect(isWithin('eng/ads', 'eng')).toBe(true);
    expect(isWithin('engine', 'eng')).toBe(false);
    for (const role of ['*', 'a', 'eng/ads', 'a-b.c']) expect(isRolePath(role)).toBe(true);
    for (const role of ['', '/', 'a/', 'a//b', '.', 'a/..', '-a', 'a b', 'a/*'])
      expect(isRolePath(role)).toBe(false);
  });
});

describe('the ledger of agents', () => {
  test('keeps its sums equal to what its agents and frameworks have, whatever happens', () => {
    const action = fc.record({
      kind: fc.constantFrom('total', 'hold', 'release', 'remove'),
      agent: fc.nat(2),
      framework: fc.nat(1),
      parcels: anyParcels,
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 25 }), (actions) => {
        const ledger = new AgentLedger(2);
        const ids = [0, 1, 2].map(() => ledger.addAgent([]));
        for (let i = 0; i < 2; i++) ledger.addFramework();
        for (const { kind, agent, framework, parcels } of actions) {
          const id = ids[agent] as number;
          if (kind === 'total') ledger.setTotal(id, parcels);
          else if (kind === 'hold') ledger.hold(framework, id, scalars(parcels));
          else if (kind === 'release') ledger.release(framework, id, ledger.heldBy(framework, id));
          else {
            ledger.removeAgent(id);
            ids[agent] = ledger.addAgent([]);
          }
        }
        const sum = (parts: Parcels, d: number) =>
          scalars(parts).reduce((total, { dimension, amount }) => total + (dimension === d ? amount : 0), 0);
        for (const d of [0, 1]) {
          expect(ledger.total[d]).toBe(ids.reduce((total, id) => total + sum(ledger.totalOf(id), d), 0));
          const free = ids.flatMap((id) => ledger.freeOf(id));
          expect(ledger.revocableFree[d]).toBe(
            sum(
              free.filter(({ supply }) => supply === 'revocable'),
              d,
            ),
          );
          const heldOf = (framework: number) => ids.flatMap((id) => ledger.heldBy(framework, id));
          for (const framework of [0, 1])
            expect(ledger.held[framework * 2 + d]).toBe(sum(heldOf(framework), d));
          const held = [...heldOf(0), ...heldOf(1)];
          expect(ledger.reservedHeld[d]).toBe(
            sum(
              held.filter(({ reservations }) => reservations.length > 0),
              d,
            ),
          );
          const reserved = [...ledger.reserved.values()].reduce(
            (total, amounts) => total + (amounts[d] as number),
            0,
          );
          const totals = ids.flatMap((id) => ledger.totalOf(id));
          expect(reserved).toBe(
            sum(
              totals.filter(({ reservations }) => reservations.length > 0),
              d,
            ),
          );
        }
      }),
    );
  });

  test('takes nothing back that is not held', () => {
    const ledger = new AgentLedger(1);
    const agent = ledger.addAgent([parcel({ amount: 5 })]);
    const framework = ledger.addFramework();
    ledger.hold(framework, agent, [parcel({ amount: 2 })]);
    expect(() => ledger.release(framework, agent, [parcel({ amount: 3 })])).toThrow(
      'framework 0 does not hold that of agent 0',
    );
    expect(() => ledger.totalOf(7)).toThrow('no agent 7');
    expect(ledger.freeOf(agent)).toEqual([parcel({ amount: 3 })]);
  });
});
