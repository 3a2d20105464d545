import type { Policy } from '../../policies/policy.js';
import type { Outage } from '../../sim/failures/outage.js';
import type { Topology } from '../../sim/failures/topology.js';
import type { readMachineChanges } from '../../workloads/machine-changes-file.js';
import type { MachineSource } from '../../workloads/machines.js';
import type { DecisionWatch } from '../policy-file/decision-watch.js';
import type { FileChoice, Workload } from '../workload/workload.js';

/** The outages of a file. */
export interface FailureTrace {
  readonly outages: readonly Outage[];
  /** Number of values that were rounded, for each kind. */
  readonly adjusted: Readonly<Record<string, number>>;
}

/** Inputs of a run besides its spec. `run/node/` reads them from files; a page in a browser may provide them in another way. */
export interface RunSources {
  /** Version of Fairground, for the summary. */
  readonly version: string;
  /** The policy of this name, or of the file at this path; `watch` follows the calls of a policy from a file. @throws InputError */
  readonly policy: (nameOrPath: string, watch?: DecisionWatch) => Promise<Policy>;
  /** A digest of the policy's source, for the summary; absent or undefined where none can be computed. @throws InputError */
  readonly policyDigest?: (nameOrPath: string) => Promise<string | undefined>;
  /** @throws InputError */
  readonly workload: (choice: FileChoice) => Promise<Workload>;
  /** @throws InputError */
  readonly machines: (path: string) => Promise<MachineSource>;
  /** How these machines change, by a file (`--machine-changes FILE`). @throws InputError */
  readonly machineChanges: typeof readMachineChanges;
  /** The outages in a file (`--set failures.trace=FILE`). @throws InputError */
  readonly failureTrace: (path: string, topology: Topology) => Promise<FailureTrace>;
}
