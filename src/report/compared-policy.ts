import type { RunRecord } from '../metrics/run-record.js';
import { variantsOf } from '../results/variants.js';

/** The runs of one policy, one per seed; at least one. */
export interface ComparedPolicy {
  readonly name: string;
  readonly records: readonly RunRecord[];
  readonly first: RunRecord;
}

/** Groups runs as the comparison table does, in order of appearance of the policies. */
export function comparedPolicies(records: readonly RunRecord[]): ComparedPolicy[] {
  return variantsOf(records.map((record) => record.summary)).map(({ name, summaries }) => {
    const own = records.filter((record) => summaries.includes(record.summary));
    return { name, records: own, first: own[0] };
  });
}
