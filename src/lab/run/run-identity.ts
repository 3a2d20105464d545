import type { Parameter } from '../../model/index.js';
import { isMachineSpecification } from '../../workloads/machines.js';
import { EXTENSIONS } from '../extensions/index.js';
import { settingsRecord } from '../scenario/settings.js';
import { chooseRun } from './plan-run.js';
import { RUN_PARAMETERS } from './run-parameters.js';
import type { Values } from './run-plan.js';
import type { RunSources } from './run-sources.js';
import type { RunSpec } from './run-spec.js';

/**
 * Everything that the result of a run depends on, as plain data: two specs with equal identities have equal results. Files are named by
 * the digest of their content, parameters have their defaults, and settings of other policies are left out. `digest` is the digest of a
 * file, and `engine` names the code of the simulator. @throws InputError when the spec is wrong.
 */
export async function runIdentity(
  spec: RunSpec,
  sources: RunSources,
  { digest, engine }: { readonly digest: (path: string) => string; readonly engine: string },
): Promise<object> {
  const { policy, policyDigest, label, workload, settings, horizon } = await chooseRun(spec, sources);
  const parametersOf = (parameters: readonly Parameter[], values: Values) => {
    const record = settingsRecord(parameters, values);
    for (const { name, kind } of parameters)
      if (kind === 'file' && record[name] !== '') record[name] = digest(String(record[name]));
    return record;
  };
  const file = (path: string | undefined) => (path === undefined ? null : digest(path));
  return {
    engine,
    policy: {
      name: label,
      digest: policyDigest ?? null,
      parameters: parametersOf(policy.parameters, settings.policy),
    },
    workload: {
      kind: workload.kind,
      name: workload.name,
      format: workload.format ?? null,
      digest: workload.sha256 ?? null,
      services: workload.services ?? null,
      after: workload.after ?? null,
      parameters: parametersOf(workload.parameters, settings.workload),
    },
    machines:
      spec.machines === undefined || isMachineSpecification(spec.machines)
        ? (spec.machines ?? null)
        : digest(spec.machines),
    machineChanges: file(spec.machineChanges),
    machineCount: spec.machineCount ?? null,
    seed: spec.seed,
    horizon: Number.isFinite(horizon) ? horizon : null,
    warmUp: spec.warmUp ?? null,
    run: settingsRecord(RUN_PARAMETERS, settings.setOfRun),
    extensions: EXTENSIONS.map(({ name, parameters }) =>
      parametersOf(parameters?.(workload) ?? [], settings.extensions[name]),
    ),
    failures: spec.failures ?? null,
    operations: spec.operations ?? null,
    tenants: spec.tenants ?? null,
    alone: spec.alone ?? null,
  };
}
