import { fromSeconds, toSeconds } from '../src/model/index.js';
import { BareHeap } from './bare-heap.js';
import type { Tasks } from './engine-run.js';
import { mulberry32 } from './mulberry32.js';

/** M/M/10 at a load of 0.8: the mean wait is 0.2046 mean service times (Erlang C). */
const SERVERS = 10;
const LOAD = 0.8;

/** One machine; each core is a server. */
export const SERVER_POOL = { machines: 1, cpus: SERVERS, mem: 1024 };

/** Customers are tasks of one core; the mean service takes a second. */
export function drawCustomers(count: number): Tasks {
  const draw = mulberry32(11);
  const tasks = {
    arrival: new Float64Array(count),
    duration: new Float64Array(count),
    cpus: new Int32Array(count).fill(1),
    mem: new Int32Array(count),
  };
  let time = 0;
  for (let i = 0; i < count; i++) {
    time += -Math.log(1 - draw()) / (LOAD * SERVERS);
    tasks.arrival[i] = fromSeconds(time);
    tasks.duration[i] = fromSeconds(-Math.log(1 - draw()));
  }
  return tasks;
}

/** A minimal loop: a heap, a count of idle servers and a queue of customers. @returns the mean wait in seconds. */
export function bareServers({ arrival, duration }: Tasks): number {
  const heap = new BareHeap(SERVERS + 1);
  let idle = SERVERS;
  let head = 0;
  let waited = 0;
  // Customers are served in order of arrival, so the queue is a range of the table.
  let tail = 0;
  const serve = (customer: number, now: number) => {
    waited += now - arrival[customer];
    idle--;
    heap.push(now + duration[customer], customer);
  };
  const endOne = () => {
    const now = heap.top;
    heap.pop();
    idle++;
    if (head < tail) serve(head++, now);
  };
  for (; tail < arrival.length; tail++) {
    while (heap.size > 0 && heap.top <= arrival[tail]) endOne();
    if (head === tail && idle > 0) serve(head++, arrival[tail]);
  }
  while (heap.size > 0) endOne();
  return toSeconds(waited) / arrival.length;
}
