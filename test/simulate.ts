import { taskCounts } from '../src/metrics/catalogue/counts.js';
import { entriesOf } from '../src/metrics/catalogue/entry.js';
import type { HealthTerms } from '../src/metrics/collectors/service-health.js';
import type { JobCounter, TaskCounter } from '../src/metrics/collectors/task-counter.js';
import { EventLog } from '../src/metrics/files/event-log.js';
import type { BinnedAmounts } from '../src/metrics/kernels/time-bins.js';
import { ObserverGroup } from '../src/metrics/observer-group.js';
import { Recorder } from '../src/metrics/recorder.js';
import {
  Cluster,
  FOREVER,
  fromSeconds,
  type MachineSpec,
  type Observer,
  ResourceSpace,
  toSeconds,
} from '../src/model/index.js';
import { placementNamed } from '../src/policies/placement/index.js';
import type { MonolithicParts, PolicyParts } from '../src/policies/policy.js';
import { type Backfill, listScheduler } from '../src/policies/schedulers/list-scheduler.js';
import type { Architecture } from '../src/sim/architectures/architecture.js';
import { makeArchitecture } from '../src/sim/architectures/make-architecture.js';
import { type DecisionTimes, NO_DECISION_TIME } from '../src/sim/decision-time.js';
import type { ControlPlan } from '../src/sim/elasticity/control-loops.js';
import type { Execution } from '../src/sim/execution.js';
import { Explainer } from '../src/sim/explain/explainer.js';
import type { Failures } from '../src/sim/failures/fleet.js';
import type { MachineEvent } from '../src/sim/machine-changes.js';
import { Operations, type OperationsPlan } from '../src/sim/operations/operations.js';
import { RandomStreams } from '../src/sim/random-streams.js';
import { Simulation } from '../src/sim/simulation.js';
import type { SimulationSetup } from '../src/sim/simulation-setup.js';
import type { MachineChange } from '../src/workloads/machine-change.js';
import type { Trace } from '../src/workloads/trace.js';
import { checkSums } from './sum-checks.js';

/** The resources of small scenarios: cores and memory. */
export const CPUS = new ResourceSpace(['cpus']);
export const CPUS_MEM = new ResourceSpace(['cpus', 'mem']);
export const CPUS_MEM_GPUS = new ResourceSpace(['cpus', 'mem', 'gpus']);

/** Machines `m0`, `m1` … with these amounts in units. */
export function machinesOf(
  space: ResourceSpace,
  amounts: readonly Readonly<Record<string, number>>[],
  attributes: readonly Readonly<Record<string, string>>[] = [],
): MachineSpec[] {
  return amounts.map((amount, rank) => ({
    name: `m${rank}`,
    capacity: space.quanta(amount),
    attributes: attributes[rank] ?? {},
  }));
}

/** A list scheduler over the whole cluster. */
export function listParts(backfill: Backfill = 'any', placement = 'first-fit'): MonolithicParts {
  return {
    architecture: 'monolithic',
    scheduler: listScheduler({ name: 'list', placement: placementNamed(placement), backfill }),
  };
}

/** Description of one run of the simulator in a test. */
export interface SimulationSketch {
  readonly space: ResourceSpace;
  readonly machines: readonly MachineSpec[];
  readonly trace: Trace;
  readonly parts: PolicyParts;
  readonly decisionTimes?: DecisionTimes;
  /** Seconds. */
  readonly until?: number;
  readonly patience?: number;
  readonly startsAt?: 'zero' | 'first-submission';
  /** See SimulationSetup. */
  readonly simultaneous?: 'merge' | 'each';
  readonly machineEvents?: readonly MachineEvent[];
  readonly machineChanges?: readonly MachineChange[];
  readonly knowsSpeeds?: boolean;
  readonly failures?: Failures;
  readonly controls?: Omit<ControlPlan, 'random'>;
  readonly constraintsOf?: SimulationSetup['constraintsOf'];
  /** Operations during the run. */
  readonly operations?: OperationsPlan;
  /** Health settings of each framework. */
  readonly health?: readonly (HealthTerms | undefined)[];
  /** See SimulationSetup. */
  readonly remoteSlowdown?: number;
  readonly seed?: string;
  /** Jobs and frameworks of which the run records why they wait. */
  readonly explain?: readonly string[];
  readonly observers?: (cluster: Cluster) => readonly Partial<Observer>[];
  /** Omits the event log, for large runs. */
  readonly withLog?: boolean;
}

/** The results of a run. */
export interface SimulationResult {
  readonly cluster: Cluster;
  readonly recorder: Recorder;
  readonly simulation: Simulation;
  readonly operations: Operations | undefined;
  /** The text of the event log. */
  readonly log: string;
  /** Why jobs waited, if the sketch asks for it. */
  readonly explainer: Explainer | undefined;
}

