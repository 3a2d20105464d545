import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromSeconds, HOUR, ParameterValues } from '../../../src/model/index.js';
import { HorizontalScaler } from '../../../src/policies/controllers/horizontal/horizontal-scaler.js';
import { POLICIES } from '../../../src/policies/registry.js';
import { ScaledServices } from '../../../src/sim/elasticity/scaled-services.js';
import type { ScaledApplication } from '../../../src/workloads/scaled-application.js';
import {
  CPUS_MEM,
  countsOf,
  listParts,
  machinesOf,
  type SimulationSketch,
  simulate,
  story,
} from '../../simulate.js';
import { failuresOf, outage } from '../failures/outages.js';
import { applicationOf, traceWith } from './scaled.js';

function runOf(application: ScaledApplication, until: number, more: Partial<SimulationSketch> = {}) {
  return simulate({
    space: CPUS_MEM,
    machines: machinesOf(CPUS_MEM, [{ cpus: 100, mem: 100 }]),
    trace: traceWith(application),
    parts: listParts(),
    controls: {
      controllers: [new HorizontalScaler(0, application.name, application.terms)],
      services: new ScaledServices([application]),
    },
    until,
    ...more,
  });
}

const CORE_SECONDS = 1000 * 1_000_000;

describe('an application that aims at half of its instances busy', () => {
  test('has what its load needs: 20 from the next look on when the load doubles, 10 again when it halves', async () => {
    // Looks at 0, 90, …, 630, …, 1260. The load doubles at 600 and halves at 1200.
    const result = await runOf(applicationOf([5, 10, 5], 600), 1700);
    const starts = story(result, 'started').map((line) => Number(line.split(' ')[0]));
    expect(starts.filter((time) => time === 0)).toHaveLength(10);
    expect(starts.filter((time) => time === 630)).toHaveLength(10);
    expect(starts).toHaveLength(20);
    const ends = story(result, 'ended');
    expect(ends).toHaveLength(10);
    // The latest go first.
    expect(ends.map((line) => line.split(' ')[2]).sort()).toEqual(
      ['10', '11', '12', '13', '14', '15', '16', '17', '18', '19'].sort(),
    );
    expect(ends.every((line) => line.startsWith('1260 ') && line.endsWith('finished'))).toBe(true);
  });

  test('is short from the moment the load rises until the new instances serve, and has too many until it lets them go', async () => {
    const { recorder } = await runOf(applicationOf([5, 10, 5], 600), 1700);
    const scaling = recorder.scaling.frameworks[0];
    // 30 s to the next look and 25 s until they serve.
    expect([scaling?.lag.count, scaling?.lag.greatest]).toEqual([1, fromSeconds(55)]);
    // 10 instances of a core for these 55 s, and 10 from 1200 to 1260.
    expect(scaling?.under[0]).toBe(10 * 55 * CORE_SECONDS);
    expect(scaling?.over[0]).toBe(10 * 60 * CORE_SECONDS);
    expect([scaling?.out, scaling?.in]).toEqual([1, 1]);
    expect(scaling?.unserved).toBe(0);
  });

  test('uses what its load takes: 5 cores, then 10, then 5', async () => {
    const { recorder } = await runOf(applicationOf([5, 10, 5], 600), 1800);
    // Of 100 cores: two thirds of the time 5, one third 10.
    expect(recorder.usage.of(0).mean).toBeCloseTo((5 + 10 + 5) / 3 / 100, 9);
  });

  test('doubles from look to look while more load comes than it can measure, and counts what it does not serve', async () => {
    const application = applicationOf([5, 40], 600, { every: fromSeconds(100) });
    const { recorder, log } = await runOf(application, 1200);
    const starts = story({ log }, 'started').map((line) => Number(line.split(' ')[0]));
    const startsAt = (time: number) => starts.filter((start) => start === time).length;
    expect([startsAt(0), startsAt(600), startsAt(700), startsAt(800)]).toEqual([10, 10, 20, 40]);
    // 30 of 40 unserved for 25 s, then 20 until 725, then none: 20 then 40 serve.
    expect(recorder.scaling.frameworks[0]?.unserved).toBe((30 * 25 + 20 * 100) * 1_000_000);
  });

  test('lets nothing go before the cool-down is over, and changes nothing within the tolerance', async () => {
    const cool = await runOf(applicationOf([5, 10, 5], 600, { coolDownIn: fromSeconds(900) }), 1800);
    // Scaled out at 630: the first look from 1530 on is at 1530.
    expect(story(cool, 'ended').every((line) => line.startsWith('1530 '))).toBe(true);
    expect(story(cool, 'ended')).toHaveLength(10);
    const calm = await runOf(applicationOf([5, 5.4, 4.6], 600), 1800);
    expect(story(calm, 'started')).toHaveLength(10);
    expect(story(calm, 'ended')).toHaveLength(0);
  });

  test('never has more than its most, nor fewer than its least', async () => {
    const { recorder, log } = await runOf(applicationOf([0, 50], 600, { least: 3, most: 7 }), 1200);
    expect(story({ log }, 'started').filter((line) => line.startsWith('0 '))).toHaveLength(3);
    expect(countsOf(recorder.tasks).running).toBe(7);
  });

  test('takes back first what still waits for a machine', async () => {
    const result = await runOf(applicationOf([5, 10, 5], 600), 1700, {
      machines: machinesOf(CPUS_MEM, [{ cpus: 15, mem: 100 }]),
    });
    const ends = story(result, 'ended');
    expect(ends.filter((line) => line.endsWith('abandoned'))).toHaveLength(5);
    expect(ends.filter((line) => line.endsWith('finished'))).toHaveLength(5);
  });

  test('spreads the load over the others while a machine is gone, and asks for no more than it can measure', async () => {
    const result = await runOf(applicationOf([5], 600, { every: fromSeconds(30) }), 600, {
      machines: machinesOf(CPUS_MEM, [
        { cpus: 5, mem: 100 },
        { cpus: 100, mem: 100 },
      ]),
      failures: failuresOf([outage('off', [0], 100, 10_000)]),
    });
    // 5 of 10 serve from 100 on: fully busy, so the look at 120 finds ceil(5 x 1 / 0.5) = 10, which there are: nothing more is asked for.
    expect(countsOf(result.recorder.tasks).submitted).toBe(10);
    // They start again once the machine is missed, and serve 25 s after that.
    const again = story(result, 'started').map((line) => Number(line.split(' ')[0]));
    const lag = result.recorder.scaling.frameworks[0]?.lag;
    expect(again.at(-1)).toBeGreaterThan(100);
    expect([lag?.count, lag?.greatest]).toEqual([1, fromSeconds((again.at(-1) ?? 0) - 100 + 25)]);
  });
});

