import { describe, expect, test } from 'vitest';
import { Profile } from '../../../src/policies/planner/profile.js';
import { NO_MARK, RegainedRoom } from '../../../src/policies/planner/regained-room.js';
import { RandomStreams } from '../../../src/sim/random-streams.js';

const drawsOf = (name: string) => {
  const random = new RandomStreams(name).stream('draws');
  return { random, upTo: (most: number) => 1 + Math.floor(random() * most) };
};

describe('room that came back', () => {
  test('is that of a list of all returns since the mark', () => {
    const { random, upTo } = drawsOf('regained-room');
    const room = new RegainedRoom();
    let all: { pool: number; from: number; to: number; turn: number; isForgotten: boolean }[] = [];
    for (let turn = 0; turn < 400; turn++) {
      const jobs = Array.from({ length: 6 }, () => ({ mark: room.mark, known: all.length }));
      const add = () => {
        const [pool, from, length] = [upTo(40) - 1, upTo(100), upTo(30)];
        room.add(pool, from, from + length);
        all.push({ pool, from, to: from + length, turn, isForgotten: false });
      };
      for (let i = upTo(4); i > 1; i--) add();
      room.turn();
      for (const job of jobs) {
        if (random() < 0.6) add();
        if (random() < 0.02) {
          room.forget();
          all = all.map((one) => ({ ...one, isForgotten: true }));
          expect(room.knowsSince(job.mark)).toBe(false);
          break;
        }
        const before = upTo(120);
        expect(room.knowsSince(job.mark)).toBe(true);
        const spans = room.since(job.mark, before);
        const wanted = new Map<number, { from: number; to: number }>();
        for (const { pool, from, to } of all.slice(job.known)) {
          const { from: first = from, to: last = to } = wanted.get(pool) ?? {};
          wanted.set(pool, { from: Math.min(first, from), to: Math.max(last, to) });
        }
        const got = new Map(
          Array.from(spans.pools.subarray(0, spans.length), (pool) => [
            pool,
            { from: spans.from[pool], to: spans.to[pool] },
          ]),
        );
        for (const [pool, span] of wanted)
          if (span.from < before)
            expect(got.get(pool)?.from, `pool ${pool} in turn ${turn}`).toBeLessThanOrEqual(span.from);
        for (const [pool, span] of got) expect(wanted.get(pool)?.to).toBeGreaterThanOrEqual(span.to);
      }
    }
  });

  test('is not known since before the last turn but one, nor without a mark', () => {
    const room = new RegainedRoom();
    const first = room.mark;
    room.add(3, 0, 10);
    room.turn();
    expect(room.knowsSince(first)).toBe(true);
    expect(room.since(first, 5).length).toBe(1);
    room.add(3, 0, 10);
    room.turn();
    expect(room.knowsSince(first)).toBe(false);
    expect(room.knowsSince(NO_MARK)).toBe(false);
  });
});

describe('the earliest window that touches a span', () => {
  test('is that of a scan over all times, if no other window has room', () => {
    const { random, upTo } = drawsOf('touching');
    let found = 0;
    for (let round = 0; round < 3000; round++) {
      const free = Array.from({ length: 40 }, () => upTo(4) - 1);
      const profile = new Profile(0, [0], 1);
      free.forEach((amount, at) => {
        profile.change(at, at + 1, { demand: Int32Array.of(amount), devices: 0, share: 0 }, 0, 1);
      });
      const need = { demand: Int32Array.of(upTo(2)), devices: 0, share: 0 };
      const length = upTo(6);
      const earliest = upTo(6) - 1;
      const from = earliest + upTo(20) - 1;
      const to = from + upTo(10);
      const own = random() < 0.3 ? earliest + upTo(25) : Number.POSITIVE_INFINITY;
      const isFree = (at: number) => (at >= own || at >= 40 ? at >= own : free[at] >= need.demand[0]);
      const fits = (start: number) => Array.from({ length }, (_, i) => start + i).every(isFree);
      const latest = Math.min(earliest + upTo(25) - 1, own);
      const starts = Array.from({ length: 40 }, (_, at) => at).filter(
        (at) => at >= earliest && at <= latest && fits(at),
      );
      const touches = (start: number) => start < to && start + length > from;
      if (starts.some((at) => at < from && !touches(at))) continue;
      const expected = starts.find((at) => touches(at) && at < own) ?? Number.POSITIVE_INFINITY;
      const got = profile.earliestTouching(from, to, { need, length, earliest, latest, own });
      if (expected < Number.POSITIVE_INFINITY) found++;
      if (got > latest || got >= own || !touches(got))
        expect(expected, `round ${round}`).toBe(Number.POSITIVE_INFINITY);
      else expect(got, `round ${round}`).toBe(expected);
    }
    expect(found).toBeGreaterThan(200);
  });
});
