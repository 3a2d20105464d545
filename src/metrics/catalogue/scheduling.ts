import { NONE } from '../../model/index.js';
import type { SchedulerMetrics } from '../collectors/scheduler-metrics.js';
import { type EndedRun, frameworks, ofFramework, ofRun, shareOfRun, steady } from './ended-run.js';
import { entriesOf } from './entry.js';
import { jainIndex } from './statistics.js';

const ofScheduler = entriesOf<readonly [run: EndedRun, scheduler: SchedulerMetrics]>();

const UNPLACEABLE =
  'share of the run in which the framework with the lowest dominant share fit on no machine, although the total free amount was enough (docs/method.md)';

/** Share of the run in which this framework was next by share, and fit on no machine. */
const timeUnplaceable = ofFramework.number(
  (run, framework) => shareOfRun(run, run.recorder.fragmentationBlocked.timeOf(framework)),
  { unit: 'share', about: UNPLACEABLE },
);

/** The same, in the summary of a framework. */
export const unplaceableFramework = steady(ofFramework.sinceVersion2(timeUnplaceable));

/** The largest share of the capacity that a framework has of any resource. */
export const dominantShare = (table?: 'short' | 'long') =>
  ofFramework.group({
    mean: ofFramework.number(({ recorder }, framework) => recorder.frameworks[framework].dominantShare.mean, {
      unit: 'share',
      ...(table !== undefined && { table, ofSeveral: true }),
    }),
    peak: ofFramework.number(({ recorder }, framework) => recorder.frameworks[framework].dominantShare.peak, {
      unit: 'share',
    }),
  });

const scheduler = ofScheduler.group({
  decisions: ofScheduler.number((_, { decisions }) => decisions, {
    unit: 'count',
    about: 'decisions that took modelled time',
  }),
  busy: ofScheduler.number((run, { decisionTime }) => shareOfRun(run, decisionTime), {
    unit: 'share',
    about: 'share of the run spent on decisions',
  }),
  wasted: ofScheduler.number((run, { wasted }) => shareOfRun(run, wasted), {
    unit: 'share',
    about: 'share of the run spent on transactions that had a conflict',
  }),
  attempts: ofScheduler.number((_, { attempts }) => attempts, {
    unit: 'count',
    about: 'attempts to place a job, when a scheduler serves one job at a time',
  }),
  transactions: ofScheduler.group(
    {
      succeeded: ofScheduler.number((_, { succeeded }) => succeeded, { unit: 'count' }),
      failed: ofScheduler.number((_, { failed }) => failed, { unit: 'count' }),
    },
    'attempts that placed at least one task, without a conflict and with one',
  ),
  conflictFraction: ofScheduler.maybe(
    (_, { succeeded, failed }) => (succeeded === 0 ? null : failed / succeeded),
    {
      unit: 'ratio',
      about: 'failed / succeeded transactions (may exceed 1); null when none succeeded',
    },
  ),
  wait: ofScheduler.distribution((_, { wait }) => wait, {
    unit: 's',
    about: 'seconds that a job waited in the queue before the first attempt to place it',
  }),
});

function schedulers({ recorder }: EndedRun): readonly (readonly [string, SchedulerMetrics])[] {
  return recorder.schedulers.entries().map(([framework, ordinal, metrics]) => {
    const name = framework === NONE ? 'all' : recorder.cluster.frameworks[framework].name;
    return [ordinal === 0 ? name : `${name}/${ordinal + 1}`, metrics];
  });
}

const fairness = ofRun.group({
  jain: ofRun.maybe(
    ({ recorder }) => jainIndex(recorder.frameworks.map(({ dominantShare: share }) => share.mean)),
    {
      unit: 'ratio',
      about: "Jain's index of the frameworks' mean dominant shares: 1 is equal",
      better: 'higher',
      table: 'short',
      ofSeveral: true,
    },
  ),
  dominantShare: ofRun.each('framework', frameworks, dominantShare()),
  unplaceable: ofRun.sinceVersion2(
    ofRun.number(
      (run) =>
        run.recorder.frameworks.reduce(
          (sum, _, framework) => sum + timeUnplaceable.compute(run, framework),
          0,
        ),
      { unit: 'share', about: UNPLACEABLE, better: 'lower', table: 'short-if-any' },
    ),
  ),
});

const offers = ofRun.group({
  made: ofRun.number(({ recorder }) => recorder.offers.counts.made, { unit: 'count', table: 'long' }),
  accepted: ofRun.number(({ recorder }) => recorder.offers.counts.accepted, {
    unit: 'count',
    about: 'offers on which a task was started',
    table: 'long',
  }),
  declined: ofRun.number(({ recorder }) => recorder.offers.counts.declined, {
    unit: 'count',
    about: 'offers of which nothing was used',
    table: 'long',
  }),
  rescinded: ofRun.number(({ recorder }) => recorder.offers.counts.rescinded, {
    unit: 'count',
    about: 'offers that the master took back',
  }),
  held: ofRun.distribution(({ recorder }) => recorder.offers.held, {
    unit: 's',
    about: 'seconds that an offer was outstanding',
  }),
});

const locality = ofRun.orNull(
  ({ recorder: { locality: starts } }) => starts.preferred + starts.elsewhere > 0,
  ofRun.group(
    {
      preferred: ofRun.number(({ recorder }) => recorder.locality.preferred, {
        unit: 'count',
        about: 'starts on a preferred machine',
      }),
      elsewhere: ofRun.number(({ recorder }) => recorder.locality.elsewhere, { unit: 'count' }),
      share: ofRun.number(
        ({
          recorder: {
            locality: { preferred, elsewhere },
          },
        }) => preferred / (preferred + elsewhere),
        { unit: 'share', about: 'preferred starts / all of these starts', better: 'higher', table: 'short' },
      ),
    },
    'starts of tasks that prefer certain machines; null when there were none',
  ),
);

/** Fairness between frameworks, and the work of the schedulers. */
export const scheduling = {
  fairness: steady(fairness),
  offers,
  locality: steady(locality),
  conflicts: ofRun.number(({ recorder }) => recorder.schedulers.conflicts, {
    unit: 'count',
    about: 'claims that failed because another scheduler had taken the room',
    better: 'lower',
    table: 'long',
  }),
  decisions: steady(
    ofRun.group({
      count: ofRun.number(({ recorder }) => recorder.schedulers.busy.count, {
        unit: 'count',
        about: 'decisions that took modelled time',
      }),
      busy: ofRun.number((run) => shareOfRun(run, run.recorder.schedulers.busy.time), {
        unit: 'share',
        about: 'share of the run spent on decisions, summed over schedulers',
        better: 'lower',
        table: 'long',
      }),
    }),
  ),
  schedulers: steady(
    ofRun.each(
      'scheduler',
      schedulers,
      scheduler,
      '`all` is a scheduler shared by all frameworks; further schedulers of a framework are framework/2, framework/3 …',
    ),
  ),
  refusals: ofRun.each(
    'reason',
    ({ recorder }) => [...recorder.refusals].sort(([a], [b]) => (a < b ? -1 : 1)),
    entriesOf<readonly [run: EndedRun, count: number]>().number((_, count) => count, { unit: 'count' }),
    'decisions of the policy that the ledger refused',
  ),
};
