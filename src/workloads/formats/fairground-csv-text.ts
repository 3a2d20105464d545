import {
  type Constraint,
  FOREVER,
  InputError,
  type PlacementRule,
  type ResourceKind,
  toSeconds,
  WHOLE_DEVICE,
} from '../../model/index.js';
import type { TaskBatch, Trace } from '../trace.js';

/** A column of Fairground's own format. */
interface TextColumn {
  readonly name: string;
  readonly text: (batch: TaskBatch, row: number) => string | number;
  /** False if an empty or missing field has the same meaning. When left out, the column is always written. */
  readonly isNeeded?: (batch: TaskBatch, row: number) => boolean;
}

/**
 * A trace in Fairground's own CSV format, some lines at a time, with only the columns that its rows need. `open` is
 * called twice: once to find these columns, once to write the lines. Load curves are not written: the usage is that at
 * curve value 1.
 * @throws InputError when a row requests GPUs in a way that the format cannot express.
 */
export async function* csvText(open: () => Trace): AsyncGenerator<string> {
  const needed = await neededColumns(open());
  const trace = open();
  const columns = columnsOf(trace).filter(({ name }) => needed.has(name));
  yield `${columns.map((column) => column.name).join(',')}\n`;
  for await (const batch of trace.batches()) yield linesOf(batch, columns);
}

async function neededColumns(trace: Trace): Promise<Set<string>> {
  const needed = new Set<string>();
  let others = columnsOf(trace);
  const { gpuDimension } = trace.space;
  for await (const batch of trace.batches()) {
    others = others.filter(({ name, isNeeded }) => {
      if (isNeeded !== undefined && !rowsOf(batch).some((row) => isNeeded(batch, row))) return true;
      needed.add(name);
      return false;
    });
    if (gpuDimension >= 0) for (const row of rowsOf(batch)) checkGpus(batch, row, gpuDimension);
  }
  return needed;
}

function rowsOf(batch: TaskBatch): number[] {
  return Array.from({ length: batch.length }, (_, row) => row);
}

function linesOf(batch: TaskBatch, columns: readonly TextColumn[]): string {
  let lines = '';
  for (let row = 0; row < batch.length; row++) {
    lines += columns[0].text(batch, row);
    for (let column = 1; column < columns.length; column++) lines += `,${columns[column].text(batch, row)}`;
    lines += '\n';
  }
  return lines;
}

function columnsOf(trace: Trace): readonly TextColumn[] {
  const { space } = trace;
  return [
    { name: 'job_id', text: (batch, row) => quoted(String(batch.job[row])) },
    { name: 'framework', text: (batch, row) => quoted(trace.frameworks[batch.framework[row]].name) },
    { name: 'submit', text: (batch, row) => toSeconds(batch.submit[row]) },
    { name: 'duration', text: (batch, row) => durationText(batch.duration[row]) },
    number('tasks', (batch) => batch.tasks, 1),
    ...space.kinds.map(demandColumn),
    {
      name: 'estimate',
      text: (batch, row) => (isBoth(batch, row) ? timeText(batch.estimate[row]) : ''),
      isNeeded: (batch, row) => isBoth(batch, row) && batch.estimate[row] !== FOREVER,
    },
    {
      name: 'time_limit',
      text: (batch, row) => (isBoth(batch, row) ? '' : timeText(batch.timeLimit[row])),
      isNeeded: (batch, row) => !isBoth(batch, row) && batch.timeLimit[row] !== FOREVER,
    },
    {
      name: 'runtime_estimate',
      text: (batch, row) => (isBoth(batch, row) ? '' : timeText(batch.estimate[row])),
      isNeeded: (batch, row) => !isBoth(batch, row) && batch.estimate[row] !== FOREVER,
    },
    number('priority', (batch) => batch.priority, 0),
    number('gang', (batch) => batch.gang, 0),
    {
      name: 'minimum',
      text: (batch, row) => batch.minimum?.[row] || '',
      isNeeded: (batch, row) => (batch.minimum?.[row] ?? 0) > 0,
    },
    {
      name: 'constraint',
      text: (batch, row) => quoted(constraintText(trace.constraints[batch.constraint[row]])),
      isNeeded: (batch, row) => batch.constraint[row] !== 0,
    },
    rule(trace, 'spread', ({ spread }) =>
      spread.map(({ attribute, atMost }) => `${attribute}<=${atMost}`).join(';'),
    ),
    rule(trace, 'together', ({ together }) => together.join(';')),
    rule(trace, 'avoid', ({ avoid }) => avoid.join('|')),
    rule(trace, 'beside', ({ beside }) => beside.join('|')),
    rule(trace, 'prefers', ({ prefers }) => constraintText(prefers)),
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
    fact('think_time', ({ dependencies }, row) => {
      const { follows, thinkTime = 0 } = dependencies[row] ?? {};
      return follows === undefined || thinkTime === 0 ? undefined : String(toSeconds(thinkTime));
    }),
    time('fail_after', (batch) => batch.failAfter),
    ...space.kinds.map(usedColumn),
  ];
}

