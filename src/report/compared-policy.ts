import type { RunRecord } from '../metrics/run-record.js';

/** The runs of one policy, one per seed; there is always a first. */
export interface ComparedPolicy {
  readonly name: string;
  readonly records: readonly RunRecord[];
  readonly first: RunRecord;
}

/** Groups runs by policy, in the order in which the policies come. */
export function comparedPolicies(records: readonly RunRecord[]): ComparedPolicy[] {
  const nameOf = (record: RunRecord) => record.summary.run.policy.name;
  return [...new Set(records.map(nameOf))].map((name) => {
    const own = records.filter((record) => nameOf(record) === name);
    return { name, records: own, first: own[0] };
  });
}
