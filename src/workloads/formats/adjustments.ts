import {
  FOREVER,
  InputError,
  type InputPlace,
  LATEST_TIME,
  MAX_QUANTA,
  MICROS_PER_SECOND,
  type Micros,
  type ResourceKind,
  toQuanta,
  toSeconds,
} from '../../model/index.js';

/** Texts of the counts, for notes: `log.swf: times rounded to whole microseconds (3)`. */
const ROUNDED_TIMES = 'times rounded to whole microseconds';
const ROUNDED_AMOUNTS = 'amounts rounded up to whole quanta';

/** Maximum difference from a whole quantum that counts as an inexact double and not as a finer value, in quanta. */
const SLACK = 1e-6;

/**
 * What a reader changed in the rows, with the number of changes, so that each kind is reported once. It also converts
 * times and amounts to whole quanta. A value finer than a quantum is rounded, but never to 0, and counted.
 */
export class Adjustments {
  /** Number of changes, by what was done. */
  readonly counts: Record<string, number> = {};

  get areNone(): boolean {
    return Object.keys(this.counts).length === 0;
  }

  /** Counts a change. In a note, the count follows `what`. */
  count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  /** Seconds >= 0 in microseconds; FOREVER stays. NaN for a time later than LATEST_TIME; see `beyondTime`. */
  time(seconds: number): Micros {
    const exact = seconds * MICROS_PER_SECOND;
    const whole = Math.round(exact);
    return whole === exact && whole <= LATEST_TIME ? whole : this.otherTime(seconds, exact, whole);
  }

  private otherTime(seconds: number, exact: number, whole: number): Micros {
    if (seconds === FOREVER) return FOREVER;
    if (!(whole <= LATEST_TIME)) return Number.NaN;
    if (Math.abs(whole - exact) > SLACK + exact * Number.EPSILON) this.count(ROUNDED_TIMES);
    return whole === 0 ? 1 : whole;
  }

  /**
   * An amount in quanta, rounded up.
   * @throws InputError when it is negative, not a number, or above MAX_QUANTA.
   */
  quanta(kind: ResourceKind, amount: number, place: InputPlace): number {
    const exact = amount * kind.quantaPerUnit;
    if (Number.isInteger(exact) && exact >= 0 && exact <= MAX_QUANTA) return exact;
    const quanta = toQuanta(kind, amount, place);
    if (Math.abs(quanta - exact) > SLACK || quanta === 0) this.count(ROUNDED_AMOUNTS);
    return quanta === 0 ? 1 : quanta;
  }
}

/** The error for a time of a file that is later than LATEST_TIME. */
export function beyondTime(place: InputPlace, found: string): InputError {
  return InputError.expected(
    place,
    found,
    `seconds up to ${Math.floor(toSeconds(LATEST_TIME))} (285 years), because times are exact to a microsecond`,
  );
}

/** The error for a row that ends later than LATEST_TIME even if it starts at once. `place` is that of its run time. */
export function beyondEnd(place: InputPlace, found: string): InputError {
  return InputError.expected(
    place,
    found,
    `an end (submission + run time) up to ${Math.floor(toSeconds(LATEST_TIME))} s (285 years), because times are exact to a microsecond`,
  );
}
