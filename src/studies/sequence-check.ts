import type { Check } from './study.js';

/** Compares what happened one after another. */
export function sequenceCheck(what: string, published: readonly string[], ours: readonly string[]): Check {
  const passed = published.length === ours.length && published.every((name, i) => name === ours[i]);
  return {
    what,
    published: published.join(' '),
    ours: ours.join(' '),
    difference: passed ? 'none' : 'another order',
    passed,
  };
}
