import type { Micros } from '../../model/index.js';
import type { Random } from '../../policies/contract.js';

/** Slots of a nap double with each vain offer up to this many. */
const MOST_SLOTS = 16;

/**
 * Lets a framework whose gang found too little in its offers want none for a while, so that others are offered all there is.
 * Without it two frameworks that each wait for a gang are offered half of the cluster each, again and again, and neither ever
 * starts. The length is drawn as in Ethernet: a random number of slots from a range that doubles with each vain offer
 * (Metcalfe & Boggs, CACM 19 (7), 1976); frameworks on Mesos do the same with SUPPRESS and REVIVE.
 */
export class GangNap {
  /** It wants nothing before this time. */
  until: Micros = Number.NEGATIVE_INFINITY;
  private slots = 1;

  /** Its gang found too little: it naps for so many slots of this length. */
  begin(slot: Micros, random: Random, now: Micros): void {
    this.slots = Math.min(2 * this.slots, MOST_SLOTS);
    this.until = now + slot * (1 + Math.floor(random() * this.slots));
  }

  /** Something of it has started. */
  reset(): void {
    this.slots = 1;
  }
}
