import type { MultiBar, SingleBar } from 'cli-progress';
import type { RunProgress } from '../lab/run/run-spec.js';
import { durationText } from '../model/index.js';
import { countText } from '../results/metric-text.js';
import { BAR } from './progress.js';

/** Length of a bar. With names, shares and rates a line has at most 78 characters. */
const BAR_SIZE = 18;

/** The longest name that a line shows whole. */
const NAME_SIZE = 20;

/** The lines of one run. */
interface RunLines {
  readonly whole: SingleBar;
  readonly resources: Map<string, SingleBar>;
  readonly queue: SingleBar;
  readonly began: number;
}

/**
 * The runs of `--watch` on a terminal, while they last: for each, the share that is done, events per second and time left, the
 * allocated share of each resource, and the tasks that wait and run.
 */
export class LiveView {
  private readonly bars: MultiBar;
  private readonly lines = new Map<number, RunLines>();
  private readonly finishedRuns = new Set<number>();

  private constructor(
    library: typeof import('cli-progress'),
    private readonly names: readonly string[],
  ) {
    this.bars = new library.MultiBar({
      ...BAR,
      barsize: BAR_SIZE,
      // A line break in the middle of a line would break the view.
      linewrap: false,
      format: '{name} {bar} {text}',
      autopadding: false,
    });
  }

  /** `names`: of the runs. */
  static async open(names: readonly string[]): Promise<LiveView> {
    return new LiveView((await import('cli-progress')).default, names);
  }

  update(run: number, progress: RunProgress): void {
    if (this.finishedRuns.has(run)) return;
    const lines = this.lines.get(run) ?? this.begin(run, progress);
    const elapsed = (Date.now() - lines.began) / 1000;
    const { done, events, now } = progress;
    const left =
      done !== undefined && done > 0.01 ? `, ${Math.ceil((elapsed * (1 - done)) / done)} s left` : '';
    const rate = elapsed > 0 ? `, ${countText(Math.round(events / elapsed))} events/s` : '';
    lines.whole.update(done ?? 0, { text: `at ${durationText(Math.round(now / 1e6) * 1e6)}${rate}${left}` });
    for (const [name, share] of Object.entries(progress.allocated))
      lines.resources.get(name)?.update(share, { text: `${Math.round(share * 100)} % allocated` });
    const tasks = progress.pending + progress.running;
    lines.queue.update(tasks === 0 ? 0 : progress.pending / tasks, {
      text: `${countText(progress.pending)} wait, ${countText(progress.running)} run`,
    });
  }

  /** Removes the lines of a run. */
  finished(run: number): void {
    this.finishedRuns.add(run);
    const lines = this.lines.get(run);
    if (lines === undefined) return;
    for (const bar of [lines.whole, ...lines.resources.values(), lines.queue]) this.bars.remove(bar);
    this.lines.delete(run);
  }

  /** Removes the view. */
  stop(): void {
    this.bars.stop();
  }

  private begin(run: number, { allocated }: RunProgress): RunLines {
    const line = (name: string) => this.bars.create(1, 0, { name: padded(name), text: '' });
    const whole = line(this.names[run]);
    const resources = new Map(Object.keys(allocated).map((name) => [name, line(`  ${name}`)]));
    const made = { whole, resources, queue: line('  waiting tasks'), began: Date.now() };
    this.lines.set(run, made);
    return made;
  }
}

function padded(name: string): string {
  return (name.length > NAME_SIZE ? `${name.slice(0, NAME_SIZE - 1)}…` : name).padEnd(NAME_SIZE);
}
