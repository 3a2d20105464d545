import type { CommandModule } from 'yargs';
import type { Summary } from '../../metrics/catalogue/catalogue.js';
import { type Comparison, compareRuns } from '../../results/comparison.js';
import { csvTable, latexTable, markdownTable } from '../../results/comparison-formats.js';
import { readSummaries } from '../../results/files/read-summary.js';
import { differingParts, namedAfter } from '../../results/named-results.js';
import { parsePrecision, precisionReport } from '../../results/precision.js';
import { resultsText } from '../../results/results-document.js';
import { comparisonTable, writeNote } from '../comparison-table.js';
import { derivedMetrics, METRIC_OPTION } from '../derived-metrics.js';
import { writeMessage } from '../prose.js';
import { VERSUS_OPTION } from '../run-options.js';

interface CompareArguments {
  result?: string[];
  json?: boolean;
  all?: boolean;
  metric?: string[];
  versus?: string;
  precision?: string;
  markdown?: boolean;
  latex?: boolean;
  csv?: boolean;
}

/** `simulate compare A B …`: prints results from files side by side. */
export function compareCommand(): CommandModule<object, CompareArguments> {
  return {
    command: 'compare <result..>',
    describe: 'print results side by side, from summary.json files or folders that contain them',
    builder: (argv) =>
      argv
        .positional('result', { type: 'string', array: true, demandOption: true })
        .option('all', { type: 'boolean', describe: 'print every metric of the summary' })
        .option('metric', METRIC_OPTION)
        .option('versus', VERSUS_OPTION)
        .option('precision', {
          type: 'string',
          describe: "the number of further seeds for a half-width: 'wait.mean 5 %' or 'wait.mean 2s'",
        })
        .option('markdown', { type: 'boolean', describe: "print a table of GitHub's Markdown" })
        .option('latex', { type: 'boolean', describe: 'print a LaTeX table (booktabs)' })
        .option('csv', { type: 'boolean', describe: 'print CSV: a line per metric and policy' })
        .option('json', { type: 'boolean', describe: 'print one JSON document and nothing else' })
        .conflicts('json', ['markdown', 'latex', 'csv'])
        .conflicts('markdown', ['latex', 'csv'])
        .conflicts('latex', 'csv')
        .example('$0 compare before after', 'two folders written by --out')
        .example('$0 compare results --versus drf --latex', 'a table for a paper, relative to drf')
        .example(
          "$0 compare before after --metric 'tail = p99(taskWait) / mean(taskWait)'",
          'with a metric of your own',
        ) as never,
    handler: (args) => compare(args),
  };
}

async function compare({
  result = [],
  metric,
  versus,
  precision,
  ...output
}: CompareArguments): Promise<void> {
  const derived = await derivedMetrics(metric);
  const wanted = precision === undefined ? undefined : parsePrecision(precision, '--precision');
  const places = differingParts(result);
  const summaries = result.flatMap((path, i) =>
    readSummaries(path, writeMessage).map((one) => namedAfter(places[i], one)),
  );
  const all = output.all === true;
  const comparison = compareRuns(summaries, { derived, versus, family: all ? 'all' : 'short' });
  const report = wanted === undefined ? undefined : precisionReport(comparison, wanted, '--precision');
  process.stdout.write(textOf(summaries, comparison, output));
  for (const sentence of report?.sentences ?? []) writeNote(sentence);
}

function textOf(summaries: readonly Summary[], comparison: Comparison, output: CompareArguments): string {
  const rows = { all: output.all === true };
  if (output.json === true) return resultsText(summaries, comparison);
  if (output.markdown === true) return markdownTable(comparison, rows);
  if (output.latex === true) return latexTable(comparison, rows);
  if (output.csv === true) return csvTable(comparison, rows);
  return comparisonTable(comparison, rows);
}
