import type { Summary } from '../../metrics/catalogue/catalogue.js';
import { toSeconds } from '../../model/index.js';
import { EXTENSIONS } from '../extensions/index.js';
import { settingsRecord } from '../scenario/settings.js';
import { RUN_PARAMETERS } from './run-parameters.js';
import type { OptionalKeys, RunPlan } from './run-plan.js';

/** The key `run` of a summary: the inputs and the settings of the run. */
export function describeRun(plan: RunPlan) {
  const { spec, label, workload, policy, space, machines, horizon, settings, open } = plan;
  const atStart = plan.own.filter(({ joinsLater }) => joinsLater !== true);
  return {
    version: plan.version,
    policy: {
      name: label,
      ...(plan.policyDigest !== undefined && { digest: plan.policyDigest }),
      parameters: settingsRecord(policy.parameters, settings.policy),
    },
    workload: {
      kind: workload.kind,
      name: workload.name,
      ...(workload.format !== undefined && { format: workload.format }),
      ...(workload.sha256 !== undefined && { sha256: workload.sha256 }),
      ...(workload.services !== undefined && { services: [...workload.services] }),
      ...(workload.after !== undefined && { after: { ...workload.after } }),
      parameters: settingsRecord(workload.parameters, settings.workload),
      dropped: { ...open.dropped },
      ...(Object.keys(open.adjusted ?? {}).length > 0 && { adjusted: { ...open.adjusted } }),
    },
    machines: {
      count: atStart.length,
      capacity: Object.fromEntries(
        space.kinds.map((kind, d) => [
          kind.name,
          atStart.reduce((sum, { capacity }) => sum + capacity[d], 0) / kind.quantaPerUnit,
        ]),
      ),
      source: machines.name,
      ...(Object.keys(machines.adjusted ?? {}).length > 0 && { adjusted: { ...machines.adjusted } }),
    },
    settings: settingsRecord(RUN_PARAMETERS, settings.setOfRun),
    ...describeExtensions(plan),
    ...(spec.warmUp?.lasts !== undefined && {
      warmUp: { rule: spec.warmUp.rule, seconds: toSeconds(spec.warmUp.lasts) },
    }),
    seed: spec.seed,
    horizon: Number.isFinite(horizon) ? toSeconds(horizon) : null,
  };
}

function describeExtensions(plan: RunPlan): OptionalKeys<Summary['run']> {
  return Object.assign({}, ...EXTENSIONS.map(({ describe }) => describe?.(plan)));
}
