import { metricText } from '../../results/metric-text.js';
import type { GatedMetric, GateResult } from './gate.js';
import { changeText } from './gate-text.js';
import { allowedHarm } from './tolerance.js';

/** A metric in the plot: harm and interval as shares of the baseline. */
interface Bar {
  readonly name: string;
  readonly verdict: GatedMetric['verdict'];
  readonly harm: number;
  readonly halfWidth: number;
  readonly allowed: number;
  /** The difference in the unit of the metric. */
  readonly change: string;
}

/** A plot with more rows is no summary. */
const MOST_ROWS = 12;

const WIDTH = 820;
const LABELS = 250;
const RIGHT = 560;
const ROW = 26;
const TOP = 52;
const BOTTOM = 56;

/** Characters of a name that fit, and of a difference. */
const MOST_OF_NAME = 36;
const MOST_OF_CHANGE = 24;

/** Text has a contrast of at least 4.5 on white, and those of a dark page on black. */
const STYLE = `svg{color-scheme:light dark;font:12px system-ui,sans-serif}text{fill:#57606a}.name{fill:#1f2328}.zone{fill:#57606a;opacity:.13}.axis{stroke:#8c959f}.grid{stroke:#8c959f;opacity:.3}.limit{stroke:#57606a;stroke-width:1.5}
.fail{--c:#cf222e}.undecided{--c:#9a6700}.better{--c:#1a7f37}.pass{--c:#57606a}.mark{fill:var(--c);stroke:var(--c);stroke-width:2}.open{fill:#fff}.span{stroke:var(--c);stroke-width:2.5}.word{fill:var(--c);font-weight:600}
@media(prefers-color-scheme:dark){text{fill:#9198a1}.name{fill:#f0f6fc}.zone{fill:#9198a1;opacity:.2}.limit{stroke:#9198a1}.fail{--c:#ff7b72}.undecided{--c:#d29922}.better{--c:#3fb950}.pass{--c:#9198a1}.open{fill:#0d1117}}`;

/**
 * An SVG picture of the gated metrics that differ: harm in percent of the baseline, with its simultaneous interval and the tolerance. The
 * worst is at the top; a metric that is 0 in the baseline is at the border. It follows the colours of a dark page. Undefined if no metric
 * differs.
 */
export function gatePlot({ metrics, policies }: GateResult): string | undefined {
  const all = metrics
    .flatMap((one) => barOf(one, policies.length > 1))
    .sort((a, b) => b.harm - b.allowed - (a.harm - a.allowed));
  const bars = all.slice(0, MOST_ROWS);
  if (bars.length === 0) return undefined;
  // Wide intervals are cut at the border, so that the means and the tolerances stay apart.
  const sizes = bars.flatMap(({ harm, allowed }) => [Math.abs(harm), allowed]).filter(Number.isFinite);
  const step = niceStep((1.3 * Math.max(...sizes, 1e-9)) / 2);
  const most = 2.4 * step;
  const x = (share: number) =>
    LABELS + ((Math.max(-most, Math.min(most, share)) + most) / (2 * most)) * (RIGHT - LABELS);
  const bottom = TOP + bars.length * ROW;
  const parts = [
    text(x(0) - 8, 20, 'end', '← better'),
    text(x(0) + 8, 20, 'start', 'worse →'),
    text(LABELS - 10, 40, 'end', 'gated metric'),
    text(RIGHT + 16, 40, 'start', 'difference'),
    text(WIDTH - 12, 40, 'end', 'verdict'),
    ...[-2, -1, 1, 2].map((n) => line('grid', x(n * step), TOP, x(n * step), bottom)),
    line('axis', x(0), TOP - 6, x(0), bottom),
    ...bars.flatMap((bar, i) => barParts(bar, TOP + i * ROW + ROW / 2, x, most)),
    ...[-2, -1, 0, 1, 2].map((n) => text(x(n * step), bottom + 18, 'middle', percent(n * step))),
    text(LABELS, bottom + 40, 'start', 'harm in % of the baseline; shaded: the tolerance'),
    ...(all.length > bars.length
      ? [text(WIDTH - 12, bottom + 40, 'end', `${all.length - bars.length} more in gate.json`)]
      : []),
  ];
  const height = bottom + BOTTOM;
  const title = 'Harm in percent of the baseline, with simultaneous intervals and tolerances';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img"><title>${title}</title><style>${STYLE}</style>${parts.join('')}</svg>\n`;
}

