import { shownHistory } from '../../../src/results/explanation-text.js';
import { type PresetTerms, runPreset } from '../../policies/orders/run-preset.js';
import type { RowSketch } from '../../traces-in-memory.js';

/** The history of a job under a preset on machines with these amounts: `when: what`, and below it the details of a wait. */
export async function explained(
  job: string,
  policy: string,
  machines: readonly Readonly<Record<string, number>>[],
  rows: readonly RowSketch[],
  terms: PresetTerms = {},
): Promise<string[]> {
  const { explainer } = await runPreset(policy, machines, rows, { ...terms, explain: [job] });
  const history = explainer?.histories().jobs.find((one) => one.job === job);
  if (history === undefined) return [];
  return shownHistory(history).entries.flatMap(({ when, what, details }) => [
    `${when}: ${what}`,
    ...details.map((detail) => `  ${detail}`),
  ]);
}
