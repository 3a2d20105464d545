import { describe, expect, test } from 'vitest';
import { fromSeconds, ParameterValues } from '../../../src/model/index.js';
import { wholeCellOffers } from '../../../src/policies/presets/whole-cell-offers.js';
import { CPUS_MEM, machinesOf, type SimulationSketch, simulate, story } from '../../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../../traces-in-memory.js';

const FRAMEWORKS = [{ name: 'a' }, { name: 'b' }];
const SECOND = fromSeconds(1);
const EVENTS = ['offered', 'offer-ended', 'started', 'ended', 'killed'];

async function run(
  rows: readonly RowSketch[],
  cpus: readonly number[],
  more: Partial<SimulationSketch> & { set?: Record<string, number | string> } = {},
) {
  const settings = new ParameterValues(wholeCellOffers.parameters, {
    placement: 'first-fit',
    allocatorTime: 0,
    ...more.set,
  });
  const result = await simulate({
    space: CPUS_MEM,
    machines: machinesOf(
      CPUS_MEM,
      cpus.map((amount) => ({ cpus: amount, mem: amount * 4096 })),
    ),
    trace: traceOf(CPUS_MEM, rowsOf(CPUS_MEM, rows), { frameworks: FRAMEWORKS }),
    parts: wholeCellOffers.build(settings, {
      space: CPUS_MEM,
      machines: [],
      frameworks: FRAMEWORKS,
      forecast: undefined,
    }),
    decisionTimes: { perJob: SECOND, perTask: SECOND },
    until: 30,
    ...more,
  });
  return story(result, ...EVENTS);
}

const one = { needs: { cpus: 1, mem: 2048 }, runs: 100 };

describe('an offer of the whole cell', () => {
  test('comes a second after the first job asks, takes all, and starts the tasks of all its jobs with the answer', async () => {
    const rows = [
      { ...one, tasks: 2 },
      { ...one, at: 0.5 },
    ];
    expect(await run(rows, [4])).toEqual(
      [
        '1 a offered',
        '6 task 0 started m0',
        '6 task 1 started m0',
        '6 task 2 started m0',
        '6 a offer-ended accepted after 5 s',
      ].toSorted(),
    );
  });

  test('locks the cell for every other framework until it is answered', async () => {
    const rows = [one, { ...one, at: 1.5, framework: 1 }];
    expect(await run(rows, [4])).toEqual([
      '1 a offered',
      '3 a offer-ended accepted after 2 s',
      '3 task 0 started m0',
      '4 b offered',
      '6 b offer-ended accepted after 2 s',
      '6 task 1 started m0',
    ]);
  });

  test('goes to the framework with the lowest share of what tasks occupy', async () => {
    const rows = [one, { ...one, at: 8 }, { ...one, at: 8.5, framework: 1 }];
    const offers = (await run(rows, [8])).filter((line) => line.includes('offered'));
    expect(offers).toEqual(['1 a offered', '9 b offered', '12 a offered']);
  });

  test('is not made while fewer cpus are free than the minimum', async () => {
    const rows = [
      { ...one, tasks: 2, runs: 10 },
      { ...one, at: 5, framework: 1 },
    ];
    expect((await run(rows, [4], { set: { minimumCpus: 3 } })).filter((line) => line.includes('b '))).toEqual(
      ['15 b offered', '17 b offer-ended accepted after 2 s'],
    );
  });

  test('gives a machine back that leaves, and the task that was placed there finds another', async () => {
    const story = await run([one], [2, 2], {
      machineEvents: [{ time: 1.5 * SECOND, machine: 0, state: 'down' }],
    });
    expect(story).toEqual([
      '1 a offered',
      '3 a offer-ended declined after 2 s',
      '4 a offered',
      '6 a offer-ended accepted after 2 s',
      '6 task 0 started m1',
    ]);
  });

  test('drops what it placed for a task that lost patience', async () => {
    expect(await run([one, { ...one, at: 2 }], [2], { patience: 1.5 })).toEqual([
      '1 a offered',
      '1.5 task 0 ended abandoned',
      '3 a offer-ended declined after 2 s',
      '3 a offered',
      '3.5 task 1 ended abandoned',
      '5 a offer-ended declined after 2 s',
    ]);
  });
});

describe('the mode of a framework under whole-cell offers', () => {
  const rows = [
    { ...one, tasks: 4 },
    { needs: { cpus: 2, mem: 2048 }, tasks: 2, at: 0.2, runs: 100 },
    { ...one, tasks: 1, at: 0.4 },
  ];

  test('are sound: a job that the rest of the offer cannot hold stays in line and costs no time', async () => {
    expect((await run(rows, [5], { until: 30 })).filter((line) => line.includes('offer'))).toEqual([
      '1 a offered',
      '6 a offer-ended accepted after 5 s',
      // It is asked once more, has no use for what is left, and is left alone until something ends.
      '7 a offered',
      '7 a offer-ended declined after 0 s',
    ]);
  });

  test('or those of the Omega simulator: the last cpu is never used, and every job in line is tried and thought about', async () => {
    const story = await run(rows, [5], { until: 11, set: { mode: 'omega-simulator' } });
    // 5 s for the first job, 3 s and 2 s for those that are tried in vain.
    expect(story.filter((line) => line.includes('ended'))).toEqual(['11 a offer-ended accepted after 10 s']);
  });

  test('of the Omega simulator let it take a second offer while it decides on the first', async () => {
    const rows = [
      { ...one, tasks: 2, runs: 3 },
      { ...one, tasks: 4, at: 4 },
      { ...one, tasks: 1, at: 7 },
    ];
    const offers = async (mode: string) =>
      (await run(rows, [8], { set: { mode } })).filter((line) => line.includes('offered'));
    expect(await offers('sound')).toEqual(['1 a offered', '5 a offered', '11 a offered']);
    // The tasks that end at 7 free two cpus, which are lent at once.
    expect(await offers('omega-simulator')).toEqual(['1 a offered', '5 a offered', '8 a offered']);
  });
});
