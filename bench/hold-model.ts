import { EventClass, EventQueue } from '../src/sim/event-queue.js';
import { BareHeap } from './bare-heap.js';
import { mulberry32 } from './mulberry32.js';

/** The hold model: with `pending` events in the queue, take the earliest and add another, again and again. */
export function holdBareHeap(pending: number, operations: number): number {
  const draw = mulberry32(7);
  const heap = new BareHeap(pending + 1);
  for (let i = 0; i < pending; i++) heap.push(draw() * 1e6, i);
  for (let i = 0; i < operations; i++) {
    const now = heap.top;
    heap.push(now + draw() * 1e6, heap.pop());
  }
  return heap.top;
}

/** The same on the engine's event queue, which orders by class and sequence as well. */
export function holdEventQueue(pending: number, operations: number): number {
  const draw = mulberry32(7);
  const queue = new EventQueue();
  for (let i = 0; i < pending; i++) queue.add(draw() * 1e6, EventClass.taskEnd, i);
  for (let i = 0; i < operations; i++) {
    queue.take();
    queue.add(queue.time + draw() * 1e6, EventClass.taskEnd, queue.subject);
  }
  return queue.peekTime();
}
