import { didYouMean, InputError, type InputPlace } from './input-error.js';
import { DURATION_FORM, exactDurationText, type Micros, parseDuration } from './micros.js';

/** A setting of a policy or a service that users may change with `--set name=value`. */
export type Parameter = DurationParameter | NumberParameter | ChoiceParameter | TextParameter | FileParameter;

interface Named {
  readonly name: string;
  /** One sentence for `--help` and the docs. */
  readonly about: string;
  /** Name in the previous version, which is still accepted. */
  readonly formerName?: string;
}

interface DurationParameter extends Named {
  readonly kind: 'duration';
  readonly default: Micros;
}

interface NumberParameter extends Named {
  readonly kind: 'number';
  readonly default: number;
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
}

interface ChoiceParameter extends Named {
  readonly kind: 'choice';
  readonly default: string;
  readonly choices: readonly string[];
}

interface TextParameter extends Named {
  readonly kind: 'text';
  readonly default: string;
  /** The syntax of the text, for messages. */
  readonly form: string;
  readonly pattern: RegExp;
  /** A further check. @throws InputError whose column counts in the text, from 1 */
  readonly check?: (text: string) => void;
}

/** The path of a file; empty for none. */
interface FileParameter extends Named {
  readonly kind: 'file';
  readonly default: '';
}

/** The value of a parameter: Micros for a duration, a number, or text. */
export type ParameterValue = number | string;

/**
 * Parses a user's value. `columnOf` is the column of a character of the value, both from 1, for values inside a longer text.
 * @throws InputError with the expected form.
 */
export function parseParameter(
  parameter: Parameter,
  text: string,
  place: InputPlace = {},
  columnOf: (character: number) => number = (character) => character,
): ParameterValue {
  const here = { ...place, field: place.field ?? parameter.name };
  switch (parameter.kind) {
    case 'duration': {
      const value = parseDuration(text);
      if (value === undefined) throw InputError.expected(here, text, DURATION_FORM);
      return value;
    }
    case 'number': {
      const value = text.trim() === '' ? Number.NaN : Number(text);
      if (!isAllowed(parameter, value)) throw InputError.expected(here, text, numberForm(parameter));
      return value;
    }
    case 'choice':
      if (!parameter.choices.includes(text))
        throw InputError.expected(here, text, choicesForm(text, parameter.choices));
      return text;
    case 'text':
      if (!parameter.pattern.test(text)) throw InputError.expected(here, text, parameter.form);
      checkText(parameter, text, here, columnOf);
      return text;
    case 'file':
      return text;
  }
}

function choicesForm(text: string, choices: readonly string[]): string {
  return `one of ${choices.join(', ')}${didYouMean(text, choices)}`;
}

function checkText(
  { check }: TextParameter,
  text: string,
  place: InputPlace,
  columnOf: (character: number) => number,
): void {
  try {
    check?.(text);
  } catch (error) {
    if (!(error instanceof InputError) || error.place.column === undefined) throw error;
    throw error.at({ ...place, column: columnOf(error.place.column) });
  }
}

function isAllowed(parameter: NumberParameter, value: number): boolean {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, integer = false } = parameter;
  return Number.isFinite(value) && value >= min && value <= max && (!integer || Number.isInteger(value));
}

function numberForm(parameter: NumberParameter): string {
  const noun = parameter.integer === true ? 'a whole number' : 'a number';
  if (parameter.min !== undefined && parameter.max !== undefined)
    return `${noun} from ${parameter.min} to ${parameter.max}`;
  if (parameter.min !== undefined) return `${noun} >= ${parameter.min}`;
  if (parameter.max !== undefined) return `${noun} <= ${parameter.max}`;
  return noun;
}

/**
 * A value as text for results and help. Durations are exact (`5s`, `90m`, `never`). Files have no folder, so results do
 * not reveal where they were made.
 */
export function parameterText(parameter: Parameter, value: ParameterValue): string {
  if (parameter.kind === 'file') return String(value).replace(/^.*[/\\]/, '');
  return parameter.kind === 'duration' ? exactDurationText(value as Micros) : String(value);
}

/** The values of a set of parameters: those set, and defaults for the others. */
export class ParameterValues {
  readonly #values = new Map<string, ParameterValue>();

  constructor(parameters: readonly Parameter[], set: Readonly<Record<string, ParameterValue>> = {}) {
    for (const parameter of parameters)
      this.#values.set(parameter.name, set[parameter.name] ?? parameter.default);
    Object.freeze(this);
  }

  /** A duration in Micros, or a number. */
  number(name: string): number {
    return this.#get(name, 'number') as number;
  }

  text(name: string): string {
    return this.#get(name, 'string') as string;
  }

  /** All values by name, in the order of the definitions. */
  entries(): [string, ParameterValue][] {
    return [...this.#values];
  }

  #get(name: string, type: 'number' | 'string'): ParameterValue {
    const value = this.#values.get(name);
    if (typeof value !== type) throw new TypeError(`no ${type} parameter "${name}"`);
    return value as ParameterValue;
  }
}

// Policies hold the values of their run.
Object.freeze(ParameterValues.prototype);
