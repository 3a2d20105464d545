import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ChangeLog } from '../../src/model/index.js';

describe('a change log', () => {
  test('remembers the latest changes, as many as it is large, and says when a reader has missed some', () => {
    const script = fc.array(fc.record({ machine: fc.nat(50), reads: fc.boolean() }), {
      maxLength: 200,
      size: 'max',
    });
    fc.assert(
      fc.property(script, (changes) => {
        const log = new ChangeLog(8);
        const all: number[] = [];
        let cursor = 0;
        for (const { machine, reads } of changes) {
          log.record(machine);
          all.push(machine);
          expect(log.head).toBe(all.length);
          expect(log.remembers(cursor)).toBe(all.length - cursor <= 8);
          if (!reads) continue;
          if (log.remembers(cursor)) {
            const read = all.slice(cursor).map((_, i) => log.at(cursor + i));
            expect(read).toEqual(all.slice(cursor));
          }
          cursor = log.head;
        }
      }),
    );
  });

  test('remembers as many before its ring has its full length, and nothing from before all was forgotten', () => {
    const log = new ChangeLog(512);
    let [first, all]: [number, number[]] = [0, []];
    for (let i = 0; i < 3000; i++) {
      if (i === 100 || i === 2500) {
        const before = log.head;
        log.forget();
        expect(log.remembers(before)).toBe(false);
        [first, all] = [log.head, []];
      }
      log.record(i % 977);
      all.push(i % 977);
      const known = Math.min(all.length, 512);
      const from = first + all.length - known;
      expect(log.remembers(from)).toBe(true);
      if (known === 512) expect(log.remembers(from - 1)).toBe(false);
      if (i % 37 === 0)
        expect(Array.from({ length: known }, (_, k) => log.at(from + k))).toEqual(all.slice(-known));
    }
  });

  test('is at least as large as asked, rounded up to a power of two', () => {
    const log = new ChangeLog(5);
    for (let i = 0; i < 8; i++) log.record(i);
    expect(log.remembers(0)).toBe(true);
    log.record(8);
    expect(log.remembers(0)).toBe(false);
    expect(log.remembers(1)).toBe(true);
    expect([1, 8].map((index) => log.at(index))).toEqual([1, 8]);
  });

  test('keeps what it remembers when it is extended, and forgets all if it has dropped changes before', () => {
    const [short, long] = [new ChangeLog(8), new ChangeLog(8)];
    for (let i = 0; i < 8; i++) short.record(i);
    for (let i = 0; i < 9; i++) long.record(i);
    const before = long.head;
    for (const log of [short, long]) log.extend(32);
    for (let i = 0; i < 24; i++) for (const log of [short, long]) log.record(100 + i);
    expect(short.remembers(0)).toBe(true);
    expect([0, 7, 8, 31].map((index) => short.at(index))).toEqual([0, 7, 100, 123]);
    expect(long.remembers(before)).toBe(false);
    expect(long.remembers(long.head - 24)).toBe(true);
    expect(long.at(long.head - 24)).toBe(100);
  });
});
