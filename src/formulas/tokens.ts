import { InputError } from '../model/index.js';

/** A number or a name of a formula. */
export interface Token {
  readonly kind: 'number' | 'name';
  /** As the user wrote it. */
  readonly text: string;
  /** Number of its first character in the formula, from 1. */
  readonly at: number;
  /** NaN for a name. */
  readonly value: number;
}

/** A formula that has only the characters of the language, in a form that mathjs can parse. */
export interface Tokens {
  /** Each number and each name, in order. */
  readonly tokens: readonly Token[];
  /** As long as the formula, so that positions are equal. Names that mathjs cannot read are replaced. */
  readonly text: string;
}

/** Are names plain words, or paths of a summary such as `byFramework.web.wait.p99`? */
export type NameForm = 'words' | 'paths';

/** Longer formulas are refused. The parser of mathjs is recursive, and must not exhaust the stack. */
const MAX_LENGTH = 1000;

const SPACE = /\s+/y;
const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const PER_CENT = /\s*%/y;
const WORD = /[A-Za-z_]\w*/y;
/** A hyphen without spaces is part of a path, because frameworks have names such as spark-1. */
const PATH = /[A-Za-z_]\w*(?:\.\w+(?:-\w+)*)*/y;
const OPERATOR = /<=|>=|==|!=|[-+*/^(),?:<>]/y;
/** The argument of `framework(…)`: any name. */
const FRAMEWORK = /\(\s*([^()\s]+)\s*\)/y;

/** Words with a meaning in mathjs that the language does not have. */
const RESERVED = ['to', 'in', 'mod', 'xor', 'end', 'true', 'false', 'null', 'undefined', 'NaN', 'Infinity'];

/**
 * Splits a formula into tokens. A character outside the language is an error here, so mathjs never reads strings, matrices,
 * assignments, blocks or comments. @throws InputError with the number of the character
 */
export function tokensOf(formula: string, form: NameForm): Tokens {
  if (formula.length > MAX_LENGTH)
    throw new InputError({}, `the formula has ${formula.length} characters, expected at most ${MAX_LENGTH}`);
  const scanner = new Scanner(formula, form);
  return scanner.scan();
}

class Scanner {
  private readonly formula: string;
  private readonly name: RegExp;
  private readonly tokens: Token[] = [];
  private text = '';
  private at = 0;

  constructor(formula: string, form: NameForm) {
    this.formula = formula;
    this.name = form === 'paths' ? PATH : WORD;
  }

  scan(): Tokens {
    while (this.at < this.formula.length) this.step();
    return { tokens: this.tokens, text: this.text };
  }

  private step(): void {
    const space = this.match(SPACE);
    // A line break would begin another statement in mathjs.
    if (space !== undefined) this.take(space, ' '.repeat(space.length));
    else if (!this.number() && !this.word()) this.operator();
  }

  private number(): boolean {
    const digits = this.match(NUMBER);
    if (digits === undefined) return false;
    const perCent = this.match(PER_CENT, this.at + digits.length);
    const whole = digits + (perCent ?? '');
    const value = Number(digits) / (perCent === undefined ? 1 : 100);
    this.tokens.push({ kind: 'number', text: whole, at: this.at + 1, value });
    // mathjs reads `x + 2%` as 1.02 x. Here a percentage is a number, so it is hidden behind a name.
    this.take(whole, perCent === undefined ? digits : '_'.repeat(whole.length));
    // 0x1F would be a number in mathjs, and 2%x another name.
    const next = this.formula[this.at] ?? '';
    const isJoined =
      perCent === undefined ? digits === '0' && /[a-z]/i.test(next) && next !== 's' : /[\w(.]/.test(next);
    if (isJoined) throw this.unexpected('an operator');
    return true;
  }

  private word(): boolean {
    const name = this.match(this.name);
    if (name === undefined) return false;
    if (RESERVED.includes(name))
      throw new InputError({ column: this.at + 1 }, `"${name}" is not a word of formulas`);
    const at = this.at + 1;
    this.take(name, name.replace(/\W/g, '_'));
    if (OPERATOR_WORDS.includes(name)) return true;
    this.tokens.push({ kind: 'name', text: name, at, value: Number.NaN });
    if (name === 'framework') this.frameworkName();
    return true;
  }

  private frameworkName(): void {
    const found = this.match(FRAMEWORK);
    if (found === undefined) return;
    const name = found.slice(1, -1).trim();
    const before = found.indexOf(name);
    const after = found.length - before - name.length;
    this.tokens.push({ kind: 'name', text: name, at: this.at + before + 1, value: Number.NaN });
    this.take(found, `(${' '.repeat(before - 1)}${'_'.repeat(name.length)}${' '.repeat(after - 1)})`);
  }

  private operator(): void {
    const mark = this.match(OPERATOR);
    if (mark === undefined)
      throw this.unexpected(EXPECTED[this.formula[this.at]] ?? 'a number, a name or an operator');
    this.take(mark, mark);
  }

  private match(pattern: RegExp, from = this.at): string | undefined {
    pattern.lastIndex = from;
    return pattern.exec(this.formula)?.[0];
  }

  private take(found: string, asText: string): void {
    this.at += found.length;
    this.text += asText;
  }

  private unexpected(expected: string): InputError {
    const found = this.formula[this.at] ?? '';
    return found === ''
      ? new InputError({ column: this.at + 1 }, `found the end, expected ${expected}`)
      : InputError.expected({ column: this.at + 1 }, found, expected);
  }
}

const OPERATOR_WORDS = ['and', 'or', 'not'];

const EXPECTED: Readonly<Record<string, string>> = {
  '=': '== for a comparison',
  '&': 'the word and',
  '|': 'the word or',
  '!': 'the word not, or !=',
};
