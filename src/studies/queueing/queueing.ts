import { firstFit } from '../../policies/placement/classic-placements.js';
import { sparrow } from '../../policies/presets/sparrow.js';
import { listScheduler } from '../../policies/schedulers/list-scheduler.js';
import { highestPriorityFirst } from '../../policies/schedulers/waiting-list.js';
import { intervalCheck } from '../checks.js';
import { partsOf } from '../simulate-rows.js';
import type { Check, Study, StudyRequest } from '../study.js';
import {
  erlangB,
  erlangC,
  stayOfChoices,
  stayQuantileMM1,
  waitMG1,
  waitMMc,
  waitsWithPriorities,
} from './formulas.js';
import {
  DETERMINISTIC,
  ERLANG_2,
  EXPONENTIAL,
  hyperexponential,
  meanStay,
  meanWait,
  meanWaitOfClass,
  type QueueRun,
  type QueueSpec,
  replications,
  shareAbove,
  shareLost,
} from './queue-run.js';

/**
 * Simulated queues against queueing theory: waits, waiting probabilities, losses and quantiles of M/M/1, M/D/1, M/G/1, M/M/c,
 * M/M/c/c and a queue with priorities, and the power of d choices. The closed form must lie in the t-interval over
 * independent replications.
 */
export const queueingStudy: Study = {
  name: 'queueing',
  about: 'closed forms of queueing theory, checked against confidence intervals of simulated queues',
  needsData: () => false,
  parameters: [],
  run: runStudy,
};

/** One queue with its measures. */
interface QueueExperiment {
  readonly name: string;
  /** Prefix of its seeds; default: the name. Another prefix changes the figures. */
  readonly seeds?: string;
  readonly spec: QueueSpec;
  readonly measures: readonly Measure[];
}

interface Measure {
  readonly name: string;
  /** Value of the closed form, in mean service times or as a share. */
  readonly theory: number;
  readonly of: (run: QueueRun) => number;
  /** See IntervalClaim. */
  readonly within: number;
}

const REPLICATIONS = 20;

async function runStudy({ progress }: StudyRequest): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const { name, seeds = name, spec, measures } of experiments()) {
    progress(name);
    // Each queue has its own seeds, so that an unlucky set of seeds affects only one queue.
    const runs = await replications(spec, REPLICATIONS, `${seeds}/`);
    for (const { name: measure, theory, of, within } of measures)
      checks.push(intervalCheck({ what: `${name}: ${measure}`, theory, values: runs.map(of), within }));
  }
  return checks;
}

function experiments(): QueueExperiment[] {
  return [
    ...poissonAndExponential(),
    ...deterministic(),
    ...general(),
    ...manyServers(),
    ...losses(),
    priorities(),
    ...choices(),
  ];
}

/** Customers per replication after the warm-up. They increase with the load, because the variance of the mean wait grows with (1 - load)^-4 (Whitt 1989). */
const SINGLE_SERVER_RUNS: readonly (readonly [load: number, customers: number])[] = [
  [0.5, 15_000],
  [0.7, 20_000],
  [0.8, 40_000],
  [0.9, 80_000],
  [0.95, 150_000],
];

function poissonAndExponential(): QueueExperiment[] {
  return SINGLE_SERVER_RUNS.map(([load, customers]) => ({
    name: `M/M/1, load ${load}`,
    spec: { ...queueOf(1, load, customers), service: EXPONENTIAL },
    measures: [
      waits(waitMG1(load, 1), 0.15),
      {
        name: 'p99 of the time in the system',
        theory: stayQuantileMM1(load, 0.99),
        of: ({ stays }) => quantile(stays, 0.99),
        within: 0.2,
      },
    ],
  }));
}

function deterministic(): QueueExperiment[] {
  return SINGLE_SERVER_RUNS.map(([load, customers]) => ({
    name: `M/D/1, load ${load}`,
    spec: { ...queueOf(1, load, customers / 4), service: DETERMINISTIC },
    measures: [waits(waitMG1(load, 0), 0.15)],
  }));
}

