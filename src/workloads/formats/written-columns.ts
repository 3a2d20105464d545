import {
  type Constraint,
  constraintsText,
  FOREVER,
  InputError,
  type PlacementRule,
  parseConstraints,
  parsePreferences,
  preferencesText,
  quote,
  type ResourceKind,
  toSeconds,
  WHOLE_DEVICE,
} from '../../model/index.js';
import type { TaskBatch, Trace } from '../trace.js';
import { attemptsText } from './attempt-columns.js';
import { type ColumnType, TRACE_COLUMNS } from './trace-columns.js';
import { amountOfShare, usageOverTime } from './usage-columns.js';

/** A field that is written: undefined if it is empty, Infinity for a task that runs forever. */
export type FieldValue = string | number | undefined;

/** A column of Fairground's own formats, with its values in the rows of a trace. */
export interface WrittenColumn {
  readonly name: string;
  readonly type: Exclude<ColumnType, 'amounts'>;
  readonly isRequired: boolean;
  readonly value: (batch: TaskBatch, row: number) => FieldValue;
}

/** The value of a column, and where it must be written. */
interface ColumnSource {
  readonly name: string;
  readonly value: (batch: TaskBatch, row: number) => FieldValue;
  /** False if an empty or missing field has the same meaning. When left out, the column is always written. */
  readonly isNeeded?: (batch: TaskBatch, row: number) => boolean;
  /** Of amounts: is the value a text? */
  readonly isText?: (batch: TaskBatch, row: number) => boolean;
}

/** Names of columns, and the type of each. Amounts are numbers or texts. */
export type ColumnTypes = ReadonlyMap<string, Exclude<ColumnType, 'amounts'>>;

/**
 * The columns that the rows of a trace need, from a pass over them. Load curves are not written: the usage is that at curve
 * value 1.
 */
export async function neededColumns(trace: Trace): Promise<ColumnTypes> {
  const needed = new Map<string, Exclude<ColumnType, 'amounts'>>();
  let others = columnsOf(trace);
  for await (const batch of trace.batches()) {
    const rows = rowsOf(batch);
    others = others.filter(({ name, isNeeded, isText }) => {
      if (isNeeded !== undefined && !rows.some((row) => isNeeded(batch, row))) return true;
      const declared = TRACE_COLUMNS.find((column) => column.name === name)?.type ?? 'text';
      const hasText = isText !== undefined && rows.some((row) => isText(batch, row));
      needed.set(name, declared !== 'amounts' ? declared : hasText ? 'text' : 'number');
      return isText !== undefined && !hasText;
    });
  }
  return needed;
}

function rowsOf(batch: TaskBatch): number[] {
  return Array.from({ length: batch.length }, (_, row) => row);
}

/** The columns with these types for the rows of a trace. */
export function writtenColumns(trace: Trace, types: ColumnTypes): readonly WrittenColumn[] {
  return columnsOf(trace).flatMap(({ name, value }) => {
    const type = types.get(name);
    const isRequired = TRACE_COLUMNS.some((column) => column.name === name && column.fallback === undefined);
    return type === undefined ? [] : [{ name, type, isRequired, value }];
  });
}

function columnsOf(trace: Trace): readonly ColumnSource[] {
  const { space } = trace;
  return [
    { name: 'job_id', value: (batch, row) => String(batch.job[row]) },
    { name: 'framework', value: (batch, row) => trace.frameworks[batch.framework[row]].name },
    { name: 'submit', value: (batch, row) => toSeconds(batch.submit[row]) },
    { name: 'duration', value: (batch, row) => toSeconds(batch.duration[row]) },
    number('tasks', (batch) => batch.tasks, 1),
    ...space.kinds.map(demandColumn),
    {
      name: 'gpu_count',
      value: (batch, row) =>
        isUsualGpuCount(batch, row, space.gpuDimension) ? undefined : batch.gpuCount[row],
      isNeeded: (batch, row) => space.gpuDimension >= 0 && !isUsualGpuCount(batch, row, space.gpuDimension),
    },
    {
      name: 'estimate',
      value: (batch, row) => (isBoth(batch, row) ? timeOf(batch.estimate[row]) : undefined),
      isNeeded: (batch, row) => isBoth(batch, row) && batch.estimate[row] !== FOREVER,
    },
    {
      name: 'time_limit',
      value: (batch, row) => (isBoth(batch, row) ? undefined : timeOf(batch.timeLimit[row])),
      isNeeded: (batch, row) => !isBoth(batch, row) && batch.timeLimit[row] !== FOREVER,
    },
    {
      name: 'runtime_estimate',
      value: (batch, row) => (isBoth(batch, row) ? undefined : timeOf(batch.estimate[row])),
      isNeeded: (batch, row) => !isBoth(batch, row) && batch.estimate[row] !== FOREVER,
    },
    number('priority', (batch) => batch.priority, 0),
    number('gang', (batch) => batch.gang, 0),
    {
      name: 'minimum',
      value: (batch, row) => batch.minimum?.[row] || undefined,
      isNeeded: (batch, row) => (batch.minimum?.[row] ?? 0) > 0,
    },
    {
      name: 'constraint',
      value: constraintColumn(trace),
      isNeeded: (batch, row) => batch.constraint[row] !== 0,
    },
    rule(trace, 'spread', ({ spread }) =>
      spread.map(({ attribute, atMost }) => `${attribute}<=${atMost}`).join(';'),
    ),
    rule(trace, 'together', ({ together }) => together.join(';')),
    rule(trace, 'avoid', ({ avoid }) => avoid.join('|')),
    rule(trace, 'beside', ({ beside }) => beside.join('|')),
    rule(trace, 'prefers', writtenPreferences),
    fact('user', (batch, row) => batch.user[row]),
    fact('group', (batch, row) => batch.group[row]),
    fact('queue', (batch, row) => batch.queue[row]),
    fact('labels', ({ labels }, row) =>
      Object.entries(labels[row] ?? {})
        .map(([key, value]) => `${key}=${value}`)
        .join(';'),
    ),
    time('deadline', (batch) => batch.deadline),
    fact('task', ({ dependencies }, row) => dependencies[row]?.task),
    fact('after', ({ dependencies }, row) => dependencies[row]?.after?.join('|')),
    fact('follows', ({ dependencies }, row) => dependencies[row]?.follows?.toString()),
    {
      name: 'think_time',
      value: ({ dependencies }, row) => toSeconds(dependencies[row]?.thinkTime ?? 0) || undefined,
      isNeeded: ({ dependencies }, row) => (dependencies[row]?.thinkTime ?? 0) > 0,
    },
    fact('speed_class', ({ speedClass }, row) => speedClass[row]),
    time('fail_after', (batch) => batch.failAfter),
    fact('attempts', ({ attempts }, row) => attemptsText(attempts[row] ?? [])),
    fact('ended', ({ ended }, row) => ended[row]),
    ...space.kinds.map(usedColumn),
  ];
}

