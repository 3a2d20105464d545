import { EventClass, EventQueue } from '../src/sim/event-queue.js';
import { BareHeap } from './bare-heap.js';
import { mulberry32 } from './mulberry32.js';

/**
 * The hold model: a queue with a fixed number of pending events. Each operation removes the earliest event and adds a new one.
 * Each function fills a queue once, and returns a function that performs the operations.
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

/** The same with the event queue of the engine, which also orders by class and sequence number. */
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
