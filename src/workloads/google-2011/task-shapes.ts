import type { Draw } from '../services/service.js';

/** Values with the share of jobs for each. */
type Mix = readonly (readonly [value: number, share: number])[];

/**
 * Proposal: cores of a task as a share of the largest machine. It is published that requests have a few round values
 * (Reiss et al., SoCC 2012), but not the values. These give about ten tasks per machine at the default load. Borg
 * reports nine or more on half of the machines (Verma et al., EuroSys 2015).
 */
const CPU: Mix = [
  [1 / 128, 0.2],
  [1 / 64, 0.3],
  [1 / 32, 0.3],
  [1 / 16, 0.15],
  [1 / 8, 0.05],
];

/** Proposal: memory share of a task relative to its share of the cores. */
const MEM_OVER_CPU: Mix = [
  [1 / 4, 0.25],
  [1 / 2, 0.35],
  [1, 0.3],
  [2, 0.1],
];

/** Request of a task, as shares of the largest machine. */
export interface TaskShares {
  readonly cpu: number;
  readonly mem: number;
}

/** Draws the shares of a job. All its tasks have the same request. */
export function drawShares(draw: Draw): TaskShares {
  const cpu = pick(CPU, draw());
  return { cpu, mem: cpu * pick(MEM_OVER_CPU, draw()) };
}

function pick(mix: Mix, u: number): number {
  let left = u;
  for (const [value, share] of mix) {
    if (left < share) return value;
    left -= share;
  }
  return mix[mix.length - 1][0];
}
