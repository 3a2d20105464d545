import { decompressed } from '../packed-bytes.js';
import type { HeatData, ReportData } from '../report-data.js';
import { element } from './element.js';
import type { HeatRow, HeatRows } from './heat-rows.js';
import type { LegendItem } from './legend.js';
import type { LoadedAttempts, LoadedSchedule } from './loaded-schedule.js';
import { percentText } from './number-text.js';
import { FAILURE_COLOR, frameworkColor, solidColor } from './palette.js';
import type { LoadedRun } from './series.js';

/** What the colour of a heat map shows: cells of rows of the data and bins of time. */
export interface HeatLayer {
  readonly bins: number;
  readonly binSeconds: number;
  /** The colour of rows of the data together, in a bin. */
  readonly color: (row: HeatRow, bin: number) => readonly [red: number, green: number, blue: number];
  /** What it means, in words. */
  readonly text: (row: HeatRow, bin: number) => string;
  /** For a file: a share from 0 to 1, or a word. */
  readonly value: (row: HeatRow, bin: number) => number | string;
}

const FULL = 255;

/** Shares from idle to full. `what`: the resource, or nothing for the dominant share. */
export function shareLayer(heat: HeatData, what: string): HeatLayer {
  const levels = decompressed(heat.cells);
  const colors = shareColors(FULL + 1);
  const level = ({ members }: HeatRow, bin: number) => {
    if (members.length === 1) return levels[members[0] * heat.bins + bin];
    let sum = 0;
    for (const member of members) sum += levels[member * heat.bins + bin];
    return Math.round(sum / members.length);
  };
  return {
    bins: heat.bins,
    binSeconds: heat.binSeconds,
    color: (row, bin) => colors[level(row, bin)],
    text: (row, bin) => {
      const mean = row.machines.length === 1 ? '' : ` (mean of ${row.machines.length} machines)`;
      return `${percentText(Number((level(row, bin) / FULL).toFixed(2)))}${what} allocated${mean}`;
    },
    value: (row, bin) => level(row, bin) / FULL,
  };
}

/** Colours from the background to the ink of the page. */
export function shareColors(count: number): (readonly [number, number, number])[] {
  const [from, to] = ['var(--heat-idle)', 'var(--heat-full)'].map(colorOf);
  return Array.from({ length: count }, (_, i) => {
    const share = i / (count - 1);
    return [0, 1, 2].map((c) => Math.round(from[c] + (to[c] - from[c]) * share)) as [number, number, number];
  });
}

/** Red, green and blue of a variable of the page, which has the form `#rrggbb`. */
function colorOf(variable: string): [number, number, number] {
  const text = solidColor(variable);
  return [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16)) as [number, number, number];
}

/** Amount of the first resource times seconds that each framework had: `[(row * bins + bin) * groups + group]`. */
interface Shares {
  readonly amounts: Float32Array;
  readonly groups: number;
}

const kept = new WeakMap<LoadedAttempts, Shares>();

function frameworkShares(
  { jobs }: LoadedSchedule,
  attempts: LoadedAttempts,
  { rows, bins, binSeconds, machinesPerRow }: HeatData,
  groups: number,
): Shares {
  const known = kept.get(attempts);
  if (known !== undefined) return known;
  const amounts = new Float32Array(rows * bins * groups);
  const { count, job, machine, from, to } = attempts;
  for (let i = 0; i < count; i++) {
    if (machine[i] < 0) continue;
    const row = Math.floor(machine[i] / machinesPerRow);
    const amount = jobs.size[job[i]] / Math.max(1, jobs.tasks[job[i]]);
    const last = Math.min(bins - 1, Math.floor(to[i] / binSeconds));
    for (let bin = Math.floor(from[i] / binSeconds); bin <= last; bin++) {
      const seconds = Math.min(to[i], (bin + 1) * binSeconds) - Math.max(from[i], bin * binSeconds);
      // Something ran, however short.
      amounts[(row * bins + bin) * groups + jobs.group[job[i]]] += amount * Math.max(1e-6, seconds);
    }
  }
  const shares = { amounts, groups };
  kept.set(attempts, shares);
  return shares;
}

