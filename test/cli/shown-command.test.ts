import { describe, expect, it } from 'vitest';
import { shownCommand } from '../../src/cli/shown-command.js';

describe('the command in a report', () => {
  it('makes the same report, wherever the files of the run were written', () => {
    const shown = 'simulate --policy drf --seeds 1-3 --report report.html';
    const run = ['--policy', 'drf', '--seeds', '1-3'];
    expect(shownCommand([...run, '--report', '/home/me/a.html'])).toBe(shown);
    expect(shownCommand(['-o', 'results', ...run])).toBe(shown);
    expect(shownCommand(['--out=results', ...run, '-r', 'b.html', '--jobs-out', 'jobs.csv'])).toBe(shown);
  });

  it('is quoted for a shell', () => {
    expect(shownCommand(['--policy', 'list(order="it\'s")', '--set', 'a.b=1'])).toBe(
      `simulate --policy 'list(order="it'\\''s")' --set a.b=1 --report report.html`,
    );
  });
});
