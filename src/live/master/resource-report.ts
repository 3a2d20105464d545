import { type Parcels, resourceKind } from '../../model/index.js';
import { LEDGER_NAMES } from '../wire/resources.js';

/** Parcels as `/state` writes them: scalars as numbers by name, ranges as text. The plain names are always there. */
export function resourceReport(parcels: Parcels): Record<string, number | string> {
  const report: Record<string, number | string> = { cpus: 0, gpus: 0, mem: 0, disk: 0 };
  for (const { dimension, amount, form, ranges } of parcels) {
    const name = LEDGER_NAMES[dimension] as string;
    if (form === 'ranges') report[name] = `[${ranges.map(([begin, end]) => `${begin}-${end}`).join(', ')}]`;
    else report[name] = Number(report[name] ?? 0) + amount / (resourceKind(name)?.quantaPerUnit ?? 1);
  }
  return report;
}
