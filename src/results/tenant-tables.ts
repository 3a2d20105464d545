import type { Summary, TenantSummary } from '../metrics/catalogue/catalogue.js';
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
    metricText(ownShare, { unit: 'share' }),
    metricText(dominantShare.mean, { unit: 'share' }),
    metricText(wait.p95 ?? undefined, { unit: 's' }),
    metricText(alone?.wait.p95 ?? undefined, { unit: 's' }),
    metricText(response.mean ?? undefined, { unit: 's' }),
    metricText(alone?.response.mean ?? undefined, { unit: 's' }),
    metricText(slowdown ?? undefined, { unit: 'ratio' }),
    metricText(overShare, { unit: 'share' }),
    metricText(othersWaited, { unit: 's' }),
  ];
}
