import type { z } from 'zod';
import type { Summary } from '../../metrics/catalogue/catalogue.js';
import type { MachineSpec, Parameter } from '../../model/index.js';
import type { ClusterPart, OptionalKeys, RunAddition, RunPlan, Values } from '../run/run-plan.js';
import type { RunSources } from '../run/run-sources.js';
import type { RunSpec } from '../run/run-spec.js';
import type { Workload } from '../workload/workload.js';

/**
 * An optional feature of runs: failures, elasticity, operations or tenants. Each is one folder, registered in `index.ts`. All
 * members except the name are optional. The stages of plan-run.ts call them in this order.
 */
export interface Extension {
  /** Its name, which is also the prefix in `--set name.parameter=value`. */
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
  /** Parameters of the policy that follow from the spec. The user's own settings override them. */
  readonly policySettings?: (plan: Pick<RunPlan, 'spec' | 'policy'>) => Values;
  /** Do the spec, or the settings of this extension, name frameworks? Then all frameworks of the workload must be known, to report a misspelt name. */
  readonly namesFrameworks?: (spec: RunSpec, set: Values) => boolean;
  /** Checks the spec against these frameworks and machines. @throws InputError */
  readonly check?: (
    plan: Pick<RunPlan, 'spec' | 'space' | 'wholeCluster'>,
    frameworks: readonly string[],
  ) => void;
  /** Additional machines. Their ranks follow those of the own machines. @throws InputError */
  readonly moreMachines?: (plan: BeforeMachines) => Promise<readonly MachineSpec[]>;
  /** Its additions to the run. `plan.added` has the additions of earlier extensions in the list. @throws InputError */
  readonly plan?: (plan: RunPlan, sources: RunSources) => Promise<RunAddition> | RunAddition;
  /** Its keys of `run` in the summary: its choices and settings. */
  readonly describe?: (plan: RunPlan) => OptionalKeys<Summary['run']>;
}

/** A section of a scenario file. */
interface SettingSection {
  readonly about: string;
  readonly parameters: readonly Parameter[];
}

/** A plan without its cluster. */
export type BeforeMachines = Pick<RunPlan, 'settings' | 'own' | 'open'>;
