import { type Figure, figure } from './figure.js';
import { lineChart, lineRows, policyLines, seedText } from './line-chart.js';
import { numberText, percentText } from './number-text.js';
import { labelled, shareScale } from './plot-options.js';
import { type LoadedRun, type Read, stepText } from './series.js';
import {
  type Drawn,
  faultTimes,
  greatest,
  hasSeveralSeeds,
  policyLegend,
  sentences,
} from './time-figures.js';

/** A quantity over time: a chart with all policies, or one chart for each part of it. */
interface Quantity {
  /** File name for saving, without extension. */
  readonly name: string;
  readonly title: string;
  /** What is drawn. */
  readonly caption: string;
  readonly unit: 'share' | 'number';
  /** Label of the vertical axis, and with _ between its words the name of the column. */
  readonly label: string;
  /** A part without a title is the whole. */
  readonly parts: readonly { readonly title: string; readonly read: Read }[];
}

/** Width of a chart that has others beside it. */
const PART_WIDTH = 340;

function quantityFigure(drawn: Drawn, { name, title, caption, unit, label, parts }: Quantity): Figure {
  const { data, policies, view } = drawn;
  const text = unit === 'share' ? percentText : numberText;
  const scale = (most: number) =>
    unit === 'share'
      ? shareScale(label, Math.min(1, Math.max(0.01, 1.02 * most)))
      : {
          domain: [0, Math.max(1, most)],
          nice: true,
          ticks: 5,
          tickFormat: numberText,
          grid: true,
          ...labelled(label),
        };
  return figure({
    name,
    title,
    caption: () => sentences(caption, seedText(view, hasSeveralSeeds(drawn)), stepText(data)),
    legend: () => policyLegend(drawn),
    panels: () => {
      const charts = parts.map((part) => ({ ...part, lines: policyLines(policies, view, part.read) }));
      // One scale, so that parts can be compared.
      const y = scale(greatest(charts.flatMap(({ lines }) => lines)));
      return charts.map(({ title: part, lines }) => ({
        title: part,
        draw: (width) =>
          lineChart(
            {
              label: part === '' ? `${title}, by policy` : `${title}, ${part}, by policy`,
              lines,
              y,
              text,
              faults: faultTimes(drawn),
            },
            view,
            width,
          ),
      }));
    },
    panelWidth: parts.length > 1 ? PART_WIDTH : 0,
    rows: () =>
      parts.flatMap(({ title: part, read }, i) => {
        const [header, ...rows] = lineRows(policyLines(policies, view, read), label.replaceAll(' ', '_'));
        if (parts.length === 1) return [header, ...rows];
        return [...(i === 0 ? [['part', ...header]] : []), ...rows.map((row) => [part, ...row])];
      }),
  });
}

/** Tasks that wait, over time, with all policies in one chart. */
export function queueFigure(drawn: Drawn): Figure {
  return quantityFigure(drawn, {
    name: 'queue',
    title: 'Queue: tasks waiting over time',
    caption: 'Number of tasks that wait.',
    unit: 'number',
    label: 'tasks waiting',
    parts: [{ title: '', read: ({ pending }) => pending }],
  });
}

/** Dominant shares of the frameworks over time; none for a single one. */
export function dominantShareFigures(drawn: Drawn): Figure[] {
  const { frameworks } = drawn.data;
  const single = frameworks.flatMap(({ label, isSingle }, group) => (isSingle ? [{ label, group }] : []));
  if (single.length < 2) return [];
  const shown = quantityFigure(drawn, {
    name: 'dominant-share-over-time',
    title: 'Fairness: dominant shares over time',
    caption:
      'The largest share of any resource of the cluster that a framework has. Frameworks that always have work, and equal weights, have equal shares under a fair policy.',
    unit: 'share',
    label: 'dominant share',
    parts: single.map(({ label, group }) => ({ title: label, read: (run) => dominantShare(run, group) })),
  });
  return [shown];
}

function dominantShare({ resources }: LoadedRun, group: number): Float64Array {
  const shares = resources.map(({ allocated }) => allocated[group]);
  return (shares[0] ?? new Float64Array(0)).map((_, bin) => Math.max(...shares.map((share) => share[bin])));
}

/** Availability of the services that were down at some time; none if there is no such service. */
export function availabilityFigures(drawn: Drawn): Figure[] {
  const down = columnsOf(drawn, 'down.');
  if (down.length === 0) return [];
  const shown = quantityFigure(drawn, {
    name: 'availability',
    title: 'Availability of services over time',
    caption:
      'Share of the time in which the service was not down: at least its minimum share of instances served. Services that were never down are not shown.',
    unit: 'share',
    label: 'available',
    // A service that was never down under one policy has no column there.
    parts: down.map(({ part, column }) => ({
      title: part,
      read: ({ further, pending }) =>
        (further.get(column) ?? new Float64Array(pending.length)).map((share) => 1 - share),
    })),
  });
  return [shown];
}

/** Offers, conflicts, fragmentation, rented machines and cost over time, as far as the runs have them. */
export function furtherFigures(drawn: Drawn): Figure[] {
  const whole = (column: string) => [{ title: '', read: ({ further }: LoadedRun) => further.get(column) }];
  const quantities: Quantity[] = [
    {
      name: 'offers-per-second',
      title: 'Offers over time',
      caption: 'Offers that the master made per second.',
      unit: 'number',
      label: 'offers per second',
      parts: whole('offers_per_second'),
    },
    {
      name: 'conflicts-per-second',
      title: 'Conflicts over time',
      caption: 'Tasks per second whose transaction found their room taken.',
      unit: 'number',
      label: 'conflicts per second',
      parts: whole('conflicts_per_second'),
    },
    {
      name: 'fragmentation',
      title: 'Fragmentation over time',
      caption:
        'Share of the free amount of a resource that is on machines where a task of the mix does not fit.',
      unit: 'share',
      label: 'fragmented',
      parts: columnsOf(drawn, 'fragmentation.').map(({ part, column }) => ({
        title: part,
        read: ({ further }) => further.get(column),
      })),
    },
    {
      name: 'rented-machines',
      title: 'Rented machines over time',
      caption: 'Number of rented machines, from order to return.',
      unit: 'number',
      label: 'rented machines',
      parts: whole('rented_machines'),
    },
    {
      name: 'cost-per-hour',
      title: 'Cost over time',
      caption:
        'Price of an hour of the own machines that run and of the rented ones, without data sent out of the cloud.',
      unit: 'number',
      label: 'cost per hour',
      parts: whole('cost_per_hour'),
    },
  ];
  return quantities
    .map((quantity) => ({ ...quantity, parts: quantity.parts.filter(({ read }) => hasSeries(drawn, read)) }))
    .filter(({ parts }) => parts.length > 0)
    .map((quantity) => quantityFigure(drawn, quantity));
}

/** Whether a run has the series, and it is not 0 all the time. */
function hasSeries({ policies }: Drawn, read: Read): boolean {
  return policies.some(({ runs }) =>
    runs.some((run) => Array.from(read(run) ?? []).some((value) => value !== 0)),
  );
}

/** The columns of any run that begin with the prefix, with the rest of their names. */
function columnsOf(
  { policies }: Drawn,
  prefix: string,
): { readonly part: string; readonly column: string }[] {
  const names = policies.flatMap(({ runs }) => runs.flatMap(({ further }) => [...further.keys()]));
  return [...new Set(names)]
    .filter((name) => name.startsWith(prefix))
    .map((column) => ({ part: column.slice(prefix.length), column }));
}
