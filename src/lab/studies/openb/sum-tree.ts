/**
 * A sum of many numbers of which one changes at a time: O(log n) a change. The additions are those of a fixed tree, so the sum
 * depends on the numbers alone and not on the way they were reached; a running sum drifts.
 */
export class SumTree {
  private readonly leaves: number;
  private readonly nodes: Float64Array;

  constructor(count: number) {
    this.leaves = 2 ** Math.ceil(Math.log2(Math.max(1, count)));
    this.nodes = new Float64Array(2 * this.leaves);
  }

  /** Sum of all. */
  get total(): number {
    return this.nodes[1];
  }

  set(place: number, value: number): void {
    const { nodes } = this;
    let node = this.leaves + place;
    nodes[node] = value;
    for (node >>= 1; node >= 1; node >>= 1) nodes[node] = nodes[2 * node] + nodes[2 * node + 1];
  }
}
