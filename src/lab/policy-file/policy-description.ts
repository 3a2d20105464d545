import { InputError, type Parameter, parseParameter, quote } from '../../model/index.js';

/** Names go into results, folders and `--set name.parameter=value`. */
const POLICY_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

const PARAMETER_NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** @throws InputError unless the name is usable in results and folders. `ofFile`: the name is that of the file. */
export function checkPolicyName(name: unknown, path: string, ofFile: boolean): void {
  const place = { file: path, field: 'name' };
  if (typeof name !== 'string' || name.trim() === '')
    throw InputError.expected(place, name, 'the name of the policy as text');
  if (POLICY_NAME.test(name)) return;
  const advice = ofFile ? '; rename the file, or export a Policy with a name' : '';
  throw InputError.expected(
    place,
    name,
    `letters, digits, ".", "_" and "-", first a letter, a digit or "_"${advice}`,
  );
}

/** The types of a JavaScript file are not checked before. @throws InputError */
export function checkParameters(parameters: unknown, path: string): void {
  if (!Array.isArray(parameters))
    throw InputError.expected({ file: path, field: 'parameters' }, parameters, 'a list');
  const names = new Set<string>();
  parameters.forEach((value: unknown, i) => {
    const { name } = checkParameter(value, { file: path, field: `parameters[${i}]` });
    if (names.has(name))
      throw new InputError({ file: path, field: 'parameters' }, `${quote(name)} is given twice`);
    names.add(name);
  });
}

interface Place {
  readonly file: string;
  readonly field: string;
}

/** A parameter before its check: any value may be anywhere. */
type Unchecked = Readonly<Partial<Record<keyof Parameter | ExtraKey, unknown>>>;

type ExtraKey = 'min' | 'max' | 'integer' | 'choices' | 'form' | 'pattern';

function checkParameter(value: unknown, place: Place): Parameter {
  if (typeof value !== 'object' || value === null)
    throw InputError.expected(place, value, 'a parameter with kind, name, default and about');
  const one = value as Unchecked;
  if (typeof one.name !== 'string' || !PARAMETER_NAME.test(one.name))
    throw InputError.expected(
      { ...place, field: `${place.field}.name` },
      one.name,
      'letters, digits, "_" and "-", first a letter or "_"',
    );
  const at = (key: string) => ({ ...place, field: `parameter ${one.name}: ${key}` });
  if (typeof one.about !== 'string') throw InputError.expected(at('about'), one.about, 'one sentence');
  const check =
    typeof one.kind === 'string' && Object.hasOwn(CHECKS, one.kind) ? CHECKS[one.kind] : undefined;
  if (check === undefined)
    throw InputError.expected(at('kind'), one.kind, `one of ${Object.keys(CHECKS).join(', ')}`);
  check(one, at);
  return value as Parameter;
}

type At = (key: string) => Place;

const CHECKS: Readonly<Record<string, (one: Unchecked, at: At) => void>> = {
  duration({ default: value }, at) {
    if (typeof value !== 'number' || !(value >= 0))
      throw InputError.expected(at('default'), value, 'microseconds as a number >= 0');
  },
  number(one, at) {
    for (const key of ['min', 'max'] as const)
      if (one[key] !== undefined && typeof one[key] !== 'number')
        throw InputError.expected(at(key), one[key], 'a number');
    if (one.integer !== undefined && typeof one.integer !== 'boolean')
      throw InputError.expected(at('integer'), one.integer, 'true or false');
    if ((one.min as number) > (one.max as number))
      throw InputError.expected(at('min'), one.min, `at most max, which is ${one.max}`);
    if (typeof one.default !== 'number') throw InputError.expected(at('default'), one.default, 'a number');
    parseParameter(one as unknown as Parameter, String(one.default), at('default'));
  },
  choice(one, at) {
    const { choices } = one;
    if (!Array.isArray(choices) || choices.length === 0 || choices.some((text) => typeof text !== 'string'))
      throw InputError.expected(at('choices'), choices, 'a list of texts that is not empty');
    parseParameter(one as unknown as Parameter, one.default as string, at('default'));
  },
  text(one, at) {
    if (typeof one.form !== 'string') throw InputError.expected(at('form'), one.form, 'the syntax as text');
    if (!(one.pattern instanceof RegExp))
      throw InputError.expected(at('pattern'), one.pattern, 'a regular expression');
    if (typeof one.default !== 'string') throw InputError.expected(at('default'), one.default, 'text');
    parseParameter(one as unknown as Parameter, one.default, at('default'));
  },
  file({ default: value }, at) {
    if (value !== '') throw InputError.expected(at('default'), value, 'an empty text, for no file');
  },
};
