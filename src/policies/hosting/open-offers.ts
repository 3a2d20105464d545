import { FOREVER, type Micros, NONE } from '../../model/index.js';
import type { FrameworkId, MachineId } from '../contract.js';

/** Number of an offer, from 0 in the order in which offers are made. Not reused. */
export type OfferNumber = number;

/** An offer with an end of its own. */
interface TimedOffer {
  readonly framework: FrameworkId;
  readonly machine: MachineId;
  readonly until: Micros;
}

/**
 * The offers of a host that have neither been answered nor rescinded, with their times. All have the same timeout, so the oldest
 * ends first: the offers are a ring in the order of their numbers. Offers with an end of their own are in a second list. Without
 * a timeout and such ends, only numbers are given out.
 */
export class OpenOffers {
  private readonly timeout: Micros;
  /** The row of a number is its remainder by the length of the columns, a power of two. */
  private since = new Float64Array(16);
  private framework = new Int32Array(16);
  private machine = new Int32Array(16);
  private isOpen = new Uint8Array(16);
  /** The lowest number that may be open, and the next number. */
  private head = 0;
  private next = 0;
  private readonly timed = new Map<OfferNumber, TimedOffer>();
  /** Their numbers, the first to end first. Entries of closed offers, and earlier entries of shortened ones, may remain. */
  private order: { readonly offer: OfferNumber; readonly until: Micros }[] = [];

  constructor(timeout: Micros) {
    this.timeout = timeout;
  }

  open(framework: FrameworkId, machine: MachineId, now: Micros): OfferNumber {
    const offer = this.next++;
    if (this.timeout === FOREVER) return offer;
    if (this.next - this.head > this.since.length) this.grow();
    const row = this.rowOf(offer);
    this.since[row] = now;
    this.framework[row] = framework;
    this.machine[row] = machine;
    this.isOpen[row] = 1;
    return offer;
  }

  /** The offer was answered or rescinded. */
  close(offer: OfferNumber): void {
    if (this.timed.delete(offer)) this.dropClosed();
    if (this.timeout === FOREVER || offer < this.head) return;
    this.isOpen[this.rowOf(offer)] = 0;
    while (this.head < this.next && this.isOpen[this.rowOf(this.head)] === 0) this.head++;
  }

  /** An open offer ends at this time, if its timeout or an earlier call does not end it before. */
  endBy(offer: OfferNumber, framework: FrameworkId, machine: MachineId, until: Micros): void {
    if (until >= (this.timed.get(offer)?.until ?? FOREVER)) return;
    this.timed.set(offer, { framework, machine, until });
    let [low, high] = [0, this.order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.order[middle].until <= until) low = middle + 1;
      else high = middle;
    }
    this.order.splice(low, 0, { offer, until });
  }

  private dropClosed(): void {
    const open = this.order.findIndex(({ offer, until }) => this.timed.get(offer)?.until === until);
    this.order.splice(0, open < 0 ? this.order.length : open);
  }

  /** The open offer that ends first; NONE if none ends by itself. */
  get nextToEnd(): OfferNumber {
    const oldest = this.timeout === FOREVER || this.head === this.next ? NONE : this.head;
    const timed = this.order[0]?.offer ?? NONE;
    if (oldest === NONE || timed === NONE) return oldest === NONE ? timed : oldest;
    return this.endsAt(timed) < this.endsAt(oldest) ? timed : oldest;
  }

  /** When an open offer is rescinded. */
  endsAt(offer: OfferNumber): Micros {
    const timeout = this.timeout === FOREVER ? FOREVER : this.since[this.rowOf(offer)] + this.timeout;
    return Math.min(timeout, this.timed.get(offer)?.until ?? FOREVER);
  }

  /** The framework of an offer that ends by itself. */
  frameworkOf(offer: OfferNumber): FrameworkId {
    return this.timed.get(offer)?.framework ?? this.framework[this.rowOf(offer)];
  }

  machineOf(offer: OfferNumber): MachineId {
    return this.timed.get(offer)?.machine ?? this.machine[this.rowOf(offer)];
  }

  private rowOf(offer: OfferNumber): number {
    return offer & (this.since.length - 1);
  }

  /** Doubles the columns. Each number moves to its new row. */
  private grow(): void {
    const { since, framework, machine, isOpen } = this;
    const before = since.length;
    this.since = new Float64Array(2 * before);
    this.framework = new Int32Array(this.since.length);
    this.machine = new Int32Array(this.since.length);
    this.isOpen = new Uint8Array(this.since.length);
    for (let offer = this.head; offer < this.next - 1; offer++) {
      const [from, to] = [offer & (before - 1), this.rowOf(offer)];
      this.since[to] = since[from];
      this.framework[to] = framework[from];
      this.machine[to] = machine[from];
      this.isOpen[to] = isOpen[from];
    }
  }
}
