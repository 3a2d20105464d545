import type { SingleBar } from 'cli-progress';
import type { RunProgress } from '../lab/run/run-spec.js';
import { durationText, fromSeconds } from '../model/index.js';
import { countText } from '../results/metric-text.js';

/** Shorter runs show no progress. */
const QUIET_MILLISECONDS = 2000;

/**
 * Progress of a batch of runs on stderr, when that is a terminal: share done, events per second and time left.
 */
export class ProgressDisplay {
  private readonly done: number[];
  private readonly events: number[];
  private readonly started = Date.now();
  /** Is it shown, if the runs take long enough? */
  readonly isShown: boolean;
  /** Loaded during the first runs, and only if progress is shown. */
  private library: typeof import('cli-progress') | undefined;
  private bar: SingleBar | undefined;

  constructor(tasks: number, isShown: boolean) {
    this.done = new Array(tasks).fill(0);
    this.events = new Array(tasks).fill(0);
    this.isShown = isShown && process.stderr.isTTY === true;
    if (this.isShown) void this.load();
  }

  private async load(): Promise<void> {
    this.library = (await import('cli-progress')).default;
  }

  update(task: number, progress: RunProgress): void {
    this.done[task] = Math.min(1, progress.done ?? 0);
    this.events[task] = progress.events;
    this.draw();
  }

  finished(task: number): void {
    this.done[task] = 1;
    this.draw();
  }

  /** Removes the bar. */
  stop(): void {
    this.bar?.stop();
    this.bar = undefined;
  }

  private draw(): void {
    const elapsed = (Date.now() - this.started) / 1000;
    if (this.library === undefined || elapsed * 1000 < QUIET_MILLISECONDS) return;
    this.bar ??= newBar(this.library);
    const share = this.done.reduce((a, b) => a + b, 0) / this.done.length;
    const events = this.events.reduce((a, b) => a + b, 0);
    const left = share > 0.01 ? `${Math.ceil((elapsed * (1 - share)) / share)} s left` : '';
    this.bar.update(Math.round(share * 1000), {
      rate: countText(Math.round(events / elapsed)),
      left,
      percent: Math.floor(share * 100),
    });
  }
}

/** How all bars look, on stderr. */
export const BAR = {
  stream: process.stderr,
  clearOnComplete: true,
  hideCursor: true,
  barsize: 30,
  fps: 5,
  barCompleteChar: '█',
  barIncompleteChar: '░',
} as const;

function newBar(library: typeof import('cli-progress')): SingleBar {
  const bar = new library.SingleBar({
    ...BAR,
    format: '  {bar} {percent} %  {rate} events/s  {left}',
  });
  bar.start(1000, 0, { rate: '0', left: '', percent: 0 });
  return bar;
}

/** Progress of a sweep on stderr, when that is a terminal: cells finished and failed, their rate and the time left. */
export class CellProgress {
  private readonly isShown: boolean;
  private bar: SingleBar | undefined;
  private total = 0;
  private finishedCells = 0;
  private failedCells = 0;
  private began = 0;

  constructor(isShown: boolean) {
    this.isShown = isShown && process.stderr.isTTY === true;
  }

  async start(total: number): Promise<void> {
    this.total = total;
    this.began = Date.now();
    if (!this.isShown || total === 0) return;
    const library = (await import('cli-progress')).default;
    this.bar = new library.SingleBar({
      ...BAR,
      format: '  {bar} {value} of {total} runs  {rate} runs/s  {left}{failures}',
    });
    this.bar.start(total, 0, { rate: '0', left: '', failures: '' });
  }

  finished(hasFailed: boolean): void {
    this.finishedCells++;
    if (hasFailed) this.failedCells++;
    const elapsed = (Date.now() - this.began) / 1000;
    const left = Math.ceil((elapsed / this.finishedCells) * (this.total - this.finishedCells));
    this.bar?.update(this.finishedCells, {
      rate: (this.finishedCells / elapsed).toPrecision(2),
      left: `${durationText(fromSeconds(left))} left`,
      failures: this.failedCells === 0 ? '' : `  ${this.failedCells} failed`,
    });
  }

  /** Removes the bar. */
  stop(): void {
    this.bar?.stop();
    this.bar = undefined;
  }
}
