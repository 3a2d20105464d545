import { type RunRecord, runKey } from '../metrics/run-record.js';
import type { JobHistory } from '../model/index.js';
import { leftOutText, shownHistory } from '../results/explanation-text.js';
import { pluralText } from '../results/metric-text.js';
import type { ExplainedRunData } from './report-data.js';

/** Entries of histories that a page has, over all runs: about a megabyte. */
const MOST_ENTRIES = 3000;

/** Why jobs waited, for each run that recorded it. Each run may have its part of the page, and says what it leaves out. */
export function explanationData(records: readonly RunRecord[]): ExplainedRunData[] {
  const explained = records.flatMap(({ summary, explanations }) =>
    explanations === undefined ? [] : [{ ...runKey(summary), explanations }],
  );
  return explained.map(({ policy, seed, explanations }) => {
    const jobs = firstJobs(explanations.jobs, MOST_ENTRIES / explained.length);
    const hidden = explanations.jobs.length - jobs.length;
    const ofRun = leftOutText(explanations);
    return {
      run: `policy ${policy}, seed ${seed}`,
      jobs: jobs.map(shownHistory),
      leftOut: [
        ...(hidden > 0
          ? [`${pluralText(hidden, 'more job')}: simulate explain prints them from a folder of --out.`]
          : []),
        ...(ofRun === undefined ? [] : [ofRun]),
      ],
    };
  });
}

/** As many of the first jobs as have so many entries, at least one. */
function firstJobs(jobs: readonly JobHistory[], most: number): readonly JobHistory[] {
  let entries = 0;
  const end = jobs.findIndex((job, i) => {
    entries += job.entries.length;
    return i > 0 && entries > most;
  });
  return end < 0 ? jobs : jobs.slice(0, end);
}
