/** CPU seconds of this process (all threads) for the work. */
export async function cpuSeconds(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** CPU times of two pieces of work over several turns. */
export interface Turns {
  /** Median over the turns of first / second. Both parts of a turn run under the same load of the machine. */
  readonly ratio: number;
  /** Minimum time of each. */
  readonly first: number;
  readonly second: number;
}

/** Measures two pieces of work in alternation. */
export async function inTurns(turns: number, first: () => unknown, second: () => unknown): Promise<Turns> {
  const times: { first: number; second: number }[] = [];
  for (let turn = 0; turn < turns; turn++)
    times.push({ first: await cpuSeconds(first), second: await cpuSeconds(second) });
  return {
    ratio: median(times.map((time) => time.first / time.second)),
    first: Math.min(...times.map((time) => time.first)),
    second: Math.min(...times.map((time) => time.second)),
  };
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

/** Three digits, such as `1,230,000 tasks per CPU second`. */
export function rate(count: number, seconds: number, unit: string): string {
  return `${Number((count / seconds).toPrecision(3)).toLocaleString('en-US')} ${unit} per CPU second`;
}
