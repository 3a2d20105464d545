import type { Micros } from '../model/index.js';
import type { Hooks, ObservedRun } from './observed-run.js';
import type { ObservedTask } from './observed-state.js';

/** A stopping task was running, leaves its machine by the announced time, and is not stopped twice. */
export function watchStops(seen: ObservedRun, complain: (problem: string) => void): Hooks {
  const goneBy = new Map<ObservedTask, Micros>();
  return {
    stopping(task, by) {
      if (task.state !== 'running') complain(`task ${task.serial} was told to stop while ${task.state}`);
      if (goneBy.has(task)) complain(`task ${task.serial} was told to stop twice`);
      if (by < seen.now) complain(`task ${task.serial} was to be gone before now`);
      goneBy.set(task, by);
    },
    killed(task, _machine, cause) {
      if (cause === 'preempted' && !goneBy.has(task)) complain(`task ${task.serial} was not told to stop`);
      goneBy.delete(task);
    },
    ended(task) {
      goneBy.delete(task);
    },
    instantOver() {
      for (const [task, by] of goneBy) if (by <= seen.now) complain(`task ${task.serial} outlives its grace`);
    },
  };
}
