import { type FrameworkId, HOUR } from '../../model/index.js';
import type { CostMetrics } from '../collectors/cost-metrics.js';
import type { Recorder } from '../recorder.js';
import type { Summary } from './summary-schema.js';

/** Hours of a month: a twelfth of 365 days. */
const MONTH_HOURS = 730;

/**
 * The cost of the machines of a run; null if no machine has a price. Own machines cost money while they are in the cluster and not down, rented ones
 * from order to return.
 */
export function costSummary(recorder: Recorder): Summary['cost'] {
  const { cost, cluster, start, end } = recorder;
  if (cost === undefined) return null;
  let own = 0;
  cluster.machines.specs.forEach(({ pricePerHour = 0, supply = 'own' }, machine) => {
    if (supply === 'own') own += (pricePerHour * (end - start - recorder.machines.awayTime(machine))) / HOUR;
  });
  const total = own + cost.rented + cost.egress;
  const charged = cluster.frameworks.reduce((sum, _, framework) => sum + cost.chargedTo(framework), 0);
  return {
    total,
    perFinishedTask: recorder.tasks.finished === 0 ? null : total / recorder.tasks.finished,
    perMonth: perMonth(total, recorder),
    own,
    rented: cost.rented,
    rentedHours: cost.rentedHours,
    egress: cost.egress,
    idle: total - charged,
    perMonthByRole: byRole(recorder, cost),
  };
}

/** The charge to a framework for the run, and for a month at the same rate. */
export function chargeSummary(
  recorder: Recorder,
  framework: FrameworkId,
): Pick<Summary['byFramework'][string], 'cost'> {
  if (recorder.cost === undefined) return {};
  const total = recorder.cost.chargedTo(framework);
  return { cost: { total, perMonth: perMonth(total, recorder) } };
}

/** The charges by tenant (role): the sum over its frameworks. */
function byRole(recorder: Recorder, cost: CostMetrics): Record<string, number> {
  const sums: Record<string, number> = {};
  recorder.cluster.frameworks.forEach(({ role }, framework) => {
    sums[role] = (sums[role] ?? 0) + perMonth(cost.chargedTo(framework), recorder);
  });
  return sums;
}

function perMonth(total: number, { start, end }: Recorder): number {
  return end > start ? (total / ((end - start) / HOUR)) * MONTH_HOURS : 0;
}
