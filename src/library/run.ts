import { detailsFor, type RunSpec } from '../lab/run/run-spec.js';
import { withFoundWarmUp } from '../lab/run/warm-up.js';
import { checkRuns, plannedName, runFolders } from '../lab/scenario/policy-choice.js';
import { runSpecs } from '../lab/scenario/run-choices.js';
import { choicesOfScenario } from '../lab/scenario/scenario.js';
import type { RunRecord } from '../metrics/run-record.js';
import { toSeconds } from '../model/index.js';
import { checkWritable, withoutEmptyFolders } from '../results/files/result-files.js';
import { writeRunList } from '../results/files/stored-runs.js';
import { PolicyObjects } from './policy-objects.js';
import type { RunScenario } from './scenario.js';
import { stoppedBy } from './stopping.js';

/** Progress of one of the runs. */
export interface Progress {
  /** Number of the run, from 0, and of all runs. */
  readonly run: number;
  readonly runs: number;
  readonly policy: string;
  readonly seed: string;
  /** Simulated time in seconds. */
  readonly time: number;
  /** Completed share of the run, 1 at its end; undefined while the length of the run is unknown. */
  readonly done: number | undefined;
}

/** How runs are followed, and where their files go. */
export interface RunOptions {
  /** Stops all runs at once. Then `run` rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
  /** Called from time to time. */
  readonly progress?: (progress: Progress) => void;
  /** Folder for the files of the runs, as `--out` writes them. */
  readonly out?: string;
  /**
   * Collects what only a report needs: distributions of jobs, and, of the first seed, who ran where and when. It takes memory for the longest
   * attempts of tasks. The default is false.
   */
  readonly forReport?: boolean;
  /** Gets a line for each parameter that is set under its former name. */
  readonly note?: (line: string) => void;
}

/**
 * Runs every policy of the scenario under every seed, on all cores, and returns the records in this order. A policy that is an object runs in
 * the thread of the caller, one run after another, because functions cannot be sent to another thread: it cannot be stopped inside a call.
 *
 * ```ts
 * import { run } from 'fairground';
 *
 * const [first, second] = await run({ policy: ['drf', 'fcfs'], machines: '100x16cpu/64GiB/4TiBdisk', until: '10m' });
 * console.log(first.summary.taskWait.p95, second.summary.taskWait.p95);
 * ```
 *
 * @throws An error with the name `InputError` for a mistake in the scenario, before any run starts.
 */
export async function run(scenario: RunScenario, options: RunOptions = {}): Promise<RunRecord[]> {
  const { signal, progress, out, forReport = false, note = () => {} } = options;
  return stoppedBy(signal, async () => {
    const objects = new PolicyObjects();
    const wanted = await specsOf(scenario, objects, note);
    if (out !== undefined) checkWritable(out, 'folder');
    await checkRuns(wanted, objects.sources);
    const stop = signal === undefined ? {} : { signal };
    const specs = await withFoundWarmUp(wanted, (pilots) =>
      objects.perform(
        pilots.map((spec) => ({ spec })),
        stop,
      ),
    );
    const folders = out === undefined ? [] : runFolders(specs, out);
    const tasks = specs.map((spec, i) => ({
      spec,
      ...(out !== undefined && { out: folders[i] }),
      ...(forReport && { details: detailsFor(spec, specs) }),
    }));
    const records = await withoutEmptyFolders(folders, () =>
      objects.perform(tasks, {
        ...stop,
        progress: (i, { now, done }) => progress?.(progressOf(specs, i, toSeconds(now), done)),
        done: (i, { summary }) => progress?.(progressOf(specs, i, summary.run.length, 1)),
      }),
    );
    const summaries = records.map(({ summary }) => summary);
    if (out !== undefined) writeRunList(out, summaries, {});
    return records;
  });
}

/** The runs of a scenario: every policy under every seed. @throws InputError */
export function specsOf(
  scenario: RunScenario,
  objects: PolicyObjects,
  note: (line: string) => void,
): Promise<RunSpec[]> {
  const choices = choicesOfScenario({ ...scenario, policy: objects.named(scenario.policy) });
  return runSpecs(choices, note, objects.loaded);
}

/** Progress of run `i`, at a simulated time in seconds. */
export function progressOf(
  specs: readonly RunSpec[],
  i: number,
  time: number,
  done: number | undefined,
): Progress {
  const { seed } = specs[i];
  return { run: i, runs: specs.length, policy: plannedName(specs[i]), seed, time, done };
}
