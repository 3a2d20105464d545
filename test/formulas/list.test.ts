import { describe, expect, it } from 'vitest';
import { machineScore } from '../../src/formulas/machine-score.js';
import { parseFormula } from '../../src/formulas/parse.js';
import { SCORE_WORDS } from '../../src/formulas/words.js';
import { startsUnder } from '../policies/orders/run-preset.js';

const one = [{ cpus: 4 }];

/** The tasks in the order of their starts, on a machine that runs one at a time. */
async function orderOf(order: string, rows: Parameters<typeof startsUnder>[2], set = {}): Promise<number[]> {
  const starts = await startsUnder('list', one, rows, { set: { order, ...set } });
  return starts.map((line) => Number(/task (\d+)/.exec(line)?.[1]));
}

/** Task 0 fills the machine until 10 s, the others wait. */
const FIRST = { needs: { cpus: 4 }, runs: 10 };
const whole = (row: object) => ({ needs: { cpus: 4 }, runs: 1, at: 1, ...row });

describe('an order by a formula', () => {
  it.each([
    ['', [0, 1, 2, 3]],
    ['priority', [0, 2, 3, 1]],
    ['-priority', [0, 1, 3, 2]],
    ['-estimate', [0, 3, 2, 1]],
    ['estimate < 4 s', [0, 2, 3, 1]],
    ['estimate < 4 s ? 1 : 2', [0, 1, 2, 3]],
    ['priority >= 2 and estimate <= 2 s', [0, 3, 1, 2]],
    ['0 * priority', [0, 1, 2, 3]],
  ])('%s starts the tasks as %j', async (order, expected) => {
    const rows = [
      FIRST,
      whole({ priority: 1, estimate: 5 }),
      whole({ priority: 3, estimate: 3 }),
      whole({ priority: 2, estimate: 2 }),
    ];
    expect(await orderOf(order, rows)).toEqual(expected);
  });

  it('that divides the wait by the limit changes while tasks wait', async () => {
    // At 10 s: task 1 waited 9 of 100 s, task 2 waited 2 of 10 s. At 19 s: 18 of 100 s and, if it still waits, 11 of 10 s.
    const rows = [
      FIRST,
      whole({ estimate: 100, runs: 9 }),
      whole({ at: 8, estimate: 10, runs: 9 }),
      whole({ at: 9, estimate: 1000 }),
    ];
    expect(await orderOf('waited / timeLimit', rows)).toEqual([0, 2, 1, 3]);
    // A task without an estimate has waited 0 of infinity: the last.
    expect(await orderOf('waited / timeLimit', [FIRST, whole({}), whole({ estimate: 100, at: 5 })])).toEqual([
      0, 2, 1,
    ]);
  });

  it('is sorted anew at each pass: a crossing of two keys is seen', async () => {
    // Keys priority + waited / 4 s: task 1 is ahead at 10 s (2.25 and 2.25, in queue order), task 3 comes at 11 s with 3.
    const rows = [
      { needs: { cpus: 4 }, runs: 10 },
      whole({ priority: 0, at: 1, runs: 10 }),
      whole({ priority: 1, at: 5, runs: 10 }),
      whole({ priority: 4, at: 11, runs: 10 }),
    ];
    // At 10 s: 2.25 and 1 + 1.25. At 20 s: task 2 has 1 + 3.75 = 4.75, task 3 has 4 + 2.25 = 6.25.
    expect(await orderOf('priority + waited / 4 s', rows)).toEqual([0, 1, 3, 2]);
    // Slower ageing keeps the priorities: at 10 s task 2 is first.
    expect(await orderOf('priority + waited / 1 h', rows)).toEqual([0, 2, 3, 1]);
    // Fast ageing is the order of the queue.
    expect(await orderOf('priority + waited / 1 s', rows)).toEqual([0, 1, 2, 3]);
  });

  it('counts NaN as the lowest value', async () => {
    const rows = [FIRST, whole({ priority: -4 }), whole({ priority: 0 }), whole({ priority: 4 })];
    expect(await orderOf('sqrt(priority)', rows)).toEqual([0, 3, 2, 1]);
    expect(await orderOf('sqrt(priority) + 0 * waited / 1 s', rows)).toEqual([0, 3, 2, 1]);
  });

  it('reads demands, shares and jobs', async () => {
    const rows = [
      { needs: { cpus: 4, mem: 100 }, runs: 10 },
      { job: 'a', needs: { cpus: 4, mem: 1 }, runs: 1, at: 1 },
      { job: 'b', needs: { cpus: 3, mem: 90 }, runs: 1, at: 1, tasks: 2 },
      { job: 'c', needs: { cpus: 3.5, mem: 20 }, runs: 1, at: 1, gang: true },
    ];
    const starts = async (order: string) => {
      const lines = await startsUnder('list', [{ cpus: 4, mem: 100 }], rows, {
        set: { order, backfill: 'none' },
      });
      return lines.map((line) => Number(/task (\d+)/.exec(line)?.[1]));
    };
    expect(await starts('demand(cpus)')).toEqual([0, 1, 4, 2, 3]);
    expect(await starts('demand(mem)')).toEqual([0, 2, 3, 4, 1]);
    expect(await starts('demand(mem) > 15 MiB')).toEqual([0, 2, 3, 4, 1]);
    expect(await starts('demandShare(mem) - demandShare(cpus)')).toEqual([0, 2, 3, 4, 1]);
    // 1, 0.9, 0.875.
    expect(await starts('-dominantShare')).toEqual([0, 4, 2, 3, 1]);
    expect(await starts('gang')).toEqual([0, 4, 1, 2, 3]);
    // Job b has two waiting tasks, then one.
    expect(await starts('pending')).toEqual([0, 2, 1, 3, 4]);
    expect(await starts('tasks + demand(gpus)')).toEqual([0, 2, 1, 3, 4]);
    expect(await starts('running - attempts')).toEqual([0, 1, 2, 3, 4]);
  });

  it('reads the framework by name, which may have hyphens', async () => {
    const rows = [FIRST, whole({ framework: 0 }), whole({ framework: 1 })];
    const frameworks = [{ name: 'web' }, { name: 'spark-1' }];
    const starts = await startsUnder('list', one, rows, {
      set: { order: 'framework( spark-1 )' },
      frameworks,
    });
    expect(starts.map((line) => line.split(' ')[2])).toEqual(['0', '2', '1']);
    await expect(
      startsUnder('list', one, rows, { set: { order: '1 + framework(sparc)' }, frameworks }),
    ).rejects.toThrow('order, character 15: found "sparc", expected one of the frameworks web, spark-1');
  });

  it('goes with backfill=easy as any order', async () => {
    const rows = [
      { needs: { cpus: 3 }, runs: 10, estimate: 10 },
      whole({ priority: 5, estimate: 5 }),
      { needs: { cpus: 1 }, runs: 20, at: 2, estimate: 20 },
      { needs: { cpus: 1 }, runs: 5, at: 2, estimate: 5 },
    ];
    const starts = await startsUnder('list', one, rows, {
      set: { order: 'priority + waited / 1 h', backfill: 'easy' },
    });
    // Task 2 would delay task 1, task 3 would not.
    expect(starts.slice(0, 3)).toEqual([
      '0 task 0 started m0',
      '2 task 3 started m0',
      '10 task 1 started m0',
    ]);
  });
});

