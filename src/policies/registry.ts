import type { Policy } from './policy.js';
import { binPacking } from './presets/bin-packing.js';
import { borg } from './presets/borg.js';
import { conservative } from './presets/conservative.js';
import { dotProduct } from './presets/dot-product.js';
import { drf } from './presets/drf.js';
import { easy } from './presets/easy.js';
import { easySjbf } from './presets/easy-sjbf.js';
import { fcfs } from './presets/fcfs.js';
import { fgd } from './presets/fgd.js';
import { gpuBestFit } from './presets/gpu-best-fit.js';
import { gpuClustering } from './presets/gpu-clustering.js';
import { gpuPacking } from './presets/gpu-packing.js';
import { gpuRandom } from './presets/gpu-random.js';
import { monolithic } from './presets/monolithic.js';
import { omega } from './presets/omega.js';
import { silos } from './presets/silos.js';
import { sjf } from './presets/sjf.js';
import { sjfSkip } from './presets/sjf-skip.js';
import { sparrow } from './presets/sparrow.js';
import { wholeCellOffers } from './presets/whole-cell-offers.js';

/** Every policy that `--policy NAME` knows. */
export const POLICIES: readonly Policy[] = [
  silos,
  drf,
  binPacking,
  fcfs,
  sjf,
  sjfSkip,
  easy,
  easySjbf,
  conservative,
  borg,
  gpuRandom,
  dotProduct,
  gpuClustering,
  gpuPacking,
  gpuBestFit,
  fgd,
  monolithic,
  wholeCellOffers,
  omega,
  sparrow,
];

/** The policy of this name, or undefined. */
export function policyNamed(name: string): Policy | undefined {
  return POLICIES.find((policy) => policy.name === name);
}
