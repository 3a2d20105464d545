import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ProcessorSharing } from '../../src/model/index.js';

test('one that is alone is done in its own time, whatever happens before', () => {
  const sharing = new ProcessorSharing<string>();
  sharing.add('a', 7, 100);
  expect(sharing.ends()).toEqual(new Map([['a', 107]]));
  sharing.add('b', 1001, 1000);
  expect(sharing.ends()).toEqual(new Map([['b', 2001]]));
});

test('the shortest of three is done first, and the rest go faster then', () => {
  const sharing = new ProcessorSharing<string>();
  sharing.add('a', 10, 0);
  sharing.add('b', 20, 0);
  sharing.add('c', 40, 0);
  // a at 10 x 3; b, with 10 left, 10 x 2 later; c, with 20 left, 20 later.
  expect([...sharing.ends()]).toEqual([
    ['a', 30],
    ['b', 50],
    ['c', 70],
  ]);
  sharing.remove('b', 40);
  // c had got 10 + 5 of its 40.
  expect([...sharing.ends()]).toEqual([['c', 65]]);
});

test('the last is done when all work is, where the rate is never idle', () => {
  const works = fc.array(fc.integer({ min: 1000, max: 2000 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(works, fc.integer({ min: 0, max: 100 }), (all, gap) => {
      const sharing = new ProcessorSharing<number>();
      for (const [place, work] of all.entries()) sharing.add(place, work, place * gap);
      const last = Math.max(...sharing.ends().values());
      expect(Math.abs(last - all.reduce((a, b) => a + b, 0))).toBeLessThanOrEqual(1);
    }),
  );
});
