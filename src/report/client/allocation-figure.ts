import * as Plot from '@observablehq/plot';
import { type Figure, figure } from './figure.js';
import { chosenRuns, faultRules } from './line-chart.js';
import { percentText } from './number-text.js';
import { FAILURE_COLOR, frameworkColor, USED_STYLE } from './palette.js';
import { drawn as drawnPlot, plotOptions, shareScale, timeScale } from './plot-options.js';
import type { CsvRow } from './save-figure.js';
import { type LoadedPolicy, type Step, stepAt, stepsOf, stepText } from './series.js';
import { type Drawn, faultTimes, hasSeveralSeeds } from './time-figures.js';
import { timePanel } from './time-panel.js';

const HEIGHT = 210;

/** A difference of shares that a chart cannot show. */
const CONSTANT = 0.002;

/** Allocation of one resource by framework and its utilization over time; one panel per policy, with equal scales. */
export function allocationFigure(drawn: Drawn, resource: number): Figure {
  const { data, policies, view } = drawn;
  const { frameworks } = data;
  const name = data.resources[resource];
  const hasUsed = policies.some(({ runs }) => runs.some((run) => run.resources[resource].used !== undefined));
  const given = hasUsed
    ? `Allocation of ${name} by framework (areas) and ${name} really used (line), as shares of the capacity.`
    : `Allocation of ${name} by framework, as shares of the capacity. The real usage of all tasks is not known.`;
  const seeds = () =>
    hasSeveralSeeds(drawn)
      ? view.seeds.kind === 'all'
        ? 'Means over the seeds.'
        : `Seed ${view.seeds.seed}.`
      : '';
  return figure({
    name: `allocation-${name}`,
    title: `Allocation: ${name} by framework over time`,
    caption: () => [given, seeds(), stepText(data)].filter((part) => part !== '').join(' '),
    legend: () => [
      ...frameworks.map(({ label, isSingle }, i) => ({ label, fill: frameworkColor(i, isSingle) })),
      ...(hasUsed ? [{ label: 'used, all frameworks', line: USED_STYLE }] : []),
      ...(faultTimes(drawn).length > 0
        ? [{ label: 'fault', line: { color: FAILURE_COLOR, dash: '1 2' } }]
        : []),
    ],
    panels: () =>
      policies.map((policy) => ({
        title: policy.name,
        draw: (width) => allocationPanel({ drawn, policy, resource, name }, width),
      })),
    panelWidth: 300,
    rows: () => allocationRows(drawn, resource),
  });
}

/** One line where nothing changes over time: a chart would show nothing. Undefined if something changes. */
export function constantText({ data, policies }: Drawn, resource: number): string | undefined {
  const texts: string[] = [];
  for (const { name, runs } of policies) {
    const steps = stepsOf(runs, (run) => run.resources[resource].used);
    const all = [...data.frameworks.map((_, i) => bandOf(runs, resource, i)), steps].filter(
      ({ length }) => length > 0,
    );
    const isConstant = all.every((one) => {
      const means = one.flatMap(({ low, high }) => [low, high]);
      return Math.max(...means) - Math.min(...means) <= CONSTANT;
    });
    if (!isConstant) return undefined;
    const total = data.frameworks.reduce((sum, _, i) => sum + (bandOf(runs, resource, i)[0]?.mean ?? 0), 0);
    texts.push(`${name} ${percentText(total)}`);
  }
  return `${data.resources[resource]}: the allocated share is constant (${texts.join(', ')}), so there is no chart.`;
}

function bandOf(runs: LoadedPolicy['runs'], resource: number, framework: number): Step[] {
  return stepsOf(runs, (run) => run.resources[resource].allocated[framework]);
}

interface AllocationPanel {
  readonly drawn: Drawn;
  readonly policy: LoadedPolicy;
  readonly resource: number;
  readonly name: string;
}

interface Layer {
  readonly time: number;
  readonly below: number;
  readonly above: number;
}

function allocationPanel({ drawn, policy, resource, name }: AllocationPanel, width: number): HTMLElement {
  const { data, view } = drawn;
  const { frameworks } = data;
  const runs = chosenRuns(policy, view);
  const parts = frameworks.map((_, i) => bandOf(runs, resource, i));
  const used = stepsOf(runs, (run) => run.resources[resource].used);
  const chart = drawnPlot({
    ...plotOptions(`${policy.name}: ${name} allocated and used`, width, HEIGHT),
    x: timeScale(view, width),
    y: shareScale(`share of all ${name}`),
    marks: [
      ...layersOf(parts).map((layer, i) =>
        Plot.areaY(layer, {
          x: 'time',
          y1: 'below',
          y2: 'above',
          curve: 'step-after',
          clip: true,
          fill: frameworkColor(i, frameworks[i].isSingle),
        }),
      ),
      faultRules(faultTimes(drawn), view),
      Plot.lineY(used, {
        x: 'time',
        y: 'mean',
        curve: 'step-after',
        clip: true,
        stroke: USED_STYLE.color,
        strokeWidth: 1,
      }),
      Plot.ruleY([0]),
    ],
  });
  const reading = (time: number) => {
    const shares = parts.map((part) => stepAt(part, time)?.mean ?? 0);
    const usedThen = stepAt(used, time);
    return [
      `allocated ${percentText(shares.reduce((sum, share) => sum + share, 0))}`,
      ...(usedThen === undefined ? [] : [`used ${percentText(usedThen.mean)}`]),
      ...shares.flatMap((share, i) => (share > 0 ? [`${frameworks[i].label} ${percentText(share)}`] : [])),
    ].join(', ');
  };
  return timePanel(view, { chart, reading });
}

function layersOf(parts: readonly (readonly Step[])[]): Layer[][] {
  const longest = Math.max(0, ...parts.map(({ length }) => length));
  const below = new Float64Array(longest);
  return parts.map((part) =>
    part.map(({ time, mean }, i) => {
      const layer = { time, below: below[i], above: below[i] + mean };
      below[i] = layer.above;
      return layer;
    }),
  );
}

function allocationRows({ data, policies, view }: Drawn, resource: number): CsvRow[] {
  return [
    ['policy', 'time_seconds', 'framework', 'allocated_share'],
    ...policies.flatMap((policy) =>
      data.frameworks.flatMap(({ label }, i) =>
        bandOf(chosenRuns(policy, view), resource, i)
          .slice(0, -1)
          .map(({ time, mean }): CsvRow => [policy.name, time, label, mean]),
      ),
    ),
  ];
}
