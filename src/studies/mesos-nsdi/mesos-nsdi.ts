import type { Check, Study, StudyRequest } from '../study.js';
import { frameworkTable } from './framework-table.js';
import { longTasks } from './long-tasks.js';
import { lottery } from './lottery.js';
import { recovery } from './recovery.js';
import { scale } from './scale.js';

/**
 * Hindman et al., "Mesos", NSDI 2011: the results that can be reproduced without data from the authors' cluster. Table 2, long tasks
 * and the lottery are compared with their formulas, scale and recovery with the published ranges.
 */
export const mesosNsdiStudy: Study = {
  name: 'mesos-nsdi',
  about: 'resource offers as in the Mesos paper: ramp-up, long tasks, lottery, scale, recovery (NSDI 2011)',
  needsData: () => false,
  parameters: [],
  run: runStudy,
};

const PARTS = [
  ['the table of elastic and rigid frameworks', frameworkTable],
  ['nodes full of long tasks', longTasks],
  ['lottery', lottery],
  ['scale', scale],
  ['recovery', recovery],
] as const;

async function runStudy({ progress }: StudyRequest): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const [what, part] of PARTS) {
    progress(what);
    checks.push(...(await part()));
  }
  return checks;
}
