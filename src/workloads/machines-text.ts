import type { MachineSpec, ResourceSpace } from '../model/index.js';

/**
 * Machines in the form of a file that `--machines` reads: CSV, a line for all that stand together and are alike. Names are not
 * written: whoever reads the file numbers the machines by rank.
 */
export function machinesText(specs: readonly MachineSpec[], space: ResourceSpace): string {
  const attributes = [...new Set(specs.flatMap((spec) => Object.keys(spec.attributes ?? {})))];
  const hasPrices = specs.some((spec) => spec.pricePerHour !== undefined);
  const header = ['count', ...space.names, ...(hasPrices ? ['price'] : []), ...attributes];
  let text = `${header.map(quoted).join(',')}\n`;
  let count = 0;
  specs.forEach((spec, rank) => {
    count++;
    const line = lineOf(spec, space, hasPrices, attributes);
    const next = specs[rank + 1];
    if (next !== undefined && lineOf(next, space, hasPrices, attributes) === line) return;
    text += `${count},${line}\n`;
    count = 0;
  });
  return text;
}

function lineOf(
  { capacity, attributes = {}, pricePerHour }: MachineSpec,
  space: ResourceSpace,
  hasPrices: boolean,
  names: readonly string[],
): string {
  const amounts = space.kinds.map((kind, d) => String(capacity[d] / kind.quantaPerUnit));
  const price = hasPrices ? [String(pricePerHour ?? '')] : [];
  return [...amounts, ...price, ...names.map((name) => quoted(attributes[name] ?? ''))].join(',');
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
