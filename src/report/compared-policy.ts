import type { RunRecord } from '../metrics/run-record.js';
import { runsByVariant } from '../results/variants.js';

/** The runs of one policy, one per seed; at least one. */
export interface ComparedPolicy {
  readonly name: string;
  readonly records: readonly RunRecord[];
  readonly first: RunRecord;
}

/** Groups runs as the comparison table does, in order of appearance of the policies. */
export function comparedPolicies(records: readonly RunRecord[]): ComparedPolicy[] {
  return runsByVariant(records).map(({ name, runs }) => ({ name, records: runs, first: runs[0] }));
}
