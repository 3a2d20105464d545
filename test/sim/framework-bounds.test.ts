import { describe, expect, test } from 'vitest';
import { FOREVER, fromSeconds } from '../../src/model/index.js';
import { lotteryAllocator } from '../../src/policies/allocators/lottery.js';
import type { MachineChange } from '../../src/workloads/machine-change.js';
import { runPreset } from '../policies/orders/run-preset.js';
import { CPUS, CPUS_MEM_GPUS, firstStarts, listParts, machinesOf, simulate } from '../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';

const NO_RULE = { spread: [], together: [], avoid: [], beside: [], prefers: [] };
const four = [{ cpus: 4 }, { cpus: 4 }, { cpus: 4 }, { cpus: 4 }];
const frameworks = [{ name: 'x' }, { name: 'y' }];
const none = { backfill: 'none' };

describe('a job above a limit of its role', () => {
  const wide: RowSketch = { job: 'wide', needs: { cpus: 4 }, runs: 10 };
  const narrow: RowSketch = { job: 'narrow', at: 1, needs: { cpus: 1 }, runs: 10 };

  test.each([
    ['its own role', { limits: 'x:cpus=2' }, 'the limit of role x is 2 cpus'],
    ['a role above it', { roles: 'x:p/x,y:q', limits: 'p:cpus=3' }, 'the limit of role p is 3 cpus'],
    [
      'a role above it, less the guarantee of a role beside it',
      { roles: 'x:p/x,y:p/y', limits: 'p:cpus=5', guarantees: 'p/y:cpus=2' },
      'the limit of role p is 5 cpus, of which 2 cpus are guaranteed to p/y',
    ],
    [
      'nothing but guarantees of others',
      { guarantees: 'y:cpus=13' },
      'the machines have 16 cpus, of which 13 cpus are guaranteed to y',
    ],
  ])('is rejected, and blocks no other job: %s', async (_, set, reason) => {
    const { recorder, ...result } = await runPreset('drf', four, [wide, narrow], {
      set: { ...none, ...set },
      frameworks,
    });
    expect(recorder.impossible.named).toEqual([{ job: 'wide', reason: `needs 4 cpus, ${reason}` }]);
    expect(firstStarts(result)[1]).toBe(1);
  });

  test('may be a gang of which each task is below it', async () => {
    const gang: RowSketch = { job: 'gang', gang: true, tasks: 3, needs: { cpus: 1 }, runs: 10 };
    const { recorder, ...result } = await runPreset('drf', four, [gang, narrow], {
      set: { ...none, limits: 'x:cpus=2' },
      frameworks,
    });
    expect(recorder.impossible.named).toEqual([
      { job: 'gang', reason: 'needs 3 cpus, the limit of role x is 2 cpus' },
    ]);
    expect(firstStarts(result)[3]).toBe(1);
  });

  test('is none if its tasks may run one after another, or the guarantee is its own', async () => {
    const rows: RowSketch[] = [
      { job: 'tasks', tasks: 3, needs: { cpus: 2 }, runs: 10 },
      { job: 'other', framework: 1, needs: { cpus: 4 }, runs: 10 },
    ];
    const { recorder } = await runPreset('drf', four, rows, {
      set: { ...none, limits: 'x:cpus=2', guarantees: 'y:cpus=15' },
      frameworks,
    });
    expect(recorder.impossible.jobs).toBe(1);
    // 15 of 16 cpus are kept for y, so x never gets 2 of them.
    expect(recorder.impossible.named[0].job).toBe('tasks');
    const limited = await runPreset('drf', four, rows, { set: { ...none, limits: 'x:cpus=2' }, frameworks });
    expect(limited.recorder.impossible.jobs).toBe(0);
    expect(limited.recorder.tasks.finished).toBe(4);
  });

  test('waits for machines that are still to come, and is rejected by the last one that is too small', async () => {
    const at = (seconds: number, machine: number, cpus: number): MachineChange => ({
      kind: 'update',
      time: fromSeconds(seconds),
      machine,
      capacity: CPUS_MEM_GPUS.quanta({ cpus }),
      attributes: {},
    });
    const terms = { set: { ...none, guarantees: 'y:cpus=13' }, frameworks };
    // With 16 + 4 cores, there are 7 for x.
    const larger = [at(5, 0, 2), at(9, 0, 8)];
    const waits = await runPreset('drf', four, [wide], { ...terms, machineChanges: larger });
    expect(waits.recorder.impossible.jobs).toBe(0);
    expect(waits.recorder.tasks.finished).toBe(1);
    // With 16 + 0.5, there are 3.5.
    const half = [at(5, 0, 4), at(9, 0, 4.5)];
    const ends = await runPreset('drf', four, [wide, narrow], { ...terms, machineChanges: half });
    expect(ends.recorder.impossible.named).toEqual([
      {
        job: 'wide',
        reason: 'needs 4 cpus, the machines have 16.5 cpus, of which 13 cpus are guaranteed to y',
      },
    ]);
    const remove: MachineChange = { kind: 'remove', time: fromSeconds(12), machine: 3 };
    const late: RowSketch = { ...narrow, job: 'late', at: 13 };
    const gone = await runPreset('drf', four, [late], { ...terms, machineChanges: [...half, remove] });
    expect(gone.recorder.impossible.named).toEqual([
      {
        job: 'late',
        reason: 'needs 1 cpus, the machines have 12.5 cpus, of which 13 cpus are guaranteed to y',
      },
    ]);
  });

  test('is named when it waits for ever behind a service of its role', async () => {
    const service: RowSketch = { job: 'service', needs: { cpus: 2 }, runs: FOREVER };
    const { recorder } = await runPreset('drf', four, [service, { ...narrow, needs: { cpus: 1 } }], {
      set: { ...none, limits: 'x:cpus=2' },
      frameworks,
      until: 100,
    });
    expect(recorder.impossible.jobs).toBe(0);
    expect(recorder.stuck.named).toEqual([
      { job: 'narrow', reason: 'its role x has 2 cpus and a limit of 2 cpus' },
    ]);
  });
});

