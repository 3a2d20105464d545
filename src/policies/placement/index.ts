import { bestFit, firstFit, hybrid, randomFit, worstFit } from './classic-placements.js';
import { fgd } from './fgd.js';
import { dotProduct, gpuBestFit, gpuClustering, gpuPacking, gpuRandom } from './gpu-placements.js';
import type { Placement, PlacementTerms } from './placement.js';

/** All values of `--set placement=NAME`. */
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
 * The placement of this name, with these terms if they are given.
 * @throws RangeError for an unknown name. Parameters are checked before, so this is a bug.
 */
export function placementNamed(name: string, terms?: PlacementTerms): Placement {
  const placement = PLACEMENTS.find((p) => p.name === name);
  if (placement === undefined) throw new RangeError(`no placement "${name}"`);
  return terms === undefined ? placement : (placement.forRun?.(terms) ?? placement);
}
