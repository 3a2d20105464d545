import type { CommandModule } from 'yargs';
import { InputError } from '../../model/index.js';
import { queryResults } from '../../results/files/query.js';
import { tableText } from '../table.js';

interface QueryArguments {
  sql?: string;
  results?: string;
  csv?: boolean;
  json?: boolean;
}

/** `simulate query SQL RESULTS`: SQL over the tables in a folder of results. */
export function queryCommand(): CommandModule<object, QueryArguments> {
  return {
    command: 'query <sql> <results>',
    describe: 'ask the tables of a sweep, or of --out, with SQL (needs the package @duckdb/node-api)',
    builder: (argv) =>
      argv
        .positional('sql', { type: 'string', demandOption: true, describe: 'SQL of DuckDB' })
        .positional('results', {
          type: 'string',
          demandOption: true,
          describe:
            'folder of results: its tables are runs, metrics, series, jobs, machines, as far as it has them',
        })
        .option('csv', { type: 'boolean', describe: 'print CSV' })
        .option('json', { type: 'boolean', describe: 'print one JSON document: an array of rows' })
        .conflicts('csv', 'json')
        .example(
          '$0 query \'select policy, avg("wait.p95") from runs group by policy\' study',
          'a mean over seeds',
        )
        .example('$0 query "describe runs" study', 'the columns of a table') as never,
    handler: (args) => performQuery(args),
  };
}

async function performQuery({ sql, results, csv, json }: QueryArguments): Promise<void> {
  if (sql === undefined || results === undefined)
    throw new InputError({}, 'the query or the folder is missing');
  const { columns, rows } = await queryResults(results, sql);
  if (json === true) {
    const objects = rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]])));
    process.stdout.write(`${JSON.stringify(objects, null, 2)}\n`);
    return;
  }
  if (csv === true) {
    const { csvLine } = await import('../../metrics/files/csv.js');
    for (const line of [columns, ...rows]) process.stdout.write(csvLine(line.map((value) => value ?? '')));
    return;
  }
  const isNumber = (i: number) => rows.every((row) => row[i] === null || typeof row[i] === 'number');
  process.stdout.write(
    tableText(
      columns.map((title, i) => ({ title, align: isNumber(i) ? 'right' : 'left' })),
      rows.map((row) => row.map(valueText)),
    ),
  );
}

/** Digits that a person reads; CSV and JSON have all. */
function valueText(value: string | number | null): string {
  if (value === null) return '';
  return typeof value === 'number' && !Number.isInteger(value)
    ? String(Number(value.toPrecision(6)))
    : String(value);
}
