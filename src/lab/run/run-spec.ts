import type { Cluster, Micros, Observer } from '../../model/index.js';
import type { Policy } from '../../policies/policy.js';
import type { SimulationProgress } from '../../sim/simulation.js';
import type { Trace } from '../../workloads/trace.js';
import type { FailureChoice } from '../extensions/failures/failure-plan.js';
import type { Tenant } from '../extensions/tenants/tenants.js';
import type { DecisionWatch } from '../policy-file/decision-watch.js';
import type { WorkloadChoice } from '../workload/workload.js';

/** One run, as a person asks for it: plain data, so that it can be kept in a file and sent to a worker. */
export interface RunSpec {
  /** A policy or a policy file, with its arguments: `drf`, `drf(interval=30s)`, `./mine.ts(spare=0.2)`. */
  readonly policy: string;
  /** What results call the policy; its name with its arguments when left out. */
  readonly label?: string;
  readonly workload: WorkloadChoice;
  /** Specification or file; the workload's own machines when left out. */
  readonly machines?: string;
  /** Only so many of these, the first by a shuffle of the seed; all when left out. See compaction. */
  readonly machineCount?: number;
  readonly seed: string;
  /** Length of the run; the workload's own when left out. */
  readonly until?: Micros;
  /** `--set key=value`. */
  readonly set: Readonly<Record<string, string>>;
  /** Parameters of the policies that this run is compared with, such as `drf.interval`: `set` may have values for them, too. */
  readonly elsewhere?: readonly string[];
  /** What may fail; nothing when left out, unless `set` says so. */
  readonly failures?: FailureChoice;
  /** What operators do, an operation each (sim/operations/operation-script.ts). */
  readonly operations?: readonly string[];
  /** Who shares the cluster. */
  readonly tenants?: readonly Tenant[];
  /** The tenant that has its own share of the machines for itself, and nobody is beside it. */
  readonly alone?: string;
}

/** What follows a run while it happens. */
export interface RunHooks {
  /** Further observers, made once the ledger is. */
  readonly observers?: (cluster: Cluster) => readonly Partial<Observer>[];
  /** Told of every call of a policy from a file. */
  readonly watch?: DecisionWatch;
  /** In place of the policy that the spec names. */
  readonly policy?: Policy;
  /** Changes what arrives. */
  readonly trace?: (trace: Trace) => Trace;
  /** Called now and then; may throw to stop the run. */
  readonly pause?: (progress: RunProgress) => Promise<void> | void;
}

/** How far a run is. */
export interface RunProgress extends SimulationProgress {
  /** Share of the run that is over, where its length is known. */
  readonly done: number | undefined;
}
