import { describe, expect, test } from 'vitest';
import { decisionTimePerJob } from '../../policies/orders/run-preset.js';
import { explained } from './explained.js';

/** One machine of 4 cores, of which `first` has 3 until 100 s. `wide` needs all of it. */
const ONE = [{ cpus: 4 }];
const first = { job: 'first', needs: { cpus: 3 }, runs: 100, estimate: 100 };
const wide = { job: 'wide', at: 1, needs: { cpus: 4 }, runs: 100, estimate: 100 };

const FULL = '  1 machine of 4 cores: with too little free (4 cores needed, at most 1 core free).';

describe('the history of a job', () => {
  test('that no machine can ever hold says so, and nothing else', async () => {
    const huge = { job: 'huge', at: 2, needs: { cpus: 5 }, runs: 1 };
    expect(await explained('huge', 'fcfs', ONE, [first, huge])).toEqual([
      '2 s: 1 task can never run: needs room for 1 task of 5 cpus, there is room for none',
      '2 s: ends, 1 without success',
    ]);
  });

  test('that waits for room merges equal considerations, and counts them', async () => {
    const small = (at: number) => ({ at, needs: { cpus: 4 }, runs: 1 });
    // It is considered when it comes, and when two more jobs come behind it.
    expect(await explained('wide', 'fcfs', ONE, [first, wide, small(2), small(3)])).toEqual([
      '1 s to 1m 40s: waits; considered 3 times',
      '  No machine takes it.',
      FULL,
      '1m 40s: 1 task starts on m0',
      '3m 20s: ends',
    ]);
  });

  test('behind the head of the queue names the head, under fcfs', async () => {
    const short = { job: 'short', at: 2, needs: { cpus: 1 }, runs: 10, estimate: 10 };
    expect(await explained('short', 'fcfs', ONE, [first, wide, short])).toEqual([
      '2 s to 1m 40s: waits; considered once',
      '  It is behind job "wide" in the queue, which fits nowhere, and the policy lets no job pass that one.',
      '  1 machine of 4 cores: with room.',
      '1m 40s to 3m 20s: waits; considered once',
      '  No machine takes it.',
      '  1 machine of 4 cores: with too little free (1 core needed, nothing free).',
      '3m 20s: 1 task starts on m0',
      '3m 30s: ends',
    ]);
  });

  test('that is not backfilled names the job whose reservation it would delay, under easy', async () => {
    // It ends at 102 s by its estimate, and `wide` has the machine from 100 s on.
    const long = { job: 'long', at: 2, needs: { cpus: 1 }, runs: 10, estimate: 100 };
    const rows = [first, wide, long];
    expect(await explained('long', 'easy', ONE, rows)).toEqual([
      '2 s to 1m 40s: waits; considered once',
      '  It would delay job "wide", whose start is reserved for 1m 40s.',
      '  1 machine of 4 cores: with room.',
      '1m 40s to 3m 20s: waits; considered once',
      '  No machine takes it.',
      '  1 machine of 4 cores: with too little free (1 core needed, nothing free).',
      '3m 20s: 1 task starts on m0',
      '3m 30s: ends',
    ]);
    expect((await explained('wide', 'easy', ONE, rows)).slice(0, 6)).toEqual([
      '1 s to 2 s: waits; considered once',
      '  No machine takes it.',
      FULL,
      '2 s to 1m 40s: waits; considered once',
      '  Its start is planned for 1m 40s.',
      FULL,
    ]);
  });

  test('under conservative has its planned start, and the job that a start now would delay', async () => {
    const long = { job: 'long', at: 2, needs: { cpus: 1 }, runs: 10, estimate: 100 };
    expect((await explained('long', 'conservative', ONE, [first, wide, long])).slice(0, 3)).toEqual([
      '2 s to 1m 40s: waits; considered once',
      '  Its start is planned for 3m 20s. A start now would delay job "wide".',
      '  1 machine of 4 cores: with room.',
    ]);
  });

  test('that a constraint keeps off machines counts them apart from those that are full or too small', async () => {
    const racks = ['r0', 'r1', 'r1', 'r1'].map((rack) => ({ rack }));
    const rows = [
      { job: 'a', needs: { cpus: 3 }, runs: 50, constraint: 1 },
      { job: 'b', needs: { cpus: 2 }, runs: 50, constraint: 1 },
      { job: 'c', at: 1, needs: { cpus: 3 }, runs: 10, constraint: 1 },
    ];
    const terms = {
      attributes: racks,
      constraints: [[], [{ attribute: 'rack', operator: 'equal' as const, values: ['r1'] }]],
    };
    const machines = [{ cpus: 4 }, { cpus: 4 }, { cpus: 4 }, { cpus: 2 }];
    // `a` has m1, and `b` m2: by first fit, because m1 has too little left.
    expect(await explained('c', 'fcfs', machines, rows, terms)).toEqual([
      '1 s to 50 s: waits; considered once',
      '  No machine takes it.',
      '  3 machines of 4 cores: 1 without the attributes that it requires; 2 with too little free (3 cores needed, at most 2 cores free).',
      '  1 machine of 2 cores: too small (3 cores needed, at most 2 cores there).',
      '50 s: 1 task starts on m1',
      '1m: ends',
    ]);
  });

  test('of a gang says how many of its tasks had room at one time', async () => {
    const rows = [
      { job: 'a', needs: { cpus: 2 }, runs: 100 },
      { job: 'gang', at: 1, tasks: 2, gang: true, needs: { cpus: 3 }, runs: 10 },
    ];
    expect(await explained('gang', 'fcfs', [{ cpus: 4 }, { cpus: 4 }], rows)).toEqual([
      '1 s to 1m 40s: waits, 2 tasks; considered once',
      '  Its tasks do not all have room.',
      '  At most 1 of its 2 waiting tasks had room at one time, and a gang starts as a whole.',
      '  2 machines of 4 cores: 1 with too little free (3 cores needed, at most 2 cores free); 1 with room.',
      '1m 40s: 2 tasks start on m0 and m1',
      '1m 50s: ends',
    ]);
  });

  test('that is preempted names the job that took its room, and that job says for what it waits', async () => {
    const rows = [
      { job: 'low', needs: { cpus: 3 }, runs: 100 },
      { job: 'high', at: 10, needs: { cpus: 2 }, runs: 20, priority: 300 },
    ];
    const terms = { set: { grace: '5s' } };
    expect(await explained('low', 'borg', ONE, rows, terms)).toEqual([
      '0 s: 1 task starts on m0',
      '15 s: 1 task is stopped (preempted for job "high")',
      '15 s to 35 s: waits; considered once',
      '  No machine takes it.',
      '  1 machine of 4 cores: with too little free (3 cores needed, at most 2 cores free).',
      '35 s: 1 task starts on m0',
      '2m 15s: ends',
    ]);
    expect((await explained('high', 'borg', ONE, rows, terms)).slice(0, 2)).toEqual([
      '10 s to 15 s: waits; considered once',
      '  Its room is claimed, and preempted tasks have not left it yet.',
    ]);
  });

  test('before an advance reservation says when it may start', async () => {
    const terms = {
      frameworks: [{ name: 'web' }, { name: 'hpc' }],
      set: { reservations: 'hpc@20s-60s:1' },
    };
    const rows = [{ job: 'a', at: 1, needs: { cpus: 1 }, runs: 30, estimate: 30 }];
    // It would end at 31 s. The second consideration is at 20 s, when the reservation begins.
    expect(await explained('a', 'fcfs', ONE, rows, terms)).toEqual([
      '1 s to 1m: waits; considered 2 times',
      '  A rule of the policy, such as an advance reservation, keeps it off a machine with room, until 1m at least.',
      '  1 machine of 4 cores: with room.',
      '1m: 1 task starts on m0',
      '1m 30s: ends',
    ]);
  });
});

