import { type LoadedAttempts, type LoadedSchedule, lanesOf } from './loaded-schedule.js';
import type { TimeView } from './time-view.js';

/** What a row of the chart is. */
export type RowKind = 'jobs' | 'machines';

/** Heights of rows in pixels that the buttons choose. */
const HEIGHTS = [1, 2, 4, 8, 14, 24, 40, 80, 160];
/** A row is not higher than this because few fill the chart. */
const HIGHEST_FITTING = { jobs: 18, machines: 120 } as const;

/** The rows that all panels of the Gantt chart have in common: which they are, how high, and which part is in view. */
export class GanttRows {
  kind: RowKind;
  /** Only rows with this text in their names, users or frameworks, or the one row with this name; empty for all. */
  find = '';
  /** Pixels; undefined to fit all rows into the chart. */
  chosenHeight: number | undefined;
  /** Pixels of rows above the chart. */
  top = 0;
  /** The row that is pointed at: its place in `shown`. */
  pointed: number | undefined;
  /** Jobs or machines, from the top. */
  shown: readonly number[] = [];
  private readonly listeners = new Set<() => 'keep' | 'forget'>();
  private readonly searched: Partial<Record<RowKind, readonly string[]>> = {};

  constructor(
    readonly schedule: LoadedSchedule,
    readonly height: number,
  ) {
    this.kind = schedule.machines.length > 1 ? 'machines' : 'jobs';
  }

  /** Called after the rows scrolled, until it returns `forget`. */
  onScroll(listener: () => 'keep' | 'forget'): void {
    this.listeners.add(listener);
  }

  /** The rows of this part of the time: all machines, or the jobs that wait or run in it under any policy. */
  update({ from, to, isWhole }: TimeView): void {
    const { kind, schedule } = this;
    const { submitted, over } = schedule.jobs;
    const count = kind === 'jobs' ? schedule.jobs.count : schedule.machines.length;
    const all: number[] = [];
    for (let row = 0; row < count; row++)
      if (kind === 'machines' || isWhole || (submitted[row] <= to && over[row] >= from)) all.push(row);
    const before = this.pointed === undefined ? undefined : this.shown[this.pointed];
    this.shown = this.find === '' ? all : this.found(all);
    const place = before === undefined ? -1 : this.shown.indexOf(before);
    this.pointed = place < 0 ? undefined : place;
    this.top = Math.min(this.top, this.hidden);
  }

  private found(rows: readonly number[]): readonly number[] {
    const exact = rows.filter((row) => this.nameOf(row) === this.find);
    if (exact.length > 0) return exact;
    const text = this.find.toLowerCase();
    const searched = this.searchedTexts();
    return rows.filter((row) => searched[row].includes(text));
  }

  /** What `find` looks through, by row, in lower case. Made once, because a reader types letter by letter. */
  private searchedTexts(): readonly string[] {
    const { kind, schedule } = this;
    const { name, user, framework } = schedule.jobs;
    const texts =
      this.searched[kind] ??
      (kind === 'machines'
        ? schedule.machines.map((machine) => machine.toLowerCase())
        : name.map((_, row) => `${name[row]}\n${user[row]}\n${framework[row]}`.toLowerCase()));
    this.searched[kind] = texts;
    return texts;
  }

  nameOf(row: number): string {
    return this.kind === 'jobs' ? this.schedule.jobs.name[row] : this.schedule.machines[row];
  }

  /** Pixels of a row. */
  get rowHeight(): number {
    const fitting = this.height / Math.max(1, this.shown.length);
    return Math.max(this.chosenHeight ?? 0, Math.min(HIGHEST_FITTING[this.kind], fitting));
  }

  /** Pixels of all rows, and of those that do not fit into the chart. */
  get total(): number {
    return this.shown.length * this.rowHeight;
  }

  get hidden(): number {
    return Math.max(0, this.total - this.height);
  }

  scrollTo(top: number): void {
    this.top = Math.max(0, Math.min(this.hidden, top));
    for (const listener of this.listeners) if (listener() === 'forget') this.listeners.delete(listener);
  }

  /** Points at a row and scrolls to it. */
  point(place: number | undefined): void {
    this.pointed = place;
    if (place === undefined) return;
    const { rowHeight, height, top } = this;
    const y = place * rowHeight;
    if (y < top || y + rowHeight > top + height) this.scrollTo(y - height / 2);
    else this.scrollTo(top);
  }

  /** The next height in this direction; the row in the middle stays there. */
  stretch(direction: 1 | -1): void {
    const { rowHeight, top, height } = this;
    const middle = (top + height / 2) / rowHeight;
    const higher = HEIGHTS.find((pixels) => pixels > rowHeight * 1.01) ?? HEIGHTS[HEIGHTS.length - 1];
    const lower = HEIGHTS.findLast((pixels) => pixels < rowHeight * 0.99) ?? 0;
    this.chosenHeight = direction === 1 ? higher : lower;
    this.top = Math.max(0, Math.min(this.hidden, middle * this.rowHeight - height / 2));
  }
}

/** The attempt of a policy in a row at a time; `lane` is where in the row of a machine, from 0 to 1. */
export function attemptAt(
  rows: GanttRows,
  policy: LoadedAttempts,
  place: number,
  time: number,
  within: number | undefined,
): number | undefined {
  const row = rows.shown[place];
  if (row === undefined) return undefined;
  if (rows.kind === 'jobs') {
    const [first, next] = [policy.firstOfJob[row], policy.firstOfJob[row + 1]];
    for (let i = first; i < next; i++) if (policy.from[i] <= time && time < policy.to[i]) return i;
    return next > first ? first : undefined;
  }
  const lanes = lanesOf(rows.schedule, policy);
  const lane = within === undefined ? undefined : Math.floor(within * lanes.lanes[row]);
  return lanes.attempts[row].find(
    (i) => policy.from[i] <= time && time < policy.to[i] && (lane === undefined || lanes.lane[i] === lane),
  );
}
