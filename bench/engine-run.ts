import { Recorder } from '../src/metrics/recorder.js';
import { Cluster, FOREVER, ParameterValues, ResourceSpace } from '../src/model/index.js';
import { policyNamed } from '../src/policies/registry.js';
import { Monolithic } from '../src/sim/architectures/monolithic.js';
import { NO_DECISION_TIME } from '../src/sim/decision-time.js';
import { Simulation } from '../src/sim/simulation.js';
import { TaskBatch, type Trace } from '../src/workloads/trace.js';
import { mulberry32 } from './mulberry32.js';

/** Tasks in order of arrival; times in Micros, memory in MiB. */
export interface Tasks {
  readonly arrival: Float64Array;
  readonly duration: Float64Array;
  readonly cpus: Int32Array;
  readonly mem: Int32Array;
}

/** Equal machines; memory in MiB. */
export interface MachinePool {
  readonly machines: number;
  readonly cpus: number;
  readonly mem: number;
}

/** Simulates the tasks with all default metrics. @returns the measurements. @throws Error unless every task finishes. */
export async function runEngine(pool: MachinePool, tasks: Tasks, policyName: string): Promise<Recorder> {
  const space = new ResourceSpace(['cpus', 'mem']);
  const cluster = new Cluster(space);
  const capacity = [pool.cpus * 1000, pool.mem];
  for (let i = 0; i < pool.machines; i++) cluster.addMachine({ name: `host-${i}`, capacity });
  const policy = policyNamed(policyName);
  if (policy === undefined) throw new RangeError(`no policy ${policyName}`);
  const parts = policy.build(new ParameterValues(policy.parameters), {
    space,
    machines: cluster.machines.specs,
    frameworks: [{ name: 'tasks' }],
    forecast: undefined,
  });
  if (parts.architecture !== 'monolithic') throw new RangeError(`${policyName} is not monolithic`);
  const { scheduler } = parts;
  const recorder = new Recorder(cluster);
  const simulation = new Simulation({
    cluster,
    trace: traceOf(space, tasks),
    observer: recorder,
    architecture: (execution) => new Monolithic(execution, scheduler, NO_DECISION_TIME, mulberry32(1)),
    horizon: FOREVER,
    startsAt: 'zero',
    simultaneous: 'merge',
    patience: FOREVER,
  });
  await simulation.run();
  if (recorder.tasks.finished !== tasks.arrival.length) throw new Error('not every task finished');
  return recorder;
}

function traceOf(space: ResourceSpace, tasks: Tasks): Trace {
  return {
    space,
    frameworks: [{ name: 'tasks' }],
    constraints: [[]],
    curves: [undefined],
    batches: () => batches(tasks),
  };
}

function* batches(tasks: Tasks): Iterable<TaskBatch> {
  const size = 4096;
  for (let from = 0; from < tasks.arrival.length; from += size) {
    const batch = new TaskBatch(2, size);
    const end = Math.min(from + size, tasks.arrival.length);
    for (let task = from; task < end; task++) {
      const row = task - from;
      batch.job[row] = task;
      batch.demand[2 * row] = tasks.cpus[task] * 1000;
      batch.demand[2 * row + 1] = tasks.mem[task];
    }
    batch.submit.set(tasks.arrival.subarray(from, end));
    batch.duration.set(tasks.duration.subarray(from, end));
    batch.length = end - from;
    yield batch;
  }
}
