/** An instance that lives through the steps from `from` to before `to`. */
export interface InstanceLife {
  readonly instance: number;
  readonly from: number;
  readonly to: number;
}

/** The k-th instance lives from each step in which at least k are needed to the next in which fewer are. */
export function instanceLives(counts: ArrayLike<number>): InstanceLife[] {
  const lives: InstanceLife[] = [];
  const since: number[] = [];
  for (let step = 0; step <= counts.length; step++) {
    const wanted = step < counts.length ? counts[step] : 0;
    while (since.length < wanted) since.push(step);
    while (since.length > wanted) {
      const from = since.pop() as number;
      lives.push({ instance: since.length, from, to: step });
    }
  }
  return lives;
}