describe('under offers', () => {
  const frameworks = [{ name: 'big' }, { name: 'small' }];

  test('a job whose framework got no offers names those that got them, with the dominant shares', async () => {
    const rows = [
      { job: 'b1', framework: 0, needs: { cpus: 3 }, runs: 500 },
      { job: 's1', framework: 1, needs: { cpus: 1 }, runs: 10 },
      { job: 'b2', framework: 0, at: 1, needs: { cpus: 1 }, runs: 10 },
      { job: 's2', framework: 1, at: 2, needs: { cpus: 1 }, runs: 10 },
      { job: 's3', framework: 1, at: 3, needs: { cpus: 1 }, runs: 10 },
    ];
    const history = await explained('b2', 'drf', ONE, rows, { frameworks });
    // What big leaves of its offer is offered again after one interval, at 1 s. From then on, big has 3 of 4 cores, and small has
    // the lower share: whatever ends, small gets the offer. It has nothing to place from 31 s on.
    expect(history.filter((line) => !line.startsWith('  1 machine'))).toEqual([
      '1 s to 2 s: waits; considered once',
      '  Its framework got no offer. Offers went to "small". Dominant shares: big 75 %, small 25 %.',
      '2 s to 11 s: waits; considered once',
      '  No machine takes it.',
      '11 s to 31 s: waits; considered 2 times',
      '  Its framework got no offer. Offers went to "small". Dominant shares: big 75 %, small 25 %.',
      '31 s: 1 task starts on m0',
      '41 s: ends',
    ]);
  });

  test('a job whose role has reached its limit says which limit', async () => {
    const rows = [
      { job: 'b1', framework: 0, needs: { cpus: 2 }, runs: 100 },
      { job: 'b2', framework: 0, at: 1, needs: { cpus: 1 }, runs: 10 },
    ];
    const terms = { frameworks, set: { limits: 'big:cpus=2' } };
    expect(await explained('b2', 'drf', ONE, rows, terms)).toEqual([
      '1 s to 1m 40s: waits; considered once',
      '  A limit is reached: its role big has 2 cpus and a limit of 2 cpus.',
      '  1 machine of 4 cores: with room, but not offered to its framework.',
      '1m 40s: 1 task starts on m0',
      '1m 50s: ends',
    ]);
  });

  test('a job beside a gang that gathers names the gang, and answers that come in turn are merged', async () => {
    const rows = [
      { job: 'a', framework: 0, needs: { cpus: 2 }, runs: 100, estimate: 100 },
      { job: 'gang', framework: 1, at: 1, tasks: 2, gang: true, needs: { cpus: 3 }, runs: 10, estimate: 10 },
      { job: 'late', framework: 0, at: 2, needs: { cpus: 2 }, runs: 200, estimate: 200 },
    ];
    const history = await explained('late', 'drf', [{ cpus: 4 }, { cpus: 4 }], rows, { frameworks });
    expect(history.join('\n')).toContain('kept for gang "gang"');
    expect(history.join('\n')).toContain('in turn with other answers');
    expect(history.length).toBeLessThan(20);
  });

  test('silos keep the machines of others for them', async () => {
    const rows = [
      { job: 'a', framework: 0, needs: { cpus: 4 }, runs: 100 },
      { job: 'b', framework: 0, at: 1, needs: { cpus: 4 }, runs: 10 },
    ];
    const terms = { frameworks, set: { partitions: 'big:1,small:1' } };
    expect(await explained('b', 'silos', [{ cpus: 4 }, { cpus: 4 }], rows, terms)).toContain(
      '  2 machines of 4 cores: 1 with too little free (4 cores needed, nothing free); 1 for other frameworks only.',
    );
  });
});

