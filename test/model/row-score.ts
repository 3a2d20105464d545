import type { FreeTable, MachineScore } from '../../src/model/index.js';

/** A score that reads the rows of a table. */
export function rowScore(
  name: string,
  value: (machine: number, taskClass: number) => number,
  terms: Partial<MachineScore> = {},
): MachineScore {
  return { name, keeps: 'while row', isAnonymous: true, version: () => 0, value, ...terms };
}

/** The free amount of a machine in a dimension. */
export function freeOf(table: FreeTable, machine: number, dimension: number): number {
  return table.free[machine * table.dims + dimension];
}