/** Simulates a sketch to its end, with all metrics. */
export async function simulate(sketch: SimulationSketch): Promise<SimulationResult> {
  const cluster = new Cluster(sketch.space);
  for (const machine of sketch.machines) cluster.addMachine(machine);
  cluster.speeds.areKnown = sketch.knowsSpeeds === true;
  const recorder = new Recorder(cluster, sketch.health);
  const lines: string[] = [];
  const log = sketch.withLog === false ? [] : [new EventLog(cluster, (line) => lines.push(line))];
  const operations = sketch.operations === undefined ? undefined : new Operations(sketch.operations, cluster);
  const explainer = sketch.explain === undefined ? undefined : new Explainer(cluster, sketch.explain);
  const streams = new RandomStreams(sketch.seed ?? 'test');
  const simulation = new Simulation({
    cluster,
    trace: sketch.trace,
    observer: new ObserverGroup([
      recorder,
      ...log,
      ...(sketch.controls?.services === undefined ? [] : [sketch.controls.services.observer]),
      ...(operations ? [operations] : []),
      ...(explainer === undefined ? [] : [explainer.observer]),
      ...(sketch.observers?.(cluster) ?? []),
    ]),
    architecture: (execution) => architectureOf(sketch.parts, execution, sketch),
    horizon: fromSeconds(sketch.until ?? FOREVER),
    startsAt: sketch.startsAt ?? 'zero',
    patience: fromSeconds(sketch.patience ?? FOREVER),
    ...(sketch.simultaneous !== undefined && { simultaneous: sketch.simultaneous }),
    ...(sketch.machineEvents !== undefined && { machineEvents: sketch.machineEvents }),
    ...(sketch.remoteSlowdown !== undefined && { remoteSlowdown: sketch.remoteSlowdown }),
    ...(sketch.machineChanges !== undefined && { machineChanges: sketch.machineChanges }),
    failures: sketch.failures,
    controls: sketch.controls && { ...sketch.controls, random: (name) => streams.stream(name) },
    constraintsOf: sketch.constraintsOf,
    operations,
    explainer,
  });
  await simulation.run();
  checkSums(recorder);
  return { cluster, recorder, simulation, operations, explainer, log: lines.join('') };
}

function architectureOf(parts: PolicyParts, execution: Execution, sketch: SimulationSketch): Architecture {
  const random = new RandomStreams(sketch.seed ?? 'test').stream('policy');
  return makeArchitecture(parts, execution, {
    decisionTimes: sketch.decisionTimes ?? NO_DECISION_TIME,
    random,
  });
}

/** A line of the event log. */
export interface LogEvent {
  /** Seconds, as text. */
  readonly time: string;
  readonly event: string;
  /** Serial number in order of submission, as text; empty for an event without a task. */
  readonly task: string;
  readonly job: string;
  readonly framework: string;
  readonly machine: string;
  readonly devices: string;
  readonly detail: string;
}

/** The event log, line by line. Fields in the scenarios of tests contain no commas. */
export function eventsOf(result: Pick<SimulationResult, 'log'>): LogEvent[] {
  const [, ...lines] = result.log.trimEnd().split('\n');
  return lines.map((line) => {
    const [time, event, task, job, framework, machine, devices, detail] = line.split(',');
    return { time, event, task, job, framework, machine, devices, detail };
  });
}

/** Events of tasks and machines as short lines: `5 task 0 started m1`, `7 task 0 ended m1 finished`. */
export function story(result: Pick<SimulationResult, 'log'>, ...events: readonly string[]): string[] {
  const wanted = events.length === 0 ? ['started', 'killed', 'ended', 'machine'] : events;
  return eventsOf(result)
    .filter(({ event }) => wanted.includes(event))
    .map((e) => {
      const subject = e.task !== '' ? `task ${e.task}` : e.framework || e.job;
      return [e.time, subject, e.event, e.machine, e.detail].filter((word) => word !== '').join(' ');
    });
}

/** First start time of each task in seconds, by serial number; undefined if it never started. */
export function firstStarts(result: Pick<SimulationResult, 'log'>): (number | undefined)[] {
  const starts: (number | undefined)[] = [];
  for (const { event, task, time } of eventsOf(result)) {
    if (event === 'submitted') starts[Number(task)] = undefined;
    if (event === 'started') starts[Number(task)] ??= Number(time);
  }
  return starts;
}

/** Time integral of a quantity over a run, in seconds. */
export function integral(
  { recorder, simulation }: SimulationResult,
  amounts: BinnedAmounts,
  column: number,
): number {
  const { bins } = recorder;
  return toSeconds(
    amounts
      .means(column, simulation.end)
      .reduce((sum, mean, bin) => sum + mean * bins.lengthOf(bin, simulation.end), 0),
  );
}

/** The numbers of tasks by outcome, as in a summary. */
export function countsOf(tasks: TaskCounter) {
  return entriesOf<readonly [TaskCounter]>()
    .group(taskCounts((counter: TaskCounter) => counter, false))
    .compute(tasks);
}

/** The numbers of jobs by outcome, as in a summary. */
export function jobCountsOf({ submitted, started, finished, failed, unfinished }: JobCounter) {
  return { submitted, started, finished, failed, unfinished };
}
