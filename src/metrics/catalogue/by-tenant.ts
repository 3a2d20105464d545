import { toSeconds } from '../../model/index.js';
import type { TenantFigures } from '../collectors/tenant-metrics.js';
import { type EndedRun, ofRun, shareOfRun, steady } from './ended-run.js';
import { entriesOf } from './entry.js';

const ofTenant = entriesOf<readonly [run: EndedRun, figures: TenantFigures]>();

/** Figures of a tenant, alone or among others. */
const waits = {
  dominantShare: ofTenant.group({
    mean: ofTenant.number((_, { dominantShare }) => dominantShare.mean, { unit: 'share' }),
    peak: ofTenant.number((_, { dominantShare }) => dominantShare.peak, { unit: 'share' }),
  }),
  wait: ofTenant.distribution((_, { wait }) => wait, {
    unit: 's',
    about: 'seconds from the submission of a task to its first start',
  }),
  response: ofTenant.distribution((_, { response }) => response, {
    unit: 's',
    about: 'seconds from the submission of a job to its end',
  }),
  boundedSlowdown: ofTenant.distribution((_, { boundedSlowdown }) => boundedSlowdown, {
    unit: 'ratio',
    about: 'of jobs; defined as for the whole run',
  }),
};

/** The separate runs are added after the run of all tenants. */
const LATER = () => false;

const ofOne = ofTenant.group({
  ...waits,
  ownShare: ofTenant.number((_, { tenant }) => tenant.ownShare, {
    unit: 'share',
    about: 'entitled share of the cluster: the guarantee, or the share by weight of the rest',
  }),
  overShare: ofTenant.number((run, { overShare }) => shareOfRun(run, overShare), {
    unit: 'share',
    about: 'share of the run in which it held more than its entitled share',
  }),
  othersWaited: ofTenant.number((_, { othersWaited }) => toSeconds(othersWaited), {
    unit: 's',
    about: 'task-seconds that tasks of other tenants waited during that time',
  }),
  alone: ofTenant.needing(
    'tenants',
    LATER,
    ofTenant.group(
      {
        machines: ofTenant.number(({ run }) => run.machines.count, {
          unit: 'count',
          about: 'machines of its entitled share',
        }),
        ...waits,
      },
      'the same tenant in a separate run without the others: same seed, policy and failures',
    ),
  ),
  slowdown: ofTenant.needing(
    'tenants',
    LATER,
    ofTenant.maybe(() => null, {
      unit: 'ratio',
      about:
        'mean response of its jobs / mean response in the separate run; null when no job ended in one of them',
    }),
  ),
});

/** The results of each tenant. */
export const byTenant = {
  byTenant: steady(
    ofRun.needing(
      'tenants',
      ({ tenants }) => tenants !== undefined,
      ofRun.each(
        'tenant',
        ({ tenants }) => (tenants?.figures ?? []).map((figures) => [figures.tenant.name, figures] as const),
        ofOne,
      ),
    ),
  ),
};
