import type { RunRecord } from '../../../metrics/run-record.js';
import type { TenantSummary } from '../../../metrics/summary/summary-schema.js';
import { parsePolicyUse, policyUseText } from '../../policy-file/policy-use.js';
import { run } from '../../run/run.js';
import type { RunHooks, RunSpec } from '../../run/run-spec.js';

/**
 * A run, and where it has tenants one more of each of them alone, on its own share of the machines: same seed, same policy (without quota, which has
 * nobody to be kept from), same failures. What it would have had alone stands beside what it had. @throws InputError
 */
export async function runWithTenants(spec: RunSpec, hooks: RunHooks = {}): Promise<RunRecord> {
  const record = await run(spec, hooks);
  const { byTenant } = record.summary;
  if (byTenant === undefined) return record;
  const beside: Record<string, TenantSummary> = {};
  for (const [name, shared] of Object.entries(byTenant)) {
    const alone = await run(
      { ...spec, alone: name, policy: ofTheWholeLeftOutOfUse(spec.policy), set: ofTheWholeLeftOut(spec.set) },
      // The whole run is over: what is left is not much.
      { pause: (progress) => hooks.pause?.({ ...progress, done: 1 }) },
    );
    const figures = alone.summary.byTenant?.[name];
    beside[name] =
      figures === undefined ? shared : sideBySide(shared, figures, alone.summary.run.machines.count);
  }
  return { ...record, summary: { ...record.summary, byTenant: beside } };
}

function sideBySide(shared: TenantSummary, alone: TenantSummary, machines: number): TenantSummary {
  const { dominantShare, wait, response, boundedSlowdown } = alone;
  return {
    ...shared,
    alone: { machines, dominantShare, wait, response, boundedSlowdown },
    slowdown:
      shared.response.mean === null || response.mean === null || response.mean === 0
        ? null
        : shared.response.mean / response.mean,
  };
}

/** Silos, roles and quota that were set are those of the whole cluster. */
const OF_THE_WHOLE = /^([^.]+\.)?(partitions|roles|weights|guarantees|limits)$/;

function ofTheWholeLeftOut(set: RunSpec['set']): RunSpec['set'] {
  return Object.fromEntries(Object.entries(set).filter(([key]) => !OF_THE_WHOLE.test(key)));
}

function ofTheWholeLeftOutOfUse(policy: string): string {
  const use = parsePolicyUse(policy);
  return policyUseText({ ...use, arguments: use.arguments.filter(({ name }) => !OF_THE_WHOLE.test(name)) });
}
