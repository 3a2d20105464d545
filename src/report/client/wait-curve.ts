import type { WaitData } from '../report-data.js';

/** Combined waits of the selected frameworks. */
export interface WaitCurve {
  readonly tasks: number;
  readonly zero: number;
  readonly longer: readonly number[];
  /** Seconds above 0, ascending, and the share of the tasks that waited longer. */
  readonly corners: readonly WaitCorner[];
}

/** A point: this share of the tasks waited longer than these seconds. */
export interface WaitCorner {
  readonly seconds: number;
  readonly share: number;
}

/** The complementary distribution of the waits of these frameworks together. */
export function waitCurve(waits: readonly WaitData[]): WaitCurve {
  const sum = (count: (wait: WaitData) => number) => waits.reduce((total, wait) => total + count(wait), 0);
  const tasks = sum((wait) => wait.tasks);
  const zero = sum((wait) => wait.zero);
  const bars = waits
    .flatMap((wait) => wait.seconds.map((seconds, i) => ({ seconds, count: wait.counts[i] })))
    .sort((a, b) => a.seconds - b.seconds);
  let left = tasks - zero;
  return {
    tasks,
    zero,
    longer: waits.length === 0 ? [] : waits[0].longer.map((_, limit) => sum((wait) => wait.longer[limit])),
    corners: bars.map(({ seconds, count }) => {
      left -= count;
      return { seconds, share: left / tasks };
    }),
  };
}
