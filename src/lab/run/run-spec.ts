import type { Cluster, Micros, Observer } from '../../model/index.js';
import type { Policy } from '../../policies/policy.js';
import type { SimulationProgress } from '../../sim/simulation.js';
import type { Trace } from '../../workloads/trace.js';
import type { Tenant } from '../extensions/tenants/tenants.js';
import type { DecisionWatch } from '../policy-file/decision-watch.js';
import type { WorkloadChoice } from '../workload/workload.js';

/** One run, as the user asks for it: plain data, so that it can be stored in a file and sent to a worker. */
export interface RunSpec {
  /** A policy or a policy file, with its arguments: `drf`, `drf(interval=30s)`, `./mine.ts(spare=0.2)`. */
  readonly policy: string;
  /** What results call the policy; its name with its arguments when left out. */
  readonly label?: string;
  readonly workload: WorkloadChoice;
  /** Specification or file; the workload's own machines when left out. */
  readonly machines?: string;
  /** Number of machines to keep, the first by a shuffle of the seed; all when left out. See compaction. */
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
  /** Script of operations: one per entry (sim/operations/operation-script.ts). */
  readonly operations?: readonly string[];
  /** Who shares the cluster. */
  readonly tenants?: readonly Tenant[];
  /** The only tenant of the run, on its own share of the machines. */
  readonly alone?: string;
}

/** The failures that the user chose: plain data. */
export interface FailureChoice {
  /** Name of a preset. */
  readonly preset?: string;
  /** Fault script: one fault per entry. */
  readonly faults?: readonly string[];
}

/** What follows or changes a run. */
export interface RunHooks {
  /** Makes further observers, once the cluster is there. */
  readonly observers?: (cluster: Cluster) => readonly Partial<Observer>[];
  /** Follows every call of a policy from a file. */
  readonly watch?: DecisionWatch;
  /** Replaces the policy of the spec. */
  readonly policy?: Policy;
  /** Changes the trace. */
  readonly trace?: (trace: Trace) => Trace;
  /** Called from time to time; may throw to stop the run. */
  readonly pause?: (progress: RunProgress) => Promise<void> | void;
}

/** How far a run is. */
export interface RunProgress extends SimulationProgress {
  /** Share of the run that is over, where its length is known. */
  readonly done: number | undefined;
}
