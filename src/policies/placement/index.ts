import { bestFit } from './best-fit.js';
import { dotProduct } from './dot-product.js';
import { fgd } from './fgd.js';
import { firstFit } from './first-fit.js';
import { gpuBestFit } from './gpu-best-fit.js';
import { gpuClustering } from './gpu-clustering.js';
import { gpuPacking } from './gpu-packing.js';
import { gpuRandom } from './gpu-random.js';
import { hybrid } from './hybrid.js';
import type { Placement, PlacementTerms } from './placement.js';
import { randomFit } from './random.js';
import { worstFit } from './worst-fit.js';

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
