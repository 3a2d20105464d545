import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LedgerError, TaskClasses, type TaskShape, UNCONSTRAINED } from '../../src/model/index.js';

const shape: fc.Arbitrary<TaskShape> = fc.record(
  {
    demand: fc.tuple(fc.nat(3), fc.nat(3)),
    gpuCount: fc.nat(1),
    gpuMilliEach: fc.constantFrom(0, 500),
    constraint: fc.nat(1),
  },
  { requiredKeys: ['demand'] },
);

describe('task classes', () => {
  test('are one for equal shapes and different for different ones', () => {
    fc.assert(
      fc.property(fc.array(shape, { maxLength: 100, size: 'max' }), (shapes) => {
        const classes = new TaskClasses(2);
        const idOf = new Map<string, number>();
        for (const one of shapes) {
          const id = classes.acquire(one);
          const known = idOf.get(keyOf(one));
          if (known === undefined) {
            expect([...idOf.values()]).not.toContain(id);
            idOf.set(keyOf(one), id);
          } else {
            expect(id).toBe(known);
          }
          expect([...classes.demand.subarray(id * 2, id * 2 + 2)]).toEqual(one.demand);
          expect(classes.gpuCount[id]).toBe(one.gpuCount ?? 0);
          expect(classes.gpuMilliEach[id]).toBe(one.gpuMilliEach ?? 0);
          expect(classes.constraint[id]).toBe(one.constraint ?? UNCONSTRAINED);
        }
      }),
    );
  });

  test('count their users: as many releases as were acquired, and not one more', () => {
    const classes = new TaskClasses(1);
    const id = classes.acquire({ demand: [7] }, 3);
    classes.acquire({ demand: [7] });
    for (let i = 0; i < 4; i++) classes.release(id);
    expect(() => classes.release(id)).toThrow(new LedgerError(`task class ${id} has no user to release`));
  });

  test('without users come back under their old id, while there are not many', () => {
    const classes = new TaskClasses(1);
    const id = classes.acquire({ demand: [7] });
    classes.release(id);
    classes.acquire({ demand: [8] });
    expect(classes.acquire({ demand: [7] })).toBe(id);
    expect(classes.generation[id]).toBe(1);
  });

  test('do not pile up where every task asks for something else', () => {
    const classes = new TaskClasses(1);
    for (let amount = 1; amount <= 50_000; amount++) classes.release(classes.acquire({ demand: [amount] }));
    expect(classes.bound).toBeLessThanOrEqual(4096);
  });

  test('an id that comes to stand for another shape has a new generation', () => {
    const classes = new TaskClasses(1);
    const kept = Array.from({ length: 4096 }, (_, i) => classes.acquire({ demand: [i] }));
    const id = classes.acquire({ demand: [100_000] });
    const before = classes.generation[id];
    classes.release(id);
    const again = classes.acquire({ demand: [200_000] });
    expect(again).toBe(id);
    expect(classes.generation[again]).toBe(before + 1);
    expect(classes.demand[again]).toBe(200_000);
    expect(kept.map((one) => classes.demand[one])).toEqual(kept.map((_, i) => i));
  });

  test('a shape that comes back right after its class was forgotten does not share an id with the next one', () => {
    const classes = new TaskClasses(1);
    for (let i = 0; i < 4096; i++) classes.acquire({ demand: [i] });
    classes.release(classes.acquire({ demand: [100_000] }));
    const [back, next] = [classes.acquire({ demand: [100_000] }), classes.acquire({ demand: [200_000] })];
    expect(back).not.toBe(next);
    expect([back, next].map((id) => classes.demand[id])).toEqual([100_000, 200_000]);
  });

  test('the shape of a forgotten class is not taken for the class that has its id now', () => {
    const classes = new TaskClasses(1);
    for (let i = 0; i < 4096; i++) classes.acquire({ demand: [i] });
    const id = classes.acquire({ demand: [100_000] });
    classes.release(id);
    classes.acquire({ demand: [200_000] });
    const back = classes.acquire({ demand: [100_000] });
    expect(back).not.toBe(id);
    expect(classes.demand[back]).toBe(100_000);
  });
});

function keyOf({ demand, gpuCount = 0, gpuMilliEach = 0, constraint = UNCONSTRAINED }: TaskShape): string {
  return JSON.stringify([[...Array.from(demand)], gpuCount, gpuMilliEach, constraint]);
}
