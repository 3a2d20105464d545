import { type KillCause, toSeconds } from '../../model/index.js';
import type { DataSummary } from '../collectors/data-at-risk.js';
import type { HealthSummary } from '../collectors/service-health.js';
import { LogHistogram } from '../kernels/log-histogram.js';
import { type EndedRun, ofFramework, ofResource, ofRun, resourceHours, resources } from './ended-run.js';
import { entriesOf } from './entry.js';
import { nines } from './statistics.js';

const ofCount = entriesOf<readonly [run: EndedRun, count: number]>();
const ofHealth = entriesOf<readonly [summary: HealthSummary]>();

const RARE = { better: 'lower', table: 'short-if-any', isRare: true } as const;

function canFail({ run }: EndedRun): boolean {
  return run.failures !== undefined;
}

function byName<V>(map: ReadonlyMap<string, V>): [string, V][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The recovery times of the instances of all services. */
function fullRecovery({ recorder }: EndedRun): LogHistogram {
  const all = new LogHistogram();
  for (const service of recorder.health) if (service !== undefined) all.add(service.fullRecovery);
  return all;
}

const recovery = ofRun.group({
  machineFailures: ofRun.number(({ recorder }) => recorder.recovery.machineFailures, {
    unit: 'count',
    table: 'short-if-any',
  }),
  tasksLost: ofRun.number(({ recorder }) => recorder.recovery.tasksLost, {
    unit: 'count',
    about: 'attempts lost because their machine failed',
    better: 'lower',
    table: 'short-if-any',
  }),
  lostWork: ofRun.number(({ recorder }) => toSeconds(recorder.recovery.lostWork), {
    unit: 's',
    about:
      'task-seconds of preempted, failed or lost attempts, without what checkpoints kept and without their writing',
    better: 'lower',
    table: 'long',
  }),
  wastedWork: ofRun.sinceVersion2(
    ofRun.each(
      'resource',
      resources,
      ofResource.number(
        ({ recorder }, d) => resourceHours(recorder.cluster.space, d, recorder.recovery.wasted[d]),
        { unit: 'of the resource x h', better: 'lower', table: 'short-if-any' },
      ),
      'hours x amount that the lost work had',
    ),
  ),
  stoppedWithGang: ofRun.needing(
    'any',
    ({ recorder }) => recorder.recovery.stoppedWithGang > 0,
    ofRun.number(({ recorder }) => recorder.recovery.stoppedWithGang, {
      unit: 'count',
      about: 'attempts stopped because another member of their gang stopped, for a gang restarts as a whole',
    }),
  ),
  byCause: ofRun.needing(
    'failures',
    canFail,
    ofRun.each(
      'cause',
      ({ recorder }) => byName(recorder.recovery.byCause),
      ofCount.number((_, count) => count, { unit: 'count' }),
      'machine failures by cause',
    ),
  ),
  volumesLost: ofRun.needing(
    'failures',
    canFail,
    ofRun.number(({ recorder }) => recorder.recovery.volumesLost, {
      unit: 'count',
      about: 'volumes lost because their disk failed while their task ran',
    }),
  ),
  detection: ofRun.needing(
    'failures',
    canFail,
    ofRun.distribution(({ recorder }) => recorder.recovery.detection, {
      unit: 's',
      about: 'seconds from the failure of a machine until the master detected it',
      short: ['mean'],
      long: ['mean', 'p50', 'p95', 'p99'],
      ifAny: true,
    }),
  ),
  timeToRecover: ofRun.needing(
    'failures',
    canFail,
    ofRun.distribution(({ recorder }) => recorder.recovery.timeToRecover, {
      unit: 's',
      about: 'seconds from the stop of a task by a machine failure until the task started again',
      short: ['p50', 'p95'],
      long: ['mean', 'p50', 'p95', 'p99'],
      ifAny: true,
    }),
  ),
  fullRecovery: ofRun.needing(
    'failures',
    canFail,
    ofRun.distribution(fullRecovery, {
      unit: 's',
      about: 'seconds from the stop of a service instance until it served again',
      short: ['p95'],
      long: ['mean', 'p50', 'p95', 'p99'],
      ifAny: true,
    }),
  ),
});

const CAUSES: readonly KillCause[] = ['preempted', 'lost', 'restarted', 'revoked', 'interrupted'];

/** The counts in a fixed order, independent of the order of events. */
function evictionCounts({ recorder: { evictions } }: EndedRun): [string, number][] {
  const gang = evictions.get('gang');
  return [
    ...CAUSES.map((cause): [string, number] => [cause, evictions.get(cause) ?? 0]),
    ...(gang === undefined ? [] : [['gang', gang] satisfies [string, number]]),
  ];
}

/** Failures, recovery, and attempts that the system stopped. */
export const failures = {
  recovery,
  evictions: ofRun.needing(
    'elasticity',
    ({ run }) => run.elasticity !== undefined,
    ofRun.each(
      'cause',
      evictionCounts,
      ofCount.number((_, count) => count, { unit: 'count', better: 'lower', table: 'short-if-any' }),
      'attempts stopped by the system: preempted by the policy, lost with a machine, revoked because usage rose, interrupted by the cloud, or stopped with another member of their gang',
    ),
  ),
};

const healthShares = ofHealth.group(
  {
    healthy: ofHealth.number(({ shares }) => shares.healthy, { unit: 'share' }),
    degraded: ofHealth.number(({ shares }) => shares.degraded, { unit: 'share', ...RARE }),
    down: ofHealth.number(({ shares }) => shares.down, { unit: 'share', ...RARE }),
    nines: ofHealth.sinceVersion2(
      ofHealth.maybe(({ shares }) => nines(shares.down), {
        unit: 'nines',
        about: '-log10 of the share down: 3 for an availability of 99.9 %; null when never down',
        better: 'higher',
        table: 'long',
      }),
    ),
  },
  'shares of the time since the first start: healthy when all instances serve, degraded when at least the minimum share serves, otherwise down',
);

const ofData = entriesOf<readonly [data: DataSummary]>();

const data = ofData.group({
  atRisk: ofData.number(({ atRisk }) => atRisk, {
    unit: 'share',
    about:
      'share of the time since the first start in which a copy was missing because its instance did not serve',
    ...RARE,
  }),
  mostMissing: ofData.number(({ mostMissing }) => mostMissing, {
    unit: 'count',
    about: 'maximum number of copies missing at one time',
  }),
  lossProbability: ofData.number(({ lossProbability }) => lossProbability, {
    unit: 'probability',
    about: 'probability that all copies of some piece of data were lost at one time (docs/failures.md)',
    ...RARE,
  }),
  copied: ofData.number(({ copied }) => copied, {
    unit: 'bytes',
    about: 'bytes sent to restore lost copies',
    better: 'lower',
    table: 'long',
  }),
  copyPeak: ofData.number(({ copyPeak }) => copyPeak, {
    unit: 'bytes/s',
    about: 'maximum copy rate, bytes per second',
  }),
  copying: ofData.number(({ copying }) => copying, {
    unit: 'share',
    about: 'share of the time since the first start in which copies were sent',
  }),
  capacityTaken: ofData.number(({ capacityTaken }) => capacityTaken, {
    unit: 'share',
    about: 'share of the throughput of all instances that copying used',
    ...RARE,
    table: 'long',
  }),
});

function healthOf({ recorder }: EndedRun, framework: number): HealthSummary | undefined {
  return recorder.health[framework]?.summary(recorder.end);
}

/** Failures as one framework met them. */
export const failuresOfFramework = {
  unavailability: ofFramework.needing(
    'failures',
    canFail,
    ofFramework.number(({ recorder }, framework) => recorder.recovery.unavailability(framework), {
      unit: 'share',
      about:
        'share of the time since the first start of its tasks in which they were down because of a machine',
      ...RARE,
    }),
  ),
  health: ofFramework.ifThere('health', healthOf, healthShares),
  data: ofFramework.ifThere('data', (run, framework) => healthOf(run, framework)?.data, data),
};
