import { randomExponential, randomGamma } from 'd3-random';
import {
  type Cluster,
  FOREVER,
  fromSeconds,
  type Micros,
  type Observer,
  ResourceSpace,
  toSeconds,
} from '../../model/index.js';
import type { Policy } from '../../policies/policy.js';
import { policyNamed } from '../../policies/registry.js';
import { RandomStreams } from '../../sim/random-streams.js';
import { PLAIN_ROW, type TaskRow } from '../../workloads/trace.js';
import { partsOf, type RowExperiment, simulateRows } from '../simulate-rows.js';

/** A distribution of service times with mean 1, and its squared coefficient of variation. */
export interface ServiceLaw {
  readonly name: string;
  readonly squaredCv: number;
  /** Makes a generator of values from a stream of numbers in [0, 1). */
  readonly draw: (source: () => number) => () => number;
}

const FCFS = policyNamed('fcfs') as Policy;

/** The exponential distribution, which is memoryless. */
export const EXPONENTIAL: ServiceLaw = {
  name: 'exponential',
  squaredCv: 1,
  draw: (source) => randomExponential.source(source)(1),
};

/** Always 1. */
export const DETERMINISTIC: ServiceLaw = { name: 'deterministic', squaredCv: 0, draw: () => () => 1 };

/** The sum of two exponential phases. */
export const ERLANG_2: ServiceLaw = {
  name: 'Erlang-2',
  squaredCv: 0.5,
  draw: (source) => randomGamma.source(source)(2, 0.5),
};

/** A mixture of two exponentials with balanced means and the given squared coefficient of variation. */
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

/** A queue with Poisson arrivals and a mean service time of 1 s. Each customer is a task, each server a machine. */
export interface QueueSpec {
  readonly servers: number;
  /** Utilization of each server. */
  readonly load: number;
  readonly service: ServiceLaw;
  /** Customers in one replication, including the warm-up. */
  readonly customers: number;
  /** Excluded customers at the start, because the system starts empty. */
  readonly warmUp: number;
  /** Time after which a waiting customer leaves, seconds; infinite by default. */
  readonly patience?: number;
  /** Share of the customers with priority 1; the others have priority 0. Default 0. */
  readonly urgent?: number;
  /** The scheduler; by default that of the policy fcfs. */
  readonly parts?: RowExperiment['parts'];
  /** Decision times of the scheduler; default 0. */
  readonly decisionTimes?: RowExperiment['decisionTimes'];
}

/** Results of one replication by customer, after the warm-up, in order of arrival. Times in seconds. */
export interface QueueRun {
  readonly waits: Float64Array;
  /** Time in the system; NaN for a customer that left unserved. */
  readonly stays: Float64Array;
  /** 1 for a customer with priority. */
  readonly isUrgent: Uint8Array;
}

const SLOTS = new ResourceSpace(['slots']);

/** Simulates one replication. Arrivals, services and priorities have separate random streams. */
export async function queueRun(spec: QueueSpec, seed: string): Promise<QueueRun> {
  let customers: CustomerTimes | undefined;
  await simulateRows({
    space: SLOTS,
    machines: Array.from({ length: spec.servers }, (_, i) => ({ name: `server-${i}`, capacity: [1] })),
    frameworks: [{ name: 'customers' }],
    rows: customersOf(spec, new RandomStreams(seed)),
    parts: spec.parts ?? partsOf(FCFS),
    ...(spec.decisionTimes !== undefined && { decisionTimes: spec.decisionTimes }),
    seed,
    patience: fromSeconds(spec.patience ?? FOREVER),
    observers: (cluster) => {
      customers = new CustomerTimes(cluster, spec.customers);
      return [customers];
    },
  });
  return (customers as CustomerTimes).after(spec.warmUp);
}

/** Independent replications with the seeds `<family>1`, `<family>2` … */
export async function replications(spec: QueueSpec, count: number, family = ''): Promise<QueueRun[]> {
  const runs: QueueRun[] = [];
  for (let i = 1; i <= count; i++) runs.push(await queueRun(spec, `${family}${i}`));
  return runs;
}

/** Yields the same row object for all customers, because new objects would cost more than the run. The batch copies it immediately. */
function* customersOf(spec: QueueSpec, streams: RandomStreams): Iterable<TaskRow> {
  const gap = randomExponential.source(streams.stream('arrivals'))(spec.load * spec.servers);
  const service = spec.service.draw(streams.stream('service'));
  const chance = streams.stream('priorities');
  const row = { ...PLAIN_ROW, job: 0, framework: 0, submit: 0, demand: [1], duration: 0, priority: 0 };
  let now = 0;
  for (let customer = 0; customer < spec.customers; customer++) {
    now += gap();
    row.job = customer;
    row.submit = fromSeconds(now);
    row.duration = fromSeconds(service());
    row.priority = spec.urgent !== undefined && chance() < spec.urgent ? 1 : 0;
    yield row;
  }
}

/** Records the times of each customer. The number of a customer is the name of its job. */
class CustomerTimes implements Partial<Observer> {
  private readonly cluster: Cluster;
  private readonly waits: Float64Array;
  private readonly stays: Float64Array;
  private readonly isUrgent: Uint8Array;

  constructor(cluster: Cluster, customers: number) {
    this.cluster = cluster;
    this.waits = new Float64Array(customers);
    this.stays = new Float64Array(customers);
    this.isUrgent = new Uint8Array(customers);
  }

  taskStarted(task: number, now: Micros): void {
    const { tasks } = this.cluster;
    const customer = this.numberOf(task);
    this.waits[customer] = toSeconds(now - tasks.submitted[task]);
    this.isUrgent[customer] = tasks.priority[task];
  }

  taskEnded(task: number, _machine: number, outcome: string, now: Micros): void {
    const stay = toSeconds(now - this.cluster.tasks.submitted[task]);
    this.stays[this.numberOf(task)] = outcome === 'finished' ? stay : Number.NaN;
  }

  after(warmUp: number): QueueRun {
    return {
      waits: this.waits.subarray(warmUp),
      stays: this.stays.subarray(warmUp),
      isUrgent: this.isUrgent.subarray(warmUp),
    };
  }

  private numberOf(task: number): number {
    return this.cluster.jobs.name[this.cluster.tasks.job[task]] as number;
  }
}

/** Mean wait in seconds. */
export function meanWait({ waits }: QueueRun): number {
  return mean(waits);
}

/** Mean time from arrival to departure in seconds. Every customer must have been served. */
export function meanStay({ stays }: QueueRun): number {
  return mean(stays);
}

/** Mean wait of the customers with priority 1, or of those with priority 0; in seconds. */
export function meanWaitOfClass({ waits, isUrgent }: QueueRun, priority: 0 | 1): number {
  return mean(waits.filter((_, customer) => isUrgent[customer] === priority));
}

/** Share of the customers that left unserved. */
export function shareLost({ stays }: QueueRun): number {
  return stays.filter(Number.isNaN).length / stays.length;
}

/** Share of the values that exceed a limit. */
export function shareAbove(values: Float64Array, limit: number): number {
  return values.filter((value) => value > limit).length / values.length;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
