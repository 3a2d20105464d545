import type { TaskId } from '../../model/index.js';
import type { SchedulingView } from '../contract.js';

/** An order of waiting tasks: lowest key first, equal keys in the order of the queue. */
export interface TaskOrder {
  readonly name: string;
  /** Must not change while the task waits. */
  key(view: SchedulingView, task: TaskId): number;
}

/** The most important first. */
export const highestPriorityFirst: TaskOrder = {
  name: 'priority',
  key: (view, task) => -view.tasks.priority[task],
};

/** Shortest first, by the user's estimate. */
export const shortestFirst: TaskOrder = {
  name: 'shortest',
  key: (view, task) => view.tasks.estimate[task],
};
