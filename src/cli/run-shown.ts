import { needsThread, runMany } from '../lab/run/node/run-many.js';
import { plannedName } from '../lab/scenario/policy-choice.js';
import { untilInterrupted } from './interrupt.js';
import { LiveView } from './live-view.js';
import { ProgressDisplay } from './progress.js';

/**
 * Runs tasks, and shows their progress if `isShown`. After an interrupt, the results of finished tasks remain. A single run that
 * leaves nothing behind, no file and no progress bar, is ended by the signal itself: a scheduling pass does not let Node handle it.
 */
export async function runShown(
  tasks: Parameters<typeof runMany>[0],
  isShown: boolean,
  isWatched = false,
): ReturnType<typeof runMany> {
  if (isWatched) return runWatched(tasks);
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

/** Runs tasks with a live view of them (`--watch`). */
async function runWatched(tasks: Parameters<typeof runMany>[0]): ReturnType<typeof runMany> {
  const view = await LiveView.open(tasks.map(({ spec }) => `${plannedName(spec)}, seed ${spec.seed}`));
  return untilInterrupted((signal) =>
    runMany(tasks, {
      signal,
      progress: (task, progress) => view.update(task, progress),
      done: (task) => view.finished(task),
    }),
  ).finally(() => view.stop());
}
