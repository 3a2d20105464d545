import { HOUR } from '../../model/index.js';
import { ofResource, ofRun, resourceHours, resources, steady } from './ended-run.js';

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
  utilization: steady(
    ofRun.each(
      'resource',
      resources,
      ofResource.group({ allocated, used }),
      'shares of the capacity that existed: of own machines in any state, and of rented machines from order to return',
    ),
  ),
  overUse: ofRun.needing(
    'any',
    ({ recorder }) => recorder.overUse.machineTime > 0,
    ofRun.group(
      {
        machineHours: ofRun.number(({ recorder }) => recorder.overUse.machineTime / HOUR, {
          unit: 'h',
          about: 'machine-hours in which tasks would use more of a resource than their machine has',
          better: 'lower',
          table: 'short',
        }),
        beyond: ofRun.each(
          'resource',
          resources,
          ofResource.number(
            ({ recorder }, d) => resourceHours(recorder.cluster.space, d, recorder.overUse.beyond[d]),
            { unit: 'of the resource x h', better: 'lower', table: 'long' },
          ),
          'hours x amount that tasks would use beyond the capacity of their machines',
        ),
      },
      'usage beyond the capacity of machines, which tasks do not get (docs/method.md)',
    ),
  ),
  offered: steady(
    ofRun.each(
      'resource',
      resources,
      ofResource.number(({ recorder }, d) => recorder.offers.mean(d), { unit: 'share' }),
      'mean share of the capacity in outstanding offers',
    ),
  ),
  fragmentation: steady(
    ofRun.each(
      'resource',
      resources,
      ofResource.maybe(({ recorder }, d) => recorder.fragmentation.mean(d), {
        unit: 'share',
        better: 'lower',
        table: 'long',
      }),
      'share of the free amount on machines where a task drawn from the submitted mix does not fit; sampled',
    ),
  ),
};
