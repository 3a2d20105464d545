import { ownCapacity } from '../../metrics/collectors/cost-metrics.js';
import { toSeconds } from '../../model/index.js';
import { VERSION } from '../../results/files/version.js';
import { plainTenants } from '../extensions/tenants/tenants.js';
import type { PreparedRun } from './prepare-run.js';
import type { RunSpec } from './run-spec.js';

/** What a summary says of the run beside what was measured. */
export function describeRun(spec: RunSpec, prepared: PreparedRun) {
  const { workload, cluster, machines, horizon, settings, open } = prepared;
  const { space } = cluster;
  return {
    version: VERSION,
    policy: { name: prepared.label, parameters: settings.records.policy },
    workload: {
      kind: workload.kind,
      name: workload.name,
      ...(workload.format !== undefined && { format: workload.format }),
      ...(workload.sha256 !== undefined && { sha256: workload.sha256 }),
      ...(workload.services !== undefined && { services: [...workload.services] }),
      ...(workload.after !== undefined && { after: { ...workload.after } }),
      parameters: settings.records.workload,
      dropped: { ...open.dropped },
    },
    machines: {
      count: cluster.machines.specs.filter(({ supply = 'own' }) => supply === 'own').length,
      capacity: Object.fromEntries(
        space.kinds.map((kind, d) => [kind.name, ownCapacity(cluster, d) / kind.quantaPerUnit]),
      ),
      source: machines.name,
    },
    settings: settings.records.run,
    ...(prepared.failures !== undefined && {
      failures: {
        preset: spec.failures?.preset ?? '',
        faults: [...(spec.failures?.faults ?? [])],
        settings: settings.records.failures,
      },
    }),
    ...(Object.keys(settings.records.elasticity).length > 0 && { elasticity: settings.records.elasticity }),
    ...(spec.operations !== undefined && spec.operations.length > 0 && { operations: [...spec.operations] }),
    ...(spec.tenants !== undefined && spec.tenants.length > 0 && { tenants: plainTenants(spec.tenants) }),
    seed: spec.seed,
    horizon: Number.isFinite(horizon) ? toSeconds(horizon) : null,
  };
}
