import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, type ParameterValue, ParameterValues, ResourceSpace } from '../../src/model/index.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import {
  GOOGLE_2011_PARAMETERS,
  google2011,
  google2011Groups,
  google2011Machines,
  submitTimes,
} from '../../src/workloads/google-2011/google-2011.js';
import { jobSizes } from '../../src/workloads/google-2011/job-sizes.js';
import type { TaskBatch } from '../../src/workloads/trace.js';

const SPACE = new ResourceSpace(['cpus', 'mem']);
const SMALL = { scale: 0.01 };

function values(set: Readonly<Record<string, ParameterValue>> = SMALL): ParameterValues {
  return new ParameterValues(GOOGLE_2011_PARAMETERS, set);
}

function batchesOf(set: Readonly<Record<string, ParameterValue>> = SMALL, seed = '1', horizon = Infinity) {
  const streams = new RandomStreams(seed);
  const trace = google2011(SPACE, horizon, (name) => streams.stream(name), values(set));
  return [...(trace.batches() as Iterable<TaskBatch>)];
}

/** Calls with each row of the trace. */
function eachRow(batches: readonly TaskBatch[], see: (batch: TaskBatch, row: number) => void): void {
  for (const batch of batches) for (let row = 0; row < batch.length; row++) see(batch, row);
}

describe('the machines of the 2011 cell', () => {
  it('are the published 12,583 in the published mix', () => {
    const groups = google2011Groups(values({}));
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(12_583);
    expect(groups[0]).toEqual({ count: 6732, platform: 'B', cpus: 16, mem: 32_768 });
    expect(groups.find(({ platform }) => platform === 'A')).toMatchObject({
      count: 126,
      cpus: 8,
      mem: 16_384,
    });
  });

  it('keep their number in proportion at any scale', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 10, noNaN: true }), (scale) => {
        const count = google2011Groups(values({ scale })).reduce((sum, group) => sum + group.count, 0);
        expect(count).toBe(Math.round(12_583 * scale));
      }),
      { seed: 20261121 },
    );
  });

  it('carry their platform', async () => {
    const machines = await google2011Machines(values({ scale: 0.01 })).machines(SPACE);
    expect(machines).toHaveLength(126);
    expect(machines[0]).toMatchObject({ name: 'machine-0', attributes: { platform: 'B' } });
  });
});

describe('the jobs of the 2011 cell', () => {
  it('have exactly the tasks that are asked for, three quarters of them one', () => {
    const sizes = jobSizes({ jobs: 670_000, tasks: 25_000_000, oneTask: 0.75, largest: 20_000 });
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(25_000_000);
    expect(sizes.filter((size) => size === 1).length).toBe(502_500);
    expect(sizes.at(-1)).toBeGreaterThan(19_000);
    expect(sizes.at(-1)).toBeLessThan(20_100);
  });

  it('are refused when they cannot have so many or so few tasks', () => {
    expect(() => jobSizes({ jobs: 100, tasks: 10, oneTask: 0.75, largest: 50 })).toThrow(
      /tasks: found "10", expected from 1\d\d to \d+ tasks for 100 jobs of at most 50/,
    );
    expect(() => jobSizes({ jobs: 100, tasks: 5000, oneTask: 0.75, largest: 50 })).toThrow(
      /tasks: found "5000"/,
    );
  });

  it('come in order, within the span, with the published gaps', () => {
    const times = submitTimes(670_000, 29 * DAY, new RandomStreams('1').stream('gaps'));
    const gaps = times.slice(1).map((time, i) => time - times[i]);
    expect(gaps.every((gap) => gap >= 0)).toBe(true);
    expect(times.at(-1)).toBeLessThan(29 * DAY);
    expect(gaps.filter((gap) => gap <= 10_000).length / gaps.length).toBeCloseTo(0.4, 1);
    const median = gaps.sort()[gaps.length >> 1] / 1e6;
    expect(median).toBeGreaterThan(0.8);
    expect(median).toBeLessThan(1);
    expect((gaps.at(-1) as number) / 1e6).toBeLessThan(690);
  });

  it('make up the load that is asked for, whatever the seed', () => {
    const capacity = google2011Groups(values()).reduce((sum, { count, cpus }) => sum + count * cpus, 0);
    for (const [seed, load] of [
      ['1', 0.6],
      ['2', 0.6],
      ['3', 0.8],
    ] as const) {
      let work = 0;
      eachRow(batchesOf({ ...SMALL, load }, seed), (batch, row) => {
        work += (batch.demand[2 * row] / 1000) * batch.duration[row];
      });
      expect(work / capacity / (29 * DAY)).toBeGreaterThan(load * 0.9);
      expect(work / capacity / (29 * DAY)).toBeLessThan(load * 1.1);
    }
  });

  it('are the same under the same seed, and others under another', () => {
    expect(batchesOf({ scale: 0.002 })).toEqual(batchesOf({ scale: 0.002 }));
    expect(batchesOf({ scale: 0.002 }, '2')).not.toEqual(batchesOf({ scale: 0.002 }));
  });

  it('end no later than the trace, and most last minutes', () => {
    const durations: number[] = [];
    const [spanning, jobs] = [new Set<string | number>(), new Set<string | number>()];
    let end = 0;
    eachRow(batchesOf(), (batch, row) => {
      end = Math.max(end, batch.submit[row] + batch.duration[row]);
      if (batch.duration[row] === 29 * DAY) spanning.add(batch.job[row]);
      jobs.add(batch.job[row]);
      durations.push(batch.duration[row]);
    });
    expect(end).toBeLessThanOrEqual(29 * DAY + 1000);
    expect([jobs.size, spanning.size, durations.length]).toEqual([6700, 20, 250_000]);
    const median = durations.sort((a, b) => a - b)[durations.length >> 1] / 60e6;
    expect(median).toBeGreaterThan(1);
    expect(median).toBeLessThan(20);
  });

  it('after the horizon are left out', () => {
    const some = batchesOf(SMALL, '1', DAY);
    const all = batchesOf(SMALL, '1');
    const last = some.at(-1) as TaskBatch;
    expect(last.submit[last.length - 1]).toBeLessThan(DAY);
    expect(last.submit.subarray(0, last.length)).toEqual(
      all[some.length - 1].submit.subarray(0, last.length),
    );
  });

  it('are refused when those that span the trace ask for more than the load', () => {
    expect(() => batchesOf({ ...SMALL, load: 0.05 })).toThrow(
      /load: found "0\.05", expected more than the 0\.\d+ of the jobs that span the trace/,
    );
  });
});
