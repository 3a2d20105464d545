/** One line of the table: the ratio of two measurements in the same run. */
export interface BenchRow {
  readonly work: string;
  readonly against: string;
  /** Direction of the goal: `at least` for rates (speed), `at most` for growth and costs. */
  readonly wants: 'at least' | 'at most';
  readonly goal: number;
  /** Limit of the ratio under `--quick`. It is far enough from the usual value to tolerate the noise of a busy machine. */
  readonly limit: number;
  readonly ratio: number;
  /** Additional figure, such as tasks per CPU second; not checked. */
  readonly measured: string;
}

/** Whether the ratio satisfies this bound. */
export function reaches({ wants, ratio }: BenchRow, figure: number): boolean {
  return wants === 'at least' ? ratio >= figure : ratio <= figure;
}