function general(): QueueExperiment[] {
  const laws = [
    [ERLANG_2, 30_000, 0.1],
    [hyperexponential(4), 60_000, 0.15],
    [hyperexponential(10), 80_000, 0.2],
    [hyperexponential(50), 150_000, 0.3],
  ] as const;
  return laws.map(([service, customers, within]) => ({
    name: `M/G/1, load 0.8, ${service.name}, CV² ${service.squaredCv}`,
    spec: { ...queueOf(1, 0.8, customers), service },
    measures: [waits(waitMG1(0.8, service.squaredCv), within)],
  }));
}

/** Erlang systems: servers, load of each, customers per replication. */
const MANY_SERVER_RUNS: readonly (readonly [servers: number, load: number, customers: number])[] = [
  [2, 0.8, 20_000],
  [5, 0.8, 25_000],
  [10, 0.8, 30_000],
  [10, 0.9, 50_000],
  [50, 0.9, 60_000],
  [100, 0.9, 80_000],
  [100, 0.95, 120_000],
];

function manyServers(): QueueExperiment[] {
  return MANY_SERVER_RUNS.map(([servers, load, customers]) => ({
    name: `M/M/${servers}, load ${load}`,
    spec: { ...queueOf(servers, load, customers), service: EXPONENTIAL },
    measures: [
      waits(waitMMc(servers, load), 0.25),
      {
        name: 'probability of a wait (Erlang C)',
        theory: erlangC(servers, load),
        of: ({ waits }) => shareAbove(waits, 0),
        within: 0.15,
      },
    ],
  }));
}

function losses(): QueueExperiment[] {
  return MANY_SERVER_RUNS.map(([servers, load]) => ({
    name: `M/M/${servers}/${servers}, load ${load}`,
    spec: { ...queueOf(servers, load, 500 * (servers + 10)), service: EXPONENTIAL, patience: 0 },
    measures: [
      {
        name: 'probability of loss (Erlang B)',
        theory: erlangB(servers, servers * load),
        of: shareLost,
        within: 0.15,
      },
    ],
  }));
}

/** Non-preemptive priorities. */
function priorities(): QueueExperiment {
  const [urgent, other] = waitsWithPriorities([0.4, 0.4]);
  const scheduler = () =>
    listScheduler({ name: 'priorities', order: highestPriorityFirst, placement: firstFit, backfill: 'none' });
  return {
    name: 'M/M/1, load 0.8, two priorities',
    spec: {
      ...queueOf(1, 0.8, 50_000),
      service: EXPONENTIAL,
      urgent: 0.5,
      parts: () => ({ architecture: 'monolithic', scheduler: scheduler() }),
    },
    measures: [
      { name: 'mean wait, high', theory: urgent, of: (run) => meanWaitOfClass(run, 1), within: 0.1 },
      { name: 'mean wait, low', theory: other, of: (run) => meanWaitOfClass(run, 0), within: 0.1 },
    ],
  };
}

/** Enough servers to approximate infinitely many: the error is of order 1 / servers. */
const MANY_QUEUES = 200;

/** Number of choices, load. */
const CHOICES: readonly (readonly [choices: number, load: number])[] = [
  [2, 0.5],
  [2, 0.8],
  [2, 0.9],
  [3, 0.9],
];

function choices(): QueueExperiment[] {
  return CHOICES.map(([probes, load]) => ({
    name: `shortest of ${probes} random queues, load ${load}`,
    seeds: `shortest of ${probes} queues drawn, load ${load}`,
    spec: {
      servers: MANY_QUEUES,
      load,
      // Empty queues fill slowly, so the warm-up is sixty customers per queue.
      customers: 30_000 + 60 * MANY_QUEUES,
      warmUp: 60 * MANY_QUEUES,
      service: EXPONENTIAL,
      parts: partsOf(sparrow, { sampling: 'per-task', probes, delay: 0 }),
    },
    measures: [
      { name: 'mean time in the system', theory: stayOfChoices(probes, load), of: meanStay, within: 0.05 },
    ],
  }));
}

function queueOf(servers: number, load: number, customers: number): Omit<QueueSpec, 'service'> {
  const warmUp = Math.round(0.1 * customers);
  return { servers, load, customers: customers + warmUp, warmUp };
}

function waits(theory: number, within: number): Measure {
  return { name: 'mean wait', theory, of: meanWait, within };
}

function quantile(values: Float64Array, q: number): number {
  return values.toSorted()[Math.ceil(q * values.length) - 1];
}
