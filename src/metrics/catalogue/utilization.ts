import { ofResource, ofRun, resources } from './ended-run.js';

const allocated = ofResource.level(({ recorder }, d) => recorder.allocation.of(d), {
  better: 'higher',
  about: 'given to tasks',
});

const used = ofResource.orNull(
  ({ recorder }, d) => recorder.usage.isKnown(d),
  ofResource.level(({ recorder }, d) => recorder.usage.of(d), {
    better: 'higher',
    about: 'used by tasks; null when the workload does not tell the usage of every task that ran',
  }),
);

/** Shares of the capacity. */
export const utilization = {
  utilization: ofRun.each(
    'resource',
    resources,
    ofResource.group({ allocated, used }),
    'shares of the capacity that existed: of own machines in any state, and of rented machines from order to return',
  ),
  offered: ofRun.each(
    'resource',
    resources,
    ofResource.number(({ recorder }, d) => recorder.offers.mean(d), { unit: 'share' }),
    'mean share of the capacity in outstanding offers',
  ),
  fragmentation: ofRun.each(
    'resource',
    resources,
    ofResource.maybe(({ recorder }, d) => recorder.fragmentation.mean(d), {
      unit: 'share',
      better: 'lower',
      table: 'long',
    }),
    'share of the free amount on machines where a task drawn from the submitted mix does not fit; sampled',
  ),
};