describe('a score by a formula', () => {
  const machines = [
    { cpus: 8, mem: 100 },
    { cpus: 4, mem: 400 },
    { cpus: 16, mem: 200 },
  ];
  const tasks = [0, 1, 2].map((at) => ({ needs: { cpus: 2, mem: 50 }, runs: 100, at }));
  const machinesFor = async (score: string, rows = tasks) => {
    const starts = await startsUnder('list', machines, rows, { set: { score } });
    return starts.map((line) => line.split(' ').at(-1));
  };

  it.each([
    // 8, 4, 16 cores free; 2 are taken each time.
    ['free(cpus)', ['m2', 'm2', 'm2']],
    ['-free(cpus)', ['m1', 'm1', 'm0']],
    ['capacity(mem)', ['m1', 'm1', 'm2']],
    // Equal shares: the lowest rank. Then m0 has 3/4 free, m1 1, m2 1.
    ['freeShare(cpus)', ['m0', 'm1', 'm2']],
    // After the task: 6/8, 2/4, 14/16.
    ['leftOver(cpus)', ['m2', 'm0', 'm2']],
    ['tasksOn', ['m0', 'm0', 'm1']],
    ['-tasksOn', ['m0', 'm1', 'm2']],
    ['free(mem) >= 300 MiB ? 1 : 0', ['m1', 'm1', 'm0']],
    ['free(gpus) + devices', ['m0', 'm0', 'm1']],
    ['sqrt(free(cpus) - 10)', ['m2', 'm2', 'm2']],
    ['waited > 1 s ? free(cpus) : -free(cpus)', ['m1', 'm1', 'm0']],
    ['demandShare(cpus) * free(cpus)', ['m2', 'm2', 'm2']],
  ])('%s takes %j', async (score, expected) => {
    // With tasksOn, m0 is full of memory after two tasks.
    expect(await machinesFor(score)).toEqual(expected);
  });

  it('knows the share of the preferred weight that a machine meets; 1 for a task without preferences', async () => {
    const names = (values: string[]) => ({ attribute: 'machine', operator: 'equal' as const, values });
    const prefers = [
      { constraint: names(['m1', 'm2']), weight: 1 },
      { constraint: names(['m2']), weight: 3 },
    ];
    const rules = [undefined, { spread: [], together: [], avoid: [], beside: [], prefers }];
    const startOf = async (score: string, rule: number) => {
      const rows = [{ needs: { cpus: 2, mem: 50 }, runs: 1, rule }];
      const starts = await startsUnder('list', machines, rows, { set: { score }, rules });
      return starts[0].split(' ').at(-1);
    };
    // Shares: m0 0, m1 1/4, m2 1.
    expect(await startOf('preferred', 1)).toBe('m2');
    // 0, 0.25 + 0.5, 1 - 1: m2 would be first if the score did not weigh preferences itself.
    expect(await startOf('preferred + 0.125 * (8 - free(cpus))', 1)).toBe('m1');
    expect(await startOf('preferred == 1 ? -free(cpus) : 0', 0)).toBe('m1');
  });

  it.each([
    ['preferred + free(cpus)', ['job']],
    ['free(cpus) - 0.2 * leftOver(mem)', []],
    ['tasksOn + free(cpus)', ['tasks']],
    ['dominantShare * free(cpus)', ['cluster']],
    ['priority > 0 ? free(cpus) : 0', ['job']],
    ['waited / 1 h * free(cpus) + tasksOn', ['job', 'time', 'tasks']],
  ])('%s declares the reads %j', (score, reads) => {
    expect(machineScore(parseFormula(score, SCORE_WORDS), []).reads).toEqual(reads);
  });

  it('excludes another placement', async () => {
    await expect(
      startsUnder('list', machines, tasks, { set: { score: 'free(cpus)', placement: 'best-fit' } }),
    ).rejects.toThrow('score: is given together with placement=best-fit, expected one of them');
  });

  it('is refused with the character under --set, too', async () => {
    await expect(
      startsUnder('list', machines, tasks, { set: { score: 'free(cpus) + waitd' } }),
    ).rejects.toThrow('score, character 14: unknown name "waitd" in a score, did you mean "waited"?');
  });
});

