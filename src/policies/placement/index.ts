import { bestFit, firstFit, hybrid, randomFit, worstFit } from './classic-placements.js';
import { fgd } from './fgd.js';
import { dotProduct, gpuBestFit, gpuClustering, gpuPacking, gpuRandom } from './gpu-placements.js';
import type { Placement, PlacementTerms } from './placement.js';

/** Every placement that `--set placement=NAME` knows. */
export const PLACEMENTS: readonly Placement[] = [
  firstFit,
  bestFit,
  worstFit,
  hybrid,
  randomFit,
  dotProduct,
  gpuRandom,
  gpuBestFit,
  gpuClustering,
  gpuPacking,
  fgd,
];

/**
 * The placement of this name, on these terms where they are given.
 * @throws RangeError when there is none: parameters are checked before.
 */
export function placementNamed(name: string, terms?: PlacementTerms): Placement {
  const placement = PLACEMENTS.find((p) => p.name === name);
  if (placement === undefined) throw new RangeError(`no placement "${name}"`);
  return terms === undefined ? placement : (placement.forRun?.(terms) ?? placement);
}
