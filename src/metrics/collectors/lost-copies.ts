import type { Micros } from '../../model/index.js';

/** What changes at `time`: the number of lost copies, or that of instances. */
interface Change {
  readonly time: Micros;
  readonly lost: number;
  readonly instances: number;
}

/**
 * The probability that a service lost all copies of some piece of its data. The copy of an instance is lost from the time at which
 * its machine or its disk failed until it is made again. Often that is known only later: an instance whose machine is off may
 * start there again, with its copy. So changes are kept while a copy is unsure, and then counted in the order of their times.
 */
export class LostCopies {
  private readonly replicas: number;
  private readonly pieces: number;
  private changes: Change[] = [];
  /** Number of copies of which it is not known whether they are lost. */
  private unsure = 0;
  private lost = 0;
  private instances = 0;
  /** Maximum number of copies lost at one time since fewer than `replicas` were lost, and the number of instances then. */
  private mostLost = 0;
  private instancesThen = 0;
  /** The probability that no earlier episode lost data. */
  private spared = 1;

  constructor(replicas: number, pieces: number) {
    this.replicas = replicas;
    this.pieces = pieces;
  }

  /** An instance with a copy joins (1) or leaves (-1). */
  resized(by: 1 | -1, now: Micros): void {
    this.add({ time: now, lost: 0, instances: by });
  }

  /** A copy becomes unsure (1) or is no longer (-1). Its loss, if any, is told before. */
  unsureChanged(by: 1 | -1): void {
    this.unsure += by;
    if (this.unsure === 0) this.count();
  }

  /** A copy is lost since `since`. An earlier time than now is of a copy that is unsure since then. */
  isLost(since: Micros): void {
    this.add({ time: since, lost: 1, instances: 0 });
  }

  /** A lost copy is complete again, or its instance has left. */
  isRestored(now: Micros): void {
    this.add({ time: now, lost: -1, instances: 0 });
  }

  /** The probability of a loss up to now, as if all unsure copies exist. */
  probability(): number {
    this.count();
    return 1 - this.spared * (1 - this.ofEpisode());
  }

  private add(change: Change): void {
    this.changes.push(change);
    if (this.unsure === 0) this.count();
  }

  private count(): void {
    const changes = this.changes.sort((a, b) => a.time - b.time);
    this.changes = [];
    changes.forEach((change, i) => {
      this.lost += change.lost;
      this.instances += change.instances;
      if (changes[i + 1]?.time !== change.time) this.countInstant();
    });
  }

  private countInstant(): void {
    if (this.lost < this.replicas) {
      this.spared *= 1 - this.ofEpisode();
      this.mostLost = 0;
    }
    if (this.lost <= this.mostLost) return;
    this.mostLost = this.lost;
    this.instancesThen = this.instances;
  }

  private ofEpisode(): number {
    return lossProbability(this.mostLost, this.instancesThen, this.replicas, this.pieces);
  }
}

/**
 * The probability that all copies of some piece are on the `lost` ones of `instances`: 1 - (1 - C(lost, replicas) / C(instances,
 * replicas))^pieces. The copies of each piece are on random instances (random replication; Cidon et al., "Copysets", USENIX ATC
 * 2013).
 */
export function lossProbability(lost: number, instances: number, replicas: number, pieces: number): number {
  if (lost < replicas) return 0;
  let all = 1;
  for (let i = 0; i < replicas; i++) all *= (lost - i) / (instances - i);
  return 1 - (1 - all) ** pieces;
}
