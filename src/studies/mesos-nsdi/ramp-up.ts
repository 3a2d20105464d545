import { randomExponential, randomUniform } from 'd3-random';
import {
  type Cluster,
  FOREVER,
  fromSeconds,
  type Micros,
  type Observer,
  ResourceSpace,
} from '../../model/index.js';
import { drf } from '../../policies/presets/drf.js';
import { RandomStreams } from '../../sim/random-streams.js';
import { PLAIN_ROW, type TaskRow } from '../../workloads/trace.js';
import { partsOf, simulateRows } from '../simulate-rows.js';

/**
 * A framework arrives that is entitled to all slots of a cluster, while tasks of others hold all of them. Those tasks end one
 * by one and are not replaced.
 */
export interface RampUp {
  /** elastic: uses each slot immediately. rigid: hoards slots, and starts when it has all of them. */
  readonly framework: 'elastic' | 'rigid';
  /** Distribution of the lengths of the tasks that hold the slots. */
  readonly law: 'constant' | 'exponential';
  readonly slots: number;
  /** Run time of its job on all slots, in mean task lengths. */
  readonly work: number;
}

/** Results of the framework; times in mean task lengths. */
export interface RampUpResult {
  /** Time from its arrival until no other framework holds a slot. */
  readonly rampUp: number;
  /** Time from its arrival until its job ends. */
  readonly completion: number;
  /** Useful work as a share of the resources that it held, in offers and tasks. */
  readonly utilization: number;
}

const TASK_LENGTH: Micros = fromSeconds(10_000);

/** Tasks of the elastic job are shorter than the others by this factor. So its last tasks end together, as the formulas assume. */
const ELASTIC_GRAIN = 50;

const SPACE = new ResourceSpace(['slots']);
const [OTHERS, NEWCOMER] = [0, 1];

/** One replication, under the policy `drf` with offers at every change. */
export async function rampUp(experiment: RampUp, seed: string): Promise<RampUpResult> {
  const comes = comesAt(experiment);
  const meter = new SlotMeter();
  await simulateRows({
    space: SPACE,
    machines: Array.from({ length: experiment.slots }, (_, i) => ({ name: `slot-${i}`, capacity: [1] })),
    frameworks: [{ name: 'others' }, { name: 'newcomer' }],
    rows: [...othersTasks(experiment, new RandomStreams(seed)), newcomersJob(experiment, comes)],
    parts: partsOf(drf, { interval: 0, hold: experiment.framework === 'rigid' ? FOREVER : 0 }),
    seed,
    observers: (cluster) => [meter.of(cluster)],
  });
  return {
    rampUp: (meter.aloneAt - comes) / TASK_LENGTH,
    completion: (meter.doneAt - comes) / TASK_LENGTH,
    utilization: (experiment.work * experiment.slots * TASK_LENGTH) / meter.slotTime,
  };
}

/** Arrival time. Constant tasks start at uniform times in the task length before it; exponential tasks are memoryless and start at 0. */
function comesAt({ law }: RampUp): Micros {
  return law === 'constant' ? TASK_LENGTH : 1;
}

function othersTasks({ law, slots }: RampUp, streams: RandomStreams): TaskRow[] {
  const begin = randomUniform.source(streams.stream('begins'))(TASK_LENGTH);
  const length = randomExponential.source(streams.stream('lengths'))(1 / TASK_LENGTH);
  const rows = Array.from({ length: slots }, (_, i) => ({
    ...PLAIN_ROW,
    job: i,
    framework: OTHERS,
    submit: law === 'constant' ? Math.floor(begin()) : 0,
    demand: [1],
    duration: law === 'constant' ? TASK_LENGTH : Math.ceil(length()),
  }));
  return rows.sort((a, b) => a.submit - b.submit);
}

function newcomersJob({ framework, slots, work }: RampUp, submit: Micros): TaskRow {
  const isGang = framework === 'rigid';
  return {
    ...PLAIN_ROW,
    job: 'newcomer',
    framework: NEWCOMER,
    submit,
    tasks: isGang ? slots : slots * work * ELASTIC_GRAIN,
    gang: isGang,
    demand: [1],
    duration: isGang ? work * TASK_LENGTH : TASK_LENGTH / ELASTIC_GRAIN,
  };
}

/** Measures the slots of the arriving framework. */
class SlotMeter {
  /** End of the last task of the others, and end of its job. */
  aloneAt: Micros = Number.NaN;
  doneAt: Micros = Number.NaN;
  /** Slots times Micros that it held, in tasks or offers. */
  slotTime = 0;
  private has = 0;
  private since: Micros = 0;

  of(cluster: Cluster): Partial<Observer> {
    const changed = (now: Micros) => {
      this.slotTime += this.has * (now - this.since);
      this.since = now;
      this.has = (cluster.frameworkAllocated[NEWCOMER] ?? 0) + (cluster.offered.byFramework[NEWCOMER] ?? 0);
    };
    return {
      offerMade: (_framework, _machine, now) => changed(now),
      offerEnded: (_framework, _machine, _end, _held, now) => changed(now),
      taskStarted: (_task, now) => changed(now),
      taskEnded: (task, _machine, _outcome, now) => {
        changed(now);
        if (cluster.tasks.framework[task] === NEWCOMER) this.doneAt = now;
        else this.aloneAt = now;
      },
    };
  }
}
