/** A CSV line with its line end (RFC 4180 quoting, LF). */
export function csvLine(fields: readonly (string | number)[]): string {
  return `${fields.map(csvField).join(',')}\n`;
}

/** Six significant digits: less than the accuracy of a run, and short in a file. */
export function sixDigits(value: number): number {
  return Number(value.toPrecision(6));
}

function csvField(field: string | number): string {
  const text = String(field);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
