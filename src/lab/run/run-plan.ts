import type { EndedRun } from '../../metrics/catalogue/ended-run.js';
import type { EgressPrice } from '../../metrics/collectors/cost-metrics.js';
import type {
  Cluster,
  FrameworkSpec,
  MachineSpec,
  Micros,
  Observer,
  ParameterValue,
  ParameterValues,
  ResourceSpace,
} from '../../model/index.js';
import type { Policy, PolicyParts } from '../../policies/policy.js';
import type { DecisionTimes } from '../../sim/decision-time.js';
import type { SimulationSetup } from '../../sim/simulation-setup.js';
import type { MachineChange } from '../../workloads/machine-change.js';
import type { MachineSource } from '../../workloads/machines.js';
import type { ServiceTerms } from '../../workloads/recovery.js';
import type { OpenWorkload, Workload } from '../workload/workload.js';
import type { RunSpec } from './run-spec.js';

/** A run that is ready to start. The stages of plan-run.ts fill it from top to bottom. Extensions read the results of earlier stages. */
export interface RunPlan {
  readonly spec: RunSpec;
  readonly version: string;
  readonly policy: Policy;
  /** SHA-256 of the policy's source; undefined for a policy that is neither built-in nor from a file. */
  readonly policyDigest: string | undefined;
  /** Name of the policy in results, with its arguments if it has any. */
  readonly label: string;
  readonly workload: Workload;
  readonly settings: RunSettings;
  readonly machines: MachineSource;
  readonly space: ResourceSpace;
  readonly horizon: Micros;
  /** The own machines of the whole cluster, also those that join later, without those that extensions add. */
  readonly wholeCluster: readonly MachineSpec[];
  /** Changes of the machines of the run, by their ranks in it. */
  readonly machineChanges: readonly MachineChange[];
  /** The part of the cluster that takes part in the run; undefined for the whole cluster. */
  readonly part: ClusterPart | undefined;
  /** The own machines of the run. */
  readonly own: readonly MachineSpec[];
  readonly open: OpenWorkload;
  /** The frameworks that the policy was built for: all of the workload, if some choice names any of them. */
  readonly frameworks: readonly FrameworkSpec[];
  readonly decisionTimes: DecisionTimes;
  readonly parts: PolicyParts;
  readonly cluster: Cluster;
  readonly added: RunAddition;
}

/** The values that were set, by parameter, for each owner of parameters. */
export interface RunSettings {
  readonly policy: Values;
  readonly workload: Values;
  readonly run: ParameterValues;
  /** The values behind `run`, without defaults. */
  readonly setOfRun: Values;
  /** By name of the extension. */
  readonly extensions: Readonly<Record<string, Values>>;
}

/** Values by parameter. */
export type Values = Readonly<Record<string, ParameterValue>>;

/** Some frameworks, and the machines for their exclusive use (by their ranks in the whole cluster). */
export interface ClusterPart {
  readonly frameworks: ReadonlySet<string>;
  readonly machines: readonly number[];
}

/** The additions of extensions to a run. */
export interface RunAddition {
  /** Keys of the setup of the simulation. */
  readonly simulation?: OptionalKeys<SimulationSetup>;
  /** How each framework recovers, by its rank; undefined for the default. */
  readonly recoveryTerms?: readonly (ServiceTerms | undefined)[];
  readonly egress?: EgressPrice;
  /** Number of values of the file of outages that were rounded, for each kind. */
  readonly outagesAdjusted?: Readonly<Record<string, number>>;
  readonly observers?: readonly Partial<Observer>[];
  /** Called at the end of the warm-up, after all events before this instant. */
  readonly warmUpEnded?: (now: Micros) => void;
  /** What the metrics of the extension are computed from, once the run has ended. */
  readonly ended?: (run: { readonly start: Micros }) => Pick<EndedRun, 'tenants' | 'operations'>;
}

/** The optional keys of a type. */
export type OptionalKeys<T> = Partial<
  Pick<T, { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T]>
>;
