import * as Plot from '@observablehq/plot';
import { range } from 'd3';
import { type LimitedMean, valueText } from '../../../results/interval-text.js';
import { metricText } from '../../../results/metric-text.js';
import type { SweepMetric } from '../../sweep/sweep-data.js';
import { dataTable } from '../data-table.js';
import { element } from '../element.js';
import type { Figure } from '../figure.js';
import { shareColors } from '../heat-layer.js';
import { drawn, plotOptions } from '../plot-options.js';
import { figureWithPickers, pickerRow, textPicker } from './choices.js';
import type { LoadedSweep } from './loaded-sweep.js';
import { type MetricChoice, written } from './metric-choice.js';
import { shortened } from './sensitivity-figure.js';

const ROW = 34;
const ROOM_FOR_TEXT = 54;
const CHARACTER = 6.4;
const RAMP = 24;

interface Cell {
  readonly across: number;
  readonly up: number;
  readonly value: LimitedMean;
  /** 0 for the lowest, 1 for the highest mean of the figure. */
  readonly share: number;
}

interface Panel {
  /** Undefined if the policies are an axis of the figure. */
  readonly policy: number | undefined;
  readonly cells: readonly Cell[];
}

/** A heat map of the metric over two axes, with a panel for each policy; undefined with fewer than two axes. */
export function pairsFigure(sweep: LoadedSweep, { metric }: MetricChoice): Figure | undefined {
  const { axes, policies, seeds } = sweep.data;
  if (axes.length < 2) return undefined;
  const names = axes.map(({ name }) => name);
  return figureWithPickers((redraw) => {
    const first = axes.length > 2 && sweep.policyAxis === 0 ? 1 : 0;
    const across = textPicker('Across', names, first, redraw);
    const up = textPicker('Up', names, first + 1, redraw);
    const table = element('details');
    const panels = () => panelsOf(sweep, metric(), across.value(), up.value());
    const isSame = () => across.value() === up.value();
    return {
      name: 'two-axes',
      title: 'Two axes against the metric',
      caption: () =>
        isSame()
          ? 'Pick two different axes.'
          : [
              `Mean of ${metric().key} at each pair of values, over all combinations of the other axes${seeds.length > 1 ? ' and the seeds' : ''}. All panels have one scale.`,
              'A pair without a field was not run.',
            ].join(' '),
      legend: () => {
        const means = panels().flatMap(({ cells }) => cells.map(({ value }) => value.mean));
        if (means.length === 0) return [];
        const [low, high] = [Math.min(...means), Math.max(...means)].map((mean) =>
          metricText(mean, written(metric())),
        );
        return [{ label: `${low} to ${high}`, ramp: rampColors() }];
      },
      panels: () =>
        isSame()
          ? []
          : panels().map(({ policy, cells }) => ({
              title: policy === undefined || policies.length < 2 ? '' : policies[policy],
              draw: (width) =>
                heatPlot(sweep, metric(), { across: across.value(), up: up.value(), cells }, width),
            })),
      panelWidth: 300,
      rows: () => [
        ['metric', 'policy', names[across.value()], names[up.value()], 'mean', 'half_width'],
        ...panels().flatMap(({ policy, cells }) =>
          cells.map((cell) => [
            ...[metric().key, policy === undefined ? '' : policies[policy]],
            ...[axes[across.value()].classes[cell.across], axes[up.value()].classes[cell.up]],
            ...[cell.value.mean, cell.value.halfWidth ?? ''],
          ]),
        ),
      ],
      controls: pickerRow(across, up),
      table,
      drawn: () =>
        table.replaceChildren(
          element('summary', {}, 'The numbers of this figure'),
          ...panels().map(({ policy, cells }) =>
            dataTable({
              caption: policy === undefined || policies.length < 2 ? metric().key : policies[policy],
              columns: [...axes[across.value()].classes],
              rows: axes[up.value()].classes.map((name, at) => [
                name,
                ...axes[across.value()].classes.map((_, i) => {
                  const cell = cells.find((one) => one.across === i && one.up === at);
                  return cell === undefined ? '–' : valueText(cell.value, written(metric()));
                }),
              ]),
            }),
          ),
        ),
    };
  });
}

