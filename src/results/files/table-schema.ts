import type { Summary } from '../../metrics/catalogue/catalogue.js';
import { type TableColumn, unitOfColumn } from '../../metrics/files/run-table.js';
import { pathKind } from '../metric-paths.js';

/** The form of `schema.json`. */
const TABLES_VERSION = 'fairground/tables@1';

/**
 * The text of `schema.json`: the columns of each table, with their types and units. The tables hold the whole run; `warmUp` says what the
 * summary leaves out, and the key is absent without a warm-up.
 */
export function tableSchemaText(
  tables: Readonly<Record<string, readonly TableColumn[] | undefined>>,
  warmUp?: Summary['run']['warmUp'],
): string {
  const described = Object.entries(tables).map(([table, columns = []]) => [
    table,
    columns.map((column) => ({
      name: column.name,
      type: column.kind,
      unit: column.kind === 'text' ? '' : (unitOfColumn(column.name) ?? unitOfMetric(column.name)),
    })),
  ]);
  return `${JSON.stringify({ schema: TABLES_VERSION, ...(warmUp !== undefined && { warmUp }), tables: Object.fromEntries(described) }, null, 2)}\n`;
}

/** The unit of a metric, as in the catalogue; empty if the path is none of it. */
export function unitOfMetric(path: string): string {
  const found = pathKind(path);
  return found.kind === 'number' ? found.unit : '';
}
