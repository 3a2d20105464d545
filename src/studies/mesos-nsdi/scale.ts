import { randomNormal } from 'd3-random';
import { fromSeconds, type Micros, type Observer, toSeconds } from '../../model/index.js';
import { drf } from '../../policies/presets/drf.js';
import { RandomStreams } from '../../sim/random-streams.js';
import { PLAIN_ROW, type TaskRow } from '../../workloads/trace.js';
import { partsOf, simulateRows } from '../simulate-rows.js';
import type { Check } from '../study.js';
import { AGENT_SPACE, agents, backlog, FRAMEWORKS, frameworks } from './busy-cluster.js';

/** The smallest number gives each framework two slots. */
const AGENTS = [200, 1_000, 10_000, 50_000];

/** Probe frameworks: they arrive one after another in the busy cluster, each with one task of 10 s. */
const PROBES = 5;
const PROBE_LENGTH: Micros = fromSeconds(10);
const FIRST_PROBE: Micros = fromSeconds(40);
const PROBE_GAP: Micros = fromSeconds(3.3);
const HORIZON: Micros = fromSeconds(70);

/** Published bound of the delay at 50,000 agents. */
const MOST_DELAY_SECONDS = 1;

/**
 * Scale: the delay of a framework with one 10 s task in a full cluster. The cluster has 200 frameworks, whose tasks take 30 s with a
 * standard deviation of 10 s (Hindman et al., "Mesos", NSDI 2011, on scalability). Message costs are not modelled.
 */
export async function scale(): Promise<Check[]> {
  const means: number[] = [];
  for (const count of AGENTS) means.push(mean(await probeDelays(count)));
  const [smallest, largest] = [means[0], means[means.length - 1]];
  return [
    ...AGENTS.map((count, i) => ({
      what: `scale: delay of a 10 s task among ${count} agents, mean of ${PROBES}`,
      published: `below ${MOST_DELAY_SECONDS} s`,
      ours: `${means[i].toFixed(3)} s`,
      difference: 'none',
      passed: means[i] < MOST_DELAY_SECONDS,
    })),
    {
      what: 'scale: delay from the smallest to the largest number of agents',
      published: 'does not grow',
      ours: largest <= smallest ? 'does not grow' : 'grows',
      difference: `${(largest - smallest).toFixed(3)} s`,
      passed: largest <= smallest,
    },
  ];
}

/** Mean delay. It is NaN, which fails every check, if a probe did not end. */
function mean(delays: readonly number[]): number {
  return delays.length === PROBES ? delays.reduce((sum, delay) => sum + delay, 0) / PROBES : Number.NaN;
}

/** Seconds from the arrival of each probe to its end, minus the length of its task. */
async function probeDelays(count: number): Promise<number[]> {
  const delays: number[] = [];
  const seed = `scale/${count}`;
  const probes = Array.from({ length: PROBES }, (_, i) => `probe-${i}`);
  await simulateRows({
    space: AGENT_SPACE,
    machines: agents(count),
    frameworks: frameworks(...probes),
    rows: rows(count, new RandomStreams(seed).stream('lengths')),
    parts: partsOf(drf),
    seed,
    horizon: HORIZON,
    observers: ({ tasks }): Partial<Observer>[] => [
      {
        taskEnded(task, _machine, _outcome, now) {
          if (tasks.framework[task] >= FRAMEWORKS)
            delays.push(toSeconds(now - tasks.submitted[task] - PROBE_LENGTH));
        },
      },
    ],
  });
  return delays;
}

function* rows(count: number, source: () => number): Iterable<TaskRow> {
  const draw = randomNormal.source(source)(30, 10);
  yield* backlog(count, fromSeconds(30), HORIZON, () => fromSeconds(Math.max(1, draw())));
  for (let probe = 0; probe < PROBES; probe++) {
    yield {
      ...PLAIN_ROW,
      job: `probe ${probe}`,
      framework: FRAMEWORKS + probe,
      submit: FIRST_PROBE + probe * PROBE_GAP,
      demand: [1],
      duration: PROBE_LENGTH,
    };
  }
}
