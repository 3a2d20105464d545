import { create, type MathNode, parseDependencies } from 'mathjs/number';
import { InputError, nearestName, quote } from '../model/index.js';
import { closureOf } from './evaluate.js';
import type { CallExpression, Expression, Operation, Vocabulary, WordArgument } from './expression.js';
import { type Token, tokensOf } from './tokens.js';
import { isConditionOf, unitOf } from './unit-rules.js';
import { PLAIN, quantityNamed } from './units.js';

/** Only the parser of mathjs: this instance has no evaluate, import, createUnit, simplify, derivative or resolve. */
const { parse } = create({ parseDependencies });

/** The operators of mathjs that the language has, by their name in its tree. */
const OPERATORS: ReadonlyMap<string, Operation> = new Map([
  ['add', 'add'],
  ['subtract', 'subtract'],
  ['multiply', 'multiply'],
  ['divide', 'divide'],
  ['pow', 'pow'],
  ['unaryMinus', 'negate'],
  ['smaller', 'smaller'],
  ['smallerEq', 'smallerEq'],
  ['larger', 'larger'],
  ['largerEq', 'largerEq'],
  ['equal', 'equal'],
  ['unequal', 'unequal'],
  ['and', 'and'],
  ['or', 'or'],
  ['not', 'not'],
]);

/** The functions, with the smallest and the largest number of arguments. */
const FUNCTIONS: ReadonlyMap<string, readonly [Operation, number, number]> = new Map([
  ['abs', ['abs', 1, 1]],
  ['min', ['min', 1, Number.POSITIVE_INFINITY]],
  ['max', ['max', 1, Number.POSITIVE_INFINITY]],
  ['sqrt', ['sqrt', 1, 1]],
  ['log', ['log', 1, 1]],
  ['exp', ['exp', 1, 1]],
  ['round', ['round', 1, 1]],
  ['floor', ['floor', 1, 1]],
  ['ceil', ['ceil', 1, 1]],
  ['pow', ['pow', 2, 2]],
]);

/** Reads and checks a formula. @throws InputError with the number of the character of the first mistake */
export function parseFormula(formula: string, vocabulary: Vocabulary): Expression {
  const { tokens, text } = tokensOf(formula, vocabulary.form);
  if (text.trim() === '') throw new InputError({ column: 1 }, 'found nothing, expected a formula');
  try {
    return new Checker(tokens, vocabulary).check(parse(text));
  } catch (error) {
    if (error instanceof InputError) throw error;
    if (error instanceof RangeError) throw new InputError({ column: 1 }, 'the formula is nested too deeply');
    throw syntaxMistake(error as SyntaxError & { readonly char?: number });
  }
}

/** An error of the parser of mathjs: `Value expected (char 5)`. */
function syntaxMistake({ message, char }: SyntaxError & { readonly char?: number }): InputError {
  const problem = message.replace(/\s*\(char \d+\)$/, '');
  return new InputError(
    { column: char ?? 1 },
    `the formula cannot be read here: ${problem.charAt(0).toLowerCase()}${problem.slice(1)}`,
  );
}

/** The parts of mathjs's nodes that the language has. */
interface Node {
  readonly type: string;
  readonly fn?: string | { readonly type: string; readonly name?: string };
  readonly args?: readonly MathNode[];
  readonly content?: MathNode;
  readonly condition?: MathNode;
  readonly trueExpr?: MathNode;
  readonly falseExpr?: MathNode;
  readonly conditionals?: readonly string[];
  readonly params?: readonly MathNode[];
}

/**
 * Turns the tree of mathjs into an Expression, and checks names and units. The nodes have no positions. But numbers and names
 * come in the order of the text, so each takes the next token.
 */
class Checker {
  private readonly tokens: readonly Token[];
  private readonly vocabulary: Vocabulary;
  private taken = 0;

  constructor(tokens: readonly Token[], vocabulary: Vocabulary) {
    this.tokens = tokens;
    this.vocabulary = vocabulary;
  }

  check(math: MathNode): Expression {
    const node = math as unknown as Node;
    switch (node.type) {
      case 'ConstantNode':
      case 'SymbolNode':
        return this.leaf();
      case 'ParenthesisNode':
        return this.check(node.content as MathNode);
      case 'OperatorNode':
        return this.operator(String(node.fn), node.args ?? []);
      case 'RelationalNode':
        return this.chain(node.conditionals ?? [], node.params ?? []);
      case 'ConditionalNode':
        return this.choice(node);
      case 'FunctionNode':
        return this.call(node.args ?? []);
      default:
        throw this.refused();
    }
  }

  /** What the language does not have, such as a range `1:2`. Its position is that of the next number or name. */
  private refused(): InputError {
    const next = this.tokens[Math.min(this.taken, this.tokens.length - 1)];
    return new InputError(
      { column: next?.at ?? 1 },
      'formulas have only numbers, names, operators, conditions and functions',
    );
  }

  private take(): Token {
    const token = this.tokens[this.taken++];
    if (token === undefined) throw this.refused();
    return token;
  }

