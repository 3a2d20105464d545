import { needsThread, runMany } from '../lab/run/node/run-many.js';
import { untilInterrupted } from './interrupt.js';
import { ProgressDisplay } from './progress.js';

/**
 * Runs tasks, and shows their progress if `isShown`. After an interrupt, the results of finished tasks remain. A single run that
 * leaves nothing behind, no file and no progress bar, is ended by the signal itself: a scheduling pass does not let Node handle it.
 */
export async function runShown(
  tasks: Parameters<typeof runMany>[0],
  isShown: boolean,
): ReturnType<typeof runMany> {
  const display = new ProgressDisplay(tasks.length, isShown);
  if (!display.isShown && !needsThread(tasks)) return runMany(tasks);
  return untilInterrupted((signal) =>
    runMany(tasks, {
      signal,
      ...(display.isShown && { progress: (task, progress) => display.update(task, progress) }),
      done: (task) => display.finished(task),
    }),
  ).finally(() => display.stop());
}