function barOf(one: GatedMetric, named: boolean): Bar[] {
  const { policy, metric, baseline, difference, corrected, tolerance, verdict } = one;
  if (tolerance === undefined || verdict === 'same') return [];
  const harm = metric.better === 'higher' ? -difference.mean : difference.mean;
  const allowed = allowedHarm(tolerance, baseline);
  const row = { name: named ? `${policy}: ${metric.key}` : metric.key, verdict };
  if (baseline !== 0) {
    const size = Math.abs(baseline);
    const halfWidth = (corrected?.halfWidth ?? 0) / size;
    return [{ ...row, harm: harm / size, halfWidth, allowed: allowed / size, change: changeText(one) }];
  }
  // Harm is no share of 0: what is more than allowed, or better, is at the border.
  const side = harm > allowed ? Number.POSITIVE_INFINITY : harm < 0 ? Number.NEGATIVE_INFINITY : 0;
  const change = `${changeText(one)} (was ${metricText(0, metric)})`;
  return [{ ...row, harm: side, halfWidth: 0, allowed: 0, change }];
}

function barParts(
  { name, verdict, harm, halfWidth, allowed, change }: Bar,
  y: number,
  x: (share: number) => number,
  most: number,
): string[] {
  const label = name.length > MOST_OF_NAME ? `…${name.slice(1 - MOST_OF_NAME)}` : name;
  const shown = change.length > MOST_OF_CHANGE ? `${change.slice(0, MOST_OF_CHANGE - 1)}…` : change;
  const [low, high] = [harm - halfWidth, harm + halfWidth];
  return [
    `<g class="${verdict}">`,
    label === name ? '' : `<title>${escaped(name)}</title>`,
    text(LABELS - 10, y + 4, 'end', label, 'name'),
    `<rect class="zone" x="${round(x(0))}" y="${y - 9}" width="${round(x(allowed) - x(0))}" height="18"/>`,
    line('limit', x(allowed), y - 9, x(allowed), y + 9),
    line('span', x(low), y, x(high), y),
    ...(low < -most ? [arrow(x(low), y, -1)] : []),
    ...(high > most ? [arrow(x(high), y, 1)] : []),
    mark(verdict, round(x(harm)), y),
    text(RIGHT + 16, y + 4, 'start', shown),
    text(WIDTH - 12, y + 4, 'end', verdict, 'word'),
    '</g>',
  ];
}

/** The verdict is a shape, too, for those who do not see the colours: a filled or an open circle, or a square for a failure. */
function mark(verdict: Bar['verdict'], x: number, y: number): string {
  if (verdict === 'fail')
    return `<rect class="mark" x="${round(x - 4.5)}" y="${y - 4.5}" width="9" height="9"/>`;
  return `<circle class="mark${verdict === 'undecided' ? ' open' : ''}" cx="${x}" cy="${y}" r="4.5"/>`;
}

/** The end of an interval that is cut. */
function arrow(x: number, y: number, direction: 1 | -1): string {
  return `<path class="mark" d="M${round(x + 5 * direction)} ${y}l${-6 * direction} -4v8z"/>`;
}

function text(
  x: number,
  y: number,
  anchor: 'start' | 'middle' | 'end',
  content: string,
  className?: string,
): string {
  const named = className === undefined ? '' : ` class="${className}"`;
  return `<text${named} x="${round(x)}" y="${y}" text-anchor="${anchor}">${escaped(content)}</text>`;
}

function line(className: string, x1: number, y1: number, x2: number, y2: number): string {
  return `<line class="${className}" x1="${round(x1)}" y1="${y1}" x2="${round(x2)}" y2="${y2}"/>`;
}

/** The least of 1, 2 and 5 times a power of ten that is not below the size. */
function niceStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  return (([1, 2, 5].find((factor) => factor * power >= size * (1 - 1e-9)) as number) ?? 10) * power;
}

function percent(share: number): string {
  return share === 0 ? '0' : `${share > 0 ? '+' : '−'}${Number((Math.abs(share) * 100).toPrecision(2))} %`;
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
