import { countText } from '../results/metric-text.js';

/** Parts of a character cell, from empty to full. */
const EIGHTHS = ' ▁▂▃▄▅▆▇█';

/** Number of lines of the bars. */
const HEIGHT = 5;

/**
 * Values >= 0 as bars, one column each, over an axis with the text of both of its ends. 60 values make lines of at most
 * 80 columns.
 */
export function loadChart(values: readonly number[], ends: readonly [string, string]): string {
  const peak = Math.max(...values);
  const labels = [countText(Number(peak.toPrecision(3))), '0'];
  const margin = Math.max(...labels.map((label) => label.length));
  const lines = Array.from({ length: HEIGHT }, (_, line) => {
    const below = HEIGHT - 1 - line;
    const bars = values.map((value) => {
      const eighths = peak === 0 ? 0 : Math.round((value / peak) * HEIGHT * 8) - below * 8;
      return EIGHTHS[Math.max(0, Math.min(8, eighths))];
    });
    const label = line === 0 ? labels[0] : line === HEIGHT - 1 ? labels[1] : '';
    return `${label.padStart(margin)} │${bars.join('')}`.trimEnd();
  });
  const [from, to] = ends;
  const gap = Math.max(1, values.length - from.length - to.length);
  return `${[
    ...lines,
    `${' '.repeat(margin)} └${'─'.repeat(values.length)}`,
    `${' '.repeat(margin + 2)}${from}${' '.repeat(gap)}${to}`,
  ].join('\n')}\n`;
}
