import type { CommandModule } from 'yargs';
import type { Summary } from '../../metrics/summary/summary-schema.js';
import { compareRuns } from '../../results/comparison.js';
import { readSummaries } from '../../results/files/read-summary.js';
import { comparisonTable } from '../comparison-table.js';

interface CompareArguments {
  result?: string[];
  json?: boolean;
  all?: boolean;
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
        .option('json', { type: 'boolean', describe: 'print one JSON document and nothing else' })
        .example('$0 compare before after', 'two folders written by --out') as never,
    handler: (args) => compare(args),
  };
}

function compare({ result = [], json, all }: CompareArguments): void {
  const comparison = compareRuns(result.flatMap((path) => named(readSummaries(path), path, result)));
  if (json !== true) {
    process.stdout.write(comparisonTable(comparison, { all: all === true }));
    return;
  }
  const columns = comparison.columns.map((column) => ({ name: column.name, runs: column.summaries.length }));
  const rows = comparison.rows.map(({ metric, values }) => ({
    ...metric,
    values: values.map((value) => value ?? null),
  }));
  process.stdout.write(`${JSON.stringify({ columns, rows }, null, 2)}\n`);
}

/** With several results, the path is part of the name, because two results may have the same policy. */
function named(summaries: readonly Summary[], path: string, paths: readonly string[]): Summary[] {
  if (paths.length === 1) return [...summaries];
  return summaries.map((summary) => {
    const policy = {
      ...summary.run.policy,
      name: `${path.replace(/\/?(summary\.json)?$/, '')}: ${summary.run.policy.name}`,
    };
    return { ...summary, run: { ...summary.run, policy } };
  });
}
