import { intervalCheck } from '../checks.js';
import type { Check } from '../study.js';
import { type RampUp, type RampUpResult, rampUp } from './ramp-up.js';

const SLOTS = 100;
const WORK = 10;

/** Rows of Table 2, with enough replications for narrow intervals. */
const ROWS: readonly (readonly [RampUp['framework'], RampUp['law'], replications: number])[] = [
  ['elastic', 'constant', 30],
  ['elastic', 'exponential', 40],
  ['rigid', 'constant', 200],
  ['rigid', 'exponential', 200],
];

/**
 * Table 2 of the Mesos paper (Hindman et al., NSDI 2011): ramp-up, completion and utilization of a framework, in
 * mean task lengths. The paper gives limits for many slots: T and T ln k for the time until the last of k slots is free. The
 * exact values for finite k are k/(k + 1) and the k-th harmonic number, times T. Our results are compared with the exact values.
 */
export async function frameworkTable(): Promise<Check[]> {
  const checks: Check[] = [];
  for (const [framework, law, replications] of ROWS) {
    const results: RampUpResult[] = [];
    for (let i = 1; i <= replications; i++)
      results.push(await rampUp({ framework, law, slots: SLOTS, work: WORK }, `${framework}/${law}/${i}`));
    checks.push(...checksOf(framework, law, results));
  }
  return checks;
}

function checksOf(
  framework: RampUp['framework'],
  law: RampUp['law'],
  results: readonly RampUpResult[],
): Check[] {
  const name = `Table 2, ${framework}, ${law}`;
  const printed = formulas(framework, meanFree(law), law === 'constant' ? 1 : Math.log(SLOTS));
  const exact = formulas(framework, meanFree(law), lastFree(law));
  return (['rampUp', 'completion', 'utilization'] as const).map((measure) =>
    intervalCheck({
      what: `${name}: ${MEASURES[measure]}`,
      theory: exact[measure],
      printed: printed[measure].toPrecision(4),
      values: results.map((result) => result[measure]),
      within: measure === 'rampUp' ? 0.2 : 0.05,
    }),
  );
}

const MEASURES: Readonly<Record<keyof RampUpResult, string>> = {
  rampUp: 'ramp-up / T',
  completion: 'completion / T',
  utilization: 'utilization',
};

/** Formulas of Table 2. `mean`: mean time until a slot is free; `last`: time until the last slot is free; in mean task lengths. */
function formulas(framework: RampUp['framework'], mean: number, last: number): RampUpResult {
  return framework === 'elastic'
    ? { rampUp: last, completion: mean + WORK, utilization: 1 }
    : { rampUp: last, completion: last + WORK, utilization: WORK / (last - mean + WORK) };
}

function meanFree(law: RampUp['law']): number {
  return law === 'constant' ? 0.5 : 1;
}

function lastFree(law: RampUp['law']): number {
  if (law === 'constant') return SLOTS / (SLOTS + 1);
  let harmonic = 0;
  for (let i = 1; i <= SLOTS; i++) harmonic += 1 / i;
  return harmonic;
}
