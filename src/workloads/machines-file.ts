import {
  InputError,
  LEAST_SPEED,
  type MachineSpec,
  type Micros,
  MOST_SPEED,
  RESOURCE_NAMES,
  type ResourceSpace,
  toSeconds,
} from '../model/index.js';
import { Adjustments } from './formats/adjustments.js';
import { columnNames, readCsv } from './formats/csv-records.js';
import { quoted } from './formats/fairground-csv-text.js';
import { isOpenbNodeList, OPENB_RESOURCES, readOpenbNodes } from './formats/openb.js';
import { checkAttributes, resourceColumns } from './formats/resource-columns.js';
import type { RowRecord } from './formats/row-table.js';
import { fileName, readLines } from './formats/text-file.js';
import { checkGpus, distinctNames, MAX_MACHINES, MachineNames, type MachineSource } from './machines.js';

/**
 * Reads machines from a file: an openb node list, or Fairground's own format. The latter is CSV with a header and a
 * line for `count` (default 1) machines. It has resource columns as in a trace, and `price` per hour. Machines with
 * `startup` can be switched off and on; `startup` and `shutdown` (default 0) are seconds. `idle_watts` and `full_watts`
 * are the power of a machine without tasks and of a full one. `speed` (default 1) is that at all tasks relative to the reference type,
 * and `speed.CLASS` (default `speed`) that at tasks of a speed class. Every other column is an attribute.
 * @throws InputError
 */
export async function readMachines(path: string): Promise<MachineSource> {
  const header = await headerOf(path);
  if (isOpenbNodeList(header)) {
    return {
      name: fileName(path),
      resources: OPENB_RESOURCES,
      machines: (space) => readOpenbNodes(path, space, ''),
    };
  }
  const columns = columnNames(header);
  const resources = resourceColumns(path, columns);
  checkAttributes(path, columns, [...OWN_COLUMNS, 'speed']);
  const attributes = columns.filter(
    (column) => !RESOURCE_NAMES.includes(column) && !OWN_COLUMNS.includes(column) && !isSpeed(column),
  );
  const adjustments = new Adjustments();
  const speeds = columns.filter(isSpeed);
  return {
    name: fileName(path),
    resources,
    adjusted: adjustments.counts,
    machines: (space) => readRows(path, space, { attributes, speeds }, adjustments),
  };
}

const OWN_COLUMNS: readonly string[] = [
  'name',
  'count',
  'price',
  'startup',
  'shutdown',
  'idle_watts',
  'full_watts',
];

const isSpeed = (column: string) => column === 'speed' || column.startsWith(SPEED_OF_CLASS);
const SPEED_OF_CLASS = 'speed.';

async function headerOf(path: string): Promise<string> {
  for await (const { lines } of readLines(path)) return lines[0];
  throw new InputError({ file: path }, 'is empty');
}

/** Columns whose names a file chooses. */
interface FreeColumns {
  readonly attributes: readonly string[];
  readonly speeds: readonly string[];
}

async function readRows(
  path: string,
  space: ResourceSpace,
  columns: FreeColumns,
  adjustments: Adjustments,
): Promise<MachineSpec[]> {
  const machines: MachineSpec[] = [];
  const names = new MachineNames();
  const generated = new Set<MachineSpec>();
  let last: { readonly record: RowRecord; readonly shape: Omit<MachineSpec, 'name'> } | undefined;
  for await (const record of readCsv(path, [])) {
    const count = record.count('count', 1);
    if (machines.length + count > MAX_MACHINES)
      throw InputError.expected(record.place('count'), count, `at most ${MAX_MACHINES} machines in all`);
    checkGpus(record.amount('gpus', 0), record.text('gpus'), record.place('gpus'));
    const isGiven = count === 1 && record.text('name') !== '';
    if (isGiven) names.add(record.text('name'), record.place('name'), record.line);
    // Neighbouring machines are often equal. After an adjustment each line is read, because each one counts.
    const isEqual = last?.record.equals(record, ['name', 'count']) === true && adjustments.areNone;
    const shape: Omit<MachineSpec, 'name'> =
      last !== undefined && isEqual ? last.shape : shapeOf(record, space, columns, adjustments);
    last = { record, shape };
    const name = record.text('name') || 'machine';
    for (let i = 0; i < count; i++) {
      const machine = { ...shape, name: isGiven ? name : `${name}-${machines.length}` };
      if (!isGiven) generated.add(machine);
      machines.push(machine);
    }
  }
  if (machines.length === 0) throw new InputError({ file: path }, 'contains no machine');
  if (generated.size === 0) return machines;
  return distinctNames(machines, names.all(), (machine) => generated.has(machine));
}

/** The machines of a line, without their names. */
function shapeOf(
  record: RowRecord,
  space: ResourceSpace,
  { attributes, speeds }: FreeColumns,
  adjustments: Adjustments,
): Omit<MachineSpec, 'name'> {
  const price = record.text('price');
  return {
    capacity: space.kinds.map((kind) =>
      adjustments.quanta(kind, record.amount(kind.name, 0), record.place(kind.name)),
    ),
    attributes: Object.fromEntries(
      attributes.filter((a) => record.text(a) !== '').map((a) => [a, record.text(a)]),
    ),
    ...(price !== '' && { pricePerHour: record.amount('price') }),
    ...powerOf(record, adjustments),
    ...speedsOf(record, speeds),
  };
}

