import { type Micros, toSeconds } from '../../model/index.js';
import type { TenantMetrics } from '../collectors/tenant-metrics.js';
import { SLOWDOWN_UNIT } from '../kernels/bounded-slowdown.js';
import { distributionSummary } from './summary.js';
import type { TenantSummary } from './summary-schema.js';

const MICROS_PER_SECOND = 1_000_000;

/** The results of each tenant, by name, in a run of this length. */
export function tenantSummaries({ figures }: TenantMetrics, length: Micros): Record<string, TenantSummary> {
  return Object.fromEntries(
    figures.map(({ tenant, dominantShare, wait, response, boundedSlowdown, overShare, othersWaited }) => [
      tenant.name,
      {
        dominantShare: { mean: dominantShare.mean, peak: dominantShare.peak },
        wait: distributionSummary(wait, MICROS_PER_SECOND),
        response: distributionSummary(response, MICROS_PER_SECOND),
        boundedSlowdown: distributionSummary(boundedSlowdown, SLOWDOWN_UNIT),
        ownShare: tenant.ownShare,
        overShare: length > 0 ? overShare / length : 0,
        othersWaited: toSeconds(othersWaited),
      },
    ]),
  );
}
