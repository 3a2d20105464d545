import type { ResourceSpace } from '../../model/index.js';
import type { FrameworkLimits } from '../collectors/limit-metrics.js';
import type { FrameworkScaling } from '../collectors/scaling-metrics.js';
import { ofFramework, resourceHours } from './ended-run.js';
import { entriesOf } from './entry.js';

/** What is computed for one framework, with the resources of the cluster. */
interface Of<T> {
  readonly sums: T;
  readonly space: ResourceSpace;
}

const ofScaling = entriesOf<readonly [of: Of<FrameworkScaling>]>();
const ofScaledResource = entriesOf<readonly [of: Of<FrameworkScaling>, dimension: number]>();
const ofLimits = entriesOf<readonly [of: Of<FrameworkLimits>]>();
const ofLimitedResource = entriesOf<readonly [of: Of<FrameworkLimits>, dimension: number]>();

function resourcesOf({ space }: { readonly space: ResourceSpace }): [string, number][] {
  return space.names.map((name, dimension) => [name, dimension]);
}

const SHORT = { better: 'lower', table: 'short-if-any' } as const;

const scaling = ofScaling.group({
  out: ofScaling.number(({ sums }) => sums.out, {
    unit: 'count',
    about: 'times that a controller raised the number of instances',
  }),
  in: ofScaling.number(({ sums }) => sums.in, { unit: 'count', about: 'times that a controller lowered it' }),
  lag: ofScaling.distribution(({ sums }) => sums.lag, {
    unit: 's',
    about: 'seconds from the time that utilization exceeded the tolerance until enough instances served',
    short: ['p95'],
    ifAny: true,
  }),
  overProvisioned: ofScaling.each(
    'resource',
    resourcesOf,
    ofScaledResource.number(({ sums, space }, d) => resourceHours(space, d, sums.over[d]), {
      unit: 'of the resource x h',
      ...SHORT,
    }),
    'hours x amount: capacity of instances above the number needed at the target utilization',
  ),
  underProvisioned: ofScaling.each(
    'resource',
    resourcesOf,
    ofScaledResource.number(({ sums, space }, d) => resourceHours(space, d, sums.under[d]), {
      unit: 'of the resource x h',
      ...SHORT,
    }),
    'hours x amount: capacity that was needed above that of the serving instances',
  ),
  unserved: ofScaling.number(({ sums }) => (sums.load === 0 ? 0 : sums.unserved / sums.load), {
    unit: 'share',
    about: 'share of the load above the capacity of the serving instances',
    ...SHORT,
    isRare: true,
  }),
});

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function slack(limit: Float64Array, used: Float64Array, d: number): number | null {
  return limit[d] === 0 ? 0 : known((limit[d] - used[d]) / limit[d]);
}

const limits = ofLimits.group({
  resized: ofLimits.number(({ sums }) => sums.resized, {
    unit: 'count',
    about: 'changes of the limits of a task',
  }),
  refused: ofLimits.number(({ sums }) => sums.refused, {
    unit: 'count',
    about: 'limits that could not be raised because the machine had no room',
  }),
  slackAsked: ofLimits.each(
    'resource',
    resourcesOf,
    ofLimitedResource.maybe(({ sums }, d) => slack(sums.asked, sums.used, d), {
      unit: 'share',
      table: 'short-if-any',
    }),
    'unused share of the requested amount; null when the usage of a task is unknown',
  ),
  slack: ofLimits.each(
    'resource',
    resourcesOf,
    ofLimitedResource.maybe(({ sums }, d) => slack(sums.limit, sums.used, d), { unit: 'share', ...SHORT }),
    'unused share of the limits; below 0 when the limits were too low',
  ),
  beyond: ofLimits.each(
    'resource',
    resourcesOf,
    ofLimitedResource.maybe(({ sums, space }, d) => known(resourceHours(space, d, sums.beyond[d])), {
      unit: 'of the resource x h',
      ...SHORT,
    }),
    'hours x amount of usage above the limit of its task: CPU that is throttled, or memory that is missing',
  ),
});

/** Scaling of the instances and limits of one framework. */
export const elasticityOfFramework = {
  scaling: ofFramework.ifThere(
    'scaling',
    ({ recorder }, framework) => {
      const sums = recorder.scaling.frameworks[framework];
      return sums === undefined ? undefined : { sums, space: recorder.cluster.space };
    },
    scaling,
  ),
  limits: ofFramework.ifThere(
    'limits',
    ({ recorder }, framework) => {
      const sums = recorder.limits.sumsOf(framework);
      return sums === undefined ? undefined : { sums, space: recorder.cluster.space };
    },
    limits,
  ),
};
