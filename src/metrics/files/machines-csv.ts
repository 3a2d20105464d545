import { toSeconds } from '../../model/index.js';
import type { Recorder } from '../recorder.js';
import { csvLine, sixDigits } from './csv.js';
import {
  numberColumn,
  RUN_KEY_COLUMNS,
  type RunKey,
  resourceColumns,
  type TableColumn,
  textColumn,
} from './run-table.js';

/** A table as CSV. */
export interface CsvTable {
  readonly columns: readonly TableColumn[];
  /** With the header. */
  readonly text: string;
}

/**
 * `machines.csv`: for each machine its capacity (in the unit of each resource), the mean allocated share of the capacity, the
 * number of started tasks, and the seconds in which it was off while in service, also before the master detected it. `cut_seconds`
 * are those in which it ran and the master could not reach it, where a machine had any. If machines change during the run, the capacity and the attributes are the last
 * ones, the share is that of the mean capacity, and `absent_seconds` is the time in which the machine was not in the cluster.
 */
export function machinesCsv(recorder: Recorder, { policy, seed }: RunKey): CsvTable {
  const { cluster, machines, start, end } = recorder;
  const { space } = cluster;
  const attributes = [
    ...new Set(cluster.machines.specs.flatMap((spec) => Object.keys(spec.attributes ?? {}))),
  ].sort();
  const isCut = machines.cutTime.some((time) => time > 0);
  const change = cluster.machines.specs.some((_, machine) => machines.absentTime(machine) !== undefined);
  const counted = [
    'tasks_started',
    'down_seconds',
    ...(isCut ? ['cut_seconds'] : []),
    ...(change ? ['absent_seconds'] : []),
  ];
  const columns = [
    textColumn('machine'),
    ...attributes.map(textColumn),
    ...resourceColumns(space),
    ...resourceColumns(space, 'allocated.'),
    ...counted.map(numberColumn),
    ...RUN_KEY_COLUMNS,
  ];
  const lines = [csvLine(columns.map(({ name }) => name))];
  cluster.machines.specs.forEach((spec, machine) => {
    const row = machine * space.size;
    const capacities = space.kinds.map((kind, d) => cluster.machines.capacity[row + d] / kind.quantaPerUnit);
    const shares = space.names.map((_, d) => {
      const available = machines.capacityOf(machine, d) * (end - start);
      return available > 0 ? sixDigits(machines.integral[row + d] / available) : 0;
    });
    const values = attributes.map((name) => spec.attributes?.[name] ?? '');
    const counts = [machines.started[machine], toSeconds(machines.downTime[machine])];
    if (isCut) counts.push(toSeconds(machines.cutTime[machine]));
    if (change) counts.push(toSeconds(machines.absentTime(machine) ?? 0));
    lines.push(csvLine([spec.name, ...values, ...capacities, ...shares, ...counts, policy, seed]));
  });
  return { columns, text: lines.join('') };
}
