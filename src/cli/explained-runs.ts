import { type RunRecord, runKey } from '../metrics/run-record.js';
import { leftOutText, type ShownEntry, shownHistory } from '../results/explanation-text.js';
import type { ExplainedRun } from '../results/files/explanations-file.js';
import { pluralText } from '../results/metric-text.js';
import { definition, prose } from './prose.js';

/** Width of the column of times. */
const TIMES = 20;

/** The histories of a run; none without `--explain`. */
export function explainedRun({ summary, explanations }: RunRecord): ExplainedRun[] {
  return explanations === undefined ? [] : [{ ...runKey(summary), histories: explanations }];
}

/** The histories of runs as text, `most` of each run. */
export function explainedRuns(runs: readonly ExplainedRun[], most = Number.POSITIVE_INFINITY): string {
  return runs
    .flatMap(({ policy, seed, histories }) => {
      const { jobs } = histories;
      const parts = jobs.slice(0, most).map((job) => {
        const { title, facts, entries } = shownHistory(job);
        const heading = `${title}, policy ${policy}, seed ${seed}`;
        return `${prose(heading)}\n${prose(facts)}\n${entries.map(entryText).join('')}`;
      });
      const hidden = jobs.length - parts.length;
      if (hidden > 0) parts.push(`${prose(`${pluralText(hidden, 'more job')}: see simulate explain.`)}\n`);
      const leftOut = leftOutText(histories);
      if (leftOut !== undefined) parts.push(`${prose(leftOut)}\n`);
      return parts;
    })
    .join('\n');
}

function entryText({ when, what, details }: ShownEntry): string {
  const lines = details.map((detail) => definition('', detail, TIMES + 4).replace(/^ {2}/, ''));
  return `${definition(`  ${when}`, what, TIMES + 2)}${lines.join('')}`;
}
