/** What a value measures: powers of a second and of a byte. Both are 0 for a plain number. */
export interface Unit {
  readonly seconds: number;
  readonly bytes: number;
}

/** `any` fits every unit: it is the unit of a bare 0, and of a metric without a known unit. */
export type MaybeUnit = Unit | 'any';

/** The unit of a plain number. */
export const PLAIN: Unit = { seconds: 0, bytes: 0 };
/** The unit of seconds. */
export const TIME: Unit = { seconds: 1, bytes: 0 };
/** The unit of bytes. */
export const MEMORY: Unit = { seconds: 0, bytes: 1 };

/** The words behind a number. Inside a formula, times are seconds, memory and disk are bytes. */
const QUANTITIES: ReadonlyMap<string, readonly [number, Unit]> = new Map([
  ...words(1e-6, TIME, 'us'),
  ...words(1e-3, TIME, 'ms'),
  ...words(1, TIME, 's', 'sec', 'second', 'seconds'),
  // In a formula of mathjs, `min` is the function and `m` a metre. Durations of the command line are `15m` and `15min`.
  ...words(60, TIME, 'm', 'min', 'minute', 'minutes'),
  ...words(3600, TIME, 'h', 'hour', 'hours'),
  ...words(86_400, TIME, 'd', 'day', 'days'),
  ...words(7 * 86_400, TIME, 'w', 'week', 'weeks'),
  ...words(1, MEMORY, 'B', 'byte', 'bytes'),
  ...words(1e3, MEMORY, 'kB'),
  ...words(1e6, MEMORY, 'MB'),
  ...words(1e9, MEMORY, 'GB'),
  ...words(1e12, MEMORY, 'TB'),
  ...words(2 ** 10, MEMORY, 'KiB'),
  ...words(2 ** 20, MEMORY, 'MiB'),
  ...words(2 ** 30, MEMORY, 'GiB'),
  ...words(2 ** 40, MEMORY, 'TiB'),
  ...words(1, PLAIN, 'core', 'cores', 'gpu', 'gpus', 'GPU', 'GPUs'),
]);

function words(size: number, unit: Unit, ...names: readonly string[]): [string, readonly [number, Unit]][] {
  return names.map((name) => [name, [size, unit]]);
}

/** Names of units, for suggestions and the docs. */
export const UNIT_NAMES: readonly string[] = [...QUANTITIES.keys()];

/** Size and unit of one `min`, `GiB` …; undefined for another word. */
export function quantityNamed(name: string): { readonly value: number; readonly unit: Unit } | undefined {
  const found = QUANTITIES.get(name);
  return found === undefined ? undefined : { value: found[0], unit: found[1] };
}

/** Is a value of this unit a plain number? */
export function isPlain(unit: MaybeUnit): boolean {
  return unit === 'any' || (unit.seconds === 0 && unit.bytes === 0);
}

/** The unit of two values that are added or compared; undefined when they do not match. */
export function sameUnit(a: MaybeUnit, b: MaybeUnit): MaybeUnit | undefined {
  if (a === 'any') return b;
  if (b === 'any') return a;
  return a.seconds === b.seconds && a.bytes === b.bytes ? a : undefined;
}

/** The unit of a × b^power. */
export function product(a: MaybeUnit, b: MaybeUnit, power: number): MaybeUnit {
  if (a === 'any' || b === 'any') return 'any';
  return { seconds: a.seconds + power * b.seconds, bytes: a.bytes + power * b.bytes };
}

/** A unit in a message. */
export function unitText(unit: MaybeUnit): string {
  if (unit === 'any' || isPlain(unit)) return 'a plain number';
  if (unit.seconds === 1 && unit.bytes === 0) return 'a time';
  if (unit.seconds === 0 && unit.bytes === 1) return 'an amount of memory';
  return `a value in ${[powerText('s', unit.seconds), powerText('bytes', unit.bytes)].filter((text) => text !== '').join(' ')}`;
}

/** As `unitText`, with an example. */
export function exampleText(unit: MaybeUnit): string {
  if (unit !== 'any' && unit.seconds === 1 && unit.bytes === 0) return 'a time such as 2 min';
  if (unit !== 'any' && unit.seconds === 0 && unit.bytes === 1) return 'an amount of memory such as 4 GiB';
  return unitText(unit);
}

function powerText(unit: string, power: number): string {
  if (power === 0) return '';
  return power === 1 ? unit : `${unit}^${power}`;
}
