import type { PolicyData } from '../report-data.js';
import { secondsText } from './number-text.js';

/** A corner of a line in steps. */
export interface Step {
  readonly time: number;
  readonly value: number;
}

/** Means over bins as steps, each from the beginning of its bin, up to the end of the run. */
export function steps(values: readonly number[], binSeconds: number, length: number): Step[] {
  if (values.length === 0) return [];
  const corners = values.map((value, bin) => ({ time: bin * binSeconds, value }));
  return [...corners, { time: length, value: values[values.length - 1] }];
}

/** How much time a step stands for. */
export function binText(policies: readonly PolicyData[]): string {
  const widths = [...new Set(policies.map(({ series }) => secondsText(series.binSeconds)))];
  return `Each step is a mean over ${widths.join(' or ')}.`;
}
