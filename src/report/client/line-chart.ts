import * as Plot from '@observablehq/plot';
import { drawingOrder, FAILURE_COLOR, policyStyle } from './palette.js';
import { drawn, plotOptions, timeScale } from './plot-options.js';
import type { CsvRow } from './save-figure.js';
import { type LoadedPolicy, type LoadedRun, type Read, type Step, stepAt, stepsOf } from './series.js';
import { timePanel } from './time-panel.js';
import type { TimeView } from './time-view.js';

const HEIGHT = 230;

/** A series of a policy over the chosen seeds. */
export interface PolicyLine {
  readonly policy: LoadedPolicy;
  readonly steps: readonly Step[];
}

/** The runs of a policy that the page shows. */
export function chosenRuns({ runs }: LoadedPolicy, { seeds }: TimeView): readonly LoadedRun[] {
  return seeds.kind === 'all' ? runs : runs.filter(({ seed }) => seed === seeds.seed);
}

/** A line for each policy that has the series. */
export function policyLines(policies: readonly LoadedPolicy[], view: TimeView, read: Read): PolicyLine[] {
  return policies
    .map((policy) => ({ policy, steps: stepsOf(chosenRuns(policy, view), read) }))
    .filter(({ steps }) => steps.length > 0);
}

/** What a chart of lines shows. */
export interface LineChart {
  readonly label: string;
  readonly lines: readonly PolicyLine[];
  readonly y: NonNullable<Plot.PlotOptions['y']>;
  readonly text: (value: number) => string;
  /** Instants that are marked. */
  readonly faults: readonly number[];
}

/** Lines over the time of the page, each with the band of its seeds. */
export function lineChart(chart: LineChart, view: TimeView, width: number): HTMLElement {
  const { label, lines, y, text, faults } = chart;
  const order = drawingOrder(lines.length).map((i) => lines[i]);
  const channels = { x: 'time', curve: 'step-after', clip: true } as const;
  const plot = drawn({
    ...plotOptions(label, width, HEIGHT),
    x: timeScale(view, width),
    y,
    marks: [
      ...order.map(({ policy, steps }) =>
        Plot.areaY(steps, {
          ...channels,
          y1: 'low',
          y2: 'high',
          fill: policyStyle(policy.place).color,
          fillOpacity: 0.12,
        }),
      ),
      Plot.ruleY([0]),
      faultRules(faults, view),
      ...order.map(({ policy, steps }) =>
        Plot.lineY(steps, {
          ...channels,
          y: 'mean',
          stroke: policyStyle(policy.place).color,
          strokeDasharray: policyStyle(policy.place).dash,
          strokeWidth: 1.6,
        }),
      ),
    ],
  });
  const reading = (time: number) =>
    lines
      .flatMap(({ policy, steps }) => {
        const step = stepAt(steps, time);
        return step === undefined ? [] : [`${policy.name} ${rangeText(step, text)}`];
      })
      .join(', ');
  return timePanel(view, { chart: plot, reading });
}

/** Red lines at the instants of faults. */
export function faultRules(faults: readonly number[], { from, to }: TimeView): Plot.Markish {
  const shown = faults.filter((at) => at >= from && at <= to);
  return Plot.ruleX(shown, { stroke: FAILURE_COLOR, strokeWidth: 1.2, strokeDasharray: '1 2' });
}

function rangeText({ mean, low, high }: Step, text: (value: number) => string): string {
  return text(low) === text(high) ? text(mean) : `${text(mean)} (${text(low)} to ${text(high)})`;
}

/** Lines as rows of a file. */
export function lineRows(lines: readonly PolicyLine[], value: string): CsvRow[] {
  return [
    ['policy', 'time_seconds', value, 'lowest_seed', 'highest_seed'],
    ...lines.flatMap(({ policy, steps }) =>
      steps.slice(0, -1).map(({ time, mean, low, high }) => [policy.name, time, mean, low, high]),
    ),
  ];
}

/** A sentence about the line and the band. */
export function seedText({ seeds }: TimeView, hasSeveral: boolean): string {
  if (!hasSeveral) return '';
  return seeds.kind === 'one'
    ? `Seed ${seeds.seed}.`
    : 'Lines are means over the seeds; bands reach from the lowest to the highest seed.';
}
