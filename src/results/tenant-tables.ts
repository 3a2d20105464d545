import type { Summary, TenantSummary } from '../metrics/summary/summary-schema.js';
import { type LabelledTable, metricText, runName } from './metric-text.js';

/** Results of each tenant, compared with a run alone: one row per tenant and run. Empty without tenants. */
export function tenantTables(summaries: readonly Summary[]): LabelledTable[] {
  const rows = summaries.flatMap((summary) =>
    Object.entries(summary.byTenant ?? {}).map(([name, tenant]) =>
      tenantRow(`${runName(summary, summaries)}: ${name}`, tenant),
    ),
  );
  if (rows.length === 0) return [];
  return [
    {
      caption: 'Tenants',
      columns: [
        'own share',
        'dominant share',
        'task wait, p95',
        'alone',
        'job response',
        'alone',
        'slowdown',
        'time above own share',
        'wait of other tenants',
      ],
      rows,
    },
  ];
}

function tenantRow(name: string, tenant: TenantSummary): string[] {
  const { ownShare, dominantShare, wait, response, overShare, othersWaited, alone, slowdown } = tenant;
  return [
    name,
    metricText(ownShare, 'share'),
    metricText(dominantShare.mean, 'share'),
    metricText(wait.p95 ?? undefined, 'seconds'),
    metricText(alone?.wait.p95 ?? undefined, 'seconds'),
    metricText(response.mean ?? undefined, 'seconds'),
    metricText(alone?.response.mean ?? undefined, 'seconds'),
    metricText(slowdown ?? undefined, 'ratio'),
    metricText(overShare, 'share'),
    metricText(othersWaited, 'seconds'),
  ];
}
