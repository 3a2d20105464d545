import { describe, expect, it } from 'vitest';
import { loadChart } from '../../src/cli/load-chart.js';

describe('the chart of the load', () => {
  it('has a bar for each value, in eighths of a line, and the peak at the axis', () => {
    // The peak is five lines of eight eighths; half of it is two lines and four eighths.
    expect(loadChart([100, 50, 25, 0], ['0', '4 s'])).toBe(
      ['100 │█', '    │█', '    │█▄', '    │██▂', '  0 │███', '    └────', '     0 4 s', ''].join('\n'),
    );
  });

  it('has at most 80 columns for 60 values of any size, and no bar where all are 0', () => {
    const wide = loadChart(new Array(60).fill(123_456_789.5), ['0', '339d 21h']).split('\n');
    expect(Math.max(...wide.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(loadChart([0, 0], ['0', '1 s'])).not.toMatch(/[▁-█]/);
  });
});
