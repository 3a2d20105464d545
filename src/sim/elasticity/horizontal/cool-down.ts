import type { Micros } from '../../../model/index.js';
import type { ScalingTerms } from '../../../workloads/scaled-application.js';

/** The number asked for, or the one so far while it is too early after the last change to go that way. */
export function afterCoolDown(
  asked: number,
  soFar: number,
  sinceChange: Micros,
  { coolDownOut, coolDownIn }: Pick<ScalingTerms, 'coolDownOut' | 'coolDownIn'>,
): number {
  return sinceChange < (asked > soFar ? coolDownOut : coolDownIn) ? soFar : asked;
}
