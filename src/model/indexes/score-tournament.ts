import { NONE } from '../ledger/columns.js';
import type { MachineId } from '../ledger/machine.js';

/** Players per match. The tree is flat, because most changes end in their first match. */
const MATCH_BITS = 3;
const MATCH = 1 << MATCH_BITS;

/**
 * One score per machine, and the machine with the highest one: the lowest rank on ties. Machines play in groups of
 * eight, the winners again in groups of eight, up to one. A changed score replays only the matches that it can decide.
 */
export class ScoreTournament {
  /** NaN if the machine does not take part. */
  private scores = new Float64Array(0);
  /** A bit per machine that takes part. These bits fit in the CPU caches, where the scores of many classes do not. */
  private players = new Int32Array(0);
  /** Winners of the first matches, then of the next level, and so on; NONE in matches without players. */
  private winners = new Int32Array(0);
  /** Start of each level in `winners`; the last entry is its length. */
  private starts: number[] = [0, 0];
  machines = 0;

  /** Approximate size of a tournament, in bytes. */
  static bytes(machines: number): number {
    return machines * (8 + 1 / 8 + 4 / (MATCH - 1));
  }

  /** The machine with the highest score, the lowest rank on ties; NONE if no machine takes part. */
  get winner(): MachineId {
    return this.machines === 0 ? NONE : this.winners[this.winners.length - 1];
  }

  /** Restarts with this number of machines. None takes part until `enter`; `play` follows. */
  restart(machines: number): void {
    if (machines !== this.machines) {
      this.machines = machines;
      this.scores = new Float64Array(machines);
      this.players = new Int32Array((machines >> 5) + 1);
      this.starts = [0];
      for (let size = machines; size > 1 || this.starts.length === 1; ) {
        size = (size + MATCH - 1) >> MATCH_BITS;
        this.starts.push((this.starts.at(-1) as number) + size);
      }
      this.winners = new Int32Array(this.starts.at(-1) as number);
    }
    this.scores.fill(Number.NaN);
    this.players.fill(0);
  }

  /** Sets a score before the first `play`. */
  enter(machine: MachineId, score: number): void {
    this.scores[machine] = score;
    this.players[machine >> 5] |= 1 << (machine & 31);
  }

  /** Plays all matches. */
  play(): void {
    for (let level = 0; level + 1 < this.starts.length; level++) {
      const matches = this.starts[level + 1] - this.starts[level];
      for (let match = 0; match < matches; match++) this.replay(level, match);
    }
  }

  /** Changes the machine's score; NaN if it takes no part. */
  change(machine: MachineId, score: number): void {
    const word = machine >> 5;
    const bit = 1 << (machine & 31);
    const played = (this.players[word] & bit) !== 0;
    const plays = !Number.isNaN(score);
    if (!played && !plays) return;
    if (played !== plays) this.players[word] ^= bit;
    const before = this.scores[machine];
    this.scores[machine] = score;
    if (score === before) return;
    if (score > before || Number.isNaN(before)) this.rise(machine, score);
    else this.fall(machine);
  }

  private rise(machine: MachineId, score: number): void {
    if (Number.isNaN(score)) return;
    const { scores, winners, starts } = this;
    let match = machine;
    for (let level = 0; level + 1 < starts.length; level++) {
      match >>= MATCH_BITS;
      const place = starts[level] + match;
      const held = winners[place];
      if (held === machine) continue;
      if (held !== NONE && (scores[held] > score || (scores[held] === score && held < machine))) return;
      winners[place] = machine;
    }
  }

  private fall(machine: MachineId): void {
    let match = machine;
    for (let level = 0; level + 1 < this.starts.length; level++) {
      match >>= MATCH_BITS;
      if (this.winners[this.starts[level] + match] !== machine) return;
      this.replay(level, match);
    }
  }