  private leaf(): Expression {
    const token = this.take();
    const { text, at, value } = token;
    if (token.kind === 'number')
      return { kind: 'number', value, unit: value === 0 ? 'any' : PLAIN, isCondition: false, at };
    const quantity = quantityNamed(text);
    if (this.vocabulary.argumentOf(text) === undefined && quantity !== undefined)
      return { kind: 'number', ...quantity, isCondition: false, at };
    return this.word(token, undefined);
  }

  private word(token: Token, argument: Token | undefined): Expression {
    const { vocabulary } = this;
    const { text: name, at } = token;
    const wanted = vocabulary.argumentOf(name);
    if (wanted === undefined) throw this.unknown(token, argument !== undefined);
    if (wanted !== 'none' && argument === undefined)
      throw new InputError({ column: at }, `${name} needs ${ARGUMENT_TEXT[wanted]}`);
    if (wanted === 'none' && argument !== undefined)
      throw new InputError({ column: at }, `${name} takes no argument, expected only ${name}`);
    const unit = vocabulary.unitOf(name, argument?.text);
    if (unit === undefined) {
      const found = argument ?? token;
      const known = vocabulary.argumentsOf(name);
      throw InputError.expected(
        { column: found.at },
        found.text,
        `one of ${known.join(', ')}${hintFor(found.text, known)}`,
      );
    }
    const argumentAt = argument?.at ?? at;
    return { kind: 'word', name, argument: argument?.text, argumentAt, unit, isCondition: false, at };
  }

  private unknown({ text, at }: Token, isCall: boolean): InputError {
    const { vocabulary } = this;
    const functions = [...FUNCTIONS.keys()];
    if (isCall && quantityNamed(text) === undefined) {
      const known = [...functions, ...vocabulary.functions];
      return new InputError(
        { column: at },
        `unknown function ${quote(text)}, expected one of ${known.join(', ')}${hintFor(text, known)}`,
      );
    }
    if (functions.includes(text))
      return new InputError({ column: at }, `${text} is a function, expected ${text}(…)`);
    return new InputError({ column: at }, vocabulary.unknownText(text));
  }

  private operator(fn: string, args: readonly MathNode[]): Expression {
    if (fn === 'unaryPlus') return this.check(args[0]);
    const operation = OPERATORS.get(fn);
    if (operation === undefined) throw this.refused();
    return this.made(
      operation,
      args.map((arg) => this.check(arg)),
    );
  }

  /** `a < b <= c`. */
  private chain(conditionals: readonly string[], params: readonly MathNode[]): Expression {
    const parts = params.map((param) => this.check(param));
    const links = conditionals.map((fn, i) => this.made(OPERATORS.get(fn) ?? 'equal', parts.slice(i, i + 2)));
    return links.reduce((all, link) => this.made('and', [all, link]));
  }

  private choice({ condition, trueExpr, falseExpr }: Node): Expression {
    return this.made(
      'choose',
      [condition, trueExpr, falseExpr].map((part) => this.check(part as MathNode)),
    );
  }

  private call(args: readonly MathNode[]): Expression {
    const token = this.take();
    const { text, at } = token;
    const known = FUNCTIONS.get(text);
    const isWord = this.vocabulary.argumentOf(text) !== undefined;
    // `max` of one metric is its statistic; of several values, the function.
    if (isWord && (known === undefined || args.length === 1)) return this.wordWith(token, args);
    if (known === undefined) throw this.unknown(token, true);
    const [operation, least, most] = known;
    if (args.length < least || args.length > most) {
      const expected = most > least ? `${least} or more` : String(least);
      throw new InputError({ column: at }, `${text} has ${args.length} arguments, expected ${expected}`);
    }
    return {
      ...this.made(
        operation,
        args.map((arg) => this.check(arg)),
      ),
      at,
    };
  }

  /** `free(cpus)`: a word whose argument is one name. */
  private wordWith(word: Token, args: readonly MathNode[]): Expression {
    const [arg, second] = args;
    const wanted = this.vocabulary.argumentOf(word.text) ?? 'none';
    if (arg?.type !== 'SymbolNode' || second !== undefined)
      throw new InputError(
        { column: word.at },
        wanted === 'none'
          ? `${word.text} takes no argument, expected only ${word.text}`
          : `${word.text} needs ${ARGUMENT_TEXT[wanted]}`,
      );
    return this.word(word, this.take());
  }

  private made(operation: Operation, parts: readonly Expression[]): Expression {
    const unit = unitOf(operation, parts);
    const isCondition = isConditionOf(operation, parts);
    const call: CallExpression = { kind: 'call', operation, parts, unit, isCondition, at: parts[0].at };
    if (parts.some((part) => part.kind !== 'number')) return call;
    const value = closureOf(call, () => () => Number.NaN)(0, 0, 0);
    return { kind: 'number', value, unit, isCondition, at: call.at };
  }
}

const ARGUMENT_TEXT: Readonly<Record<Exclude<WordArgument, 'none'>, string>> = {
  resource: 'one resource, such as (cpus)',
  framework: 'the name of a framework, such as (spark)',
  metric: 'the path of a metric, such as (wait)',
};

function hintFor(name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  return near === undefined ? '' : `; did you mean "${near}"?`;
}
