import type { RunRecord } from '../metrics/run-record.js';
import { meanInterval } from '../results/statistics/mean-interval.js';
import type { ComparedPolicy } from './compared-policy.js';
import type { FrameworkGroup, ShareInterval } from './report-data.js';

/** The number of colours that a reader can distinguish. */
const MOST_GROUPS = 9;

/** A group on the page, with the names of its frameworks. */
export interface NamedGroup extends FrameworkGroup {
  readonly members: readonly string[];
}

/**
 * The frameworks of all runs in the order in which they joined. If there are more frameworks than colours, those with the largest
 * mean dominant share are shown individually, and the others form one group at the end.
 */
export function frameworkGroups(records: readonly RunRecord[]): NamedGroup[] {
  const sizes = new Map<string, number>();
  for (const { summary } of records) {
    for (const [name, share] of Object.entries(summary.fairness.dominantShare)) {
      sizes.set(name, Math.max(sizes.get(name) ?? 0, share.mean));
    }
  }
  const names = [...sizes.keys()];
  if (names.length <= MOST_GROUPS) return names.map(single);
  const bySize = [...names].sort((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0));
  const shown = new Set(bySize.slice(0, MOST_GROUPS - 1));
  const rest = names.filter((name) => !shown.has(name));
  return [
    ...names.filter((name) => shown.has(name)).map(single),
    { label: `${rest.length} others`, isSingle: false, members: rest },
  ];
}

function single(name: string): NamedGroup {
  return { label: name, isSingle: true, members: [name] };
}

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
