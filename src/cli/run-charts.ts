import pc from 'picocolors';
import type { RunRecord } from '../metrics/run-record.js';
import { durationText, fromSeconds } from '../model/index.js';
import { countText, metricText } from '../results/metric-text.js';
import { runsByVariant } from '../results/variants.js';

/** Characters of a line over time, from nothing to all. */
const LEVELS = ' ▁▂▃▄▅▆▇█';
/** Columns of a line over time. With its labels it fits a terminal of 80 columns. */
const WIDTH = 48;
const LABEL = 12;
/** Limits of the waits, in seconds. */
const WAIT_LIMITS = [0, 1, 10, 60, 600, 3600, 6 * 3600, 86_400, 7 * 86_400];
/** Columns of the bars of all policies together. */
const BARS = 66;
/** More policies are drawn below each other. */
const MOST_BESIDE = 4;
/** Columns between the bars, and of the share at the end of a bar. */
const [GAP, SHARE] = [2, 8];

/** The runs of a policy with its settings, one for each seed. */
interface Runs {
  readonly name: string;
  readonly runs: readonly RunRecord[];
}

/**
 * Charts for a terminal: the allocated share of each resource and the waiting tasks over time, and how many tasks had started within
 * some waits. With several seeds, each is the mean over the seeds.
 */
export function runCharts(records: readonly RunRecord[]): string {
  const policies = runsByVariant(records);
  return [timeCharts(policies), waitChart(policies)].join('\n');
}

function timeCharts(policies: readonly Runs[]): string {
  const end = Math.max(...policies.flatMap(({ runs }) => runs.map(secondsOf)));
  const resources = Object.keys(policies[0].runs[0].summary.run.machines.capacity);
  const lines = [`${pc.bold('Over time')} ${pc.dim(`0 to ${durationText(fromSeconds(end))}`)}`];
  const draw = (title: string, values: readonly (readonly number[])[], most: number, peakText: Text) => {
    lines.push(title);
    values.forEach((row, i) => {
      lines.push(`${label(policies[i].name)} ${line(row, most)} ${peakText(Math.max(...row))}`);
    });
  };
  const rows = (column: string) => policies.map(({ runs }) => meanOver(runs, column, end));
  for (const resource of resources)
    draw(`${resource}, allocated share`, rows(`allocated.${resource}`), 1, shareText);
  const pending = rows('pending');
  const most = Math.max(...pending.flat());
  if (most > 0) draw('waiting tasks', pending, most, (peak) => countText(Math.round(peak)));
  return `${lines.join('\n')}\n${pc.dim('On the right: the largest value of the line.')}\n`;
}

type Text = (value: number) => string;

/** Length of a run. */
function secondsOf({ series }: RunRecord): number {
  const bins = series.columns[0]?.values.length ?? 0;
  return bins === 0 ? 0 : (bins - 1) * series.binSeconds + series.lastBinSeconds;
}

/** Mean over the seeds in each column of the chart. Where a run is over, its value is 0. */
function meanOver(records: readonly RunRecord[], name: string, end: number): readonly number[] {
  const sums = new Array<number>(WIDTH).fill(0);
  for (const record of records) {
    const { binSeconds, columns } = record.series;
    const values = columns.find((column) => column.name === name)?.values ?? new Float64Array(0);
    const seconds = secondsOf(record);
    for (let at = 0; at < WIDTH; at++) {
      const [from, to] = [(at * end) / WIDTH, ((at + 1) * end) / WIDTH];
      let area = 0;
      for (let bin = Math.floor(from / binSeconds); bin < values.length && bin * binSeconds < to; bin++) {
        const last = Math.min(to, seconds, (bin + 1) * binSeconds);
        area += values[bin] * Math.max(0, last - Math.max(from, bin * binSeconds));
      }
      sums[at] += area / (to - from);
    }
  }
  return sums.map((sum) => sum / records.length);
}

/** A value above 0 is at least the lowest bar. */
function line(values: readonly number[], most: number): string {
  const top = LEVELS.length - 1;
  return values
    .map((value) => LEVELS[value <= 0 ? 0 : Math.min(top, Math.max(1, Math.round((value / most) * top)))])
    .join('');
}

/** Bars of the share of tasks that waited at most a time, a column for each policy. */
function waitChart(policies: readonly Runs[]): string {
  const shares = policies.map(({ runs }) => startedWithin(runs));
  // From where all tasks of all policies have started on, the bars are full.
  const last = WAIT_LIMITS.findIndex((_, i) => shares.every((share) => !(share[i] < 1)));
  const limits = last < 0 ? WAIT_LIMITS : WAIT_LIMITS.slice(0, last + 1);
  const beside = Math.min(MOST_BESIDE, policies.length);
  const width = Math.floor(BARS / beside) - GAP - SHARE;
  const parts = Array.from({ length: Math.ceil(policies.length / beside) }, (_, part) => {
    const [from, to] = [part * beside, (part + 1) * beside];
    const titles = policies
      .slice(from, to)
      .map(({ name }) => name.slice(0, width + SHARE).padEnd(width + SHARE));
    return [
      `${' '.repeat(LABEL)} ${titles.join(' '.repeat(GAP))}`.trimEnd(),
      ...limits.map((limit, i) => {
        const bars = shares.slice(from, to).map((share) => bar(share[i], width));
        return `${durationText(fromSeconds(limit)).padStart(LABEL)} ${bars.join(' '.repeat(GAP))}`.trimEnd();
      }),
    ];
  });
  const title = `${pc.bold('Waits')} ${pc.dim('of the tasks that started: share that waited at most')}`;
  return `${[title, ...parts.flat()].join('\n')}\n`;
}

function bar(share: number, width: number): string {
  if (Number.isNaN(share)) return 'none'.padEnd(width + SHARE);
  const full = Math.round(share * width);
  return `${'█'.repeat(full)}${'░'.repeat(width - full)} ${shareText(share).padStart(SHARE - 1)}`;
}

/** Shares of all started tasks with at most each of the waits: means over the seeds that had any. */
function startedWithin(records: readonly RunRecord[]): readonly number[] {
  const runs = records
    .map(({ waits }) => Object.values(waits).flat())
    .filter((bars) => bars.some(({ tasks }) => tasks > 0));
  return WAIT_LIMITS.map((limit) => {
    const shares = runs.map((bars) => {
      const all = bars.reduce((sum, { tasks }) => sum + tasks, 0);
      return bars.reduce((sum, { seconds, tasks }) => sum + (seconds <= limit ? tasks : 0), 0) / all;
    });
    return shares.reduce((sum, share) => sum + share, 0) / shares.length;
  });
}

function label(name: string): string {
  return name.length > LABEL ? `${name.slice(0, LABEL - 1)}…` : name.padStart(LABEL);
}

function shareText(share: number): string {
  return metricText(share, { unit: 'share' });
}
