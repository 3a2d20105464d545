import { describe, expect, test } from 'vitest';
import { PerfettoTrace } from '../../src/metrics/files/perfetto-trace.js';
import { CPUS, listParts, machinesOf, type SimulationSketch, simulate } from '../simulate.js';
import { rowsOf, traceOf } from '../traces-in-memory.js';

interface Event {
  readonly name: string;
  readonly ph: string;
  readonly ts: number;
  readonly dur: number;
  readonly pid: number;
  readonly tid: number;
  readonly args: Readonly<Record<string, unknown>>;
}

async function traced(changes: Partial<SimulationSketch> = {}): Promise<readonly Event[]> {
  let text = '';
  await simulate({
    space: CPUS,
    machines: machinesOf(CPUS, [{ cpus: 4 }, { cpus: 4 }]),
    trace: traceOf(
      CPUS,
      rowsOf(CPUS, [
        { needs: { cpus: 2 }, runs: 10 },
        { needs: { cpus: 2 }, runs: 5 },
        { at: 6, needs: { cpus: 2 }, runs: 100 },
      ]),
      { frameworks: [{ name: 'a "quoted" name' }] },
    ),
    parts: listParts(),
    until: 20,
    observers: (cluster) => [
      new PerfettoTrace(cluster, (piece) => {
        text += piece;
      }),
    ],
    ...changes,
  });
  return (JSON.parse(text) as { traceEvents: Event[] }).traceEvents;
}

const slices = (events: readonly Event[]) => events.filter(({ ph, pid }) => ph === 'X' && pid > 0);

describe('a trace for Perfetto', () => {
  test('is one JSON object, with a process for each machine', async () => {
    const names = (await traced()).filter(({ name }) => name === 'process_name');
    expect(names.map(({ pid, args }) => [pid, args.name])).toEqual([
      [0, 'schedulers'],
      [1, 'm0'],
      [2, 'm1'],
    ]);
  });

  test('has a slice for each attempt, in microseconds, side by side in lanes that are used again', async () => {
    expect(
      slices(await traced()).map(({ ts, dur, pid, tid, args }) => [ts, dur, pid, tid, args.end]),
    ).toEqual([
      [0, 5e6, 1, 2, 'finished'],
      [0, 10e6, 1, 1, 'finished'],
      [6e6, 14e6, 1, 2, 'running'],
    ]);
  });

  test('marks what failed and what it stopped on the machine where it was', async () => {
    const events = await traced({ machineEvents: [{ time: 3e6, machine: 0, state: 'down' }] });
    const marks = events.filter(({ ph, pid }) => ph === 'i' && pid === 1);
    expect(marks.map(({ name, ts }) => [name, ts])).toEqual([
      ['failed: event', 3e6],
      ['lost', 3e6],
      ['lost', 3e6],
      ['down', 3e6],
    ]);
    expect(slices(events).filter(({ args }) => args.end === 'lost')).toHaveLength(2);
  });

  test('never lets two slices of a lane overlap', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({
      at: i,
      needs: { cpus: 1 + (i % 3) },
      runs: 1 + ((7 * i) % 11),
    }));
    const events = slices(await traced({ trace: traceOf(CPUS, rowsOf(CPUS, rows)), until: 200 }));
    expect(events).toHaveLength(40);
    for (const a of events)
      for (const b of events)
        if (a !== b && a.pid === b.pid && a.tid === b.tid)
          expect(a.ts + a.dur <= b.ts || b.ts + b.dur <= a.ts).toBe(true);
  });

  test('has a decision as a slice that ends when it is made', async () => {
    const events = await traced({ decisionTimes: { perJob: 1e6, perTask: 0 } });
    const decisions = events.filter(({ name }) => name === 'decision');
    expect(decisions[0]).toMatchObject({ ts: 0, dur: 2e6, pid: 0 });
  });
});
