import type { Policy } from './policy.js';
import { binPacking } from './presets/bin-packing.js';
import { drf } from './presets/drf.js';
import { fcfs } from './presets/fcfs.js';
import { gpuBestFit } from './presets/gpu-best-fit.js';
import { silos } from './presets/silos.js';

/** Every policy that `--policy NAME` knows. */
export const POLICIES: readonly Policy[] = [silos, drf, binPacking, fcfs, gpuBestFit];

/** The policy of this name, or undefined. */
export function policyNamed(name: string): Policy | undefined {
  return POLICIES.find((policy) => policy.name === name);
}
