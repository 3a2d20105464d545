import { toSeconds } from '../../model/index.js';
import { byFramework } from './by-framework.js';
import { byTenant } from './by-tenant.js';
import { costs } from './costs.js';
import { counts } from './counts.js';
import { type EndedRun, length, ofRun } from './ended-run.js';
import { SUMMARY_VERSION } from './entry.js';
import { failures } from './failures.js';
import { scheduling } from './scheduling.js';
import { utilization } from './utilization.js';
import { waits } from './waits.js';

/**
 * Every metric, once, at its place in summary.json. The place is its name everywhere: in tables, the gate, formulas and the report.
 * The schema, docs/summary.md and the comparison read these declarations. The order is that of the keys and of tables.
 */
export const catalogue = ofRun.group({
  schema: ofRun.data('version', () => SUMMARY_VERSION),
  run: ofRun.data('run', (run) => ({
    ...run.run,
    start: toSeconds(run.recorder.start),
    length: toSeconds(length(run)),
  })),
  ...utilization,
  ...waits,
  ...counts,
  ...scheduling,
  ...failures,
  operations: ofRun.needing(
    'operations',
    ({ operations }) => operations !== undefined,
    ofRun.group(
      {
        rollouts: ofRun.data('rollouts', ({ operations }) => operations?.rollouts ?? []),
        drains: ofRun.data('drains', ({ operations }) => operations?.drains ?? []),
      },
      'rollouts and drains, in order of their beginning',
    ),
  ),
  ...costs,
  ...byFramework,
  ...byTenant,
});

/** The results of a run, as plain data. Its keys have a fixed order, so equal runs give equal bytes. */
export type Summary = ReturnType<typeof catalogue.compute>;
/** The results of one tenant. */
export type TenantSummary = NonNullable<Summary['byTenant']>[string];

/** The summary of an ended run. */
export function summarize(run: EndedRun): Summary {
  return catalogue.compute(run);
}
