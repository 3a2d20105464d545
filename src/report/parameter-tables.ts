import type { Summary } from '../metrics/catalogue/catalogue.js';
import type { TextTable } from './report-data.js';

type Values = Readonly<Record<string, string | number>>;

interface Column {
  readonly name: string;
  readonly values: Values;
}

/** All parameters of the policies, the workload and the runs, so that the runs can be repeated. */
export function parameterTables(summaries: readonly Summary[]): TextTable[] {
  const runs = summaries.map(({ run }) => run);
  return [
    table(
      'Policies',
      runs.map(({ policy }) => ({ name: policy.name, values: policy.parameters })),
    ),
    table(
      'Runs',
      runs.map((run) => ({
        name: run.policy.name,
        values: { ...run.settings, horizon: horizonText(run.horizon) },
      })),
    ),
    table(
      'Workload',
      runs.map(({ workload }) => ({
        name: workload.name,
        values: {
          ...(workload.format !== undefined && { format: workload.format }),
          ...(workload.sha256 !== undefined && { sha256: workload.sha256 }),
          ...workload.parameters,
        },
      })),
    ),
  ].filter(({ rows }) => rows.length > 0);
}

function horizonText(horizon: number | null): string {
  return horizon === null ? 'until all work is done' : `${horizon} s`;
}

/** One row per parameter of any column. Equal columns with the same title (seeds of a policy) are merged. */
function table(caption: string, columns: readonly Column[]): TextTable {
  const different = [...new Map(columns.map((column) => [JSON.stringify(column), column])).values()];
  const parameters = [...new Set(different.flatMap(({ values }) => Object.keys(values)))];
  return {
    caption,
    columns: different.map(({ name }) => name),
    rows: parameters.map((parameter) => [
      parameter,
      ...different.map(({ values }) => valueText(values, parameter)),
    ]),
  };
}

function valueText(values: Values, parameter: string): string {
  if (!Object.hasOwn(values, parameter)) return '–';
  return values[parameter] === '' ? '(none)' : String(values[parameter]);
}
