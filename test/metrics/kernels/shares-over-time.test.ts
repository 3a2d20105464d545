import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SharesOverTime } from '../../../src/metrics/kernels/shares-over-time.js';

/** An amount of a whole that lasted for a while. */
interface Step {
  readonly amount: number;
  readonly whole: number;
  readonly lasts: number;
}

const steps = fc.array(
  fc.record({ amount: fc.nat(1000), whole: fc.constantFrom(0, 1000, 2000), lasts: fc.nat(1000) }),
  { minLength: 1, maxLength: 30 },
);

function sharesOf(drawn: readonly Step[], origin: number): SharesOverTime {
  const wholes = new Float64Array(2);
  const shares = new SharesOverTime(wholes, origin);
  let now = origin;
  for (const { amount, whole, lasts } of drawn) {
    shares.advance(now);
    shares.amounts[1] = amount;
    wholes[1] = whole;
    now += lasts;
  }
  shares.advance(now);
  return shares;
}

const shareOf = ({ amount, whole }: Step) => (whole > 0 ? amount / whole : 0);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const timeOf = (drawn: readonly Step[]) => sum(drawn.map(({ lasts }) => lasts));

/** The lowest share that is not exceeded for a part q of the time. */
function naiveQuantile(drawn: readonly Step[], q: number): number {
  const lasting = drawn.filter(({ lasts }) => lasts > 0);
  const timeUpTo = (limit: number) => timeOf(lasting.filter((step) => shareOf(step) <= limit));
  return Math.min(...lasting.map(shareOf).filter((value) => timeUpTo(value) >= q * timeOf(lasting)));
}

describe('a share over time', () => {
  test('has as mean the integral of the amount over that of the whole, and knows its peak exactly', () => {
    fc.assert(
      fc.property(steps, fc.nat(5000), (drawn, origin) => {
        const share = sharesOf(drawn, origin).of(1);
        const whole = sum(drawn.map((step) => step.whole * step.lasts));
        const amount = sum(drawn.map((step) => step.amount * step.lasts));
        expect(share.mean).toBeCloseTo(whole > 0 ? amount / whole : 0, 12);
        const lasting = drawn.filter(({ lasts }) => lasts > 0);
        expect(share.peak).toBe(Math.max(0, ...lasting.map(shareOf)));
      }),
    );
  });

  test('knows its quantiles by time within a thousandth', () => {
    fc.assert(
      fc.property(steps, fc.double({ min: 0.01, max: 1, noNaN: true }), (drawn, q) => {
        fc.pre(timeOf(drawn) > 0);
        const found = sharesOf(drawn, 0).of(1).quantile(q);
        expect(Math.abs(found - naiveQuantile(drawn, q))).toBeLessThanOrEqual(0.001 + 1e-12);
      }),
    );
  });

  test('does not rise when the whole stays and does not fall when a whole without amount leaves', () => {
    // 1 of 2 for 10, then 1 of 1 for 10: 20 / 30, and not the mean of 0.5 and 1.
    const share = sharesOf(
      [
        { amount: 1, whole: 2, lasts: 10 },
        { amount: 1, whole: 1, lasts: 10 },
      ],
      0,
    ).of(1);
    expect(share.mean).toBeCloseTo(20 / 30, 12);
  });

  test('is 0 without time', () => {
    expect(sharesOf([{ amount: 5, whole: 10, lasts: 0 }], 3).of(1)).toMatchObject({ mean: 0, peak: 0 });
  });
});
