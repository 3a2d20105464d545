import type { Micros } from '../model/index.js';
import type { RowDependencies } from './task-row.js';

/** A row of a job: its place in the graph, and the run time of its tasks. */
export interface GraphRow {
  readonly dependencies: RowDependencies | undefined;
  readonly duration: Micros;
}

/** A mistake in the dependencies of a job. `row` is the index of the row that has it. */
export interface GraphMistake {
  readonly row: number;
  readonly found: string;
  readonly expected: string;
}

/** The rows of a job as a directed acyclic graph. */
export interface JobGraph {
  /** By row, the rows that must finish before it, each once. */
  readonly parents: readonly (readonly number[])[];
  /** By row, the rows that wait for it. */
  readonly children: readonly (readonly number[])[];
  /** The longest chain of run times; Infinity if a task never ends. */
  readonly criticalPath: Micros;
}

/**
 * The graph of a job, or the first mistake in it: a task that no row of the job names, a row that depends on itself, or a cyclic
 * dependency. Rows with one task name count as one: a child waits for all of them. Parents may stand below their children.
 */
export function jobGraph(rows: readonly GraphRow[]): JobGraph | GraphMistake {
  const rowsOf = new Map<string, number[]>();
  rows.forEach(({ dependencies }, row) => {
    if (dependencies?.task === undefined) return;
    const same = rowsOf.get(dependencies.task);
    if (same === undefined) rowsOf.set(dependencies.task, [row]);
    else same.push(row);
  });
  const parents: (readonly number[])[] = [];
  const children: number[][] = rows.map(() => []);
  for (let row = 0; row < rows.length; row++) {
    const found = parentsOf(rows[row].dependencies, row, rowsOf);
    if (!(found instanceof Set)) return found;
    parents.push([...found]);
    for (const parent of found) children[parent].push(row);
  }
  return ordered(rows, parents, children);
}

/** Is it a graph that cannot run, such as one with a cycle? */
export function isMistake(graph: JobGraph | GraphMistake): graph is GraphMistake {
  return 'expected' in graph;
}

function parentsOf(
  dependencies: RowDependencies | undefined,
  row: number,
  rowsOf: ReadonlyMap<string, readonly number[]>,
): Set<number> | GraphMistake {
  const found = new Set<number>();
  for (const name of dependencies?.after ?? []) {
    if (name === dependencies?.task) return { row, found: name, expected: 'another task than its own' };
    const parents = rowsOf.get(name);
    if (parents === undefined) return { row, found: name, expected: 'the name of a task of the same job' };
    for (const parent of parents) found.add(parent);
  }
  return found;
}

/** Checks that the graph has a topological order (Kahn, CACM 5(11), 1962), and finds the longest chain along it. */
function ordered(
  rows: readonly GraphRow[],
  parents: readonly (readonly number[])[],
  children: readonly (readonly number[])[],
): JobGraph | GraphMistake {
  const left = parents.map((list) => list.length);
  const ends = rows.map(({ duration }) => duration);
  const order: number[] = [];
  for (let row = 0; row < rows.length; row++) if (left[row] === 0) order.push(row);
  let criticalPath = 0;
  for (let i = 0; i < order.length; i++) {
    const row = order[i];
    criticalPath = Math.max(criticalPath, ends[row]);
    for (const child of children[row]) {
      ends[child] = Math.max(ends[child], ends[row] + rows[child].duration);
      if (--left[child] === 0) order.push(child);
    }
  }
  if (order.length === rows.length) return { parents, children, criticalPath };
  return cycle(rows, parents, left);
}

/** A cycle among the rows that no order reaches: each of them has such a parent. */
function cycle(
  rows: readonly GraphRow[],
  parents: readonly (readonly number[])[],
  left: readonly number[],
): GraphMistake {
  const path: number[] = [];
  let row = left.findIndex((waits) => waits > 0);
  while (!path.includes(row)) {
    path.push(row);
    row = parents[row].find((parent) => left[parent] > 0) as number;
  }
  const round = path.slice(path.indexOf(row));
  const first = Math.min(...round);
  const start = round.indexOf(first);
  const names = [...round.slice(start), ...round.slice(0, start), first].map(
    (at) => rows[at].dependencies?.task,
  );
  return { row: first, found: names.join(' after '), expected: 'tasks without a cyclic dependency' };
}
