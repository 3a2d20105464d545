import { eventsOf, type SimulationResult } from './simulate.js';

/** One attempt of a task on a machine; times in seconds. */
export interface Attempt {
  readonly task: number;
  readonly framework: string;
  readonly machine: string;
  readonly start: number;
  /** End time; Infinity if it is running at the end of the log. */
  readonly end: number;
  /** finished, timed-out, failed, lost, preempted, or running. */
  readonly how: string;
}

/** The history of a task from the event log. */
export interface TaskStory {
  readonly task: number;
  readonly framework: string;
  readonly submitted: number;
  readonly attempts: Attempt[];
  /** finished, timed-out, abandoned or rejected; undefined while it is in the system. */
  outcome: string | undefined;
  ended: number;
}

/** The histories of all tasks by serial number, from the event log only. */
export function tasksIn(result: Pick<SimulationResult, 'log'>): TaskStory[] {
  const tasks: TaskStory[] = [];
  for (const { time, event, task, framework, machine, detail } of eventsOf(result)) {
    if (task === '') continue;
    const story = tasks[Number(task)];
    const now = Number(time);
    if (event === 'submitted') {
      tasks[Number(task)] = {
        task: Number(task),
        framework,
        submitted: now,
        attempts: [],
        outcome: undefined,
        ended: Number.POSITIVE_INFINITY,
      };
    } else if (event === 'started') {
      const open = { task: story.task, framework, machine, start: now, end: Number.POSITIVE_INFINITY };
      story.attempts.push({ ...open, how: 'running' });
    } else if (event === 'killed' || event === 'ended') {
      if (machine !== '') story.attempts.push({ ...story.attempts.pop()!, end: now, how: detail });
      if (event === 'ended') {
        story.outcome = detail;
        story.ended = now;
      }
    }
  }
  return tasks;
}
