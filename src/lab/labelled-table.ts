import type { Summary } from '../metrics/summary-schema.js';

/** A table of text whose first column says what a row is about. */
export interface LabelledTable {
  readonly caption: string;
  /** Heads of the columns after the first. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a run is called among these: by its policy, and by its seed where they differ in it. */
export function runName({ run }: Summary, among: readonly Summary[]): string {
  const hasSeeds = among.some((other) => other.run.seed !== run.seed);
  return hasSeeds ? `${run.policy.name}, seed ${run.seed}` : run.policy.name;
}
