import type { FrameworkId } from '../../model/index.js';
import { costOfFramework } from './costs.js';
import { taskCounts } from './counts.js';
import { elasticityOfFramework } from './elasticity.js';
import { type EndedRun, frameworks, ofFramework, ofRun, resources, steady } from './ended-run.js';
import { entriesOf } from './entry.js';
import { failuresOfFramework } from './failures.js';
import { dominantShare, unplaceableFramework } from './scheduling.js';

const ofResource = entriesOf<readonly [run: EndedRun, framework: FrameworkId, dimension: number]>();

const ofOne = ofFramework.group({
  tasks: ofFramework.group(
    taskCounts(
      ({ recorder }: EndedRun, framework: FrameworkId) => recorder.frameworks[framework].tasks,
      false,
    ),
  ),
  wait: steady(
    ofFramework.distribution(({ recorder }, framework) => recorder.frameworks[framework].wait, {
      unit: 's',
      about: 'seconds from the submission of a task to its first start',
      short: ['p95'],
      long: ['mean'],
      ifAny: true,
      ofSeveral: true,
    }),
  ),
  response: steady(
    ofFramework.distribution(({ recorder }, framework) => recorder.frameworks[framework].response, {
      unit: 's',
      about: 'seconds from the submission of a job to its end; no values for services',
      short: ['p95'],
      ifAny: true,
      ofSeveral: true,
    }),
  ),
  utilization: steady(
    ofFramework.each(
      'resource',
      resources,
      ofResource.group({
        allocated: ofResource.number(
          ({ recorder }, framework, d) =>
            recorder.capacity.shareOf(recorder.frameworks[framework].allocatedTime[d], d),
          { unit: 'share' },
        ),
        used: ofResource.maybe(
          ({ recorder }, framework, d) =>
            recorder.frameworks[framework].isUsageKnown(d)
              ? recorder.capacity.shareOf(recorder.frameworks[framework].usedTime[d], d)
              : null,
          { unit: 'share' },
        ),
      }),
      'mean shares of the capacity, as in utilization',
    ),
  ),
  dominantShare: steady(dominantShare('long')),
  unplaceable: unplaceableFramework,
  ...failuresOfFramework,
  ...elasticityOfFramework,
  ...costOfFramework,
});

/** The results of each framework. */
export const byFramework = {
  byFramework: ofRun.each('framework', frameworks, ofOne),
};
