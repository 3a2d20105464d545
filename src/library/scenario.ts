import type { SectionName } from '../lab/extensions/index.js';
import type { PolicyChoice } from './policy-objects.js';

/** A value of a parameter: `0.2`, `'30s'`, `'64GiB'`. */
export type SettingValue = string | number;

/** A tenant: a role with a weight and a quota. */
export interface TenantTerms {
  /** Frameworks whose tasks are charged to the tenant. */
  readonly frameworks: readonly string[];
  /** Twice the weight gives twice the share. The default is 1. */
  readonly weight?: number;
  /** Guaranteed resources, such as `200cpu/800GiB`. */
  readonly guarantee?: string;
  /** Largest amounts that it may use, in the same form. */
  readonly limit?: string;
}

/** Sections of parameters, such as `vertical`. */
export type Sections = { readonly [Name in SectionName]?: Readonly<Record<string, SettingValue>> };

/** What is run: the keys of a scenario file, which are the options of `simulate run`. */
export interface RunScenario extends Sections {
  /**
   * Policies or policy files, with their arguments: `'drf'`, `'drf,drf(interval=30s)'`, `['fcfs', './mine.ts(spare=0.2)']`. The default is
   * `silos,drf,bin-packing`. An object of the type `Policy` of `fairground/policies` is allowed, too; its parameters are set by `set`.
   */
  readonly policy?: PolicyChoice | readonly PolicyChoice[];
  /** A generated workload: `smack` (the default) or `google-2011`. */
  readonly workload?: string;
  /** A trace file to replay instead. */
  readonly trace?: string;
  /** Format of the trace. It is recognized if left out. */
  readonly format?: string;
  /** Machines such as `500x16cpu/64GiB`, or a file of machines. The default is those of the workload. */
  readonly machines?: string;
  /** A CSV file of machines that are added, removed or updated during the run. */
  readonly machineChanges?: string;
  /** Seed of all random streams. The default is 1. */
  readonly seed?: string | number;
  /** Several seeds instead: `'1-10'`, `'1,2,5'`. */
  readonly seeds?: string;
  /** Length of the run, such as `'6h'`. The default is that of the workload. */
  readonly until?: string;
  /**
   * Time at the start that waits, utilization and other metrics of the steady state leave out: `'2h'`, or `'mser-5'` to find it by a first
   * pass over all runs. The default is `'0'`.
   */
  readonly warmUp?: string;
  /** A preset of failures such as `lanl05`, or a CSV file of outages. */
  readonly failures?: string;
  /** A fault script: `['at 2h: kill rack rack-3 for 30m']`. */
  readonly faults?: readonly string[];
  /** An operations script: `['at 2h: upgrade kafka with canary=0.1']`. */
  readonly operations?: readonly string[];
  /** The tenants that share the cluster, by role. */
  readonly tenants?: Readonly<Record<string, TenantTerms>>;
  /** The services of a generated workload, by name, with their parameters. */
  readonly services?: Readonly<
    Record<string, Readonly<Record<string, SettingValue | readonly string[]>> | null>
  >;
  /** Further services: `['kafka:brokers=20']`. */
  readonly add?: readonly string[];
  /** Parameters of policies, of the workload and of the run, by name: `{ 'drf.interval': '30s' }`. */
  readonly set?: Readonly<Record<string, SettingValue>>;
}

/** Values of some axes of a sweep, by their names; a list stands for any of its values. */
export type AxisValues = Readonly<Record<string, SettingValue | readonly SettingValue[]>>;

/** A range of one axis of a sample. */
export interface SampledRange {
  /** Least and largest value, with a unit if the parameter has one. */
  readonly from: SettingValue;
  readonly to: SettingValue;
  /** With `log`, equal ratios are equally likely. The default is `linear`. */
  readonly scale?: 'linear' | 'log';
  /** Rounds to whole numbers. */
  readonly whole?: boolean;
}

/** Points of a sample instead of all combinations. */
export interface SweepSample {
  readonly method: 'sobol' | 'latin-hypercube';
  readonly points: number;
  /** Seed of a Latin hypercube. */
  readonly seed?: SettingValue;
  /** A range for each parameter, by its name in `set`, or by the key of a scenario. */
  readonly axes: Readonly<Record<string, SampledRange>>;
}

/** A value, or several values: an axis of a sweep. */
export type OneOrMore<Value> = Value | readonly Value[];

/**
 * A scenario of which any field may be a list of values. Every combination of them is run. A policy is no object here: runs whose results
 * are there are not repeated, so each is named by a digest of all that it depends on, and an object has none.
 */
export type SweepScenario = {
  readonly [Key in keyof Omit<RunScenario, 'set' | 'services' | 'seeds' | 'policy'>]: OneOrMore<
    RunScenario[Key]
  >;
} & Pick<RunScenario, 'services' | 'seeds'> & {
    readonly policy?: OneOrMore<string>;
    /** Parameters, each with one value or several. */
    readonly set?: Readonly<Record<string, OneOrMore<SettingValue>>>;
    /** Further combinations: values of some axes, each with all values of the others. */
    readonly include?: readonly AxisValues[];
    /** Combinations that are left out. */
    readonly exclude?: readonly AxisValues[];
    readonly sample?: SweepSample;
  };
