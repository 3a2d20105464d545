import type { RunRecord } from '../../metrics/run-record.js';
import { fromSeconds, type Micros } from '../../model/index.js';
import type { TaskBatch, Trace } from '../../workloads/trace.js';
import { run } from '../run/node/run.js';
import type { RunSpec } from '../run/run-spec.js';
import { type LiveTerms, runLive } from './run-live.js';
import { type Start, StartLog } from './start-log.js';

/** The terms of a rehearsal. */
export interface RehearsalTerms extends LiveTerms {
  /**
   * The modelled overhead, in Micros of the wall clock. It is the largest delay of an offer before a start, and the largest sum of
   * the delays of a launch and of the status update at the end. A second simulation adds it to the run time of each task. Its
   * waits are the longest that the model allows.
   */
  readonly overhead: Micros;
}

/** A run of one trace in the simulator and on real agents. */
export interface Rehearsal {
  readonly simulated: RunRecord;
  readonly live: RunRecord;
  readonly starts: number;
  /** The first start with another job or machine; undefined when all are equal. */
  readonly difference: StartDifference | undefined;
  /** Starts with a wait shorter than in the simulation, or longer than the model allows. */
  readonly outside: readonly WaitOutside[];
  /** Run time of real tasks beyond that of the trace, in seconds of the wall clock: the median and the maximum. */
  readonly measuredOverhead: { readonly median: number; readonly most: number };
}

/** A start that differs. A run is undefined if it has no start at this place. */
export interface StartDifference {
  readonly place: number;
  readonly simulated: Start | undefined;
  readonly live: Start | undefined;
}

/** A wait beyond the model, in Micros of the trace. */
export interface WaitOutside {
  readonly job: string;
  readonly simulated: Micros;
  readonly live: Micros;
  readonly longest: Micros;
}

/** Node's timers have a resolution of 1 ms. A task may be early by 1 ms, and so may a later submission. */
const TIMER_SLACK: Micros = fromSeconds(0.002);

/** Simulates a trace, then runs it on real agents in compressed time. @throws InputError, see runLive. */
export async function rehearse(spec: RunSpec, terms: RehearsalTerms): Promise<Rehearsal> {
  const plain = await simulate(spec, 0);
  const longest = await simulate(spec, terms.overhead * terms.compress);
  const live = await runLive(spec, terms);
  return {
    simulated: named(plain.record, 'simulated'),
    live: named(live.record, 'live'),
    starts: plain.starts.length,
    difference: firstDifference(plain.starts, live.starts),
    outside: outsideOf([plain.starts, live.starts, longest.starts], terms),
    measuredOverhead: overheadOf(plain.starts, live.starts, terms.compress),
  };
}

async function simulate(spec: RunSpec, overhead: Micros) {
  let log: StartLog | undefined;
  const record = await run(spec, {
    trace: (trace) => lengthened(trace, overhead),
    observers: (cluster) => {
      log = new StartLog(cluster);
      return [log];
    },
  });
  return { record, starts: log?.starts ?? [] };
}

/** The same rows, with run times longer by `by`. */
function lengthened(trace: Trace, by: Micros): Trace {
  async function* batches(): AsyncGenerator<TaskBatch> {
    for await (const batch of trace.batches()) {
      for (let row = 0; row < batch.length; row++) {
        batch.duration[row] += by;
        batch.estimate[row] += by;
        batch.timeLimit[row] += by;
      }
      yield batch;
    }
  }
  return { ...trace, frameworks: trace.frameworks, batches };
}

/** The record with another policy name, because reports identify runs by the names of their policies. */
function named(record: RunRecord, how: string): RunRecord {
  const { summary } = record;
  const policy = { ...summary.run.policy, name: `${summary.run.policy.name}, ${how}` };
  return { ...record, summary: { ...summary, run: { ...summary.run, policy } } };
}

function firstDifference(simulated: readonly Start[], live: readonly Start[]): StartDifference | undefined {
  const length = Math.max(simulated.length, live.length);
  for (let place = 0; place < length; place++) {
    const [a, b] = [simulated[place], live[place]];
    if (a?.job !== b?.job || a?.machine !== b?.machine) return { place, simulated: a, live: b };
  }
  return undefined;
}

function outsideOf(
  [simulated, live, longest]: readonly (readonly Start[])[],
  { overhead, compress }: RehearsalTerms,
): readonly WaitOutside[] {
  const waits = (starts: readonly Start[] = []) => new Map(starts.map(({ job, wait }) => [job, wait]));
  const [measured, most] = [waits(live), waits(longest)];
  return (simulated ?? []).flatMap(({ job, wait }) => {
    const liveWait = measured.get(job) ?? Number.NaN;
    const longestWait = (most.get(job) ?? Number.NaN) + overhead * compress;
    const isWithin = liveWait >= wait - TIMER_SLACK * compress && liveWait <= longestWait;
    return isWithin ? [] : [{ job, simulated: wait, live: liveWait, longest: longestWait }];
  });
}

function overheadOf(simulated: readonly Start[], live: readonly Start[], compress: number) {
  const planned = new Map(simulated.map(({ job, lasted }) => [job, lasted]));
  const seconds = live
    .map(({ job, lasted }) => (lasted - (planned.get(job) ?? Number.NaN)) / compress / fromSeconds(1))
    .sort((a, b) => a - b);
  return { median: seconds[seconds.length >> 1] ?? Number.NaN, most: seconds.at(-1) ?? Number.NaN };
}
