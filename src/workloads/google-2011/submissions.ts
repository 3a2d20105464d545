import type { Micros } from '../../model/index.js';
import { boundedPareto } from '../services/load-curves.js';
import type { Draw } from '../services/service.js';

/** Share of submissions that come right behind another, and how closely: 40 % within 10 ms (Reiss et al., SoCC 2012, not checked digit by digit). */
const CLOSE = { share: 0.4, seconds: 0.01 };

/**
 * The other gaps: a power law up to the published longest gap, 11 minutes. Its beginning puts the median of all gaps at the
 * published 0.9 s, its index puts their mean at 29 days over 670,000 jobs.
 */
const APART = { low: 0.7366, high: 660, alpha: 0.91 };

/**
 * Submit times of so many jobs, in order, within the span: the gaps are drawn, then stretched so that they fill it. Times are
 * whole milliseconds.
 */
export function submitTimes(jobs: number, span: Micros, draw: Draw): Float64Array {
  const times = new Float64Array(jobs);
  let time = 0;
  for (let job = 0; job < jobs; job++) {
    time += gap(draw);
    times[job] = time;
  }
  const stretch = span / 1000 / (time + gap(draw));
  for (let job = 0; job < jobs; job++) times[job] = Math.floor(times[job] * stretch) * 1000;
  return times;
}

function gap(draw: Draw): number {
  if (draw() < CLOSE.share) return draw() * CLOSE.seconds;
  return boundedPareto(draw(), APART.alpha, APART.low, APART.high);
}