/** The framework with most of the first resource. */
export function frameworkLayer(
  data: ReportData,
  schedule: LoadedSchedule,
  attempts: LoadedAttempts,
  heat: HeatData,
): HeatLayer {
  const { frameworks } = data;
  const { amounts, groups } = frameworkShares(schedule, attempts, heat, frameworks.length);
  const colors = frameworks.map(({ isSingle }, place) => colorOf(frameworkColor(place, isSingle)));
  const idle = colorOf('var(--heat-idle)');
  const most = ({ members }: HeatRow, bin: number) => {
    let [best, largest] = [-1, 0];
    for (let group = 0; group < groups; group++) {
      let sum = 0;
      for (const member of members) sum += amounts[(member * heat.bins + bin) * groups + group];
      if (sum > largest) [best, largest] = [group, sum];
    }
    return best;
  };
  const name = (group: number) => (group < 0 ? 'no tasks' : frameworks[group].label);
  return {
    bins: heat.bins,
    binSeconds: heat.binSeconds,
    color: (row, bin) => {
      const group = most(row, bin);
      return group < 0 ? idle : colors[group];
    },
    text: (row, bin) => `mostly ${name(most(row, bin))}`.replace('mostly no', 'no'),
    value: (row, bin) => name(most(row, bin)),
  };
}

/** States of machines, the one that is drawn last. */
const STATES = [
  { label: 'up, no tasks', color: 'var(--heat-idle)' },
  { label: 'up, with tasks', color: 'var(--state-busy)' },
  { label: 'draining', color: 'var(--state-draining)' },
  { label: 'switched off, or not in the cluster', color: 'var(--state-off)' },
  { label: 'down or unreachable', color: FAILURE_COLOR },
] as const;

const DRAINING = 2;
const OFF = 3;
const DOWN = 4;

/** What the master thinks of the machines: the worst state of a cell. */
export function stateLayer(
  data: ReportData,
  schedule: LoadedSchedule,
  attempts: LoadedAttempts,
  heat: HeatData,
): HeatLayer {
  const { bins, binSeconds, machinesPerRow } = heat;
  const { amounts, groups } = frameworkShares(schedule, attempts, heat, data.frameworks.length);
  const states = new Uint8Array(heat.rows * bins);
  for (let cell = 0; cell < states.length; cell++)
    for (let group = 0; group < groups; group++) if (amounts[cell * groups + group] > 0) states[cell] = 1;
  for (const [machine, state, from, to] of attempts.columns.states) {
    const code = stateCode(state);
    const row = Math.floor(machine / machinesPerRow) * bins;
    const last = Math.min(bins - 1, Math.ceil(to / binSeconds) - 1);
    for (let bin = Math.floor(from / binSeconds); bin <= last; bin++)
      states[row + bin] = Math.max(states[row + bin], code);
  }
  const colors = STATES.map(({ color }) => colorOf(color));
  const worst = ({ members }: HeatRow, bin: number) =>
    members.reduce((most, member) => Math.max(most, states[member * bins + bin]), 0);
  return {
    bins,
    binSeconds,
    color: (row, bin) => colors[worst(row, bin)],
    text: (row, bin) => STATES[worst(row, bin)].label,
    value: (row, bin) => STATES[worst(row, bin)].label,
  };
}

function stateCode(state: string): number {
  if (state === 'draining') return DRAINING;
  return state === 'down' || state === 'unreachable' ? DOWN : OFF;
}

/** The legend of `stateLayer`, with the states that occur. */
export function stateLegend(policies: readonly LoadedAttempts[]): LegendItem[] {
  const codes = new Set(
    policies.flatMap(({ columns }) => columns.states.map(([, state]) => stateCode(state))),
  );
  return STATES.flatMap(({ label, color }, code) =>
    code < DRAINING || codes.has(code) ? [{ label, fill: color }] : [],
  );
}

/** A layer whose rows are in an order, and its image: a pixel per row and bin. */
export interface HeatImage {
  readonly layer: HeatLayer;
  readonly rows: HeatRows;
  readonly image: HTMLCanvasElement;
}

/**
 * Keeps the images of runs as long as `key` is the same, because a zoom only stretches them. `key` has all on which an image depends besides the
 * run.
 */
export class HeatImages {
  private readonly kept = new Map<LoadedRun, HeatImage>();
  private key = '';

  of(run: LoadedRun, key: string, make: () => Omit<HeatImage, 'image'>): HeatImage {
    if (key !== this.key) this.kept.clear();
    this.key = key;
    const known = this.kept.get(run);
    if (known !== undefined) return known;
    const { layer, rows } = make();
    const made = { layer, rows, image: layerImage(layer, rows.rows) };
    this.kept.set(run, made);
    return made;
  }
}

function layerImage({ bins, color }: HeatLayer, rows: readonly HeatRow[]): HTMLCanvasElement {
  const canvas = element('canvas');
  canvas.width = Math.max(1, bins);
  canvas.height = Math.max(1, rows.length);
  const context = canvas.getContext('2d');
  if (context === null || bins === 0 || rows.length === 0) return canvas;
  const image = context.createImageData(bins, rows.length);
  const { data } = image;
  let at = 0;
  for (const row of rows)
    for (let bin = 0; bin < bins; bin++) {
      for (const part of color(row, bin)) data[at++] = part;
      data[at++] = 255;
    }
  context.putImageData(image, 0, 0);
  return canvas;
}
