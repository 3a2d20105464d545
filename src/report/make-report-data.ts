import type { RunRecord } from '../metrics/run-record.js';
import { compareRuns } from '../results/comparison.js';
import type { DataFiles } from '../results/files/data-files.js';
import { operationTables } from '../results/operation-tables.js';
import { tenantTables } from '../results/tenant-tables.js';
import { commonFaults } from './common-faults.js';
import { comparedPolicies } from './compared-policy.js';
import { comparisonTable } from './comparison-table.js';
import { distributionData } from './distribution-data.js';
import { explanationData } from './explanation-data.js';
import { fileGroups } from './file-groups.js';
import { dominantShares, frameworkGroups } from './framework-groups.js';
import { distinct, facts, sentence, title } from './heading.js';
import { notes } from './notes.js';
import { parameterTables } from './parameter-tables.js';
import { policyRuns, policyWaits, resourceHeats } from './policy-series.js';
import type { ReportData } from './report-data.js';
import { scheduleData } from './schedule-data.js';
import { forest, verdicts } from './verdicts.js';

/** What a report says besides its runs. */
export interface ReportOptions {
  /** The command line that makes the runs again, for the header. */
  readonly command?: string | undefined;
  /** Name of the policy to which the others are compared. The first one if left out. */
  readonly versus?: string | undefined;
  /** Data files beside the page, if it will stand in their folder. */
  readonly files?: readonly DataFiles[] | undefined;
}

/** Characters that the data of a page may have, so that it stays below 2 MB with its script. */
const MOST_CHARACTERS = 1_560_000;

/** All data of the page. @throws InputError if `versus` is no policy of the runs. */
export function reportData(
  records: readonly RunRecord[],
  { command, versus, files = [] }: ReportOptions = {},
): ReportData {
  const summaries = records.map(({ summary }) => summary);
  const comparison = compareRuns(summaries, { versus });
  const { reference } = comparison;
  const groups = frameworkGroups(records);
  const policies = comparedPolicies(records);
  const resources = [...new Set(summaries.flatMap(({ utilization }) => Object.keys(utilization)))];
  const common = commonFaults(policies, reference);
  const data = {
    title: title(summaries),
    sentence: sentence(summaries),
    command: command ?? null,
    facts: facts(summaries),
    files: fileGroups(files),
    parameters: parameterTables(summaries),
    verdicts: verdicts(comparison, resources, common),
    forest: forest(comparison),
    comparison: comparisonTable(comparison),
    failures: { script: distinct(summaries.flatMap(({ run }) => run.failures?.faults ?? [])), common },
    operations: operationTables(summaries),
    tenants: tenantTables(summaries),
    resources,
    frameworks: groups.map(({ label, isSingle }) => ({ label, isSingle })),
    policies: policies.map((policy) => ({
      name: policy.name,
      seeds: policy.records.map(({ summary }) => summary.run.seed),
      runs: policyRuns(policy, resources, groups, records.length),
      waits: policyWaits(policy, groups),
      pendingAtEnd: policy.records.reduce((sum, { summary }) => sum + summary.tasks.pending, 0),
      dominantShares: dominantShares(policy, groups),
    })),
    reference,
    notes: notes(policies),
    explanations: explanationData(records),
    resourceHeats: resourceHeats(policies),
    distributions: distributionData(policies, groups),
  };
  // The rest of the page comes first.
  return { ...data, schedule: scheduleData(policies, MOST_CHARACTERS - JSON.stringify(data).length) };
}
