import { randomExponential } from 'd3-random';
import { describe, expect, test } from 'vitest';
import { fromSeconds, ParameterValues } from '../../src/model/index.js';
import { sparrow } from '../../src/policies/presets/sparrow.js';
import { meanInterval } from '../../src/results/statistics/mean-interval.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { PLAIN_ROW, type TaskRow } from '../../src/workloads/trace.js';
import { CPUS, machinesOf, simulate } from '../simulate.js';
import { traceOf } from '../traces-in-memory.js';

const WORKERS = 60;
const SLOTS = 4;
const TASKS = 20;

/** Jobs of 20 tasks that each run for an exponential time of mean 1 s, at 80 % of what the workers can do. */
function* jobs(seed: number, count: number): Iterable<TaskRow> {
  const streams = new RandomStreams(seed);
  const gap = randomExponential.source(streams.stream('arrivals'))((0.8 * WORKERS * SLOTS) / TASKS);
  const time = randomExponential.source(streams.stream('durations'))(1);
  let now = 0;
  for (let job = 0; job < count; job++) {
    now += gap();
    for (let task = 0; task < TASKS; task++)
      yield {
        ...PLAIN_ROW,
        job,
        framework: 0,
        submit: fromSeconds(now),
        demand: [1000],
        duration: fromSeconds(time()),
      };
  }
}

async function meanResponse(sampling: string, seed: number): Promise<number> {
  const settings = new ParameterValues(sparrow.parameters, { sampling, delay: 0 });
  const { recorder } = await simulate({
    space: CPUS,
    machines: machinesOf(
      CPUS,
      Array.from({ length: WORKERS }, () => ({ cpus: SLOTS })),
    ),
    trace: traceOf(CPUS, jobs(seed, 1500)),
    parts: sparrow.build(settings, { space: CPUS, machines: [], frameworks: [], forecast: undefined }),
    seed: String(seed),
    withLog: false,
  });
  return recorder.jobResponse.mean / 1e6;
}

describe('the rules of sampling, under the same jobs', () => {
  test('are better the later they bind: late binding answers jobs sooner than batches, and batches than tasks alone', async () => {
    const seeds = [1, 2, 3, 4, 5, 6];
    const responses = async (rule: string) => Promise.all(seeds.map((seed) => meanResponse(rule, seed)));
    const [late, batch, single] = [
      await responses('late-binding'),
      await responses('batch'),
      await responses('per-task'),
    ];
    for (const [better, worse] of [
      [late, batch],
      [batch, single],
    ]) {
      const { mean, halfWidth = Number.NaN } = meanInterval(
        worse.map((value, i) => value - better[i]),
        0.999,
      );
      expect(mean - halfWidth, `${mean} +- ${halfWidth}`).toBeGreaterThan(0);
    }
  });
});