describe('a job that fits no machine of its framework', () => {
  const set = { partitions: 'x:1,y:1', ...none };
  const machines = [{ cpus: 4 }, { cpus: 8 }];

  test('is rejected, and blocks no other job of its silo', async () => {
    const rows: RowSketch[] = [
      { job: 'A', needs: { cpus: 8 }, runs: 10 },
      { job: 'A2', at: 1, needs: { cpus: 4 }, runs: 10 },
      { job: 'B', framework: 1, at: 1, needs: { cpus: 8 }, runs: 10 },
    ];
    const { recorder, ...result } = await runPreset('silos', machines, rows, { set, frameworks });
    expect(recorder.impossible.named).toEqual([
      {
        job: 'A',
        reason:
          'needs room for 1 task of 8 cpus, there is room for none, on the machines that its framework may use',
      },
    ]);
    expect(firstStarts(result)).toEqual([undefined, 1, 1]);
  });

  test('may be a gang, also with a rule', async () => {
    const gang: RowSketch = { gang: true, tasks: 2, needs: { cpus: 3 }, runs: 10 };
    const rows: RowSketch[] = [
      { ...gang, job: 'wide' },
      { ...gang, job: 'apart', needs: { cpus: 1 }, rule: 1 },
      { job: 'A2', at: 1, needs: { cpus: 4 }, runs: 10 },
    ];
    const rules = [NO_RULE, { ...NO_RULE, spread: [{ attribute: 'machine', atMost: 1 }] }];
    const { recorder, ...result } = await runPreset('silos', machines, rows, { set, frameworks, rules });
    const where = 'on the machines that its framework may use';
    expect(recorder.impossible.named).toEqual([
      { job: 'wide', reason: `needs room for 2 tasks of 3 cpus each, there is room for 1, ${where}` },
      {
        job: 'apart',
        reason: `needs room for 2 tasks, its rules leave room for 1: at most 1 per machine, ${where}`,
      },
    ]);
    expect(firstStarts(result)[4]).toBe(1);
  });

  test('is found for every allocator that says which machines a framework may get', async () => {
    const rows: RowSketch[] = [
      { job: 'A', needs: { cpus: 8 }, runs: 10 },
      { job: 'A2', at: 1, needs: { cpus: 4 }, runs: 10 },
    ];
    const allocator = { ...lotteryAllocator, mayOffer: (_: number, machine: number) => machine === 0 };
    const { recorder } = await simulate({
      space: CPUS,
      machines: machinesOf(CPUS, machines),
      trace: traceOf(CPUS, rowsOf(CPUS, rows)),
      parts: {
        architecture: 'two-level',
        allocator,
        scheduler: () => listParts('none').scheduler,
        terms: { interval: 0, hold: 0, refuse: 0, timeout: FOREVER },
      },
      until: 100,
    });
    expect(recorder.impossible.named.map(({ job }) => job)).toEqual(['A']);
  });
});
