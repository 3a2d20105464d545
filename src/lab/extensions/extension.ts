import type { z } from 'zod';
import type { Summary } from '../../metrics/summary/summary-schema.js';
import type { MachineSpec, Parameter } from '../../model/index.js';
import type { ClusterPart, OptionalKeys, RunAddition, RunPlan, Values } from '../run/run-plan.js';
import type { RunSources } from '../run/run-sources.js';
import type { RunSpec } from '../run/run-spec.js';
import type { Workload } from '../workload/workload.js';

/**
 * A feature of runs that can be left out: failures, elasticity, operations, tenants. Each is one folder, registered in `index.ts`.
 * All parts are optional. The stages of plan-run.ts call them in the order in which they stand here.
 */
export interface Extension {
  /** Its name, also before the dot in `--set name.parameter=value`. */
  readonly name: string;
  readonly parameters?: (workload: Workload) => readonly Parameter[];
  /** Sections of a scenario file that hold parameters: `vertical: { services: all }` is `--set vertical.services=all`. */
  readonly settingSections?: Readonly<Record<string, SettingSection>>;
  /** Other keys of a scenario file. The caller passes zod in, so that a run without a scenario does not load it. */
  readonly scenarioKeys?: (zod: typeof z) => Readonly<Record<string, z.ZodType>>;

  /** The own machines of the cluster, changed by the settings of this extension. */
  readonly changeMachines?: (machines: readonly MachineSpec[], set: Values) => readonly MachineSpec[];
  /** The part of the cluster that takes part in the run; undefined for the whole cluster. */
  readonly part?: (plan: Pick<RunPlan, 'spec' | 'space' | 'wholeCluster'>) => ClusterPart | undefined;
  /** Parameters of the policy that follow from the spec, where the user set no others. */
  readonly policySettings?: (plan: Pick<RunPlan, 'spec' | 'policy'>) => Values;
  /** Does the spec name frameworks? All frameworks of the workload must be known then, to report a misspelt name. */
  readonly namesFrameworks?: (spec: RunSpec) => boolean;
  /** Does the spec fit these frameworks and machines? @throws InputError */
  readonly check?: (
    plan: Pick<RunPlan, 'spec' | 'space' | 'wholeCluster'>,
    frameworks: readonly string[],
  ) => void;
  /** Machines beside the own ones; their ranks follow those. @throws InputError */
  readonly moreMachines?: (plan: BeforeMachines) => Promise<readonly MachineSpec[]>;
  /** What it adds to the run; `plan.added` has the additions of the extensions before it in the list. @throws InputError */
  readonly plan?: (plan: RunPlan, sources: RunSources) => Promise<RunAddition> | RunAddition;
  /** Its keys of `run` in the summary: the choices and settings that it had. */
  readonly describe?: (plan: RunPlan) => OptionalKeys<Summary['run']>;
}

/** A section of a scenario file. */
interface SettingSection {
  readonly about: string;
  readonly parameters: readonly Parameter[];
}

/** A plan whose cluster is not there yet. */
export type BeforeMachines = Pick<RunPlan, 'settings' | 'own' | 'open'>;
