import { describe, expect, test } from 'vitest';
import { costs } from '../../src/metrics/catalogue/costs.js';
import { fromSeconds } from '../../src/model/index.js';
import { CPUS_MEM, listParts, machinesOf, simulate } from '../simulate.js';
import { rowsOf, traceOf } from '../traces-in-memory.js';

const HOURS = 3600;

function run(pricePerHour: number | undefined) {
  const [machine] = machinesOf(CPUS_MEM, [{ cpus: 10, mem: 100 }]);
  return simulate({
    space: CPUS_MEM,
    machines: [{ ...machine, ...(pricePerHour !== undefined && { pricePerHour }) }],
    trace: traceOf(
      CPUS_MEM,
      rowsOf(CPUS_MEM, [
        { needs: { cpus: 5, mem: 20 }, runs: 2 * HOURS },
        { framework: 1, needs: { cpus: 1, mem: 50 }, runs: 10 * HOURS },
      ]),
      {
        frameworks: [
          { name: 'spark', role: 'ads' },
          { name: 'web', role: 'shop' },
        ],
      },
    ),
    parts: listParts(),
    until: 5 * HOURS,
  });
}

describe('cost', () => {
  test('is charged by the mean share of cpus and memory for as long as a task has it; the rest is idle', async () => {
    const { recorder } = await run(2);
    const cost = costs.cost.compute({ recorder, run: {} as never });
    // (5/10 + 20/100) / 2 = 0.35 for two hours at 2; (1/10 + 50/100) / 2 = 0.3 for the five hours of the run.
    expect(recorder.cost?.chargedTo(0)).toBeCloseTo(0.35 * 2 * 2, 12);
    expect(recorder.cost?.chargedTo(1)).toBeCloseTo(0.3 * 5 * 2, 12);
    expect(cost?.total).toBeCloseTo(10, 12);
    expect(cost?.idle).toBeCloseTo(10 - 1.4 - 3, 12);
  });

  test('of a month is that of the run for 730 hours, by tenant too', async () => {
    const cost = costs.cost.compute({ recorder: (await run(2)).recorder, run: {} as never });
    expect(cost?.perMonth).toBeCloseTo(2 * 730, 9);
    expect(cost?.perMonthByRole).toEqual({
      ads: expect.closeTo((1.4 / 5) * 730, 9),
      shop: expect.closeTo((3 / 5) * 730, 9),
    });
  });

  test('of a task on a machine that shrinks counts each capacity for its own time', async () => {
    const [machine] = machinesOf(CPUS_MEM, [{ cpus: 10, mem: 100 }]);
    const { recorder } = await simulate({
      space: CPUS_MEM,
      machines: [{ ...machine, pricePerHour: 2 }],
      trace: traceOf(CPUS_MEM, rowsOf(CPUS_MEM, [{ needs: { cpus: 5, mem: 50 }, runs: 4 * HOURS }])),
      parts: listParts(),
      machineChanges: [
        {
          kind: 'update',
          time: fromSeconds(HOURS),
          machine: 0,
          capacity: CPUS_MEM.quanta({ cpus: 5, mem: 50 }),
          attributes: {},
        },
      ],
    });
    // Half of the machine for one hour, and all of it for three.
    expect(recorder.cost?.chargedTo(0)).toBeCloseTo((0.5 * 1 + 1 * 3) * 2, 12);
    expect(costs.cost.compute({ recorder, run: {} as never })?.idle).toBeCloseTo(0.5 * 2, 12);
  });

  test('is none where no machine has a price', async () => {
    const { recorder } = await run(undefined);
    expect(costs.cost.compute({ recorder, run: {} as never })).toBeNull();
  });
});