/** Left out if no speed is given. @throws InputError */
function speedsOf(record: RowRecord, columns: readonly string[]): Pick<MachineSpec, 'speeds'> {
  const given = columns.filter((column) => record.text(column) !== '');
  for (const column of given) {
    const speed = record.amount(column);
    if (speed < LEAST_SPEED || speed > MOST_SPEED)
      throw InputError.expected(
        record.place(column),
        record.text(column),
        `a speed from ${LEAST_SPEED} to ${MOST_SPEED}; 1 is that of the reference type`,
      );
  }
  if (given.length === 0) return {};
  const ofClasses = given.filter((column) => column !== 'speed');
  const byClass = ofClasses.map((column) => [column.slice(SPEED_OF_CLASS.length), record.amount(column)]);
  return {
    speeds: {
      all: given.includes('speed') ? record.amount('speed') : 1,
      byClass: Object.fromEntries(byClass),
    },
  };
}

function powerOf(record: RowRecord, adjustments: Adjustments): Pick<MachineSpec, 'power' | 'watts'> {
  const isGiven = (column: string) => record.text(column) !== '';
  if (isGiven('shutdown') && !isGiven('startup'))
    throw InputError.expected(
      record.place('shutdown'),
      record.text('shutdown'),
      'an empty field, or a startup: only machines with one can be switched off',
    );
  return {
    ...(isGiven('startup') && {
      power: {
        startUp: record.time('startup', adjustments),
        shutDown: record.time('shutdown', adjustments, 0),
      },
    }),
    ...((isGiven('idle_watts') || isGiven('full_watts')) && {
      watts: { idle: record.amount('idle_watts'), full: record.amount('full_watts') },
    }),
  };
}

/**
 * Machines as the text of a file for `--machines`: CSV with a line for each run of equal machines. Names are written only where they
 * differ from those that the reader gives: `machine-` and the rank.
 */
export function machinesText(specs: readonly MachineSpec[], space: ResourceSpace): string {
  const attributes = [...new Set(specs.flatMap((spec) => Object.keys(spec.attributes ?? {})))];
  const columns = [...OPTIONAL_COLUMNS, ...speedColumns(specs)].filter(({ value }) =>
    specs.some((spec) => value(spec) !== undefined),
  );
  const isNamed = specs.some(({ name }, rank) => name !== `machine-${rank}`);
  const header = [
    'count',
    ...(isNamed ? ['name'] : []),
    ...space.names,
    ...columns.map(({ name }) => name),
    ...attributes,
  ];
  let text = `${header.map(quoted).join(',')}\n`;
  let count = 0;
  specs.forEach((spec, rank) => {
    count++;
    const line = lineOf(spec, space, columns, attributes);
    const next = isNamed ? undefined : specs[rank + 1];
    if (next !== undefined && lineOf(next, space, columns, attributes) === line) return;
    text += isNamed ? `1,${quoted(spec.name)},${line}\n` : `${count},${line}\n`;
    count = 0;
  });
  return text;
}

/** A column that is written only if a machine has a value for it. */
interface OptionalColumn {
  readonly name: string;
  readonly value: (spec: MachineSpec) => number | undefined;
}

const seconds = (time: Micros | undefined) => (time === undefined ? undefined : toSeconds(time));

const OPTIONAL_COLUMNS: readonly OptionalColumn[] = [
  { name: 'price', value: ({ pricePerHour }) => pricePerHour },
  { name: 'startup', value: ({ power }) => seconds(power?.startUp) },
  { name: 'shutdown', value: ({ power }) => seconds(power?.shutDown) },
  { name: 'idle_watts', value: ({ watts }) => watts?.idle },
  { name: 'full_watts', value: ({ watts }) => watts?.full },
];

function speedColumns(specs: readonly MachineSpec[]): readonly OptionalColumn[] {
  const classes = [...new Set(specs.flatMap(({ speeds }) => Object.keys(speeds?.byClass ?? {})))];
  return [
    { name: 'speed', value: ({ speeds }) => speeds?.all },
    ...classes.map((name) => ({
      name: SPEED_OF_CLASS + name,
      value: ({ speeds }: MachineSpec) => speeds?.byClass[name],
    })),
  ];
}

function lineOf(
  spec: MachineSpec,
  space: ResourceSpace,
  columns: readonly OptionalColumn[],
  names: readonly string[],
): string {
  const { capacity, attributes = {} } = spec;
  const amounts = space.kinds.map((kind, d) => String(capacity[d] / kind.quantaPerUnit));
  const optional = columns.map(({ value }) => String(value(spec) ?? ''));
  return [...amounts, ...optional, ...names.map((name) => quoted(attributes[name] ?? ''))].join(',');
}
