import type { RunOfJobs } from '../../metrics/files/jobs-csv.js';
import type { Cluster, Micros, Observer } from '../../model/index.js';
import type { Policy } from '../../policies/policy.js';
import type { SimulationProgress } from '../../sim/simulation-setup.js';
import type { Trace } from '../../workloads/trace.js';
import type { Tenant } from '../extensions/tenants/tenants.js';
import type { DecisionWatch } from '../policy-file/decision-watch.js';
import type { WorkloadChoice } from '../workload/workload.js';

/** The specification of one run. It is plain data, so it can be stored in a file and sent to a worker. */
export interface RunSpec {
  /** A policy or a policy file, with its arguments: `drf`, `drf(interval=30s)`, `./mine.ts(spare=0.2)`. */
  readonly policy: string;
  /** Name of the policy in results. The default is its name with its arguments. */
  readonly label?: string;
  /** Where the user gave the arguments of the policy, for messages. */
  readonly policyPlace?: PolicyPlace;
  readonly workload: WorkloadChoice;
  /** Specification or file. The default is the workload's own machines. */
  readonly machines?: string;
  /** File of changes of the machines during the run. The default is those of the workload's own machines. */
  readonly machineChanges?: string;
  /** Number of machines to keep, the first in a shuffle by the seed. The default is all. See compaction. */
  readonly machineCount?: number;
  readonly seed: string;
  /** Length of the run. The default is that of the workload. */
  readonly until?: Micros;
  /** The part at the start that metrics of the steady state leave out. The default is none. */
  readonly warmUp?: WarmUp;
  /** `--set key=value`. */
  readonly set: Readonly<Record<string, string>>;
  /** Parameters of the other policies in a comparison, such as `drf.interval`. `set` may have values for them, too. */
  readonly elsewhere?: readonly string[];
  /** Failures. Without it, nothing fails, unless `set` has parameters of failures. */
  readonly failures?: FailureChoice;
  /** Script of operations: one per entry (sim/operations/operation-script.ts). */
  readonly operations?: readonly string[];
  /** The tenants that share the cluster. */
  readonly tenants?: readonly Tenant[];
  /** Jobs and frameworks of which the run records why they wait. The default is none. It changes no result. */
  readonly explain?: readonly string[];
  /** The only tenant of the run, on its own share of the machines. */
  readonly alone?: string;
}

/**
 * A warm-up: of a given time, found by MSER-5, or half of the run because MSER-5 found none. The time of `mser-5` is undefined until
 * `withFoundWarmUp` has found it, and such a run cannot start.
 */
export type WarmUp =
  | { readonly rule: 'time' | 'half'; readonly lasts: Micros }
  | { readonly rule: 'mser-5'; readonly lasts?: Micros };

/** The place of a policy's arguments in the user's text: plain data. */
export interface PolicyPlace {
  /** Number of the first character of each value, by the name of the parameter. */
  readonly columns: Readonly<Record<string, number>>;
  /** Path of the text in a scenario. */
  readonly path?: readonly (string | number)[];
}

/** The failures that the user chose: plain data. */
export interface FailureChoice {
  /** Name of a preset. */
  readonly preset?: string;
  /** Fault script: one fault per entry. */
  readonly faults?: readonly string[];
}

/** Hooks that observe or change a run. */
export interface RunHooks {
  /** Makes further observers, after the cluster is made. */
  readonly observers?: (cluster: Cluster, run: RunOfJobs) => readonly Partial<Observer>[];
  /** What the record has besides. The default is `none`. */
  readonly details?: RunDetails;
  /** Follows every call of a policy from a file. */
  readonly watch?: DecisionWatch;
  /** Replaces the policy of the spec. */
  readonly policy?: Policy;
  /** Changes the trace. */
  readonly trace?: (trace: Trace) => Trace;
  /** Called from time to time; may throw to stop the run. */
  readonly pause?: (progress: RunProgress) => Promise<void> | void;
}

/**
 * What only figures of a report need.
 * - none: nothing.
 * - distributions: waits, responses and slowdowns of jobs by framework, size and user.
 * - all: these, and who ran where and when.
 */
export type RunDetails = 'none' | 'distributions' | 'all';

/** The details of one of the runs of a report: the Gantt chart has the first seed only. */
export function detailsFor({ seed }: RunSpec, all: readonly RunSpec[]): RunDetails {
  return seed === all[0].seed ? 'all' : 'distributions';
}

/** Progress of a run. */
export interface RunProgress extends SimulationProgress {
  /** Completed share of the run; undefined if its length is unknown. */
  readonly done: number | undefined;
  /** Allocated share of the capacity that exists now, by resource. Resources without capacity are left out. */
  readonly allocated: Readonly<Record<string, number>>;
  /** Tasks that wait, and tasks that run. */
  readonly pending: number;
  readonly running: number;
}
