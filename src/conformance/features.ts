import type { Scenario } from './scenario.js';

/** Features of scenarios that a policy need not support. */
export const FEATURES = ['gangs', 'rules', 'constraints', 'gpus', 'limits', 'machine-events'] as const;

/** One of FEATURES. `limits` stands for estimates, which stop tasks, and for patience. */
export type Feature = (typeof FEATURES)[number];

/** The scenario without these features. */
export function withoutFeatures(scenario: Scenario, features: readonly Feature[]): Scenario {
  const has = (feature: Feature) => !features.includes(feature);
  const { patience, machineChanges, machines, ...rest } = scenario;
  return {
    ...rest,
    ...(has('limits') && patience !== undefined && { patience }),
    machineEvents: has('machine-events') ? scenario.machineEvents : [],
    ...(has('machine-events') && machineChanges !== undefined && { machineChanges }),
    machines: has('machine-events') ? machines : machines.map(({ later, ...machine }) => machine),
    rows: scenario.rows.map(({ gang, rule, constraint, gpus, gpuShare, estimate, ...row }) => ({
      ...row,
      ...(has('gangs') && gang !== undefined && { gang }),
      ...(has('rules') && rule !== undefined && { rule }),
      ...(has('constraints') && constraint !== undefined && { constraint }),
      ...(has('gpus') && gpus !== undefined && { gpus }),
      ...(has('gpus') && gpuShare !== undefined && { gpuShare }),
      ...(has('limits') && estimate !== undefined && { estimate }),
    })),
  };
}
