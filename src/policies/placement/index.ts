import { bestFit } from './best-fit.js';
import { firstFit } from './first-fit.js';
import { gpuBestFit } from './gpu-best-fit.js';
import type { Placement } from './placement.js';
import { randomFit } from './random.js';
import { worstFit } from './worst-fit.js';

/** Every placement that `--set placement=NAME` knows. */
export const PLACEMENTS: readonly Placement[] = [firstFit, bestFit, worstFit, randomFit, gpuBestFit];

/** The placement of this name. @throws RangeError when there is none: parameters are checked before. */
export function placementNamed(name: string): Placement {
  const placement = PLACEMENTS.find((p) => p.name === name);
  if (placement === undefined) throw new RangeError(`no placement "${name}"`);
  return placement;
}
