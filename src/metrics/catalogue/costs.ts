import { HOUR } from '../../model/index.js';
import type { CostMetrics } from '../collectors/cost-metrics.js';
import type { Recorder } from '../recorder.js';
import { type EndedRun, ofFramework } from './ended-run.js';
import { entriesOf } from './entry.js';

/** Hours of a month: a twelfth of 365 days. */
const MONTH_HOURS = 730;

/** A run whose machines have prices. */
interface PricedRun {
  readonly recorder: Recorder;
  readonly cost: CostMetrics;
}

const ofPricedRun = entriesOf<readonly [run: PricedRun]>();
const LOWER = { unit: 'currency', better: 'lower', table: 'short-if-any' } as const;

function priced({ recorder }: EndedRun): PricedRun | undefined {
  return recorder.cost === undefined ? undefined : { recorder, cost: recorder.cost };
}

/** The cost of own machines, while they are in the cluster and not off by a failure. */
function own({ recorder: { cluster, machines, start, end } }: PricedRun): number {
  let sum = 0;
  cluster.machines.specs.forEach(({ pricePerHour = 0, supply = 'own' }, machine) => {
    if (supply === 'own') sum += (pricePerHour * (end - start - machines.awayTime(machine))) / HOUR;
  });
  return sum;
}

function total(run: PricedRun): number {
  return own(run) + run.cost.rented + run.cost.egress;
}

function charged({ recorder, cost }: PricedRun): number {
  return recorder.cluster.frameworks.reduce((sum, _, framework) => sum + cost.chargedTo(framework), 0);
}

function perMonth(amount: number, { start, end }: Recorder): number {
  return end > start ? (amount / ((end - start) / HOUR)) * MONTH_HOURS : 0;
}

/** The charges by tenant (role): the sum over its frameworks. */
function byRole({ recorder, cost }: PricedRun): [string, number][] {
  const sums = new Map<string, number>();
  recorder.cluster.frameworks.forEach(({ role }, framework) => {
    sums.set(role, (sums.get(role) ?? 0) + perMonth(cost.chargedTo(framework), recorder));
  });
  return [...sums];
}

const cost = ofPricedRun.group(
  {
    total: ofPricedRun.number(total, { unit: 'currency' }),
    perFinishedTask: ofPricedRun.maybe(
      (run) => (run.recorder.tasks.finished === 0 ? null : total(run) / run.recorder.tasks.finished),
      LOWER,
    ),
    perMonth: ofPricedRun.sinceVersion2(
      ofPricedRun.number((run) => perMonth(total(run), run.recorder), {
        about: 'cost rate of the run, for 730 hours',
        ...LOWER,
      }),
    ),
    own: ofPricedRun.sinceVersion2(
      ofPricedRun.number(own, {
        unit: 'currency',
        about:
          'cost of own machines, except while they are absent or have failed; a failure counts from its time, not from its detection',
      }),
    ),
    rented: ofPricedRun.sinceVersion2(
      ofPricedRun.number((run) => run.cost.rented, {
        unit: 'currency',
        about: 'cost of rented cloud machines, from order to return',
      }),
    ),
    rentedHours: ofPricedRun.sinceVersion2(
      ofPricedRun.number((run) => run.cost.rentedHours, {
        ...LOWER,
        unit: 'h',
        about: 'machine-hours of rented machines',
      }),
    ),
    egress: ofPricedRun.sinceVersion2(
      ofPricedRun.number((run) => run.cost.egress, {
        about: 'cost of data sent out of the cloud',
        ...LOWER,
      }),
    ),
    idle: ofPricedRun.sinceVersion2(
      ofPricedRun.number((run) => total(run) - charged(run), {
        about: 'cost that is charged to no framework',
        ...LOWER,
      }),
    ),
    perMonthByRole: ofPricedRun.sinceVersion2(
      ofPricedRun.each(
        'role',
        byRole,
        entriesOf<readonly [PricedRun, number]>().number((_, amount) => amount, { unit: 'currency' }),
        'charge to each tenant, for 730 hours',
      ),
    ),
  },
  'cost of the machines over the run; null when no machine has a price',
);

/** The cost of the machines. */
export const costs = {
  cost: {
    shape: { ...cost.shape, isNullable: true as const },
    compute: (run: EndedRun) => {
      const found = priced(run);
      return found === undefined ? null : cost.compute(found);
    },
  },
};

/** The charge to one framework. */
export const costOfFramework = {
  cost: ofFramework.needing(
    'prices',
    ({ recorder }) => recorder.cost !== undefined,
    ofFramework.group(
      {
        total: ofFramework.number(({ recorder }, framework) => recorder.cost?.chargedTo(framework) ?? 0, {
          unit: 'currency',
        }),
        perMonth: ofFramework.number(
          ({ recorder }, framework) => perMonth(recorder.cost?.chargedTo(framework) ?? 0, recorder),
          { about: 'for 730 hours', ...LOWER },
        ),
      },
      'charge for the share of priced machines that its tasks used, and for data sent out of the cloud',
    ),
  ),
};
