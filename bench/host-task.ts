import { Recorder } from '../src/metrics/recorder.js';
import { Cluster, FOREVER, fromSeconds, ParameterValues, ResourceSpace } from '../src/model/index.js';
import { policyNamed } from '../src/policies/registry.js';
import { Monolithic } from '../src/sim/architectures/monolithic.js';
import { NO_DECISION_TIME } from '../src/sim/decision-time.js';
import { Simulation } from '../src/sim/simulation.js';
import { TaskBatch, type Trace } from '../src/workloads/trace.js';
import { BareHeap } from './bare-heap.js';
import { mulberry32 } from './mulberry32.js';

/**
 * The host/task experiment: hosts of 16 cores and 64 GiB, tasks of 1, 2 or 4 cores, exponential run times of mean 600 s, a
 * load of 0.7, first fit. Published for CloudSim and CloudSim Plus in docs/performance.md.
 */
const HOST_CPUS = 16;
const HOST_MEM = 65_536;

interface Tasks {
  readonly arrival: Float64Array;
  readonly duration: Float64Array;
  readonly cpus: Int32Array;
  readonly mem: Int32Array;
}

export function drawTasks(hosts: number, count: number): Tasks {
  const draw = mulberry32(42);
  const rate = (0.7 * HOST_CPUS * hosts) / (600 * 1.9);
  const tasks = {
    arrival: new Float64Array(count),
    duration: new Float64Array(count),
    cpus: new Int32Array(count),
    mem: new Int32Array(count),
  };
  let time = 0;
  for (let i = 0; i < count; i++) {
    time += -Math.log(1 - draw()) / rate;
    tasks.arrival[i] = fromSeconds(time);
    tasks.duration[i] = fromSeconds(Math.max(1, -Math.log(1 - draw()) * 600));
    const cpu = draw();
    tasks.cpus[i] = cpu < 0.5 ? 1 : cpu < 0.8 ? 2 : 4;
    const factor = draw();
    tasks.mem[i] = tasks.cpus[i] * (factor < 1 / 3 ? 1024 : factor < 2 / 3 ? 2048 : 4096);
  }
  return tasks;
}

/** A heap and a scan over the hosts, without metrics, policies or checks. Returns the time of the last end. */
export function bareLoop(hosts: number, tasks: Tasks): number {
  const freeCpus = new Int32Array(hosts).fill(HOST_CPUS);
  const freeMem = new Int32Array(hosts).fill(HOST_MEM);
  const hostOf = new Int32Array(tasks.arrival.length);
  const heap = new BareHeap(tasks.arrival.length);
  const waiting: number[] = [];
  let head = 0;
  let last = 0;
  const place = (task: number, now: number): boolean => {
    for (let host = 0; host < hosts; host++) {
      if (freeCpus[host] < tasks.cpus[task] || freeMem[host] < tasks.mem[task]) continue;
      freeCpus[host] -= tasks.cpus[task];
      freeMem[host] -= tasks.mem[task];
      hostOf[task] = host;
      heap.push(now + tasks.duration[task], task);
      return true;
    }
    return false;
  };
  const endOne = () => {
    last = heap.top;
    const task = heap.pop();
    freeCpus[hostOf[task]] += tasks.cpus[task];
    freeMem[hostOf[task]] += tasks.mem[task];
    while (head < waiting.length && place(waiting[head], last)) head++;
  };
  for (let task = 0; task < tasks.arrival.length; task++) {
    while (heap.size > 0 && heap.top <= tasks.arrival[task]) endOne();
    if (head < waiting.length || !place(task, tasks.arrival[task])) waiting.push(task);
  }
  while (heap.size > 0) endOne();
  return last;
}

/** The same work through Fairground, with all default metrics. Returns the time of the last end. */
export async function fairground(hosts: number, tasks: Tasks, policyName: string): Promise<number> {
  const space = new ResourceSpace(['cpus', 'mem']);
  const cluster = new Cluster(space);
  const capacity = [HOST_CPUS * 1000, HOST_MEM];
  for (let host = 0; host < hosts; host++) cluster.addMachine({ name: `host-${host}`, capacity });
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
  return recorder.lastEnd;
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
    batch.tasks.fill(1);
    batch.estimate.fill(FOREVER);
    batch.failAfter.fill(FOREVER);
    batch.usage.fill(Number.NaN);
    batch.length = end - from;
    yield batch;
  }
}
