import { meanInterval } from '../results/interval.js';
import type { ComparedPolicy } from './compared-policy.js';
import type { NamedGroup } from './framework-groups.js';
import type { ShareInterval } from './report-data.js';

/** Mean dominant share of each framework over a policy's seeds. Shares of several frameworks do not add up, so a group has none. */
export function dominantShares(
  { records }: ComparedPolicy,
  groups: readonly NamedGroup[],
): (ShareInterval | null)[] {
  return groups.map(({ isSingle, members }) => {
    const values = records.flatMap(({ summary }) => {
      const shares = summary.fairness.dominantShare;
      return Object.hasOwn(shares, members[0]) ? [shares[members[0]].mean] : [];
    });
    if (!isSingle || values.length === 0) return null;
    const { mean, halfWidth } = meanInterval(values);
    return { mean, halfWidth: halfWidth ?? null };
  });
}
