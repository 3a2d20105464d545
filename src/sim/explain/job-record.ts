import {
  type ClassAnswers,
  type EventEntry,
  type JobHistory,
  type Micros,
  type Shortage,
  toSeconds,
  type WaitCause,
  type WaitEntry,
} from '../../model/index.js';

/** Entries that are kept from the beginning and from the end of a history. */
const KEPT_AT_EACH_END = 30;

/** The longest sequence of answers that come in turn, such as those to offers that repeat. */
const MOST_TURNS = 6;

/** Machines that an entry of starts names. */
const MOST_NAMED = 3;

/** What one consideration found. */
export interface Found {
  readonly cause: WaitCause;
  readonly holders: readonly string[];
  /** Micros; FOREVER for none. */
  readonly until: Micros;
  readonly detail: string;
  readonly waiting: number;
  readonly standing: number | null;
  readonly classes: readonly ClassAnswers[];
  readonly classesLeftOut: number;
}

/** A history that grows. Equal considerations in a row, or in turn, are one entry, and so are equal events. Its length is bounded. */
export class JobRecord {
  readonly history: JobHistory;
  /** Was the job asked for by its own name? */
  readonly isNamed: boolean;
  readonly submitted: Micros;
  hasEnded = false;
  /** By entry: its cause, its holders and its answers; empty if it is no consideration. */
  private readonly keys: string[] = [];
  /** Number of the last entries that come in turn; 0 if they do not. */
  private turns = 0;

  constructor(history: JobHistory, submitted: Micros, isNamed: boolean) {
    this.history = history;
    this.submitted = submitted;
    this.isNamed = isNamed;
  }

  considered(found: Found, now: Micros): void {
    const { cause, holders, classes } = found;
    const key = JSON.stringify([
      cause,
      holders,
      classes.map(({ capacity, answers }) => [capacity, answers.map((one) => [one.reason, one.holders])]),
    ]);
    const known = this.entryLike(key);
    if (known !== undefined) {
      enlarge(known, found, now);
      return;
    }
    const { until, detail, waiting, standing, classesLeftOut } = found;
    this.add(
      {
        kind: 'waited',
        from: toSeconds(now),
        to: toSeconds(now),
        times: 1,
        isInTurn: false,
        cause,
        holders,
        until: planned(until),
        detail,
        least: waiting,
        greatest: waiting,
        standing,
        // Jobs of one class share these objects, and an entry changes its counts: so it has a copy.
        classes: structuredClone(classes),
        classesLeftOut,
      },
      key,
    );
    this.findTurns();
  }

  /** The last entry, or one of those that come in turn, if it has the key. */
  private entryLike(key: string): WaitEntry | undefined {
    const { entries } = this.history;
    for (let back = 1; back <= Math.max(1, this.turns); back++) {
      const entry = entries.at(-back);
      if (entry?.kind === 'waited' && this.keys.at(-back) === key) return entry;
    }
    this.turns = 0;
    return undefined;
  }

  /** Merges the last entries into those before them, if they are the same in the same order: the answers come in turn. */
  private findTurns(): void {
    const { entries } = this.history;
    for (let length = 2; length <= MOST_TURNS; length++) {
      const keys = this.keys.slice(-2 * length);
      if (keys.length < 2 * length || keys.includes('')) return;
      if (keys.slice(0, length).some((key, i) => key !== keys[length + i])) continue;
      this.keys.splice(-length);
      const again = entries.splice(-length);
      for (const [i, entry] of again.entries()) {
        const before = entries.at(i - length);
        if (entry.kind !== 'waited' || before?.kind !== 'waited') continue;
        join(before, entry);
        before.isInTurn = true;
      }
      this.turns = length;
      return;
    }
  }

  /** The last consideration happened again, `times` times, and found the same. */
  repeated(now: Micros, times: number): void {
    const last = this.history.entries.at(-1);
    if (last?.kind !== 'waited') return;
    last.to = toSeconds(now);
    last.times += times;
  }

  /** Is the last entry a consideration? */
  get isWaiting(): boolean {
    return this.history.entries.at(-1)?.kind === 'waited';
  }

  happened(kind: EventEntry['kind'], words: string, tasks: number, now: Micros): void {
    const last = this.history.entries.at(-1);
    const isSame = last !== undefined && last.kind === kind && (kind === 'started' || last.words === words);
    if (!isSame) {
      this.turns = 0;
      this.add({ kind, from: toSeconds(now), to: toSeconds(now), tasks, words, more: 0 }, '');
      return;
    }
    last.to = toSeconds(now);
    last.tasks += tasks;
    if (kind !== 'started') return;
    const names = last.words.split(', ');
    if (names.includes(words)) return;
    if (names.length < MOST_NAMED) last.words += `, ${words}`;
    else last.more++;
  }

  private add(entry: WaitEntry | EventEntry, key: string): void {
    const { history, keys } = this;
    history.entries.push(entry);
    keys.push(key);
    if (history.entries.length <= 2 * KEPT_AT_EACH_END) return;
    const [dropped] = history.entries.splice(KEPT_AT_EACH_END, 1);
    keys.splice(KEPT_AT_EACH_END, 1);
    history.leftOut++;
    if (dropped.kind === 'waited') history.leftOutTimes += dropped.times;
  }
}

function planned(until: Micros): number | null {
  return Number.isFinite(until) ? toSeconds(until) : null;
}

function enlarge(entry: WaitEntry, found: Found, now: Micros): void {
  const { waiting, until, standing, classes } = found;
  const to = toSeconds(now);
  join(entry, { to, times: 1, until: planned(until), least: waiting, greatest: waiting, standing, classes });
}

/** Adds considerations to an entry with the same key. */
function join(
  entry: WaitEntry,
  more: Pick<WaitEntry, 'to' | 'times' | 'until' | 'least' | 'greatest' | 'standing' | 'classes'>,
): void {
  entry.to = more.to;
  entry.times += more.times;
  entry.until = more.until ?? entry.until;
  widen(entry, more);
  if (more.standing !== null) entry.standing = Math.max(entry.standing ?? 0, more.standing);
  for (const [c, { machines, answers }] of more.classes.entries()) {
    const known = entry.classes[c];
    known.machines = Math.max(known.machines, machines);
    for (const [a, answer] of answers.entries()) {
      widen(known.answers[a], answer);
      for (const one of answer.short) joinShortage(known.answers[a].short, one);
    }
  }
}

function joinShortage(known: Shortage[], one: Shortage): void {
  const before = known.find(({ resource }) => resource === one.resource);
  if (before === undefined) known.push({ ...one });
  else {
    widen(before, one);
    if (one.most !== null) before.most = Math.max(before.most ?? 0, one.most);
  }
}

interface Range {
  least: number;
  greatest: number;
}

function widen(range: Range, other: Readonly<Range>): void {
  range.least = Math.min(range.least, other.least);
  range.greatest = Math.max(range.greatest, other.greatest);
}
