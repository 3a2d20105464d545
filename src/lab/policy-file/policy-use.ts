import {
  didYouMean,
  InputError,
  type InputPlace,
  type Parameter,
  type ParameterValue,
  parameterText,
  parseParameter,
  quote,
} from '../../model/index.js';
import type { Policy } from '../../policies/policy.js';

/** A policy in the form of `--policy`: `drf`, `drf(interval=30s)`, `./mine.ts(spare=0.2)`. */
export interface PolicyUse {
  /** Name of a policy, or path of a policy file. */
  readonly name: string;
  readonly arguments: readonly PolicyArgument[];
  /** Number of its first character in the text, from 1. */
  readonly column: number;
}

/** `interval=30s`. */
export interface PolicyArgument {
  readonly name: string;
  /** Without the surrounding quotes. Parentheses are balanced unless the value was quoted. */
  readonly value: string;
  /** Number of its first character in the text, from 1. */
  readonly column: number;
  /** The same for each character of the value, without its quotes, and for its end. */
  readonly valueColumns: readonly number[];
}

/**
 * Reads policies, joined by commas. The grammar:
 *
 *     list     = policy {"," policy}
 *     policy   = name ["(" [argument {"," argument}] ")"]
 *     argument = parameter "=" value
 *     name     = quoted | characters without , and (
 *     value    = quoted | characters without , = and ) except inside a pair of parentheses
 *     quoted   = '…' or "…", where a backslash precedes a quote or a backslash
 *
 * Spaces around each part are ignored. @throws InputError with the number of the character
 */
export function parsePolicyUses(text: string, place: InputPlace = POLICY_OPTION): PolicyUse[] {
  const parser = new PolicyParser(text, place);
  return parser.list();
}

/** Reads one policy with its arguments. @throws InputError */
export function parsePolicyUse(text: string, place: InputPlace = POLICY_OPTION): PolicyUse {
  const [use, second] = parsePolicyUses(text, place);
  if (second !== undefined)
    throw InputError.expected(
      { ...place, column: second.column },
      text.slice(second.column - 1),
      'one policy',
    );
  return use;
}

const POLICY_OPTION: InputPlace = { field: '--policy' };

/** A use without its position in a text. */
interface PlainUse {
  readonly name: string;
  readonly arguments: readonly Pick<PolicyArgument, 'name' | 'value'>[];
}

/** The text from which `parsePolicyUse` reads the same use. */
export function policyUseText({ name, arguments: given }: PlainUse): string {
  const pairs = given.map((argument) => `${argument.name}=${valueText(argument.value)}`);
  const named = NAME_WITHOUT_QUOTES.test(name) && name.trim() === name ? name : quoted(name);
  return pairs.length === 0 ? named : `${named}(${pairs.join(',')})`;
}

const NAME_WITHOUT_QUOTES = /^[^'",()][^,()]*$/;

function valueText(value: string): string {
  return /^[^'",=()\s](?:[^'",=()]*[^'",=()\s])?$/.test(value) ? value : quoted(value);
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}

/** The values of the arguments of a policy, by the name of the parameter. @throws InputError */
export function argumentValues(
  use: PolicyUse,
  policy: Pick<Policy, 'name' | 'parameters'>,
  place: InputPlace = POLICY_OPTION,
): Record<string, ParameterValue> {
  const values: Record<string, ParameterValue> = {};
  for (const { name, value, column, valueColumns } of use.arguments) {
    const here = { ...place, column };
    const parameter = policy.parameters.find((one) => one.name === name || one.formerName === name);
    if (parameter === undefined) throw unknownArgument(name, policy, here);
    if (parameter.name in values) throw new InputError(here, `${quote(name)} is given twice`);
    values[parameter.name] = argumentValue(parameter, value, place, valueColumns);
  }
  return values;
}

function argumentValue(
  parameter: Parameter,
  value: string,
  place: InputPlace,
  columns: readonly number[],
): ParameterValue {
  const here = { ...place, column: columns[0] as number };
  try {
    return parseParameter(parameter, value, here, (i) => columns[i - 1] ?? here.column);
  } catch (error) {
    if (error instanceof InputError) throw new InputError(error.place, `${parameter.name}: ${error.problem}`);
    throw error;
  }
}

function unknownArgument(
  name: string,
  { name: policy, parameters }: Pick<Policy, 'name' | 'parameters'>,
  place: InputPlace,
): InputError {
  const known = parameters.map((parameter) => parameter.name);
  const expected = known.length === 0 ? 'no argument' : `one of its parameters ${known.join(', ')}`;
  const hint = didYouMean(name, known);
  return new InputError(place, `${policy} has no parameter ${quote(name)}, expected ${expected}${hint}`);
}

/** The name of a policy with these arguments in results. `shown` selects the arguments; by default, all of them. */
export function policyLabel(
  use: PolicyUse,
  policy: Pick<Policy, 'name' | 'parameters'>,
  shown: (parameter: string) => boolean = () => true,
): string {
  const values = argumentValues(use, policy);
  const pairs = policy.parameters
    .filter(({ name }) => name in values && shown(name))
    .map((parameter) => `${parameter.name}=${valueText(parameterText(parameter, values[parameter.name]))}`);
  return pairs.length === 0 ? policy.name : `${policy.name}(${pairs.join(',')})`;
}