describe('an order of the tasks behind a blocked one, by a formula', () => {
  // Task 0 has 3 of 4 cores until 10 s. Task 1 is blocked until then; one of the others can pass it, on the last core.
  const rows = [
    { needs: { cpus: 3 }, runs: 10, estimate: 10 },
    { needs: { cpus: 4 }, runs: 1, at: 1, estimate: 1 },
    { needs: { cpus: 1 }, runs: 3, at: 2, estimate: 4, priority: 1 },
    { needs: { cpus: 1 }, runs: 3, at: 2, estimate: 3, priority: 2 },
  ];
  it.each([
    ['queue', [0, 2, 3, 1]],
    ['shortest', [0, 3, 2, 1]],
    ['priority', [0, 3, 2, 1]],
    ['-priority', [0, 2, 3, 1]],
    ['demand(cpus) - estimate / 1 s', [0, 3, 2, 1]],
  ])('%s starts them as %j', async (behind, expected) => {
    expect(await orderOf('', rows, { backfill: 'easy', behind })).toEqual(expected);
  });

  it('needs backfill=easy, and its errors point into the formula', async () => {
    await expect(orderOf('', rows, { backfill: 'any', behind: '-estimate' })).rejects.toThrow(
      'behind: is a formula, expected backfill=easy with it',
    );
    await expect(orderOf('', rows, { backfill: 'easy', behind: '-estimat' })).rejects.toThrow(
      /behind.*character 2: unknown name "estimat" in an order, did you mean "estimate"/,
    );
    await expect(orderOf('', rows, { backfill: 'easy', behind: 'framework(nobody)' })).rejects.toThrow(
      /behind, character 11: found "nobody", expected one of the frameworks/,
    );
  });
});
