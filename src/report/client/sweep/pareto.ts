/** A point with two numbers, of which smaller or larger ones are better. */
export interface TwoNumbers {
  readonly x: number;
  readonly y: number;
}

/** Which direction is better. */
export type Better = 'lower' | 'higher';

/**
 * The places of the points that no other point dominates, in the order of x from its best: no other is at least as good in both numbers and
 * better in one. Points that are equal in both are all on the front.
 */
export function paretoFront(points: readonly TwoNumbers[], x: Better, y: Better): number[] {
  const sign = (better: Better) => (better === 'lower' ? 1 : -1);
  const [ofX, ofY] = [sign(x), sign(y)];
  const order = points
    .map((_, place) => place)
    .sort((a, b) => ofX * (points[a].x - points[b].x) || ofY * (points[a].y - points[b].y) || a - b);
  const front: number[] = [];
  for (const place of order) {
    const last = points[front[front.length - 1]];
    const { x: across, y: up } = points[place];
    const isEqual = last !== undefined && last.x === across && last.y === up;
    if (last === undefined || isEqual || ofY * (up - last.y) < 0) front.push(place);
  }
  return front;
}