function quotesAdvice({ name }: PolicyArgument, value: string): string {
  return `; a value with a comma or = needs quotes: ${name}="${value}"`;
}

/** A recursive-descent parser. Each method reads one part of the grammar. */
class PolicyParser {
  private readonly text: string;
  private readonly place: InputPlace;
  private at = 0;
  /** Of the characters of the last quoted text, without backslashes, and of its end. */
  private columns: number[] = [];

  constructor(text: string, place: InputPlace) {
    this.text = text;
    this.place = place;
  }

  list(): PolicyUse[] {
    const uses = [this.policy()];
    while (this.at < this.text.length) {
      this.expect(',', 'a comma or the end');
      uses.push(this.policy());
    }
    return uses;
  }

  private policy(): PolicyUse {
    this.skipSpaces();
    const column = this.at + 1;
    const name = this.isQuote() ? this.quoted() : this.bare(/[,()]/);
    if (name === '') throw this.unexpected('the name of a policy, or a file such as ./mine.ts');
    return { name, arguments: this.arguments(), column };
  }

  private arguments(): PolicyArgument[] {
    if (this.text[this.at] !== '(') return [];
    this.step();
    const all: PolicyArgument[] = [];
    if (this.text[this.at] !== ')') {
      all.push(this.argument(undefined));
      while (this.text[this.at] === ',') {
        this.step();
        all.push(this.argument(all.at(-1)));
      }
    }
    const last = this.text[this.at] === '=' ? all.at(-1) : undefined;
    this.expect(')', `a comma or )${last === undefined ? '' : quotesAdvice(last, `${last.value}=...`)}`);
    return all;
  }

  private argument(before: PolicyArgument | undefined): PolicyArgument {
    const column = this.at + 1;
    const name = this.bare(/[,()='"]/);
    if (name === '') throw this.unexpected('a parameter such as interval=30s');
    const advice = before === undefined ? '' : quotesAdvice(before, `${before.value},${name}`);
    this.expect('=', `= and a value for ${name}${advice}`);
    const isQuoted = this.isQuote();
    const start = this.at + 1;
    const value = isQuoted ? this.quoted() : this.value();
    const valueColumns = isQuoted
      ? [...this.columns]
      : Array.from({ length: value.length + 1 }, (_, i) => start + i);
    return { name, value, column, valueColumns };
  }

  private value(): string {
    const start = this.at;
    while (this.at < this.text.length && !/[,=)]/.test(this.text[this.at])) {
      if (this.text[this.at] === '(') this.pair();
      else this.at++;
    }
    const value = this.text.slice(start, this.at).trim();
    if (value === '') throw this.unexpected('a value');
    return value;
  }

  /** Reads from one parenthesis to the matching one. Quoted parts may contain any parentheses. */
  private pair(): void {
    const start = this.at++;
    while (this.text[this.at] !== ')') {
      if (this.at >= this.text.length) throw this.unexpected(`a ) for the ( at character ${start + 1}`);
      if (this.text[this.at] === '(') this.pair();
      else if (this.isQuote()) this.quoted();
      else this.at++;
    }
    this.at++;
  }

  private bare(end: RegExp): string {
    const start = this.at;
    while (this.at < this.text.length && !end.test(this.text[this.at])) this.at++;
    return this.text.slice(start, this.at).trim();
  }

  private quoted(): string {
    const start = this.at;
    const mark = this.text[this.at++];
    let value = '';
    this.columns = [];
    while (this.text[this.at] !== mark) {
      const isEscape = this.text[this.at] === '\\' && /['"\\]/.test(this.text[this.at + 1] ?? '');
      if (isEscape) this.at++;
      if (this.at >= this.text.length)
        throw this.unexpected(`a ${mark} for the ${mark} at character ${start + 1}`);
      this.columns.push(this.at + 1);
      value += this.text[this.at++];
    }
    this.columns.push(this.at + 1);
    this.step();
    return value;
  }

  private isQuote(): boolean {
    return this.text[this.at] === "'" || this.text[this.at] === '"';
  }

  private expect(mark: string, expected: string): void {
    this.skipSpaces();
    if (this.text[this.at] !== mark) throw this.unexpected(expected);
    this.step();
  }

  /** Skips one character and the spaces after it. */
  private step(): void {
    this.at++;
    this.skipSpaces();
  }

  private skipSpaces(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
  }

  private unexpected(expected: string): InputError {
    const place = { ...this.place, column: this.at + 1 };
    const found = this.text[this.at];
    return found === undefined
      ? new InputError(place, `found the end, expected ${expected}`)
      : InputError.expected(place, found, expected);
  }
}

/** True for the path of a policy file, false for the name of a policy. */
export function isPolicyPath(nameOrPath: string): boolean {
  return /[/\\]/.test(nameOrPath) || /\.m?[tj]s$/.test(nameOrPath);
}
