import { InputError, quote } from '../../model/index.js';
import { type Axis, type AxisValue, axisText } from './axis.js';

/** One value of each axis, by its name. */
export type GridPoint = ReadonlyMap<string, AxisValue>;

/** Values of some axes; a list stands for any of its values. */
export type PartialPoint = Readonly<Record<string, AxisValue>>;

/** All combinations of values. The last axis changes first. */
export function product(axes: readonly Axis[]): GridPoint[] {
  return axes.reduce<GridPoint[]>(
    (points, { name, values }) =>
      points.flatMap((point) => values.map((value) => new Map(point).set(name, value))),
    [new Map()],
  );
}

/**
 * The points of `include`: an entry gives one or several values of some axes, also values that are not in their lists; it is combined
 * with all values of the other axes.
 */
export function includedPoints(axes: readonly Axis[], include: readonly PartialPoint[]): GridPoint[] {
  return include.flatMap((entry) =>
    product(
      axes.map((axis) =>
        Object.hasOwn(entry, axis.name) ? { ...axis, values: valuesOf(entry[axis.name]) } : axis,
      ),
    ),
  );
}

/** Whether the point has, for each axis of the entry, one of its values. */
export function matches(texts: ReadonlyMap<string, string>, entry: PartialPoint): boolean {
  return Object.entries(entry).every(([name, value]) =>
    valuesOf(value)
      .map(axisText)
      .includes(texts.get(name) ?? ''),
  );
}

function valuesOf(value: AxisValue): readonly AxisValue[] {
  return Array.isArray(value) ? value : [value];
}

/** @throws InputError if an entry of `include` or `exclude` names no axis. */
export function checkPartialPoints(
  key: 'include' | 'exclude',
  entries: readonly PartialPoint[],
  names: readonly string[],
): void {
  for (const [i, entry] of entries.entries())
    for (const name of Object.keys(entry)) {
      if (names.includes(name)) continue;
      const path = [key, i, name];
      throw InputError.expected(
        { field: path.join('.'), path },
        name,
        `an axis of this sweep: ${names.join(', ')}`,
        names,
      );
    }
}

/** @throws InputError when two axes have one name. */
export function checkNamesOfAxes(axes: readonly Axis[]): void {
  const names = axes.map(({ name }) => name);
  const second = axes.find(({ name }, i) => names.indexOf(name) !== i);
  if (second !== undefined)
    throw new InputError(
      { field: second.name, path: second.path },
      `two axes have the name ${quote(second.name)}; give its values once`,
    );
}
