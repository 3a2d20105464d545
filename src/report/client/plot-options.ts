import type { PlotOptions } from '@observablehq/plot';
import { timeAxis } from './time-axis.js';

const MARGINS = { marginTop: 26, marginRight: 12, marginBottom: 36, marginLeft: 48 };

/** What all drawings have in common. */
export function plotOptions(label: string, width: number, height: number): PlotOptions {
  return {
    ...MARGINS,
    width,
    height,
    ariaLabel: label,
    className: 'chart',
    style: { background: 'none', fontFamily: 'inherit', fontSize: '11px' },
  };
}

/** An axis of time since the beginning of the run. */
export function timeScale(length: number, width: number): NonNullable<PlotOptions['x']> {
  const axis = timeAxis(length, width - MARGINS.marginLeft - MARGINS.marginRight);
  return {
    domain: [0, length],
    ticks: axis.ticks,
    tickFormat: axis.text,
    label: `time since the start (${axis.unit})`,
    labelAnchor: 'center',
    labelArrow: 'none',
  };
}

/** An axis from nothing to all of the capacity. */
export function shareScale(label: string): NonNullable<PlotOptions['y']> {
  return {
    domain: [0, 1],
    ticks: [0, 0.25, 0.5, 0.75, 1],
    tickFormat: (share: number) => `${share * 100} %`,
    grid: true,
    ...labelled(label),
  };
}

/** The name of a vertical axis stands above it, where it is read without turning the head. */
export function labelled(label: string): NonNullable<PlotOptions['y']> {
  return { label, labelAnchor: 'top', labelArrow: 'none' };
}
