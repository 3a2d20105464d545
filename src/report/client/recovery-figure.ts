import * as Plot from '@observablehq/plot';
import { svgElement } from './element.js';
import { type Figure, figure } from './figure.js';
import { numberText, secondsText } from './number-text.js';
import { FAILURE_COLOR, frameworkColor } from './palette.js';
import { drawn as drawnPlot, plotOptions, timeScale } from './plot-options.js';
import type { CsvRow } from './save-figure.js';
import type { LoadedRun } from './series.js';
import { type Drawn, panelSeedText, runPanels, sentences } from './time-figures.js';
import { timePanel } from './time-panel.js';

const AXES = 62;
const ROW = 24;
const NEAR_PIXELS = 10;
const LONGEST_LABEL = 13;
const PIXELS_PER_CHARACTER = 6.2;

/** The rows that are no framework. */
const MACHINES = 'machines';

/** The recovery of the tasks of one framework from one fault. */
interface Bar {
  readonly row: string;
  readonly from: number;
  /** Until all tasks ran, and until all served. Null if not before the end of the run. */
  readonly running: number | null;
  readonly full: number | null;
  readonly end: number;
  readonly color: string;
  readonly tasks: number;
}

/** A timeline of faults, detections and recoveries; one panel per policy. */
export function recoveryFigure(drawn: Drawn): Figure {
  const shown = () => runPanels(drawn);
  return figure({
    name: 'recoveries',
    title: 'Faults, detections and recoveries over time',
    caption: () =>
      sentences(
        'Each bar is the recovery of one framework from one fault: solid until all of its stopped tasks ran again, pale until every service instance served again.',
        'An arrow at the end: not before the end of the run.',
        'The first row has the machines: hatched while they are down, with a mark at the time at which the master had detected all of them.',
        'Click on a fault to zoom all time charts to it.',
        panelSeedText(drawn),
        ...shown()
          .filter(({ run }) => run.faults.leftOut > 0)
          .map(
            ({ policy, run }) =>
              `${policy.name}: ${numberText(run.faults.leftOut)} smaller faults are not drawn.`,
          ),
      ),
    legend: () => [
      { label: 'machines down', hatch: true },
      { label: 'fault', line: { color: FAILURE_COLOR, dash: '1 2' } },
      { label: 'detected', line: { color: 'var(--ink)', dash: 'none' } },
    ],
    panels: () =>
      shown().map(({ policy, run, title }) => ({
        title,
        draw: (width) => recoveryPanel(policy.name, run, drawn, width),
      })),
    panelWidth: 330,
    rows: () => recoveryRows(drawn),
  });
}

/** The frameworks that lost tasks under any policy, in the order of the page. */
function lossyFrameworks({ data, policies }: Drawn): { readonly label: string; readonly color: string }[] {
  const lossy = new Set(
    policies.flatMap(({ runs }) =>
      runs.flatMap(({ faults }) =>
        faults.faults.flatMap(({ losses }) => losses.map(({ framework }) => framework)),
      ),
    ),
  );
  const others = data.frameworks.findIndex(({ isSingle }) => !isSingle);
  const known = data.frameworks.map(({ label }) => label);
  return [...lossy]
    .map((label) => ({ label, place: known.indexOf(label) }))
    .sort((a, b) => a.place - b.place)
    .map(({ label, place }) => ({
      label,
      color: place >= 0 ? frameworkColor(place, true) : frameworkColor(others, false),
    }));
}

