/** The runs that time charts show: one seed, or all. */
export type SeedChoice = { readonly kind: 'all' } | { readonly kind: 'one'; readonly seed: string };

/** What all time charts of the page have in common: the part of the time, the seed, and the cursor. */
export class TimeView {
  /** Seconds since the start of the run. */
  from = 0;
  to: number;
  seeds: SeedChoice = { kind: 'all' };
  /** Undefined without a cursor. */
  cursor: number | undefined;
  /** The least span, so that a step fills at most the whole chart. */
  readonly least: number;
  private readonly viewListeners: (() => void)[] = [];
  private readonly cursorListeners = new Set<() => 'keep' | 'forget'>();

  constructor(
    readonly length: number,
    stepSeconds: number,
  ) {
    this.to = length;
    this.least = Math.min(length, 2 * stepSeconds);
  }

  /** Called after a change of the part or of the seed. */
  onChange(listener: () => void): void {
    this.viewListeners.push(listener);
  }

  /** Called after the cursor moved, until it returns `forget`. */
  onCursor(listener: () => 'keep' | 'forget'): void {
    this.cursorListeners.add(listener);
  }

  get isWhole(): boolean {
    return this.from === 0 && this.to === this.length;
  }

  zoom(from: number, to: number): void {
    const span = Math.min(this.length, Math.max(this.least, to - from));
    const middle = (from + to) / 2;
    this.from = Math.max(0, Math.min(this.length - span, middle - span / 2));
    this.to = this.from + span;
    this.changed();
  }

  zoomBy(factor: number): void {
    const middle = this.cursor ?? (this.from + this.to) / 2;
    const half = ((this.to - this.from) * factor) / 2;
    this.zoom(middle - half, middle + half);
  }

  whole(): void {
    this.zoom(0, this.length);
  }

  choose(seeds: SeedChoice): void {
    this.seeds = seeds;
    this.changed();
  }

  moveCursor(time: number | undefined): void {
    this.cursor = time;
    for (const listener of this.cursorListeners)
      if (listener() === 'forget') this.cursorListeners.delete(listener);
  }

  private changed(): void {
    for (const listener of this.viewListeners) listener();
    this.moveCursor(this.cursor);
  }
}
