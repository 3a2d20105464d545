import { fromSeconds } from '../src/model/index.js';
import { BareHeap } from './bare-heap.js';
import type { MachinePool, Tasks } from './engine-run.js';
import { mulberry32 } from './mulberry32.js';

/**
 * The host/task experiment: hosts of 16 cores and 64 GiB, tasks of 1, 2 or 4 cores, exponential run times with mean 600 s, a
 * load of 0.7, first fit. docs/performance.md has the results of CloudSim and CloudSim Plus.
 */
const HOST_CPUS = 16;
const HOST_MEM = 65_536;

/** A pool of these hosts, for `runEngine`. */
export function hostPool(hosts: number): MachinePool {
  return { machines: hosts, cpus: HOST_CPUS, mem: HOST_MEM };
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

/** A minimal loop: a heap and a scan over the hosts, without metrics, policies or checks. @returns the time of the last end. */
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
