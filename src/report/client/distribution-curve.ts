import { type PackedBars, STEPS_PER_DECADE } from '../distribution-form.js';
import { summed, unpackedNumbers } from '../packed-bytes.js';
import type { WaitData } from '../report-data.js';

/** A distribution of values of 0 or more. */
export interface Curve {
  readonly count: number;
  readonly zero: number;
  /** Values above 0, ascending, and the share of all values that is larger. */
  readonly corners: readonly Corner[];
}

/** A point: this share of the values is larger than this one. */
export interface Corner {
  readonly value: number;
  readonly share: number;
}

/** A bar of a histogram. */
interface Bar {
  readonly value: number;
  readonly count: number;
}

/** The distribution of the waits of these frameworks together. */
export function waitCurve(waits: readonly WaitData[]): Curve {
  const sum = (count: (wait: WaitData) => number) => waits.reduce((total, wait) => total + count(wait), 0);
  const bars = waits.flatMap(({ seconds, counts }) =>
    seconds.map((value, i) => ({ value, count: counts[i] })),
  );
  return curveOf(
    sum(({ tasks }) => tasks),
    sum(({ zero }) => zero),
    bars.sort((a, b) => a.value - b.value),
  );
}

/** The distribution of packed bars. */
export function packedCurve({ jobs, zero, values, counts }: PackedBars): Curve {
  const steps = summed(unpackedNumbers(values));
  const numbers = unpackedNumbers(counts);
  return curveOf(
    jobs,
    zero,
    Array.from(steps, (step, i) => ({ value: 10 ** (step / STEPS_PER_DECADE), count: numbers[i] })),
  );
}

function curveOf(count: number, zero: number, bars: readonly Bar[]): Curve {
  let left = count - zero;
  return {
    count,
    zero,
    corners: bars.map((bar) => {
      left -= bar.count;
      return { value: bar.value, share: left / count };
    }),
  };
}

/** The value below or at which this share of the values is: of rank ceil(share * count). Undefined without values. */
export function quantileOf({ count, zero, corners }: Curve, share: number): number | undefined {
  if (count === 0) return undefined;
  const rank = Math.max(1, Math.ceil(share * count - 1e-9));
  if (rank <= zero) return 0;
  return corners.find((corner) => (1 - corner.share) * count >= rank - 0.5)?.value;
}
