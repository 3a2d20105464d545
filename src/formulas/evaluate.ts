import type { MachineId, TaskClassId, TaskId } from '../policies/contract.js';
import type { Expression, Operation, WordExpression } from './expression.js';

/** A formula as a function. An order passes NONE as machine, an objective passes NONE for all. Conditions are 1 or 0. */
export type Evaluate = (machine: MachineId, taskClass: TaskClassId, task: TaskId) => number;

/**
 * A formula as a tree of closures. They are plain JavaScript: no mathjs, and no `new Function`, which a report's page may forbid.
 * `read` makes the function of each word, once.
 */
export function closureOf(expression: Expression, read: (word: WordExpression) => Evaluate): Evaluate {
  if (expression.kind === 'number') {
    const { value } = expression;
    return () => value;
  }
  if (expression.kind === 'word') return read(expression);
  const { operation, parts } = expression;
  const constant = withConstant(operation, parts, read);
  return constant ?? CLOSURES[operation](parts.map((part) => closureOf(part, read)));
}

/** `2 * x`, `x / 2`, `x < 2` …: one call less per value. Only operators that formulas often use with a number. */
function withConstant(
  operation: Operation,
  parts: readonly Expression[],
  read: (word: WordExpression) => Evaluate,
): Evaluate | undefined {
  const [left, right] = parts;
  if (right === undefined) return undefined;
  if (right.kind === 'number') {
    const b = right.value;
    const x = closureOf(left, read);
    if (operation === 'multiply') return (m, c, t) => x(m, c, t) * b;
    if (operation === 'divide') return (m, c, t) => x(m, c, t) / b;
    if (operation === 'smallerEq') return (m, c, t) => (x(m, c, t) <= b ? 1 : 0);
    if (operation === 'larger') return (m, c, t) => (x(m, c, t) > b ? 1 : 0);
  } else if (left.kind === 'number' && operation === 'multiply') {
    const a = left.value;
    const x = closureOf(right, read);
    return (m, c, t) => a * x(m, c, t);
  }
  return undefined;
}

const CLOSURES: Readonly<Record<Operation, (parts: readonly Evaluate[]) => Evaluate>> = {
  add:
    ([a, b]) =>
    (m, c, t) =>
      a(m, c, t) + b(m, c, t),
  subtract:
    ([a, b]) =>
    (m, c, t) =>
      a(m, c, t) - b(m, c, t),
  multiply:
    ([a, b]) =>
    (m, c, t) =>
      a(m, c, t) * b(m, c, t),
  divide:
    ([a, b]) =>
    (m, c, t) =>
      a(m, c, t) / b(m, c, t),
  pow:
    ([a, b]) =>
    (m, c, t) =>
      a(m, c, t) ** b(m, c, t),
  negate:
    ([a]) =>
    (m, c, t) =>
      -a(m, c, t),
  smaller:
    ([a, b]) =>
    (m, c, t) =>
      a(m, c, t) < b(m, c, t) ? 1 : 0,
  smallerEq:
    ([a, b]) =>
    (m, c, t) =>
      a(m, c, t) <= b(m, c, t) ? 1 : 0,
  larger:
    ([a, b]) =>
    (m, c, t) =>
      a(m, c, t) > b(m, c, t) ? 1 : 0,
  largerEq:
    ([a, b]) =>
    (m, c, t) =>
      a(m, c, t) >= b(m, c, t) ? 1 : 0,
  equal:
    ([a, b]) =>
    (m, c, t) =>
      a(m, c, t) === b(m, c, t) ? 1 : 0,
  unequal:
    ([a, b]) =>
    (m, c, t) =>
      a(m, c, t) !== b(m, c, t) ? 1 : 0,
  and:
    ([a, b]) =>
    (m, c, t) =>
      isTrue(a(m, c, t)) && isTrue(b(m, c, t)) ? 1 : 0,
  or:
    ([a, b]) =>
    (m, c, t) =>
      isTrue(a(m, c, t)) || isTrue(b(m, c, t)) ? 1 : 0,
  not:
    ([a]) =>
    (m, c, t) =>
      isTrue(a(m, c, t)) ? 0 : 1,
  choose:
    ([condition, yes, no]) =>
    (m, c, t) =>
      (isTrue(condition(m, c, t)) ? yes : no)(m, c, t),
  abs:
    ([a]) =>
    (m, c, t) =>
      Math.abs(a(m, c, t)),
  min: (parts) => extreme(parts, (a, b) => (b < a || Number.isNaN(b) ? b : a)),
  max: (parts) => extreme(parts, (a, b) => (b > a || Number.isNaN(b) ? b : a)),
  sqrt:
    ([a]) =>
    (m, c, t) =>
      Math.sqrt(a(m, c, t)),
  log:
    ([a]) =>
    (m, c, t) =>
      Math.log(a(m, c, t)),
  exp:
    ([a]) =>
    (m, c, t) =>
      Math.exp(a(m, c, t)),
  round:
    ([a]) =>
    (m, c, t) =>
      rounded(a(m, c, t)),
  floor:
    ([a]) =>
    (m, c, t) =>
      Math.floor(a(m, c, t)),
  ceil:
    ([a]) =>
    (m, c, t) =>
      Math.ceil(a(m, c, t)),
};

/** NaN is neither true nor false in JavaScript's sense of a number; here, as in mathjs, it is false. */
function isTrue(value: number): boolean {
  return value !== 0 && !Number.isNaN(value);
}

/** Halves go away from zero, as in mathjs. */
function rounded(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}

/** Of 0 and -0 the first wins, as in mathjs; `Math.min` would take -0. */
function extreme(parts: readonly Evaluate[], of: (a: number, b: number) => number): Evaluate {
  return parts.reduce((a, b) => (m, c, t) => of(a(m, c, t), b(m, c, t)));
}
