import * as Plot from '@observablehq/plot';
import type { FrameworkGroup, PolicyData, ReportData } from '../report-data.js';
import { type Figure, figure } from './figure.js';
import { percentText, secondsText } from './number-text.js';
import { frameworkColor, USED_STYLE } from './palette.js';
import { plotOptions, shareScale, timeScale } from './plot-options.js';
import { binText, type Step, steps } from './steps.js';

const HEIGHT = 210;

/** Allocation of one resource by framework and its utilization over time; one panel per policy, with equal scales. */
export function allocationFigure(data: ReportData, resource: number): Figure {
  const name = data.resources[resource];
  const { policies, frameworks } = data;
  const length = Math.max(...policies.map(({ series }) => series.length));
  const hasUsed = policies.some(({ series }) => series.resources[resource].used !== null);
  const given = hasUsed
    ? `Allocation of ${name} by framework (areas) and utilization, ${name} really used (line), as shares of the capacity.`
    : `Allocation of ${name} by framework, as shares of the capacity. The real usage of all tasks is not known.`;
  return figure({
    name: `allocation-${name}`,
    label: `${name}: allocation and utilization over time, by policy`,
    caption: `${given} ${binText(policies)}`,
    legend: () => [
      ...frameworks.map(({ label, isSingle }, i) => ({ label, fill: frameworkColor(i, isSingle) })),
      ...(hasUsed ? [{ label: 'used, all frameworks', line: USED_STYLE }] : []),
    ],
    panels: policies.map((policy) => ({
      title: policy.name,
      draw: (width) => allocationPlot({ policy, frameworks, resource, name, length }, width),
    })),
    panelWidth: 205,
  });
}

interface AllocationPanel {
  readonly policy: PolicyData;
  readonly frameworks: readonly FrameworkGroup[];
  readonly resource: number;
  readonly name: string;
  readonly length: number;
}

interface Band extends Step {
  readonly below: number;
}

function allocationPlot(panel: AllocationPanel, width: number): Element {
  const { policy, frameworks, resource, name, length } = panel;
  const { series } = policy;
  const { used } = series.resources[resource];
  const bands = stacked(panel);
  return Plot.plot({
    ...plotOptions(`${policy.name}: ${name} allocated and used`, width, HEIGHT),
    x: timeScale(length, width),
    y: shareScale(`share of all ${name}`),
    marks: [
      ...bands.map((band, i) =>
        Plot.areaY(band, {
          x: 'time',
          y1: 'below',
          y2: 'value',
          curve: 'step-after',
          fill: frameworkColor(i, frameworks[i].isSingle),
        }),
      ),
      used === null
        ? null
        : Plot.lineY(steps(used, series.binSeconds, series.length), {
            x: 'time',
            y: 'value',
            curve: 'step-after',
            stroke: USED_STYLE.color,
            strokeWidth: 1,
          }),
      Plot.ruleY([0]),
      Plot.tip(
        readings(panel, bands),
        Plot.pointerX({ x: 'time', y: 'value', title: 'text', lineHeight: 1.25 }),
      ),
    ],
  });
}

function stacked({ policy: { series }, resource }: AllocationPanel): Band[][] {
  const below = new Float64Array(series.pending.length + 1);
  return series.resources[resource].allocated.map((values) =>
    steps(values, series.binSeconds, series.length).map(({ time, value }, i) => {
      const band = { time, below: below[i], value: below[i] + value };
      below[i] = band.value;
      return band;
    }),
  );
}

/** Tooltip at a time. */
function readings({ policy: { series }, resource, frameworks }: AllocationPanel, bands: readonly Band[][]) {
  const { used } = series.resources[resource];
  return series.pending.map((_, bin) => {
    const total = bands.at(-1)?.[bin].value ?? 0;
    const parts = bands.map(
      (band, i) => `${frameworks[i].label}: ${percentText(band[bin].value - band[bin].below)}`,
    );
    return {
      time: bin * series.binSeconds,
      value: total,
      text: [
        `at ${secondsText(bin * series.binSeconds)}`,
        `allocated: ${percentText(total)}`,
        ...(used === null ? [] : [`used: ${percentText(used[bin])}`]),
        ...parts.reverse(),
      ].join('\n'),
    };
  });
}
