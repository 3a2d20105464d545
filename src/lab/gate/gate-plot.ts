import type { GatedMetric, GateResult } from './gate.js';
import { allowedHarm } from './tolerance.js';

/** A metric in the plot: harm and interval as shares of the baseline. */
interface Bar {
  readonly name: string;
  readonly verdict: GatedMetric['verdict'];
  readonly harm: number;
  readonly halfWidth: number;
  readonly allowed: number;
}

/** A plot with more rows is no summary. */
const MOST_ROWS = 12;

const WIDTH = 720;
const LABELS = 320;
const ROW = 22;
const TOP = 34;
const BOTTOM = 30;

/** Readable on white and on black. */
const COLOURS: Readonly<Record<GatedMetric['verdict'], string>> = {
  fail: '#d1242f',
  undecided: '#9a6700',
  better: '#1a7f37',
  pass: '#57606a',
  same: '#57606a',
  changed: '#57606a',
};

/**
 * An SVG picture of the gated metrics that differ: harm in percent of the baseline, with its simultaneous interval and the tolerance.
 * Undefined if there is none.
 */
export function gatePlot({ metrics, policies }: GateResult): string | undefined {
  const bars = metrics
    .flatMap((one) => barOf(one, policies.length > 1))
    .sort((a, b) => b.harm - b.allowed - (a.harm - a.allowed))
    .slice(0, MOST_ROWS);
  if (bars.length === 0) return undefined;
  // Wide intervals are cut at the border, so that the means and the tolerances stay apart.
  const most = 1.6 * Math.max(...bars.map(({ harm, allowed }) => Math.max(Math.abs(harm), allowed)), 1e-9);
  const x = (share: number) =>
    LABELS + ((Math.max(-most, Math.min(most, share)) + most) / (2 * most)) * (WIDTH - LABELS - 16);
  const bottom = TOP + bars.length * ROW;
  const parts = [
    text(LABELS - 8, 20, 'end', 'gated metric', '#57606a'),
    text(x(0), 20, 'middle', '← better | worse →', '#57606a'),
    line(x(0), TOP - 6, x(0), bottom, '#57606a', 1),
    ...bars.flatMap((bar, i) => barParts(bar, TOP + i * ROW + ROW / 2, x)),
    ...[-most / 2, 0, most / 2].map((share) =>
      text(x(share), bottom + 18, 'middle', percent(share), '#57606a'),
    ),
  ];
  const height = bottom + BOTTOM;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12"><title>Harm in percent of the baseline, with simultaneous intervals and tolerances</title>${parts.join('')}</svg>\n`;
}

function barOf(
  { policy, metric, baseline, difference, corrected, tolerance, verdict }: GatedMetric,
  named: boolean,
): Bar[] {
  if (tolerance === undefined || verdict === 'same' || baseline === 0) return [];
  const size = Math.abs(baseline);
  return [
    {
      name: named ? `${policy}: ${metric.key}` : metric.key,
      verdict,
      harm: (metric.better === 'higher' ? -difference.mean : difference.mean) / size,
      halfWidth: (corrected?.halfWidth ?? 0) / size,
      allowed: allowedHarm(tolerance, baseline) / size,
    },
  ];
}

function barParts(
  { name, verdict, harm, halfWidth, allowed }: Bar,
  y: number,
  x: (share: number) => number,
): string[] {
  const colour = COLOURS[verdict];
  const label = name.length > 48 ? `…${name.slice(-47)}` : name;
  return [
    text(LABELS - 8, y + 4, 'end', label, colour),
    line(x(allowed), y - 8, x(allowed), y + 8, '#d1242f', 1),
    line(x(harm - halfWidth), y, x(harm + halfWidth), y, colour, 2),
    `<circle cx="${round(x(harm))}" cy="${y}" r="4" fill="${colour}"/>`,
  ];
}

function text(
  x: number,
  y: number,
  anchor: 'start' | 'middle' | 'end',
  content: string,
  colour: string,
): string {
  return `<text x="${round(x)}" y="${y}" text-anchor="${anchor}" fill="${colour}">${escaped(content)}</text>`;
}

function line(x1: number, y1: number, x2: number, y2: number, colour: string, width: number): string {
  return `<line x1="${round(x1)}" y1="${y1}" x2="${round(x2)}" y2="${y2}" stroke="${colour}" stroke-width="${width}"/>`;
}

function percent(share: number): string {
  return share === 0 ? '0' : `${share > 0 ? '+' : ''}${Number((share * 100).toPrecision(2))} %`;
}

function round(value: number): number {
  return Number(value.toFixed(1));
}

/** Text inside XML. */
export function escaped(content: string): string {
  return content
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
