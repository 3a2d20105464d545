import {
  InputError,
  type MachineId,
  type MachineSpec,
  RESOURCE_NAMES,
  type ResourceSpace,
} from '../model/index.js';
import { Adjustments } from './formats/adjustments.js';
import { csvFile } from './formats/csv-records.js';
import { checkAttributes } from './formats/resource-columns.js';
import type { RowRecord } from './formats/row-table.js';
import type { MachineChange, MachineTimeline } from './machine-change.js';
import { checkGpus } from './machines.js';

const COLUMNS = ['time', 'machine', 'event'];

/** Columns of a file of machines that a change cannot set. They would be attributes here. */
const FIXED_COLUMNS = ['name', 'count', 'price', 'startup', 'shutdown', 'idle_watts', 'full_watts'];

const EVENTS = ['add', 'remove', 'update'] as const;

/**
 * Reads a file of machine changes: CSV with a header and the columns `time` (seconds, on the clock of the trace), `machine` (its name)
 * and `event`: add, remove or update. Resource columns are as in a file of machines, and every other column is an attribute. An empty
 * field keeps what the machine has or had. Lines are in order of time.
 * @throws InputError
 */
export async function readMachineChanges(
  path: string,
  space: ResourceSpace,
  machines: readonly MachineSpec[],
): Promise<MachineTimeline> {
  const changes = new ChangingMachines(space, machines);
  for await (const table of csvFile(path).tables(COLUMNS)) {
    const names = [...table.columns.keys()];
    const fixed = names.find((name) => FIXED_COLUMNS.includes(name) || /^speed(\.|$)/.test(name));
    if (fixed !== undefined)
      throw new InputError({ file: path, line: 1 }, `has the column "${fixed}", which cannot change`);
    checkAttributes(path, names, COLUMNS);
    const attributes = names.filter((name) => !RESOURCE_NAMES.includes(name) && !COLUMNS.includes(name));
    while (table.next()) changes.read(table.record(), attributes);
  }
  return changes;
}

/** The machines as the lines of a file change them. */
class ChangingMachines implements MachineTimeline {
  readonly later: MachineSpec[] = [];
  readonly changes: MachineChange[] = [];
  private readonly space: ResourceSpace;
  private readonly adjustments = new Adjustments();
  readonly adjusted = this.adjustments.counts;
  private readonly ids = new Map<string, MachineId>();
  /** Capacity and attributes of each machine, the last ones if it is absent. */
  private readonly latest: Pick<Required<MachineSpec>, 'capacity' | 'attributes'>[] = [];
  private readonly present = new Set<MachineId>();
  private time = 0;

  constructor(space: ResourceSpace, machines: readonly MachineSpec[]) {
    this.space = space;
    for (const [machine, { name, capacity, attributes = {} }] of machines.entries()) {
      this.ids.set(name, machine);
      this.latest.push({ capacity, attributes });
      this.present.add(machine);
    }
  }

  read(record: RowRecord, attributes: readonly string[]): void {
    const time = record.time('time', this.adjustments);
    if (time < this.time) {
      const expected = 'a time not before that of the line above; sort the file';
      throw InputError.expected(record.place('time'), record.text('time'), expected);
    }
    this.time = time;
    const name = record.required('machine', 'the name of a machine');
    const kind = EVENTS.find((one) => one === record.text('event'));
    if (kind === undefined)
      throw InputError.expected(record.place('event'), record.text('event'), EVENTS.join(', '));
    const machine = kind === 'add' ? this.absent(name, record) : this.existing(name, record);
    if (kind === 'remove') {
      this.checkNothing(record, attributes);
      this.present.delete(machine);
      this.changes.push({ kind, time, machine });
      return;
    }
    const version = this.version(machine, record, attributes);
    if (machine === this.latest.length) this.later.push({ name, ...version, joinsLater: true });
    this.ids.set(name, machine);
    this.latest[machine] = version;
    this.present.add(machine);
    this.changes.push({ kind, time, machine, ...version });
  }

  /** The machine of an addition, which may be a new one. */
  private absent(name: string, record: RowRecord): MachineId {
    const machine = this.ids.get(name) ?? this.latest.length;
    if (!this.present.has(machine)) return machine;
    const expected = 'a machine that is not in the cluster; use update to change one';
    throw InputError.expected(record.place('machine'), name, expected);
  }

  private existing(name: string, record: RowRecord): MachineId {
    const machine = this.ids.get(name);
    if (machine !== undefined && this.present.has(machine)) return machine;
    const expected =
      machine === undefined
        ? 'a machine of the cluster, or one that was added before'
        : 'a machine that is in the cluster; this one was removed';
    throw InputError.expected(record.place('machine'), name, expected, [...this.ids.keys()]);
  }

  private version(machine: MachineId, record: RowRecord, names: readonly string[]) {
    const { space } = this;
    const before = this.latest[machine];
    const capacity = Array.from(before?.capacity ?? new Int32Array(space.size));
    for (const [d, kind] of space.kinds.entries()) {
      if (record.text(kind.name) === '') continue;
      capacity[d] = this.adjustments.quanta(kind, record.amount(kind.name), record.place(kind.name));
    }
    checkGpus(record.amount('gpus', 0), record.text('gpus'), record.place('gpus'));
    const gpus = before?.capacity[space.gpuDimension] ?? capacity[space.gpuDimension];
    if (space.gpuDimension >= 0 && capacity[space.gpuDimension] !== gpus)
      throw InputError.expected(
        record.place('gpus'),
        record.text('gpus'),
        `${gpus / space.kinds[space.gpuDimension].quantaPerUnit}, because the GPUs of a machine do not change`,
      );
    if (before === undefined && capacity.every((amount) => amount === 0))
      throw new InputError(record.place('machine'), 'a machine that is new needs an amount of some resource');
    const given = names.filter((name) => record.text(name) !== '').map((name) => [name, record.text(name)]);
    return { capacity, attributes: { ...before?.attributes, ...Object.fromEntries(given) } };
  }

  private checkNothing(record: RowRecord, attributes: readonly string[]): void {
    const given = [...RESOURCE_NAMES, ...attributes].find((name) => record.text(name) !== '');
    if (given === undefined) return;
    throw InputError.expected(
      record.place(given),
      record.text(given),
      'an empty field, as for every removal',
    );
  }
}
