import type { Metric } from '../lab/metric.js';
import { durationText, fromSeconds } from '../model/index.js';

/** A metric's value as a person reads it: `37.5 %`, `2m 5s`, `12,345`; a dash where there is none. */
export function metricText(value: number | undefined, unit: Metric['unit']): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  switch (unit) {
    case 'seconds':
      return durationText(fromSeconds(value));
    case 'share':
      return `${(value * 100).toFixed(1)} %`;
    case 'count':
      return countText(value);
    case 'ratio':
      if (Math.abs(value) < 0.0005) return '0';
      return Math.abs(value) >= 1000 ? countText(Math.round(value)) : String(Number(value.toPrecision(3)));
  }
}

/** `1234567` as `1,234,567`. */
export function countText(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 });
}
