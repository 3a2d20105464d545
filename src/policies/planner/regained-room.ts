import { FOREVER, type Micros } from '../contract.js';

/** When a job found its place, as the number of returns of room until then. */
export type RoomMark = number;
/** The mark of a job for which room must be looked for everywhere. */
export const NO_MARK: RoomMark = -1;

const NOTHING = -1;

/** Pools with a span of time each, in which room came back. */
export class RegainedSpans {
  length = 0;
  pools = new Int32Array(16);
  /** By pool; valid for the pools in the list. */
  from = new Float64Array(16);
  to = new Float64Array(16);
  private isIn = new Uint8Array(16);

  /** The span of the pool becomes the hull of what it was and this. */
  add(pool: number, from: Micros, to: Micros): void {
    if (pool >= this.pools.length) this.grow(pool + 1);
    if (this.isIn[pool] === 0) {
      this.isIn[pool] = 1;
      this.pools[this.length++] = pool;
      this.from[pool] = from;
      this.to[pool] = to;
      return;
    }
    if (from < this.from[pool]) this.from[pool] = from;
    if (to > this.to[pool]) this.to[pool] = to;
  }

  clear(): void {
    for (let i = 0; i < this.length; i++) this.isIn[this.pools[i]] = 0;
    this.length = 0;
  }

  private grow(size: number): void {
    const { pools, from, to, isIn } = this;
    const length = Math.max(size, pools.length * 2);
    this.pools = new Int32Array(length);
    this.from = new Float64Array(length);
    this.to = new Float64Array(length);
    this.isIn = new Uint8Array(length);
    this.pools.set(pools);
    this.from.set(from);
    this.to.set(to);
    this.isIn.set(isIn);
  }
}

/** The returns of room of one turn, the first one first. */
class Returns {
  readonly pools: number[] = [];
  readonly from: Micros[] = [];
  readonly to: Micros[] = [];

  add(pool: number, from: Micros, to: Micros): void {
    this.pools.push(pool);
    this.from.push(from);
    this.to.push(to);
  }

  clear(): void {
    this.pools.length = 0;
    this.from.length = 0;
    this.to.length = 0;
  }
}

/** The returns of room of a turn that is over. Who asks for those since a mark must not ask for earlier ones later. */
class PastReturns {
  /** Number of the first return, and of the one behind the last. */
  private first = 0;
  end = 0;
  /** The latest mark that was asked for. */
  private reached = 0;
  private readonly pools: number[] = [];
  /** By pool: its first return that was not passed over. */
  private readonly head: number[] = [];
  /** By return: the next one of the pool, and the hull from it to the last one of the pool. */
  private readonly next: number[] = [];
  private readonly from: Micros[] = [];
  private readonly to: Micros[] = [];

  set(first: number, { pools, from, to }: Returns): void {
    for (const pool of this.pools) this.head[pool] = NOTHING;
    this.pools.length = 0;
    this.first = first;
    this.reached = first;
    this.end = first + pools.length;
    for (let i = pools.length - 1; i >= 0; i--) {
      const pool = pools[i];
      const next = this.head[pool] ?? NOTHING;
      if (next === NOTHING) this.pools.push(pool);
      this.next[i] = next;
      this.from[i] = next === NOTHING ? from[i] : Math.min(from[i], this.from[next]);
      this.to[i] = next === NOTHING ? to[i] : Math.max(to[i], this.to[next]);
      this.head[pool] = i;
    }
  }

  knowsSince(mark: RoomMark): boolean {
    return mark >= this.reached;
  }

  /** Adds the returns since the mark that begin before a time. */
  addTo(spans: RegainedSpans, mark: RoomMark, before: Micros): void {
    if (mark >= this.end) return;
    this.reached = mark;
    const passed = mark - this.first;
    const { pools, head, next, from, to } = this;
    for (let i = pools.length - 1; i >= 0; i--) {
      const pool = pools[i];
      let at = head[pool];
      while (at !== NOTHING && at < passed) at = next[at];
      head[pool] = at;
      if (at === NOTHING) {
        pools[i] = pools[pools.length - 1];
        pools.length--;
      } else if (from[at] < before) spans.add(pool, from[at], to[at]);
    }
  }
}

/**
 * Where room came back to the pools of a plan. A job that found its earliest place can find a better one only in room that came
 * back since: what others take gives it none. So it keeps a mark, and asks where that was.
 *
 * Returns of room are kept for two turns. A turn begins with each round through the jobs, which goes by the order of their marks:
 * those behind a job in one round may give it room in the next one. A span is the hull of what came back to a pool, so it may tell
 * of too much room, not of too little.
 */
export class RegainedRoom {
  private count = 0;
  /** Marks below say nothing. */
  private oldest = 0;
  private beginOfTurn = 0;
  private readonly recent = new Returns();
  private readonly recentSpans = new RegainedSpans();
  private readonly past = new PastReturns();
  private readonly found = new RegainedSpans();

  /** The mark of a job that has found its place now. */
  get mark(): RoomMark {
    return this.count;
  }

  /** Is all room known that has come back since the mark? */
  knowsSince(mark: RoomMark): boolean {
    return mark >= this.oldest && this.past.knowsSince(mark);
  }

  /** Room that came back since a mark that is known, of pools to which it came back before a time. Valid until the next call. */
  since(mark: RoomMark, before: Micros): RegainedSpans {
    const { found, recentSpans } = this;
    found.clear();
    this.past.addTo(found, mark, before);
    for (let i = 0; i < recentSpans.length; i++) {
      const pool = recentSpans.pools[i];
      if (recentSpans.from[pool] < before) found.add(pool, recentSpans.from[pool], recentSpans.to[pool]);
    }
    return found;
  }

  add(pool: number, from: Micros, to: Micros): void {
    if (!(to > from)) return;
    this.count++;
    this.recent.add(pool, from, to);
    this.recentSpans.add(pool, from, to);
  }

  /** A round through the jobs begins. */
  turn(): void {
    this.oldest = Math.max(this.oldest, this.beginOfTurn);
    this.past.set(this.beginOfTurn, this.recent);
    this.beginOfTurn = this.count;
    this.recent.clear();
    this.recentSpans.clear();
  }

  /** Room was taken that jobs had in the plan: what they know of their places no longer holds. */
  forget(): void {
    this.oldest = ++this.count;
    // Each number is that of a return, also this one, which begins before no time.
    this.recent.add(0, FOREVER, -FOREVER);
  }
}
