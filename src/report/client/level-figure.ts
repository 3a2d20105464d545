import * as Plot from '@observablehq/plot';
import type { PolicyData, ReportData } from '../report-data.js';
import { type Figure, figure } from './figure.js';
import { numberText, secondsText } from './number-text.js';
import { drawingOrder, policyStyle } from './palette.js';
import { labelled, plotOptions, timeScale } from './plot-options.js';
import { binText, type Step, steps } from './steps.js';

const HEIGHT = 240;

type Level = 'pending' | 'running';

const TITLES: Readonly<Record<Level, string>> = { pending: 'Tasks waiting', running: 'Tasks running' };

/** Queue length and running tasks over time, with all policies in one plot. */
export function levelFigure({ policies }: ReportData): Figure {
  return figure({
    name: 'queue',
    label: 'tasks waiting and tasks running over time, by policy',
    caption: `Tasks waiting (the queue) and tasks running. ${binText(policies)}`,
    legend: () => policies.map(({ name }, i) => ({ label: name, line: policyStyle(i) })),
    panels: (['pending', 'running'] as const).map((level) => ({
      title: TITLES[level],
      draw: (width) => levelPlot(policies, level, width),
    })),
    panelWidth: 320,
  });
}

function levelPlot(policies: readonly PolicyData[], level: Level, width: number): Element {
  const length = Math.max(...policies.map(({ series }) => series.length));
  return Plot.plot({
    ...plotOptions(`${TITLES[level]} over time, by policy`, width, HEIGHT),
    x: timeScale(length, width),
    y: {
      domain: [0, greatest(policies, level)],
      nice: true,
      ticks: 5,
      tickFormat: numberText,
      grid: true,
      ...labelled('tasks'),
    },
    marks: [
      Plot.ruleY([0]),
      ...drawingOrder(policies.length).map((i) =>
        Plot.lineY(levelSteps(policies[i], level), {
          x: 'time',
          y: 'value',
          curve: 'step-after',
          stroke: policyStyle(i).color,
          strokeDasharray: policyStyle(i).dash,
          strokeWidth: 1.5,
        }),
      ),
      Plot.tip(
        readings(policies, level),
        Plot.pointerX({ x: 'time', y: 'value', title: 'text', lineHeight: 1.25 }),
      ),
    ],
  });
}

function levelSteps({ series }: PolicyData, level: Level): Step[] {
  return steps(series[level], series.binSeconds, series.length);
}

/** At least 1, so that a queue that is always empty is drawn on the axis. */
function greatest(policies: readonly PolicyData[], level: Level): number {
  return policies.flatMap(({ series }) => series[level]).reduce((a, b) => Math.max(a, b), 1);
}

/** Tooltip at a time. Runs of different length have bins of different width, so the narrowest bins are used. */
function readings(policies: readonly PolicyData[], level: Level) {
  const finest = policies.map(({ series }) => series).reduce((a, b) => (b.binSeconds < a.binSeconds ? b : a));
  const longest = Math.max(...policies.map(({ series }) => series.length));
  return Array.from({ length: Math.ceil(longest / finest.binSeconds) }, (_, bin) => {
    const time = bin * finest.binSeconds;
    const values = policies.map(({ series }) => series[level][Math.floor(time / series.binSeconds)]);
    const lines = policies.map(
      ({ name }, i) => `${name}: ${values[i] === undefined ? '–' : numberText(values[i])}`,
    );
    return {
      time,
      value: Math.max(0, ...values.filter((value) => value !== undefined)),
      text: [`at ${secondsText(time)}`, ...lines].join('\n'),
    };
  });
}