describe('schedulers that serve one job at a time', () => {
  const rows = [
    { job: 'a', needs: { cpus: 4 }, runs: 4 },
    { job: 'b', at: 1, needs: { cpus: 2 }, runs: 3 },
  ];

  test('consider a job at each attempt, under omega', async () => {
    // Attempts at 1 s, 2 s, 3 s, 4 s.
    expect((await explained('b', 'omega', ONE, rows)).slice(0, 3)).toEqual([
      '1 s to 4 s: waits; considered 3 times',
      '  No machine takes it.',
      '  1 machine of 4 cores: with too little free (2 cores needed, nothing free).',
    ]);
  });

  test('name the job that they were serving', async () => {
    const twice = [
      { job: 'a', needs: { cpus: 1 }, runs: 4 },
      { job: 'b', needs: { cpus: 1 }, runs: 3 },
    ];
    const decisionTimes = decisionTimePerJob(5);
    expect((await explained('b', 'monolithic', ONE, twice, { decisionTimes })).slice(0, 2)).toEqual([
      '5 s to 10 s: waits; considered once',
      '  Its scheduler was serving job "a".',
    ]);
  });

  test('under sampling, a job waits for the machines that it has probed', async () => {
    const history = await explained('b', 'sparrow', ONE, rows);
    expect(history.slice(0, 2)).toEqual([
      expect.stringContaining('waits; considered'),
      expect.stringMatching(/No machine takes it|has sampled/),
    ]);
  });
});
