import { randomExponential, randomGamma } from 'd3-random';
import { ObserverGroup } from '../../src/metrics/observer-group.js';
import {
  Cluster,
  FOREVER,
  fromSeconds,
  type Micros,
  type Observer,
  ParameterValues,
  ResourceSpace,
  toSeconds,
} from '../../src/model/index.js';
import type { PolicyParts } from '../../src/policies/policy.js';
import { fcfs } from '../../src/policies/presets/fcfs.js';
import { makeArchitecture } from '../../src/sim/architectures/make-architecture.js';
import { type DecisionTimes, NO_DECISION_TIME } from '../../src/sim/decision-time.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { Simulation } from '../../src/sim/simulation.js';
import { PLAIN_ROW, type TaskRow } from '../../src/workloads/trace.js';
import { traceOf } from '../traces-in-memory.js';

/** A law of service times with mean 1, and its squared coefficient of variation. */
export interface ServiceLaw {
  readonly name: string;
  readonly squaredCv: number;
  readonly draw: (source: () => number) => () => number;
}

export const EXPONENTIAL: ServiceLaw = {
  name: 'exponential',
  squaredCv: 1,
  draw: (source) => randomExponential.source(source)(1),
};

export const DETERMINISTIC: ServiceLaw = { name: 'deterministic', squaredCv: 0, draw: () => () => 1 };

/** The sum of two exponential phases. */
export const ERLANG_2: ServiceLaw = {
  name: 'Erlang-2',
  squaredCv: 0.5,
  draw: (source) => randomGamma.source(source)(2, 0.5),
};

/** A mixture of two exponentials with balanced means, which makes the squared coefficient of variation what it is asked to be. */
export function hyperexponential(squaredCv: number): ServiceLaw {
  const share = (1 + Math.sqrt((squaredCv - 1) / (squaredCv + 1))) / 2;
  return {
    name: 'hyperexponential',
    squaredCv,
    draw(source) {
      const exponential = randomExponential.source(source)(1);
      return () => exponential() / (source() < share ? 2 * share : 2 * (1 - share));
    },
  };
}

/** A queue with Poisson arrivals, one customer per task, one server per machine. */
export interface QueueSpec {
  readonly servers: number;
  /** Utilization of each server. */
  readonly load: number;
  readonly service: ServiceLaw;
  /** Customers in one replication, those of the warm-up included. */
  readonly customers: number;
  /** Customers that are left out at the start, because the system begins empty. */
  readonly warmUp: number;
  /** How long a customer waits before it leaves; for ever when left out. Seconds. */
  readonly patience?: number;
  /** The scheduler; the fcfs policy when left out. */
  readonly parts?: () => PolicyParts;
  /** What its decisions take; nothing when left out. */
  readonly thinks?: DecisionTimes;
}

/** What one replication says of its customers, in seconds. */
export interface QueueRun {
  readonly waits: Float64Array;
  readonly stays: Float64Array;
  /** Share of the customers that left unserved. */
  readonly lost: number;
}

const SLOTS = new ResourceSpace(['slots']);

/** Runs one replication through the real simulation. Arrivals and services have streams of their own. */
export async function queueRun(spec: QueueSpec, seed: number): Promise<QueueRun> {
  const cluster = new Cluster(SLOTS);
  for (let i = 0; i < spec.servers; i++) cluster.addMachine({ name: `server-${i}`, capacity: [1] });
  const customers = new CustomerTimes(cluster, spec.customers);
  const streams = new RandomStreams(seed);
  const parts = spec.parts?.() ?? fcfsParts();
  const simulation = new Simulation({
    cluster,
    trace: traceOf(SLOTS, customersOf(spec, streams)),
    observer: new ObserverGroup([customers]),
    architecture: (execution) => {
      const random = streams.stream('policy');
      return makeArchitecture(parts, execution, { thinks: spec.thinks ?? NO_DECISION_TIME, random });
    },
    horizon: FOREVER,
    startsAt: 'zero',
    patience: fromSeconds(spec.patience ?? FOREVER),
  });
  await simulation.run();
  return customers.result(spec.warmUp);
}

/** Independent replications with the seeds 1, 2, 3 … */
export async function replications(spec: QueueSpec, count: number): Promise<QueueRun[]> {
  const runs: QueueRun[] = [];
  for (let seed = 1; seed <= count; seed++) runs.push(await queueRun(spec, seed));
  return runs;
}

function fcfsParts(): PolicyParts {
  const nothing = { space: SLOTS, machines: [], frameworks: [], forecast: undefined };
  return fcfs.build(new ParameterValues(fcfs.parameters), nothing);
}

/** One row object for all customers, filled anew each time: a batch copies it at once, and copies of it would cost more than the run. */
function* customersOf(spec: QueueSpec, streams: RandomStreams): Iterable<TaskRow> {
  const gap = randomExponential.source(streams.stream('arrivals'))(spec.load * spec.servers);
  const service = spec.service.draw(streams.stream('service'));
  const row = { ...PLAIN_ROW, job: 0, framework: 0, submit: 0, demand: [1], duration: 0 };
  let now = 0;
  for (let customer = 0; customer < spec.customers; customer++) {
    now += gap();
    row.job = customer;
    row.submit = fromSeconds(now);
    row.duration = fromSeconds(service());
    yield row;
  }
}

/** Notes when each customer came, was served and went. A customer's number is the name of its job. */
class CustomerTimes implements Partial<Observer> {
  private readonly cluster: Cluster;
  private readonly waits: Float64Array;
  private readonly stays: Float64Array;

  constructor(cluster: Cluster, customers: number) {
    this.cluster = cluster;
    this.waits = new Float64Array(customers);
    this.stays = new Float64Array(customers);
  }

  taskStarted(task: number, now: Micros): void {
    this.waits[this.numberOf(task)] = toSeconds(now - this.cluster.tasks.submitted[task]);
  }

  taskEnded(task: number, _machine: number, outcome: string, now: Micros): void {
    const stay = toSeconds(now - this.cluster.tasks.submitted[task]);
    this.stays[this.numberOf(task)] = outcome === 'finished' ? stay : Number.NaN;
  }

  result(warmUp: number): QueueRun {
    const stays = this.stays.subarray(warmUp);
    return {
      waits: this.waits.subarray(warmUp),
      stays,
      lost: stays.filter((stay) => Number.isNaN(stay)).length / stays.length,
    };
  }

  private numberOf(task: number): number {
    return this.cluster.jobs.name[this.cluster.tasks.job[task]] as number;
  }
}

export function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function shareAbove(values: Float64Array, limit: number): number {
  return values.filter((value) => value > limit).length / values.length;
}