describe('an application on a schedule', () => {
  test('has the instances of the hour, whatever its load', async () => {
    const schedule = [
      { from: 0, instances: 4 },
      { from: HOUR, instances: 9 },
    ];
    const application = applicationOf([50], 600, { rule: 'scheduled', schedule, every: fromSeconds(600) });
    const { log } = await runOf(application, 2 * 3600);
    const starts = story({ log }, 'started').map((line) => Number(line.split(' ')[0]));
    expect(starts).toEqual([0, 0, 0, 0, 3600, 3600, 3600, 3600, 3600]);
  });
});

describe('an application that predicts', () => {
  test('has its instances ready before the load comes, from the second day on', async () => {
    // 5 busy instances until noon, 10 after it, on each of two days.
    const day = [...Array(12).fill(5), ...Array(12).fill(10)] as number[];
    const application = applicationOf([...day, ...day], 3600, { rule: 'predictive', every: fromSeconds(60) });
    const { log, recorder } = await runOf(application, 48 * 3600);
    const starts = [...new Set(story({ log }, 'started').map((line) => Number(line.split(' ')[0])))];
    // On the second day five minutes early.
    expect(starts).toEqual([0, 12 * 3600, 36 * 3600 - 300]);
    expect(recorder.scaling.frameworks[0]?.lag.count).toBe(1);
  });
});

describe.each(['bin-packing', 'drf', 'omega', 'sparrow'])('under any load and fault %s', (name) => {
  test('loses and doubles no instance, and ends with as many as are asked for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(20), { minLength: 1, maxLength: 8 }),
        fc.array(
          fc.record({ machine: fc.nat(2), start: fc.nat(1500), length: fc.integer({ min: 1, max: 600 }) }),
          {
            maxLength: 4,
          },
        ),
        async (load, faults) => {
          const application = applicationOf(load, 200, { every: fromSeconds(30), coolDownIn: 0 });
          const policy = POLICIES.find((one) => one.name === name);
          const machines = machinesOf(
            CPUS_MEM,
            Array.from({ length: 3 }, () => ({ cpus: 12, mem: 100 })),
          );
          const context = { space: CPUS_MEM, machines, frameworks: [{ name: 'web' }], forecast: undefined };
          const { recorder } = await runOf(application, 1600, {
            machines,
            parts: policy?.build(new ParameterValues(policy.parameters), context) ?? listParts(),
            failures: failuresOf(
              faults.map(({ machine, start, length }) => outage('off', [machine], start, start + length)),
            ),
          });
          const counts = countsOf(recorder.tasks);
          expect(counts.submitted).toBe(counts.finished + counts.abandoned + counts.running + counts.pending);
          expect(counts.running + counts.pending).toBeGreaterThanOrEqual(1);
          expect(counts.running + counts.pending).toBeLessThanOrEqual(100);
          expect(recorder.usage.of(0).peak).toBeLessThanOrEqual(1 + 1e-9);
        },
      ),
      { numRuns: 25 },
    );
  });
});
