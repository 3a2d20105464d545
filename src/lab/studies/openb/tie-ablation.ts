import type { Check, StudyRequest } from '../study.js';
import type { PublishedRun } from './published.js';
export async function tieAblation(
  folder: string,
  runs: readonly PublishedRun[],
  progress: StudyRequest['progress'],
): Promise<readonly Check[]> {
  progress(`${folder} ${runs.length}`);
  return [];
}
