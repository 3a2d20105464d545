/**
 * The x with `matrix x = right`, for a symmetric positive definite matrix, by Cholesky's decomposition (Golub & Van Loan,
 * "Matrix Computations"). Not checked: any other matrix gives NaN or nonsense.
 */
export function solvePositiveDefinite(
  matrix: readonly (readonly number[])[],
  right: readonly number[],
): number[] {
  const lower: number[][] = [];
  for (const [i, row] of matrix.entries()) {
    lower.push([]);
    for (let j = 0; j <= i; j++) {
      const rest = row[j] - dot(lower[i], lower[j], j);
      lower[i].push(i === j ? Math.sqrt(rest) : rest / lower[j][j]);
    }
  }
  const half: number[] = [];
  for (const [i, value] of right.entries()) half.push((value - dot(lower[i], half, i)) / lower[i][i]);
  const solution = half.map(() => 0);
  for (let i = half.length - 1; i >= 0; i--) {
    let rest = half[i];
    for (let j = i + 1; j < half.length; j++) rest -= lower[j][i] * solution[j];
    solution[i] = rest / lower[i][i];
  }
  return solution;
}

function dot(a: readonly number[], b: readonly number[], length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[i] * b[i];
  return sum;
}
