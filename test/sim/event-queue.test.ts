import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventClass, type EventClassCode, EventQueue } from '../../src/sim/event-queue.js';

interface Pending {
  readonly time: number;
  readonly kind: number;
  readonly subject: number;
  readonly order: number;
}

const kinds = Object.values(EventClass) as EventClassCode[];
const add = fc.record({
  time: fc.oneof(fc.nat(5), fc.nat(1_000_000)),
  kind: fc.constantFrom(...kinds),
  subject: fc.integer({ min: -1, max: 1000 }),
});
const step = fc.oneof({ weight: 3, arbitrary: add }, { weight: 2, arbitrary: fc.constant('take' as const) });

describe('the event queue', () => {
  test('gives events out by time, then class, then the order in which they were added', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
        const queue = new EventQueue();
        let sorted: Pending[] = [];
        for (const one of steps) {
          if (one === 'take') {
            const [first, ...rest] = sorted;
            expect(queue.take()).toBe(first !== undefined);
            if (first === undefined) continue;
            const { time, kind, subject, order } = queue;
            expect({ time, kind, subject, order }).toEqual(first);
            sorted = rest;
          } else {
            const order = queue.add(one.time, one.kind, one.subject);
            // Equal times and classes keep their order because the sort is stable.
            sorted = [...sorted, { ...one, order }].sort((a, b) => a.time - b.time || a.kind - b.kind);
          }
          expect(queue.size).toBe(sorted.length);
          expect(queue.peekTime()).toBe(sorted[0]?.time ?? Number.POSITIVE_INFINITY);
          expect(queue.peekKind()).toBe(sorted[0]?.kind ?? EventClass.sample + 1);
        }
      }),
    );
  });

  test('grows as far as it must, and keeps the order of 20,000 events', () => {
    const queue = new EventQueue();
    const times = Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 1000);
    times.forEach((time, i) => {
      queue.add(time, EventClass.taskEnd, i);
    });
    const taken: number[] = [];
    while (queue.take()) taken.push(queue.subject);
    const wanted = times.map((_, i) => i).sort((a, b) => times[a] - times[b]);
    expect(taken).toEqual(wanted);
  });

  test('gives each event an order number of its own', () => {
    const queue = new EventQueue();
    const orders = kinds.flatMap((kind) => [queue.add(1, kind, 0), queue.add(1, kind, 0)]);
    expect(new Set(orders).size).toBe(orders.length);
  });

  test('orders the classes of one instant as the documentation says', () => {
    const inOrder = [
      'machineUp',
      'taskEnd',
      'machineDown',
      'arrival',
      'decision',
      'timer',
      'sample',
    ] as const;
    const queue = new EventQueue();
    for (const name of [...inOrder].reverse()) queue.add(5, EventClass[name], 0);
    const taken: number[] = [];
    while (queue.take()) taken.push(queue.kind);
    expect(taken).toEqual(inOrder.map((name) => EventClass[name]));
  });
});