  private replay(level: number, match: number): void {
    const { scores, winners, starts } = this;
    const first = match << MATCH_BITS;
    let best = NONE;
    let highest = Number.NaN;
    if (level === 0) {
      const end = Math.min(first + MATCH, this.machines);
      for (let machine = first; machine < end; machine++) {
        const score = scores[machine];
        if (score > highest || (best === NONE && !Number.isNaN(score))) {
          best = machine;
          highest = score;
        }
      }
    } else {
      const below = starts[level - 1];
      const end = Math.min(below + first + MATCH, starts[level]);
      for (let place = below + first; place < end; place++) {
        const player = winners[place];
        if (player !== NONE && (best === NONE || scores[player] > highest)) {
          best = player;
          highest = scores[player];
        }
      }
    }
    winners[starts[level] + match] = best;
  }

  /**
   * The machine with the highest score of those that are allowed, the lowest rank on ties; NONE without one. Matches are
   * opened best first, so the cost is that of the rejected machines and one more, times the levels.
   */
  winnerAmong(allows: (machine: MachineId) => boolean): MachineId {
    if (this.winner === NONE) return NONE;
    const open: OpenMatch[] = [{ level: this.starts.length - 2, match: 0, winner: this.winner }];
    for (let next = this.takeBest(open); next !== undefined; next = this.takeBest(open)) {
      if (next.level >= 0) this.openMatch(next, open);
      else if (allows(next.winner)) return next.winner;
    }
    return NONE;
  }

  /** Adds the matches below a match, or its machines (level -1). */
  private openMatch({ level, match }: OpenMatch, open: OpenMatch[]): void {
    const { winners, starts, scores } = this;
    const first = match << MATCH_BITS;
    const size = level === 0 ? this.machines : starts[level] - starts[level - 1];
    const end = Math.min(first + MATCH, size);
    for (let place = first; place < end; place++) {
      const winner = level === 0 ? place : winners[starts[level - 1] + place];
      if (winner !== NONE && !Number.isNaN(scores[winner]))
        this.addOpen(open, { level: level - 1, match: place, winner });
    }
  }

  /** `open` is a binary heap. */
  private addOpen(open: OpenMatch[], added: OpenMatch): void {
    let place = open.push(added) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.beats(added.winner, open[parent].winner)) break;
      open[place] = open[parent];
      place = parent;
    }
    open[place] = added;
  }

  private takeBest(open: OpenMatch[]): OpenMatch | undefined {
    const [best] = open;
    const last = open.pop();
    if (last === undefined || open.length === 0) return best;
    let place = 0;
    for (let child = 1; child < open.length; child = 2 * place + 1) {
      if (child + 1 < open.length && this.beats(open[child + 1].winner, open[child].winner)) child++;
      if (!this.beats(open[child].winner, last.winner)) break;
      open[place] = open[child];
      place = child;
    }
    open[place] = last;
    return best;
  }

  private beats(machine: MachineId, other: MachineId): boolean {
    const { scores } = this;
    return scores[machine] > scores[other] || (scores[machine] === scores[other] && machine < other);
  }

  /** Writes all machines that share the highest score to `into`, in rank order, and returns their number. */
  listWinners(into: Int32Array): number {
    const { winner } = this;
    return winner === NONE ? 0 : this.collect(this.starts.length - 2, 0, this.scores[winner], into, 0);
  }

  private collect(level: number, match: number, highest: number, into: Int32Array, count: number): number {
    const { scores, winners, starts } = this;
    const held = winners[starts[level] + match];
    if (held === NONE || scores[held] !== highest) return count;
    const first = match << MATCH_BITS;
    let found = count;
    if (level === 0) {
      const end = Math.min(first + MATCH, this.machines);
      for (let machine = first; machine < end; machine++)
        if (scores[machine] === highest) into[found++] = machine;
      return found;
    }
    const end = Math.min(first + MATCH, starts[level] - starts[level - 1]);
    for (let below = first; below < end; below++)
      found = this.collect(level - 1, below, highest, into, found);
    return found;
  }
}

/** A match that a search has reached; a machine itself has level -1. */
interface OpenMatch {
  readonly level: number;
  readonly match: number;
  readonly winner: MachineId;
}
