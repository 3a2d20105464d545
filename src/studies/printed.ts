/** A figure as a publication prints it: `9`, `2.52`, `45/11`. */
export type Printed = string;

/** Differences below this are rounding of doubles, not of the print. */
const ROUNDING = 1e-9;

/** The value of a printed figure. */
export function printedValue(text: Printed): number {
  const [over, under = '1'] = text.split('/');
  return Number(over) / Number(under);
}

/**
 * Would the value be printed like this? A fraction or a whole number must be met exactly, a decimal within half a unit of its
 * last digit.
 */
export function agreesInPrint(text: Printed, value: number): boolean {
  const decimals = /\.(\d+)$/.exec(text)?.[1].length;
  const half = decimals === undefined ? 0 : 0.5 * 10 ** -decimals;
  const wanted = printedValue(text);
  return Math.abs(value - wanted) <= half + ROUNDING * Math.max(1, Math.abs(wanted));
}
