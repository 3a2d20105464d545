import { z } from 'zod';
import { type ColumnType, TRACE_COLUMNS, type TraceColumn } from '../../workloads/formats/trace-columns.js';

const FIELDS: Readonly<Record<ColumnType, () => z.ZodType>> = {
  text: () => z.string(),
  integer: () => z.int().min(0),
  number: () => z.number().min(0),
  amounts: () => z.union([z.number().min(0), z.string().regex(/^[^:|]+:[^:|]*(\|[^:|]+:[^:|]*)*$/)]),
  time: () => z.number().min(0),
  duration: () => z.union([z.number().min(0), z.literal('forever')]),
  flag: () => z.union([z.literal(0), z.literal(1), z.boolean()]),
};

/** A row of a trace in Fairground's own formats, CSV or Parquet, with its columns as fields. */
export const traceSchema = z.object(
  Object.fromEntries(TRACE_COLUMNS.map((column) => [column.name, fieldOf(column)])),
);

function fieldOf({ type, unit, fallback, meaning }: TraceColumn): z.ZodType {
  const field = fallback === undefined ? FIELDS[type]() : FIELDS[type]().optional();
  const without = fallback === undefined ? '' : `; without it: ${fallback}`;
  return field.meta({ description: `${meaning}${without}`, ...(unit !== undefined && { unit }) });
}

/** The columns as a table in Markdown, which docs/formats.md contains. */
export function columnTable(): string {
  const rows = TRACE_COLUMNS.map(({ name, type, unit = '', fallback = 'required', meaning }) =>
    [`\`${name}\``, type, unit, fallback, meaning.replaceAll('|', '\\|')].join(' | '),
  );
  return ['column | type | unit | default | meaning', '---|---|---|---|---', ...rows]
    .map((row) => (row.startsWith('---') ? `|${row}|\n` : `| ${row} |\n`))
    .join('');
}
