import { describe, expect, test } from 'vitest';
import { costs } from '../../../src/metrics/catalogue/costs.js';
import { machinesCsv } from '../../../src/metrics/files/machines-csv.js';
import { fromSeconds, toSeconds } from '../../../src/model/index.js';
import type { Outage } from '../../../src/sim/failures/outage.js';
import { scriptedParts } from '../../scripted.js';
import { CPUS, listParts, machinesOf, type SimulationSketch, simulate } from '../../simulate.js';
import { rowsOf, traceOf } from '../../traces-in-memory.js';
import { failuresOf, outage } from './outages.js';

/** An hour of two machines at 3.6 an hour, which is 0.001 a second, and one task that has all of the first. */
function hour(outages: readonly Outage[], more: Partial<SimulationSketch> = {}) {
  return simulate({
    space: CPUS,
    machines: machinesOf(CPUS, [{ cpus: 1 }, { cpus: 1 }]).map((one) => ({ ...one, pricePerHour: 3.6 })),
    trace: traceOf(CPUS, rowsOf(CPUS, [{ needs: { cpus: 1 }, runs: 10_000 }])),
    parts: listParts(),
    until: 3600,
    failures: failuresOf(outages),
    ...more,
  });
}

type Result = Awaited<ReturnType<typeof hour>>;

const down = ({ recorder }: Result) =>
  [0, 1].map((machine) => toSeconds(recorder.machines.downTime[machine]));
const cut = ({ recorder }: Result) => [0, 1].map((machine) => toSeconds(recorder.machines.cutTime[machine]));

describe('down time', () => {
  test('counts outages that end before the master detects them', async () => {
    const result = await hour([outage('off', [1], 300, 370), outage('off', [1], 900, 970)]);
    expect(down(result)).toEqual([0, 140]);
    expect(result.recorder.recovery.machineFailures).toBe(2);
    expect(result.recorder.recovery.detection.count).toBe(0);
    // Own machines cost nothing while they are down: 2 x 3600 - 140 seconds.
    expect(costs.cost.compute({ recorder: result.recorder, run: {} as never })?.own).toBeCloseTo(7.06, 9);
  });

  test('begins with the failure and not with its detection, and lasts to the end of a run', async () => {
    const result = await hour([outage('off', [1], 300, 900), outage('off', [1], 3510)]);
    expect(down(result)).toEqual([0, 600 + 90]);
    // Pings at multiples of 15 s: 75 s later both times.
    expect(toSeconds(result.recorder.recovery.detection.mean)).toBe(75);
    expect(result.recorder.recovery.detection.count).toBe(2);
  });

  test('of outages that overlap is one, and one failure', async () => {
    const result = await hour([
      outage('off', [1], 2000, 2100),
      outage('off', [1], 2050, 2200),
      outage('off', [0], 3000, 3400),
      outage('off', [0], 3100, 3200),
      // It is off already, so that it is not cut off.
      outage('cut', [0], 3150, 3200),
    ]);
    expect(down(result)).toEqual([400, 200]);
    expect(cut(result)).toEqual([0, 0]);
    expect(result.recorder.recovery.machineFailures).toBe(2);
  });

  test('is none of a machine that runs and cannot be reached, until it goes off', async () => {
    const result = await hour([outage('cut', [1], 1000, 2000), outage('off', [1], 1700, 1800)]);
    expect(down(result)).toEqual([0, 100]);
    expect(cut(result)).toEqual([0, 900]);
    expect(result.recorder.recovery.machineFailures).toBe(2);
    expect(costs.cost.compute({ recorder: result.recorder, run: {} as never })?.own).toBeCloseTo(7.1, 9);
    const [head, , row] = machinesCsv(result.recorder, { policy: 'fcfs', seed: '1' }).text.split('\n');
    expect(head).toMatch(/,down_seconds,cut_seconds,policy,seed$/);
    expect(row).toMatch(/,100,900,fcfs,1$/);
  });

  test('of an event of the workload is counted in the same way', async () => {
    const result = await hour([], {
      failures: undefined as never,
      machineEvents: [
        { time: fromSeconds(600), machine: 1, state: 'down' },
        { time: fromSeconds(1000), machine: 1, state: 'draining' },
      ],
    });
    expect(down(result)).toEqual([0, 400]);
  });

  test('ends where the machine leaves the cluster', async () => {
    const result = await hour([outage('off', [1], 600, 3000)], {
      machineChanges: [
        { kind: 'remove', time: fromSeconds(1000), machine: 1 },
        {
          kind: 'add',
          time: fromSeconds(2500),
          machine: 1,
          capacity: CPUS.quanta({ cpus: 1 }),
          attributes: {},
        },
      ],
    });
    // Off from 600 to 1000, absent from 1000 to 2500, and off from 2500 to 3000.
    expect(down(result)).toEqual([0, 900]);
    expect(toSeconds(result.recorder.machines.absentTime(1) ?? 0)).toBe(1500);
    expect(costs.cost.compute({ recorder: result.recorder, run: {} as never })?.own).toBeCloseTo(
      3.6 + 3.6 - 2.4,
      9,
    );
  });
});

describe('the charge for a task', () => {
  test('stops with its machine, before the master knows, and goes on when both run again', async () => {
    const result = await hour([outage('off', [0], 1000, 1040), outage('off', [0], 2000, 3000)]);
    // On machine 0 to 1000 and from 1040 to 2000, and on machine 1 from 2085: the first ping without an answer is at 2010.
    expect(result.recorder.cost?.chargedTo(0)).toBeCloseTo(1 + 0.96 + 1.515, 9);
    // Machine 1 idles for 2085 s, machine 0 from 3000 on.
    expect(costs.cost.compute({ recorder: result.recorder, run: {} as never })?.idle).toBeCloseTo(
      2.085 + 0.6,
      9,
    );
  });
});

test('a machine that is switched off is not down, and does not fail', async () => {
  const result = await hour([outage('off', [1], 600, 3000)], {
    machines: machinesOf(CPUS, [{ cpus: 1 }, { cpus: 1 }]).map((one) => ({
      ...one,
      power: { startUp: fromSeconds(10), shutDown: fromSeconds(10) },
    })),
    trace: traceOf(
      CPUS,
      rowsOf(
        CPUS,
        [0, 1990].map((at) => ({ at, needs: { cpus: 0.5 }, runs: 10_000 })),
      ),
    ),
    parts: scriptedParts(
      ({ now, queue }, act) => {
        if (now === 0) act.powerOff(1);
        if (now === fromSeconds(1990)) act.powerOn(1);
        if (queue.length > 0) act.start(queue.first, 0);
      },
      ['power'],
    ),
  });
  // It is started at 2000, and is off until 3000.
  expect(down(result)).toEqual([0, 1000]);
  expect(result.recorder.recovery.machineFailures).toBe(0);
});