function number(name: string, column: (batch: TaskBatch) => ArrayLike<number>, usual: number): TextColumn {
  return {
    name,
    text: (batch, row) => column(batch)[row],
    isNeeded: (batch, row) => column(batch)[row] !== usual,
  };
}

/** A time; empty for FOREVER. */
function time(name: string, column: (batch: TaskBatch) => Float64Array): TextColumn {
  return {
    name,
    text: (batch, row) => timeText(column(batch)[row]),
    isNeeded: (batch, row) => column(batch)[row] !== FOREVER,
  };
}

/** A text; empty when it is unknown. */
function fact(name: string, textOf: (batch: TaskBatch, row: number) => string | undefined): TextColumn {
  return {
    name,
    text: (batch, row) => quoted(textOf(batch, row) ?? ''),
    isNeeded: (batch, row) => (textOf(batch, row) ?? '') !== '',
  };
}

/** Whether the time limit of a row is also its run-time estimate. */
function isBoth(batch: TaskBatch, row: number): boolean {
  return batch.timeLimit[row] === batch.estimate[row];
}

function timeText(time: number): string | number {
  return time === FOREVER ? '' : toSeconds(time);
}

function demandColumn(kind: ResourceKind, dimension: number): TextColumn {
  return {
    name: kind.name,
    text: (batch, row) => batch.demand[row * batch.dims + dimension] / kind.quantaPerUnit,
  };
}

function usedColumn(kind: ResourceKind, dimension: number): TextColumn {
  return {
    name: `used.${kind.name}`,
    text: (batch, row) => {
      const at = row * batch.dims + dimension;
      return Number.isNaN(batch.usage[at]) ? '' : (batch.usage[at] * batch.demand[at]) / kind.quantaPerUnit;
    },
    isNeeded: (batch, row) => !Number.isNaN(batch.usage[row * batch.dims + dimension]),
  };
}

function rule(trace: Trace, name: string, text: (rule: PlacementRule) => string): TextColumn {
  const textOf = (batch: TaskBatch, row: number) => {
    const asked = trace.rules?.[batch.rule[row]];
    return asked === undefined ? '' : quoted(text(asked));
  };
  return { name, text: textOf, isNeeded: (batch, row) => textOf(batch, row) !== '' };
}

function durationText(duration: number): string | number {
  return duration === FOREVER ? 'forever' : toSeconds(duration);
}

function constraintText(constraints: readonly Constraint[]): string {
  return constraints.map(({ attribute, oneOf }) => `${attribute}=${oneOf.join('|')}`).join(';');
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The format derives devices from the demand: a part of one, or whole devices. */
function checkGpus(batch: TaskBatch, row: number, gpuDimension: number): void {
  const gpus = batch.demand[row * batch.dims + gpuDimension];
  if (gpus <= WHOLE_DEVICE || gpus === batch.gpuCount[row] * WHOLE_DEVICE) return;
  throw new InputError(
    {},
    `job "${batch.job[row]}" requests shares of several GPUs, which this format cannot express`,
  );
}
