import type { MaybeUnit } from './units.js';

/** A checked formula: the closed set of what it can contain. */
export type Expression = NumberExpression | WordExpression | CallExpression;

interface Checked {
  readonly unit: MaybeUnit;
  /** Is it a comparison, or comparisons joined by and, or, not? Its value is then 1 or 0. */
  readonly isCondition: boolean;
  /** Number of its first character in the formula, from 1. */
  readonly at: number;
}

/** A number, a quantity such as `2 min`, or an operation on them. */
export interface NumberExpression extends Checked {
  readonly kind: 'number';
  readonly value: number;
}

/** A name of the vocabulary: `waited`, or with an argument, `free(cpus)`. */
export interface WordExpression extends Checked {
  readonly kind: 'word';
  readonly name: string;
  readonly argument: string | undefined;
  /** Number of the first character of the argument; that of the name without one. */
  readonly argumentAt: number;
}

/** An operator or a function with its operands. */
export interface CallExpression extends Checked {
  readonly kind: 'call';
  readonly operation: Operation;
  readonly parts: readonly Expression[];
}

/** The operators and functions of the language. */
export type Operation =
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'divide'
  | 'pow'
  | 'negate'
  | 'smaller'
  | 'smallerEq'
  | 'larger'
  | 'largerEq'
  | 'equal'
  | 'unequal'
  | 'and'
  | 'or'
  | 'not'
  | 'choose'
  | 'abs'
  | 'min'
  | 'max'
  | 'sqrt'
  | 'log'
  | 'exp'
  | 'round'
  | 'floor'
  | 'ceil';

/** What a name of a vocabulary takes in parentheses. */
export type WordArgument = 'none' | 'resource' | 'framework' | 'metric';

/** The names that a formula may use. */
export interface Vocabulary {
  /** Are names paths of a summary? */
  readonly form: 'words' | 'paths';
  /** The names that take an argument, for messages. */
  readonly functions: readonly string[];
  /** The message about an unknown name. */
  unknownText(name: string): string;
  /** The argument that a name takes; undefined for an unknown name. */
  argumentOf(name: string): WordArgument | undefined;
  /** The unit of a word; undefined when it has no such argument. */
  unitOf(name: string, argument: string | undefined): MaybeUnit | undefined;
  /** The arguments that a name can take, for messages; empty when they are not known. */
  argumentsOf(name: string): readonly string[];
}

/** All words of a formula, each as often as it occurs. */
export function wordsOf(expression: Expression): WordExpression[] {
  if (expression.kind === 'number') return [];
  return expression.kind === 'word' ? [expression] : expression.parts.flatMap(wordsOf);
}
