import { describe, expect, test } from 'vitest';
import { startsUnder } from './run-preset.js';

const AT_ONCE = { interval: '0s', minAllocatable: '' };

describe('silos', () => {
  const frameworks = [{ name: 'a' }, { name: 'b' }];
  const rows = [
    { framework: 0, tasks: 3, needs: { cpus: 1 }, runs: 10 },
    { framework: 1, needs: { cpus: 1 }, runs: 10, at: 1 },
  ];

  test('give out machines by rank in the order written, and nobody uses those of another, however idle', async () => {
    const three = [{ cpus: 1 }, { cpus: 1 }, { cpus: 1 }];
    expect(await startsUnder('silos', three, rows, { set: { partitions: 'b:1,a:2' }, frameworks })).toEqual([
      '0 task 0 started m1',
      '0 task 1 started m2',
      '1 task 3 started m0',
      '10 task 2 started m1',
    ]);
  });

  test('leave a machine idle that was given to nobody', async () => {
    const three = [{ cpus: 1 }, { cpus: 1 }, { cpus: 1 }];
    expect(await startsUnder('silos', three, rows, { set: { partitions: 'a:1,b:1' }, frameworks })).toEqual([
      '0 task 0 started m0',
      '1 task 3 started m1',
      '10 task 1 started m0',
      '20 task 2 started m0',
    ]);
  });
});

describe('drf', () => {
  const machines = Array.from({ length: 4 }, () => ({ cpus: 1, mem: 1 }));
  const wish = (framework: number, at = 0) => ({ framework, tasks: 4, needs: { cpus: 1 }, runs: 99, at });

  test('offers each machine to the framework with the lowest share, and ties go to the first in the alphabet', async () => {
    const frameworks = [{ name: 'z' }, { name: 'y' }];
    const starts = await startsUnder('drf', machines, [wish(0), wish(1)], {
      set: AT_ONCE,
      frameworks,
      until: 50,
    });
    // Tasks 0 to 3 are of z, 4 to 7 of y.
    expect(starts.map((start) => [start.split(' ')[2], start.split(' ').at(-1)]).sort()).toEqual([
      ['0', 'm1'],
      ['1', 'm3'],
      ['4', 'm0'],
      ['5', 'm2'],
    ]);
  });

  test('divides shares by weights: a framework of weight three gets three of four machines', async () => {
    const frameworks = [{ name: 'a', weight: 3 }, { name: 'b' }];
    const starts = await startsUnder('drf', machines, [wish(0), wish(1)], {
      set: AT_ONCE,
      frameworks,
      until: 50,
    });
    expect(starts.filter((start) => Number(start.split(' ')[2]) < 4)).toHaveLength(3);
  });

  test('compares roles first, then the frameworks of a role', async () => {
    const frameworks = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
    const starts = await startsUnder('drf', machines, [wish(0), wish(1), wish(2)], {
      set: { ...AT_ONCE, roles: 'a:x/1,b:x/2,c:y' },
      frameworks,
      until: 50,
    });
    const tasks = starts.map((start) => Math.floor(Number(start.split(' ')[2]) / 4));
    expect(tasks.sort()).toEqual([0, 1, 2, 2]);
  });

  test('serves a guarantee first, and holds back what is missing of it', async () => {
    const frameworks = [{ name: 'a' }, { name: 'b' }];
    // b has nothing to do until 5; three of four machines wait for it all the same.
    const starts = await startsUnder('drf', machines, [wish(0), wish(1, 5)], {
      set: { ...AT_ONCE, guarantees: 'b:cpus=3' },
      frameworks,
      until: 50,
    });
    expect(starts.map((start) => start.split(' ').slice(0, 3).join(' '))).toEqual([
      '0 task 0',
      '5 task 4',
      '5 task 5',
      '5 task 6',
    ]);
  });

  test('counts what meets the guarantee of a role against its limit, also in one offer', async () => {
    const starts = await startsUnder(
      'drf',
      [{ cpus: 10, mem: 1 }],
      [{ tasks: 10, needs: { cpus: 1 }, runs: 99 }],
      {
        set: { ...AT_ONCE, guarantees: 'a:cpus=2', limits: 'a:cpus=3' },
        frameworks: [{ name: 'a' }],
        until: 50,
      },
    );
    expect(starts).toHaveLength(3);
  });

  test('offers no role more than its limit, whatever is free', async () => {
    const frameworks = [{ name: 'a' }, { name: 'b' }];
    const starts = await startsUnder('drf', machines, [wish(0)], {
      set: { ...AT_ONCE, limits: 'a:cpus=2' },
      frameworks,
      until: 50,
    });
    expect(starts).toHaveLength(2);
  });
});

describe('delay scheduling', () => {
  const NOTHING = { spread: [], together: [], avoid: [], beside: [] };
  const rules = [
    undefined,
    {
      ...NOTHING,
      prefers: [
        { constraint: { attribute: 'rack', operator: 'equal' as const, values: ['near'] }, weight: 1 },
      ],
    },
  ];
  const attributes = [{ rack: 'near' }, { rack: 'far' }];
  const near = { needs: { cpus: 1 }, rule: 1 };

  test('lets a job wait for its machines, and the wait begins anew after a start there', async () => {
    const starts = await startsUnder(
      'bin-packing',
      [{ cpus: 1 }, { cpus: 4 }],
      [
        { needs: { cpus: 1 }, runs: 4, rule: 1 },
        { ...near, tasks: 3, runs: 8, at: 1 },
      ],
      { set: { localityWait: '5s' }, rules, attributes },
    );
    // The job waits from 1 on; at 4 a task of it starts near, and from 4 the others wait 5 s.
    expect(starts).toEqual([
      '0 task 0 started m0',
      '4 task 1 started m0',
      '9 task 2 started m1',
      '9 task 3 started m1',
    ]);
  });

  test('counts the wait of a gang from its first skip, also while there is no room for all of it', async () => {
    const gang = { needs: { cpus: 3 }, tasks: 2, gang: true, runs: 8, at: 1, rule: 1 };
    const starts = await startsUnder(
      'bin-packing',
      [{ cpus: 4 }, { cpus: 4 }],
      [{ needs: { cpus: 3 }, runs: 4, rule: 1 }, gang],
      { set: { localityWait: '5s' }, rules, attributes },
    );
    // From 1 on, one task of it could start far away. From 4 on both could, and its wait is over at 6.
    expect(starts).toEqual(['0 task 0 started m0', '6 task 1 started m0', '6 task 2 started m1']);
  });
});
