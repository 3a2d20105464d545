import type { PolicyData } from '../report-data.js';
import { secondsText } from './number-text.js';

/** A corner of a step line. */
export interface Step {
  readonly time: number;
  readonly value: number;
}

/** Means over bins as a step line. Each step starts with its bin, and the last step ends with the run. */
export function steps(values: readonly number[], binSeconds: number, length: number): Step[] {
  if (values.length === 0) return [];
  const corners = values.map((value, bin) => ({ time: bin * binSeconds, value }));
  return [...corners, { time: length, value: values[values.length - 1] }];
}

/** A sentence with the length of a step. */
export function binText(policies: readonly PolicyData[]): string {
  const widths = [...new Set(policies.map(({ series }) => secondsText(series.binSeconds)))];
  return `Each step is a mean over ${widths.join(' or ')}.`;
}
