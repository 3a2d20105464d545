import type { RunRecord } from '../metrics/run-record.js';
import { operationTables } from '../results/operation-tables.js';
import { tenantTables } from '../results/tenant-tables.js';
import { comparedPolicies } from './compared-policy.js';
import { comparisonTable } from './comparison-table.js';
import { dominantShares, frameworkGroups } from './framework-groups.js';
import { facts, title } from './heading.js';
import { notes } from './notes.js';
import { parameterTables } from './parameter-tables.js';
import { heatData, policySeries, policyWaits } from './policy-series.js';
import type { ReportData } from './report-data.js';

/** All data of the page. */
export function reportData(records: readonly RunRecord[]): ReportData {
  const summaries = records.map(({ summary }) => summary);
  const groups = frameworkGroups(records);
  const policies = comparedPolicies(records);
  const resources = [...new Set(summaries.flatMap(({ utilization }) => Object.keys(utilization)))];
  return {
    title: title(summaries),
    facts: facts(summaries),
    parameters: parameterTables(summaries),
    comparison: comparisonTable(summaries),
    operations: operationTables(summaries),
    tenants: tenantTables(summaries),
    resources,
    frameworks: groups.map(({ label, isSingle }) => ({ label, isSingle })),
    policies: policies.map((policy) => ({
      name: policy.name,
      seeds: policy.records.map(({ summary }) => summary.run.seed),
      series: policySeries(policy.first, resources, groups),
      heat: heatData(policy.first),
      waits: policyWaits(policy, groups),
      pendingAtEnd: policy.records.reduce((sum, { summary }) => sum + summary.tasks.pending, 0),
      dominantShares: dominantShares(policy, groups),
    })),
    notes: notes(policies),
  };
}
