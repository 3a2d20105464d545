import { type ResourceSpace, resourceKind } from '../../model/index.js';

/** What identifies a run in every table. */
export interface RunKey {
  /** Name of the policy in results. */
  readonly policy: string;
  readonly seed: string;
}

/** A column of a table. */
export interface TableColumn {
  readonly name: string;
  readonly kind: 'text' | 'number' | 'integer';
}

/** The columns of a run's key. */
export const RUN_KEY_COLUMNS: readonly TableColumn[] = [textColumn('policy'), textColumn('seed')];

/** A column of text. */
export function textColumn(name: string): TableColumn {
  return { name, kind: 'text' };
}

/** A column of numbers. */
export function numberColumn(name: string): TableColumn {
  return { name, kind: 'number' };
}

/** One column of numbers for each resource. */
export function resourceColumns(space: ResourceSpace, prefix = ''): TableColumn[] {
  return space.names.map((resource) => numberColumn(`${prefix}${resource}`));
}

/** Units of the columns of `jobs`, `series` and `machines` that are no resources. */
const UNITS: Readonly<Record<string, string>> = {
  submit: 's',
  start: 's',
  end: 's',
  critical_path: 's',
  wait: 's',
  run: 's',
  slowdown: 'ratio',
  time_limit: 's',
  tasks: 'tasks',
  time: 's',
  seconds: 's',
  pending: 'tasks',
  running: 'tasks',
  machines_up: 'machines',
  offers_per_second: '1/s',
  conflicts_per_second: '1/s',
  rented_machines: 'machines',
  tasks_started: 'tasks',
  down_seconds: 's',
  cut_seconds: 's',
  absent_seconds: 's',
  machines_at_start: 'machines',
  run_seconds: 's',
  warm_up_seconds: 's',
};

/** The unit of a column; undefined if it has none, or is a metric of a summary. */
export function unitOfColumn(name: string): string | undefined {
  if (/^(allocated|used|fragmentation|degraded|down)\./.test(name)) return 'share';
  return UNITS[name] ?? resourceKind(name.replace(/^capacity\./, ''))?.unit;
}
