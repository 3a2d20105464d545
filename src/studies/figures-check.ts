import { agreesInPrint, type Printed, printedValue } from './printed.js';
import type { Check } from './study.js';

/** Compares figures with printed ones, all of which must agree; see agreesInPrint. */
export function figuresCheck(what: string, published: readonly Printed[], ours: readonly number[]): Check {
  const agree = published.map((text, i) => agreesInPrint(text, ours[i]));
  const differences = published.map((text, i) => Math.abs(ours[i] - printedValue(text)));
  const passed = ours.length === published.length && agree.every(Boolean);
  const largest = Math.max(...differences);
  return {
    what,
    published: published.join(', '),
    ours: ours.map(figureText).join(', '),
    difference: largest <= 1e-9 ? 'none' : `${figureText(largest)}${passed ? ', rounding of the print' : ''}`,
    passed,
  };
}

/** Five significant digits, without trailing zeros. */
function figureText(value: number): string {
  return String(Number(value.toPrecision(5)));
}