function panelsOf(sweep: LoadedSweep, metric: SweepMetric, across: number, up: number): Panel[] {
  if (across === up) return [];
  const { policies, axes } = sweep.data;
  const isPolicy = across === sweep.policyAxis || up === sweep.policyAxis;
  const all = (isPolicy ? [undefined] : policies.map((_, policy) => policy)).map((policy) => {
    const points = policy === undefined ? sweep.points : sweep.ofPolicy(policy);
    const cells = axes[across].classes.flatMap((_across, i) => {
      const column = sweep.inClass(points, across, i);
      return axes[up].classes.flatMap((_up, at) => {
        const value = sweep.mean(metric, sweep.inClass(column, up, at));
        return value === undefined ? [] : [{ across: i, up: at, value }];
      });
    });
    return { policy, cells };
  });
  const means = all.flatMap(({ cells }) => cells.map(({ value }) => value.mean));
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const share = (mean: number) => (high > low ? (mean - low) / (high - low) : 0.5);
  return all.map(({ policy, cells }) => ({
    policy,
    cells: cells.map((cell) => ({ ...cell, share: share(cell.value.mean) })),
  }));
}

interface HeatPlot {
  readonly across: number;
  readonly up: number;
  readonly cells: readonly Cell[];
}

/** The colours of shares from 0 to 1. */
function rampColors(): string[] {
  return shareColors(RAMP).map((color) => `rgb(${color.join()})`);
}

function heatPlot(
  { data }: LoadedSweep,
  metric: SweepMetric,
  { across, up, cells }: HeatPlot,
  width: number,
): Element {
  const [columns, rows] = [data.axes[across], data.axes[up]];
  const longest = Math.min(18, Math.max(...rows.classes.map((name) => name.length)));
  const marginLeft = Math.min(width * 0.35, 18 + longest * CHARACTER);
  const each = (width - marginLeft - 14) / columns.classes.length;
  const room = Math.max(3, Math.floor(each / CHARACTER) - 1);
  const ramp = rampColors();
  const textOf = ({ value }: Cell) => metricText(value.mean, written(metric));
  return drawn({
    ...plotOptions(
      `${metric.key} by ${columns.name} and ${rows.name}`,
      width,
      66 + rows.classes.length * ROW,
    ),
    marginLeft,
    marginTop: 22,
    marginBottom: 44,
    x: {
      type: 'band',
      domain: range(columns.classes.length),
      tickFormat: (i: number) => (i % Math.ceil(24 / each) === 0 ? shortened(columns.classes[i], room) : ''),
      padding: 0.03,
      label: columns.name,
      labelAnchor: 'center',
      labelArrow: 'none',
    },
    y: {
      type: 'band',
      domain: range(rows.classes.length).reverse(),
      tickFormat: (i: number) => shortened(rows.classes[i], Math.floor((marginLeft - 16) / CHARACTER)),
      padding: 0.03,
      label: rows.name,
      labelAnchor: 'top',
      labelArrow: 'none',
    },
    marks: [
      Plot.cell(cells, {
        x: 'across',
        y: 'up',
        fill: ({ share }: Cell) => ramp[Math.round(share * (RAMP - 1))],
      }),
      ...(each >= ROOM_FOR_TEXT
        ? [
            Plot.text(cells, {
              x: 'across',
              y: 'up',
              text: textOf,
              fill: ({ share }: Cell) => ramp[share > 0.5 ? 0 : RAMP - 1],
            }),
          ]
        : []),
      Plot.tip(
        cells,
        Plot.pointer({
          x: 'across',
          y: 'up',
          title: (cell: Cell) =>
            `${columns.name}: ${columns.classes[cell.across]}\n${rows.name}: ${rows.classes[cell.up]}\n${valueText(cell.value, written(metric))}`,
          fill: 'var(--paper)',
        }),
      ),
    ],
  }).svg;
}
