import { EventClass, EventQueue } from '../src/sim/event-queue.js';
import { BareHeap } from './bare-heap.js';
import { mulberry32 } from './mulberry32.js';

/**
 * The hold model: a queue with so many pending events, from which the earliest is taken and another added, again and again.
 * Each function returns one that performs so many such operations on a queue that was filled once.
 */
export function bareHold(pending: number, operations: number): () => void {
  const draw = mulberry32(7);
  const heap = new BareHeap(pending + 1);
  for (let i = 0; i < pending; i++) heap.push(draw() * 1e6, i);
  return () => {
    for (let i = 0; i < operations; i++) {
      const now = heap.top;
      heap.push(now + draw() * 1e6, heap.pop());
    }
  };
}

/** The same on the engine's event queue, which orders by class and sequence as well. */
export function queueHold(pending: number, operations: number): () => void {
  const draw = mulberry32(7);
  const queue = new EventQueue();
  for (let i = 0; i < pending; i++) queue.add(draw() * 1e6, EventClass.taskEnd, i);
  return () => {
    for (let i = 0; i < operations; i++) {
      queue.take();
      queue.add(queue.time + draw() * 1e6, EventClass.taskEnd, queue.subject);
    }
  };
}
