import { randomExponential } from 'd3-random';
import { FILES } from '../../src/lab/run/node/run.js';
import { simulateRun } from '../../src/lab/run/run.js';
import type { RunSpec } from '../../src/lab/run/run-spec.js';
import { withFoundWarmUp } from '../../src/lab/run/warm-up.js';
import { runSpecs } from '../../src/lab/scenario/run-choices.js';
import { choicesOfScenario } from '../../src/lab/scenario/scenario.js';
import type { Workload } from '../../src/lab/workload/workload.js';
import type { RunRecord } from '../../src/metrics/run-record.js';
import { fromSeconds, toSeconds } from '../../src/model/index.js';
import { meanInterval } from '../../src/results/statistics/mean-interval.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { waitMG1 } from '../../src/studies/queueing/formulas.js';
import { parseMachines } from '../../src/workloads/machines.js';
import { batched, PLAIN_ROW, type TaskRow } from '../../src/workloads/trace.js';

/** Whole runs of M/M/1 with service rate 1 that start empty, as `simulate run` makes them. */
export interface RunCoverageCase {
  readonly load: number;
  /** Length of a run in seconds. */
  readonly seconds: number;
  /** As `--warm-up`. */
  readonly warmUp: string;
  readonly replications: number;
  readonly intervals: number;
}

/** The share of 95 % intervals that contain the mean wait of the steady state, and what the warm-ups were. */
export interface RunCoverage {
  readonly covered: number;
  /** Mean of the warm-ups, in seconds. */
  readonly warmUpSeconds: number;
  /** Share of the intervals whose warm-up is half of the run, because MSER-5 found none. */
  readonly notFound: number;
}

/** The coverage of the intervals of `wait.mean`, each over replications with other seeds. */
export async function runCoverage(of: RunCoverageCase): Promise<RunCoverage> {
  const { load, seconds, warmUp, replications, intervals } = of;
  const sources = { ...FILES, workload: async () => queueWorkload(load) };
  const perform = async (specs: readonly RunSpec[]) => {
    const records: RunRecord[] = [];
    for (const spec of specs) records.push(await simulateRun(spec, sources));
    return records;
  };
  const truth = waitMG1(load, 1);
  let covered = 0;
  let notFound = 0;
  let warmUps = 0;
  for (let interval = 0; interval < intervals; interval++) {
    const first = interval * replications + 1;
    const scenario = {
      policy: 'fcfs',
      trace: 'M/M/1',
      until: `${seconds.toFixed(6)}s`,
      warmUp,
      seeds: `${first}-${first + replications - 1}`,
    };
    const wanted = await runSpecs(choicesOfScenario(scenario), () => {});
    const summaries = (await perform(await withFoundWarmUp(wanted, perform))).map(({ summary }) => summary);
    const { mean, halfWidth = 0 } = meanInterval(summaries.flatMap(({ wait }) => wait.mean ?? []));
    if (Math.abs(mean - truth) <= halfWidth) covered++;
    const left = summaries[0].run.warmUp;
    warmUps += left?.seconds ?? 0;
    if (left?.rule === 'half') notFound++;
  }
  return {
    covered: covered / intervals,
    warmUpSeconds: warmUps / intervals,
    notFound: notFound / intervals,
  };
}

/** Poisson arrivals at one server of one core, with exponential service times of 1 s in the mean. */
function queueWorkload(load: number): Workload {
  return {
    kind: 'trace',
    name: 'M/M/1',
    parameters: [],
    recoveryParameters: [],
    terms: () => [],
    defaultHorizon: undefined,
    resources: ['cpus'],
    defaultMachines: async () => parseMachines('1x1cpu'),
    open: (space, horizon, seed) => ({
      startsAt: 'zero',
      dropped: {},
      trace: {
        space,
        frameworks: [{ name: 'customers' }],
        constraints: [[]],
        curves: [undefined],
        batches: () => batched(customers(load, toSeconds(horizon), seed), space.size),
      },
    }),
  };
}

function* customers(load: number, seconds: number, seed: string): Iterable<TaskRow> {
  const streams = new RandomStreams(seed);
  const gap = randomExponential.source(streams.stream('arrivals'))(load);
  const service = randomExponential.source(streams.stream('service'))(1);
  const row = { ...PLAIN_ROW, job: 0, framework: 0, submit: 0, demand: [1000], duration: 0 };
  for (let now = gap(); now < seconds; now += gap()) {
    row.job++;
    row.submit = fromSeconds(now);
    row.duration = Math.max(1, fromSeconds(service()));
    yield row;
  }
}
