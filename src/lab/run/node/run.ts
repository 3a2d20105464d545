import type { RunRecord } from '../../../metrics/run-record.js';
import { VERSION } from '../../../results/files/version.js';
import { readMachineChanges } from '../../../workloads/machine-changes-file.js';
import { readMachines } from '../../../workloads/machines-file.js';
import { readFailureTrace } from '../../extensions/failures/failure-trace.js';
import { policyDigest } from '../../policy-file/policy-digest.js';
import { loadPolicy } from '../../policy-file/policy-file.js';
import { workloadOfFile } from '../../workload/workload-file.js';
import { simulateRun } from '../run.js';
import type { RunSources } from '../run-sources.js';
import type { RunHooks, RunSpec } from '../run-spec.js';

/** Files of this computer. */
export const FILES: RunSources = {
  version: VERSION,
  policy: loadPolicy,
  policyDigest,
  workload: workloadOfFile,
  machines: readMachines,
  machineChanges: readMachineChanges,
  failureTrace: readFailureTrace,
};

/** Simulates one run to its end. @throws InputError */
export function run(spec: RunSpec, hooks: RunHooks = {}): Promise<RunRecord> {
  return simulateRun(spec, FILES, hooks);
}
