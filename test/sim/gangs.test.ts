import { describe, expect, test } from 'vitest';
import { fromSeconds, ParameterValues } from '../../src/model/index.js';
import type { Policy } from '../../src/policies/policy.js';
import { policyNamed } from '../../src/policies/registry.js';
import { onCores } from '../on-cores.js';
import { runPreset } from '../policies/orders/run-preset.js';
import { CPUS, firstStarts, listParts, story } from '../simulate.js';
import { rowsOf, traceOf } from '../traces-in-memory.js';

const gang = { job: 'gang', gang: true, needs: { cpus: 2 } };

describe('a gang', () => {
  test('starts at one instant, spread over the machines', async () => {
    const result = await onCores([2, 4], [{ ...gang, tasks: 3, runs: 5 }]);
    expect(story(result, 'started')).toEqual([
      '0 task 0 started m0',
      '0 task 1 started m1',
      '0 task 2 started m1',
    ]);
  });

  test('waits whole while there is no room for all of it, and takes nothing meanwhile', async () => {
    const result = await onCores(
      [2, 2],
      [
        { needs: { cpus: 2 }, runs: 10 },
        { ...gang, tasks: 2, runs: 5 },
        { at: 1, needs: { cpus: 2 }, runs: 3 },
      ],
    );
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '1 task 3 started m1',
      '4 task 3 ended m1 finished',
      '10 task 0 ended m0 finished',
      '10 task 1 started m0',
      '10 task 2 started m1',
      '15 task 1 ended m0 finished',
      '15 task 2 ended m1 finished',
    ]);
  });

  test('whose rows differ in demand is one gang', async () => {
    const rows = [
      { needs: { cpus: 1 }, runs: 10 },
      { ...gang, needs: { cpus: 1 }, tasks: 2, runs: 5 },
      { ...gang, needs: { cpus: 2 }, runs: 5 },
    ];
    expect(firstStarts(await onCores([4], rows))).toEqual([0, 10, 10, 10]);
  });

  test('that loses a member restarts as a whole', async () => {
    const result = await onCores([4], [{ ...gang, tasks: 2, runs: 10, failsAfter: 4 }]);
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '0 task 1 started m0',
      '4 task 0 killed m0 failed',
      '4 task 1 killed m0 failed',
      '4 task 0 started m0',
      '4 task 1 started m0',
      '14 task 0 ended m0 finished',
      '14 task 1 ended m0 finished',
    ]);
    const lost = await onCores([2, 2, 2], [{ ...gang, tasks: 2, runs: 10 }], {
      machineEvents: [{ time: fromSeconds(3), machine: 1, state: 'down' }],
    });
    expect(story(lost, 'started', 'killed')).toEqual([
      '0 task 0 started m0',
      '0 task 1 started m1',
      '3 task 1 killed m1 lost',
      '3 task 0 killed m0 gang',
      '3 task 1 started m0',
      '3 task 0 started m2',
    ]);
  });

  test('with a minimum runs on while enough of its members run, and a lost member starts again', async () => {
    const machineEvents = [
      { time: fromSeconds(3), machine: 2, state: 'down' as const },
      { time: fromSeconds(5), machine: 2, state: 'up' as const },
    ];
    const rows = [{ ...gang, tasks: 3, minimum: 2, runs: 10 }];
    const result = await onCores([2, 2, 2], rows, { machineEvents });
    expect(story(result, 'started', 'killed', 'ended')).toEqual([
      '0 task 0 started m0',
      '0 task 1 started m1',
      '0 task 2 started m2',
      '3 task 2 killed m2 lost',
      '5 task 2 started m2',
      '10 task 0 ended m0 finished',
      '10 task 1 ended m1 finished',
      '15 task 2 ended m2 finished',
    ]);
  });

  test('restarts as a whole when fewer of its members run than its minimum', async () => {
    const machineEvents = [
      { time: fromSeconds(3), machine: 2, state: 'down' as const },
      { time: fromSeconds(4), machine: 1, state: 'down' as const },
      { time: fromSeconds(6), machine: 1, state: 'up' as const },
      { time: fromSeconds(7), machine: 2, state: 'up' as const },
    ];
    const rows = [{ ...gang, tasks: 3, minimum: 2, runs: 10 }];
    const result = await onCores([2, 2, 2], rows, { machineEvents });
    expect(story(result, 'killed', 'started').slice(3)).toEqual([
      '3 task 2 killed m2 lost',
      '4 task 1 killed m1 lost',
      '4 task 0 killed m0 gang',
      '7 task 2 started m0',
      '7 task 1 started m1',
      '7 task 0 started m2',
    ]);
  });

  test('needs no more members than have not finished', async () => {
    // Of 3 members, 1 has ended. The other 2 are both needed: the loss of one restarts the other.
    const rows = [
      { ...gang, tasks: 1, minimum: 2, runs: 2 },
      { ...gang, tasks: 2, minimum: 2, runs: 10 },
    ];
    const machineEvents = [
      { time: fromSeconds(3), machine: 2, state: 'down' as const },
      { time: fromSeconds(4), machine: 2, state: 'up' as const },
    ];
    const result = await onCores([2, 2, 2], rows, { machineEvents });
    expect(story(result, 'killed').map((line) => line.slice(0, 15))).toEqual([
      '3 task 2 killed',
      '3 task 1 killed',
    ]);
  });

  const POLICIES = [
    ...['fcfs', 'bin-packing', 'easy', 'conservative', 'drf', 'lottery', 'silos'],
    ...['omega', 'whole-cell-offers', 'sparrow', 'monolithic', 'borg'],
  ];

  test.each(POLICIES)('with a minimum gets back the members that it lost: %s', async (policy) => {
    const machines = [{ cpus: 2 }, { cpus: 2 }, { cpus: 2 }, { cpus: 2 }, { cpus: 2 }];
    const rows = [
      { ...gang, tasks: 4, minimum: 2, runs: 100 },
      { job: 'small', at: 5, needs: { cpus: 1 }, runs: 3, tasks: 4 },
    ];
    const down = (time: number, machine: number) => ({
      time: fromSeconds(time),
      machine,
      state: 'down' as const,
    });
    const up = (time: number, machine: number) => ({
      time: fromSeconds(time),
      machine,
      state: 'up' as const,
    });
    const machineEvents = [down(20, 0), down(20, 1), up(40, 0), up(41, 1), down(60, 3), up(70, 3)];
    const result = await runPreset(policy, machines, rows, {
      machineEvents,
      set: policy === 'silos' ? { partitions: 'default:5' } : {},
    });
    expect(result.recorder.tasks.finished).toBe(8);
    expect(result.events.some((line) => line.endsWith(' lost'))).toBe(true);
    expect(result.events.filter((line) => line.endsWith(' gang'))).toEqual([]);
  });

  test('of which several members are lost with one machine restarts once, and its lost members are lost', async () => {
    const result = await onCores([4, 2, 6], [{ ...gang, tasks: 3, runs: 10 }], {
      machineEvents: [{ time: fromSeconds(3), machine: 0, state: 'down' }],
    });
    expect(story(result, 'started', 'killed', 'ended')).toEqual([
      '0 task 0 started m0',
      '0 task 1 started m0',
      '0 task 2 started m1',
      '3 task 0 killed m0 lost',
      '3 task 1 killed m0 lost',
      '3 task 2 killed m1 gang',
      '3 task 0 started m1',
      '3 task 1 started m2',
      '3 task 2 started m2',
      '13 task 0 ended m1 finished',
      '13 task 1 ended m2 finished',
      '13 task 2 ended m2 finished',
    ]);
  });

  test('keeps a member that ends at the instant at which another one stops', async () => {
    const rows = [
      { ...gang, runs: 3 },
      { ...gang, runs: 10 },
      { ...gang, runs: 10 },
    ];
    const result = await onCores([2, 2, 2, 2], rows, {
      machineEvents: [{ time: fromSeconds(3), machine: 1, state: 'down' }],
    });
    expect(story(result, 'ended', 'killed')).toEqual([
      '3 task 0 ended m0 finished',
      '3 task 1 killed m1 lost',
      '3 task 2 killed m2 gang',
      '13 task 1 ended m0 finished',
      '13 task 2 ended m2 finished',
    ]);
  });

  test('is preempted as a whole, under one cause', async () => {
    const rows = [
      { ...gang, tasks: 2, runs: 10 },
      { at: 2, needs: { cpus: 2 }, priority: 9, runs: 5 },
    ];
    const { events } = await runPreset('borg', [{ cpus: 2 }, { cpus: 2 }], rows);
    expect(events.filter((line) => !line.includes('ended'))).toEqual([
      '0 task 0 started m0',
      '0 task 1 started m1',
      '2 task 0 killed m0 preempted',
      '2 task 1 killed m1 preempted',
      '2 task 2 started m0',
      '7 task 0 started m0',
      '7 task 1 started m1',
    ]);
  });

  test('whose members came back at different times still starts whole or not at all', async () => {
    const rows = [
      { needs: { cpus: 4 }, runs: 100 },
      { ...gang, tasks: 2, runs: 50 },
      { at: 3, needs: { cpus: 4 }, runs: 3 },
    ];
    // Both members are lost, one before and one after another job came; then there is room for one of them only.
    const result = await onCores([2, 2, 4], rows, {
      machineEvents: [
        { time: fromSeconds(2), machine: 0, state: 'down' },
        { time: fromSeconds(4), machine: 1, state: 'down' },
        { time: fromSeconds(10), machine: 0, state: 'up' },
      ],
    });
    expect(story(result).filter((line) => line.includes('started'))).toEqual([
      '0 task 0 started m2',
      '0 task 1 started m0',
      '0 task 2 started m1',
      '100 task 1 started m0',
      '100 task 2 started m2',
      '150 task 3 started m2',
    ]);
  });

  test('loses its patience whole: what is left of it does not start as a smaller gang', async () => {
    const rows = [
      { needs: { cpus: 2 }, runs: 100 },
      { ...gang, at: 1, tasks: 4, runs: 5 },
    ];
    const result = await onCores([8], rows, { patience: 10 });
    expect(story(result, 'started', 'ended')).toEqual([
      '0 task 0 started m0',
      '11 task 1 ended abandoned',
      '11 task 2 ended abandoned',
      '11 task 3 ended abandoned',
      '11 task 4 ended abandoned',
      '100 task 0 ended m0 finished',
    ]);
  });

  test('at the head of a queue in which nobody passes holds up all that is behind it', async () => {
    const rows = [
      { needs: { cpus: 2 }, runs: 10 },
      { ...gang, tasks: 2, runs: 5 },
      { at: 1, needs: { cpus: 2 }, runs: 3 },
    ];
    expect(firstStarts(await onCores([2, 2], rows, { parts: listParts('none') }))).toEqual([0, 10, 10, 15]);
  });

  test('that is blocked does not hide that smaller tasks of its class would fit', async () => {
    const rows = [
      { ...gang, tasks: 3, runs: 5 },
      { needs: { cpus: 2 }, runs: 3 },
      { needs: { cpus: 2 }, runs: 3 },
    ];
    expect(firstStarts(await onCores([4], rows))).toEqual([undefined, undefined, undefined, 0, 0]);
  });

  test('does not fight another one to a standstill: whoever finds no room for all gives all of it back', async () => {
    const pair = { gang: true, tasks: 3, needs: { cpus: 2 }, runs: 5 };
    const rows = [
      { ...pair, job: 'a' },
      { ...pair, job: 'b', framework: 1 },
    ];
    const frameworks = [{ name: 'f' }, { name: 'g' }];
    const trace = traceOf(CPUS, rowsOf(CPUS, rows), { frameworks });
    const drf = policyNamed('drf') as Policy;
    const values = new ParameterValues(drf.parameters, {});
    const context = { space: CPUS, machines: [], frameworks, forecast: undefined, taskMix: undefined };
    const result = await onCores([2, 2, 2, 2], rows, {
      trace,
      parts: drf.build(values, context),
      until: 60,
    });
    const ends = story(result, 'ended');
    expect(ends).toHaveLength(6);
  });
});