function number(name: string, column: (batch: TaskBatch) => ArrayLike<number>, usual: number): ColumnSource {
  return {
    name,
    value: (batch, row) => column(batch)[row],
    isNeeded: (batch, row) => column(batch)[row] !== usual,
  };
}

/** A time; empty for FOREVER. */
function time(name: string, column: (batch: TaskBatch) => Float64Array): ColumnSource {
  return {
    name,
    value: (batch, row) => timeOf(column(batch)[row]),
    isNeeded: (batch, row) => column(batch)[row] !== FOREVER,
  };
}

/** A text; empty when it is unknown. */
function fact(name: string, textOf: (batch: TaskBatch, row: number) => string | undefined): ColumnSource {
  return {
    name,
    value: (batch, row) => textOf(batch, row),
    isNeeded: (batch, row) => (textOf(batch, row) ?? '') !== '',
  };
}

/** Whether the time limit of a row is also its run-time estimate. */
function isBoth(batch: TaskBatch, row: number): boolean {
  return batch.timeLimit[row] === batch.estimate[row];
}

/** Seconds; undefined for FOREVER. */
function timeOf(time: number): number | undefined {
  return time === FOREVER ? undefined : toSeconds(time);
}

function demandColumn(kind: ResourceKind, dimension: number): ColumnSource {
  return {
    name: kind.name,
    value: (batch, row) => batch.demand[row * batch.dims + dimension] / kind.quantaPerUnit,
  };
}

function usedColumn(kind: ResourceKind, dimension: number): ColumnSource {
  const value = (batch: TaskBatch, row: number) => {
    const at = row * batch.dims + dimension;
    const amountOf = (share: number) => amountOfShare(share, batch.demand[at] / kind.quantaPerUnit);
    const profile = batch.profile[row];
    const used = batch.usage[at];
    if (profile === undefined) return Number.isNaN(used) ? undefined : amountOf(used);
    const shareOf = (step: number) => profile.shares[step * batch.dims + dimension];
    const amounts = Array.from(profile.offsets, (_, step) => amountOf(shareOf(step)));
    return usageOverTime(profile, amounts);
  };
  return {
    name: `used.${kind.name}`,
    value,
    isNeeded: (batch, row) => value(batch, row) !== undefined,
    isText: (batch, row) => typeof value(batch, row) === 'string',
  };
}

function rule(trace: Trace, name: string, text: (rule: PlacementRule) => string): ColumnSource {
  const textOf = (batch: TaskBatch, row: number) => {
    const asked = trace.rules?.[batch.rule[row]];
    return asked === undefined ? '' : text(asked);
  };
  return { name, value: textOf, isNeeded: (batch, row) => textOf(batch, row) !== '' };
}

/** Texts of constraints. Many rows share one constraint, so each is written once. */
function constraintColumn(trace: Trace): ColumnSource['value'] {
  const texts: string[] = [];
  return (batch, row) => {
    const constraint = batch.constraint[row];
    texts[constraint] ??= writtenConstraints(trace.constraints[constraint]);
    return texts[constraint];
  };
}

/** @throws InputError when the text would be read as other constraints */
function writtenConstraints(constraints: readonly Constraint[]): string {
  const text = constraintsText(constraints);
  return readBack(text, constraints, () => parseConstraints(text, {}));
}

/** @throws InputError when the text would be read as other preferences */
function writtenPreferences({ prefers }: PlacementRule): string {
  const text = preferencesText(prefers);
  return readBack(text, prefers, () => parsePreferences(text, {}));
}

/** Names and values of attributes may contain the signs that separate them in the format. */
function readBack(text: string, written: unknown, parse: () => unknown): string {
  try {
    if (JSON.stringify(parse()) === JSON.stringify(written)) return text;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  throw new InputError({}, `this format cannot express the constraint ${quote(text)}`);
}

/** Whether the demand tells the devices: a part of one, or whole devices. */
function isUsualGpuCount(batch: TaskBatch, row: number, gpuDimension: number): boolean {
  const gpus = batch.demand[row * batch.dims + gpuDimension];
  const devices = batch.gpuCount[row];
  return gpus > WHOLE_DEVICE ? gpus === devices * WHOLE_DEVICE : devices === Math.ceil(gpus / WHOLE_DEVICE);
}
