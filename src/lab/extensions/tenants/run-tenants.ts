import type { TenantSummary } from '../../../metrics/catalogue/catalogue.js';
import type { RunRecord } from '../../../metrics/run-record.js';
import { parsePolicyUse, policyUseText } from '../../policy-file/policy-use.js';
import { simulateRun } from '../../run/run.js';
import type { RunSources } from '../../run/run-sources.js';
import type { RunHooks, RunSpec } from '../../run/run-spec.js';

/**
 * Performs a run and, for each of its tenants, a separate run of that tenant on its entitled share of the machines. The separate
 * runs have the same seed, failures and policy, but no quota. The summary has the figures of both. @throws InputError
 */
export async function runWithTenants(
  spec: RunSpec,
  sources: RunSources,
  hooks: RunHooks = {},
): Promise<RunRecord> {
  const record = await simulateRun(spec, sources, hooks);
  const { byTenant } = record.summary;
  if (byTenant === undefined) return record;
  const { explain: _, ...others } = spec;
  const beside: Record<string, TenantSummary> = {};
  for (const [name, shared] of Object.entries(byTenant)) {
    const alone = await simulateRun(
      {
        ...others,
        alone: name,
        policy: ofTheWholeLeftOutOfUse(spec.policy),
        set: ofTheWholeLeftOut(spec.set),
      },
      sources,
      // The run of all tenants has ended. The separate runs are short.
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

/** Settings that apply only to the whole cluster: partitions, roles and quota. */
const OF_THE_WHOLE = /^([^.]+\.)?(partitions|roles|weights|guarantees|limits)$/;

function ofTheWholeLeftOut(set: RunSpec['set']): RunSpec['set'] {
  return Object.fromEntries(Object.entries(set).filter(([key]) => !OF_THE_WHOLE.test(key)));
}

function ofTheWholeLeftOutOfUse(policy: string): string {
  const use = parsePolicyUse(policy);
  return policyUseText({ ...use, arguments: use.arguments.filter(({ name }) => !OF_THE_WHOLE.test(name)) });
}
