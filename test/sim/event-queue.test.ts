import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventClass, type EventClassCode, EventQueue } from '../../src/sim/event-queue.js';
import { RandomStreams } from '../../src/sim/random-streams.js';

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

  // Where thousands are pending, the queue keeps the later ones in a calendar, whose buckets follow the rate of events.
  test.each([1, 2, 3, 4])(
    'gives out thousands of events as a sorted list does, while their rate changes (seed %i)',
    (seed) => {
      const draw = new RandomStreams(seed).stream('events');
      const below = (bound: number) => Math.floor(draw() * bound);
      const queue = new EventQueue();
      const list = new SortedList();
      for (let phase = 0; phase < 12; phase++) {
        const horizon = 10 ** below(11);
        const wanted = [0, 30, 400, 3000][below(4)];
        for (let i = 0; i < 3000; i++) {
          const wants = list.length < wanted || (list.length > 0 && draw() < 0.5);
          if (list.length < wanted || (wants && draw() < 0.6)) {
            const after = draw() < 0.02 ? Number.POSITIVE_INFINITY : draw() < 0.3 ? below(3) : below(horizon);
            const kind = kinds[below(kinds.length)];
            const time = queue.time === Number.POSITIVE_INFINITY ? queue.time : queue.time + after;
            list.add({ time, kind, subject: i, order: queue.add(time, kind, i) });
          } else {
            const first = list.take();
            expect(queue.take()).toBe(first !== undefined);
            if (first === undefined) continue;
            const { time, kind, subject, order } = queue;
            expect({ time, kind, subject, order }).toEqual(first);
          }
          expect(queue.size).toBe(list.length);
          expect(queue.peekTime()).toBe(list.first?.time ?? Number.POSITIVE_INFINITY);
        }
      }
      for (let first = list.take(); first !== undefined; first = list.take()) {
        expect(queue.take()).toBe(true);
        expect(queue.order).toBe(first.order);
      }
      expect(queue.take()).toBe(false);
    },
  );

  test('takes events in that lie before those it has looked at', () => {
    const queue = new EventQueue();
    for (let i = 0; i < 2000; i++) queue.add(1000 * i, EventClass.taskEnd, i);
    for (let i = 0; i < 1000; i++) queue.take();
    queue.add(queue.time + 1, EventClass.taskEnd, -7);
    queue.take();
    expect(queue.subject).toBe(-7);
    queue.add(queue.time, EventClass.taskEnd, -8);
    queue.take();
    expect(queue.subject).toBe(-8);
  });
});

/** The naive twin: one sorted array. */
class SortedList {
  private readonly entries: Pending[] = [];

  get length(): number {
    return this.entries.length;
  }

  get first(): Pending | undefined {
    return this.entries[0];
  }

  add(entry: Pending): void {
    let place = this.entries.length;
    while (place > 0 && isBefore(entry, this.entries[place - 1])) place--;
    this.entries.splice(place, 0, entry);
  }

  take(): Pending | undefined {
    return this.entries.shift();
  }
}

function isBefore(a: Pending, b: Pending): boolean {
  return (
    a.time < b.time || (a.time === b.time && (a.kind < b.kind || (a.kind === b.kind && a.order < b.order)))
  );
}
