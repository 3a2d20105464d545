import {
  InputError,
  type MachineSpec,
  type Micros,
  RESOURCE_NAMES,
  type ResourceSpace,
  toSeconds,
} from '../model/index.js';
import { Adjustments } from './formats/adjustments.js';
import { type CsvRecord, columnNames, readCsv } from './formats/csv-records.js';
import { isOpenbNodeList, OPENB_RESOURCES, readOpenbNodes } from './formats/openb.js';
import { resourceColumns } from './formats/resource-columns.js';
import { fileName, readLines } from './formats/text-file.js';
import { checkGpus, distinctNames, MAX_MACHINES, MachineNames, type MachineSource } from './machines.js';

/**
 * Reads machines from a file: an openb node list, or Fairground's own format. The latter is CSV with a header and a
 * line for `count` (default 1) machines. It has resource columns as in a trace, and `price` per hour. Machines with
 * `startup` can be switched off and on; `startup` and `shutdown` (default 0) are seconds. `idle_watts` and `full_watts`
 * are the power of a machine without tasks and of a full one. Every other column is an attribute.
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
  const attributes = columns.filter(
    (column) => !RESOURCE_NAMES.includes(column) && !OWN_COLUMNS.includes(column),
  );
  return { name: fileName(path), resources, machines: (space) => readRows(path, space, attributes) };
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

async function headerOf(path: string): Promise<string> {
  for await (const { lines } of readLines(path)) return lines[0];
  throw new InputError({ file: path }, 'is empty');
}

async function readRows(
  path: string,
  space: ResourceSpace,
  attributes: readonly string[],
): Promise<MachineSpec[]> {
  const machines: MachineSpec[] = [];
  const names = new MachineNames();
  const generated = new Set<MachineSpec>();
  for await (const record of readCsv(path, [])) {
    const count = record.count('count', 1);
    if (machines.length + count > MAX_MACHINES)
      throw InputError.expected(record.place('count'), count, `at most ${MAX_MACHINES} machines in all`);
    checkGpus(record.amount('gpus', 0), record.text('gpus'), record.place('gpus'));
    const isGiven = count === 1 && record.text('name') !== '';
    if (isGiven) names.add(record.text('name'), record.place('name'), record.line);
    for (let i = 0; i < count; i++) {
      const machine = machineOf(record, space, attributes, machines.length, isGiven);
      if (!isGiven) generated.add(machine);
      machines.push(machine);
    }
  }
  if (machines.length === 0) throw new InputError({ file: path }, 'contains no machine');
  return distinctNames(machines, names.all(), (machine) => generated.has(machine));
}

function machineOf(
  record: CsvRecord,
  space: ResourceSpace,
  attributes: readonly string[],
  rank: number,
  isGiven: boolean,
): MachineSpec {
  const amounts = Object.fromEntries(space.names.map((name) => [name, record.amount(name, 0)]));
  const name = record.text('name') || 'machine';
  const price = record.text('price');
  return {
    name: isGiven ? name : `${name}-${rank}`,
    capacity: space.quanta(amounts, { file: record.file, line: record.line }),
    attributes: Object.fromEntries(
      attributes.filter((a) => record.text(a) !== '').map((a) => [a, record.text(a)]),
    ),
    ...(price !== '' && { pricePerHour: record.amount('price') }),
    ...powerOf(record),
  };
}

function powerOf(record: CsvRecord): Pick<MachineSpec, 'power' | 'watts'> {
  const isGiven = (column: string) => record.text(column) !== '';
  return {
    ...(isGiven('startup') && {
      power: {
        startUp: record.time('startup', new Adjustments()),
        shutDown: record.time('shutdown', new Adjustments(), 0),
      },
    }),
    ...((isGiven('idle_watts') || isGiven('full_watts')) && {
      watts: { idle: record.amount('idle_watts'), full: record.amount('full_watts') },
    }),
  };
}

/**
 * Machines as the text of a file for `--machines`: CSV with a line for each run of equal machines. Names are not
 * written, because readers number the machines by rank.
 */
export function machinesText(specs: readonly MachineSpec[], space: ResourceSpace): string {
  const attributes = [...new Set(specs.flatMap((spec) => Object.keys(spec.attributes ?? {})))];
  const columns = OPTIONAL_COLUMNS.filter(({ value }) => specs.some((spec) => value(spec) !== undefined));
  const header = ['count', ...space.names, ...columns.map(({ name }) => name), ...attributes];
  let text = `${header.map(quoted).join(',')}\n`;
  let count = 0;
  specs.forEach((spec, rank) => {
    count++;
    const line = lineOf(spec, space, columns, attributes);
    const next = specs[rank + 1];
    if (next !== undefined && lineOf(next, space, columns, attributes) === line) return;
    text += `${count},${line}\n`;
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

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
