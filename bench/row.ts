/** One line of the table: two pieces of work against each other, in one run. */
export interface BenchRow {
  readonly work: string;
  readonly against: string;
  /** Rates (speed) want a ratio of at least the goal; growths and costs want one of at most the goal. */
  readonly wants: 'at least' | 'at most';
  readonly goal: number;
  /** Limit of the ratio under `--quick`: far enough from the usual value that noise of a busy machine does not reach it. */
  readonly limit: number;
  readonly ratio: number;
  /** Additional figure, such as tasks per CPU second; not checked. */
  readonly measured: string;
}

/** Has the ratio reached this figure? */
export function reaches({ wants, ratio }: BenchRow, figure: number): boolean {
  return wants === 'at least' ? ratio >= figure : ratio <= figure;
}