function recoveryPanel(name: string, run: LoadedRun, drawn: Drawn, width: number): HTMLElement {
  const { view } = drawn;
  const frameworks = lossyFrameworks(drawn);
  const { faults } = run.faults;
  const bars = faults.flatMap(({ at, losses }) =>
    losses.map(
      ({ framework, running, full, tasks }): Bar => ({
        row: framework,
        from: at,
        running,
        full,
        end: run.length,
        color: frameworks.find(({ label }) => label === framework)?.color ?? 'currentColor',
        tasks,
      }),
    ),
  );
  const rows = [MACHINES, ...frameworks.map(({ label }) => label)];
  const down = faults.map((fault) => ({ ...fault, row: MACHINES, to: fault.returned ?? run.length }));
  const label = (row: string) => shortened(row);
  const hatchId = `hatch-${++hatches}`;
  const place = { y: 'row', insetTop: 4, insetBottom: 4, clip: true } as const;
  const options = {
    ...plotOptions(`${name}: faults, detections and recoveries over time`, width, AXES + ROW * rows.length),
    marginLeft: 14 + PIXELS_PER_CHARACTER * Math.max(...rows.map((row) => label(row).length)),
  };
  const chart = drawnPlot({
    ...options,
    x: timeScale(view, width),
    y: { domain: rows, tickFormat: label, label: null, padding: 0.05 },
    marks: [
      Plot.barX(down, {
        ...place,
        x1: 'at',
        x2: 'to',
        fill: `url(#${hatchId})`,
        stroke: FAILURE_COLOR,
        strokeWidth: 1,
      }),
      Plot.barX(bars, {
        ...place,
        x1: 'from',
        x2: ({ full, end }: Bar) => full ?? end,
        fill: 'color',
        fillOpacity: 0.45,
        stroke: 'var(--ink)',
        strokeOpacity: 0.5,
        strokeWidth: 0.7,
      }),
      Plot.barX(bars, { ...place, x1: 'from', x2: ({ running, end }: Bar) => running ?? end, fill: 'color' }),
      Plot.tickX(
        down.flatMap(({ row, detected }) => (detected === null ? [] : [{ row, time: detected.last }])),
        { ...place, x: 'time', stroke: 'var(--ink)', strokeWidth: 2 },
      ),
      Plot.text(
        bars.filter(({ full }) => full === null),
        { y: 'row', x: 'end', text: () => '▶', textAnchor: 'end', clip: true },
      ),
      Plot.text(bars, {
        y: 'row',
        x: ({ full, end }: Bar) => full ?? end,
        text: ({ from, full }: Bar) => (full === null ? '' : secondsText(Math.round(full - from))),
        textAnchor: 'start',
        dx: 4,
        fontSize: 10,
        clip: true,
      }),
      Plot.ruleX(
        faults.map(({ at }) => at).filter((at) => at >= view.from && at <= view.to),
        { stroke: FAILURE_COLOR, strokeWidth: 1.2, strokeDasharray: '1 2' },
      ),
    ],
  });
  chart.svg.prepend(hatchPattern(hatchId));
  const reading = (time: number) => {
    const open = bars.filter((bar) => bar.from <= time && time < (bar.full ?? bar.end));
    if (open.length === 0) return 'nothing recovers';
    return open
      .map(({ row, from, tasks, running }) => {
        const state = running !== null && running <= time ? 'run again, not full yet' : 'stopped';
        return `${row} ${state} (${numberText(tasks)} tasks, since ${secondsText(Math.round(time - from))})`;
      })
      .join(', ');
  };
  return timePanel(view, {
    chart,
    reading,
    clicked: (time, secondsPerPixel) => {
      const near = faults.filter((fault) => {
        const until = Math.max(fault.returned ?? fault.at, fault.total?.full ?? fault.at);
        return fault.at - NEAR_PIXELS * secondsPerPixel <= time && time <= until;
      });
      const last = near.at(-1);
      if (last === undefined) return;
      const until = last.total === null ? (last.returned ?? last.at) : (last.total.full ?? run.length);
      zoomToFault(drawn, last.at, until);
    },
  });
}

/** Zooms all time charts to a fault and its recovery, with something before and after. */
export function zoomToFault({ view }: Pick<Drawn, 'view'>, at: number, until: number): void {
  const span = Math.max(until - at, 60);
  view.zoom(at - 0.25 * span, until + 0.5 * span);
}

/** Ids of patterns, which are those of the whole page. */
let hatches = 0;

function hatchPattern(id: string): SVGElement {
  const size = { width: '6', height: '6', patternUnits: 'userSpaceOnUse' };
  const line = svgElement('path', {
    d: 'M-1,1 l2,-2 M0,6 l6,-6 M5,7 l2,-2',
    stroke: FAILURE_COLOR,
    'stroke-width': '1.3',
  });
  return svgElement('defs', {}, svgElement('pattern', { id, ...size }, line));
}

function shortened(label: string): string {
  const characters = [...label];
  return characters.length <= LONGEST_LABEL ? label : `${characters.slice(0, LONGEST_LABEL - 1).join('')}…`;
}

function recoveryRows({ policies }: Drawn): CsvRow[] {
  return [
    [
      'policy',
      'seed',
      'fault_seconds',
      'machines',
      'framework',
      'tasks',
      'half_seconds',
      'running_seconds',
      'full_seconds',
    ],
    ...policies.flatMap(({ name, runs }) =>
      runs.flatMap(({ seed, faults }) =>
        faults.faults.flatMap(({ at, machines, losses }) =>
          losses.map(
            ({ framework, tasks, half, running, full }): CsvRow => [
              ...[name, seed, at, machines, framework, tasks],
              ...[half, running, full].map((time) => time ?? ''),
            ],
          ),
        ),
      ),
    ),
  ];
}
