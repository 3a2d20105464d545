import { describe, expect, test } from 'vitest';
import { lotteryAllocator } from '../../src/policies/allocators/lottery.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { type FakeAllocation, fakeAllocation } from './fake-allocation.js';

const FRAMEWORKS = [{ name: 'a', weight: 1 }, { name: 'b', weight: 2 }, { name: 'c' }];

function offered(tickets: () => number, fake: Partial<FakeAllocation> = {}): string[] {
  const { call, notes } = fakeAllocation({
    random: tickets,
    resources: ['slots'],
    machines: Array.from({ length: 4 }, () => [1]),
    frameworks: FRAMEWORKS,
    ...fake,
  });
  call(lotteryAllocator);
  return notes;
}

describe('the lottery', () => {
  test('gives each machine to the framework on whose part of the weights the ticket falls', () => {
    const tickets = [0.2, 0.25, 0.7, 0.8];
    expect(offered(() => tickets.shift() as number)).toEqual(['a 0', 'b 1', 'b 2', 'c 3']);
  });

  test('leaves those out who want nothing', () => {
    expect(offered(() => 0.1, { content: [0] })).toEqual(['b 0', 'b 1', 'b 2', 'b 3']);
    expect(offered(() => 0.1, { content: [0, 1, 2] })).toEqual([]);
  });

  test('leaves a machine alone that the winner refuses', () => {
    expect(offered(() => 0, { filtered: ['0/2'] })).toEqual(['a 0', 'a 1', 'a 3']);
  });

  test('does not look at what anybody has', () => {
    expect(offered(() => 0, { allocated: [[4], [0], [0]] })).toEqual(['a 0', 'a 1', 'a 2', 'a 3']);
  });

  test('wins in proportion to the weights', () => {
    const notes = offered(new RandomStreams('lottery').stream('tickets'), {
      machines: Array.from({ length: 4000 }, () => [1]),
    });
    const won = FRAMEWORKS.map(({ name }) => notes.filter((note) => note.startsWith(name)).length / 4000);
    // Five standard deviations of a binomial share.
    [1 / 4, 1 / 2, 1 / 4].forEach((share, i) => {
      expect(Math.abs(won[i] - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / 4000));
    });
  });
});
