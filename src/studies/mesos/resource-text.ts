import {
  InputError,
  isRolePath,
  isWithin,
  normalRanges,
  type Parcel,
  type Parcels,
  parcelsPlus,
  type Ranges,
  type RolePath,
  rangesSize,
} from '../../model/index.js';

/** Amounts in scenarios are decimals with up to six places. They are stored as integer millionths, which avoids rounding errors. */
const QUANTA_PER_UNIT = 1_000_000;

/** A parsed resource: a Parcel with a name instead of a dimension. */
export type WrittenResource = Omit<Parcel, 'dimension'> & { readonly name: string };

const FORM =
  'name:amount joined by ";", such as cpus:1;mem(role):512;cpus{rev}:2;disk{mount}:100;ports:[1-9]';

/**
 * Parses resources: `cpus:1`, `cpus(role):1` reserved, `cpus(a,a/b):1` reserved and refined, `cpus{rev}:1` revocable,
 * `disk{mount}:100` an exclusive disk, `ports:[1-5,8-9]` a set of numbers. Empty text means no resources.
 * @throws InputError without a place.
 */
export function parseResources(text: string): readonly WrittenResource[] {
  return text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseResource);
}

function parseResource(text: string): WrittenResource {
  const match = /^([\w.-]+)(?:\(([^)]*)\))?((?:\{\w+\})*)\s*:\s*(.+)$/.exec(text);
  if (match === null) throw InputError.expected({}, text, FORM);
  const [, name, roles, tags, value] = match as unknown as [
    string,
    string,
    string | undefined,
    string,
    string,
  ];
  const marks = tags.split(/[{}]+/).filter((mark) => mark !== '');
  if (!marks.every((mark) => mark === 'rev' || mark === 'mount'))
    throw InputError.expected({}, tags, '{rev} or {mount}');
  const ranges = value.startsWith('[') ? parseRanges(value) : [];
  return {
    name,
    amount: value.startsWith('[') ? rangesSize(ranges) : parseAmount(value),
    ranges,
    reservations: parseReservations(roles),
    supply: marks.includes('rev') ? 'revocable' : 'regular',
    form: formOf(value, marks),
  };
}

function formOf(value: string, marks: readonly string[]): Parcel['form'] {
  if (value.startsWith('[')) return 'ranges';
  return marks.includes('mount') ? 'exclusive' : 'divisible';
}

function parseAmount(text: string): number {
  const match = /^(\d+)(?:\.(\d{1,6}))?$/.exec(text.trim());
  if (match === null) throw InputError.expected({}, text, 'a decimal with at most six places');
  return Number(match[1]) * QUANTA_PER_UNIT + Number((match[2] ?? '').padEnd(6, '0'));
}

function parseRanges(text: string): Ranges {
  const match = /^\[\s*(\d+\s*-\s*\d+(?:\s*,\s*\d+\s*-\s*\d+)*)?\s*\]$/.exec(text);
  if (match === null) throw InputError.expected({}, text, 'ranges such as [31000-32000,40000-40100]');
  const ranges = (match[1] ?? '')
    .split(',')
    .filter((range) => range !== '')
    .map((range) => range.split('-').map(Number) as [number, number]);
  if (ranges.some(([from, to]) => from > to))
    throw InputError.expected({}, text, 'ranges whose start is not above their end');
  return normalRanges(ranges);
}

function parseReservations(text: string | undefined): readonly RolePath[] {
  if (text === undefined || text === '*') return [];
  const roles = text.split(',').map((role) => role.trim());
  roles.forEach((role, i) => {
    const outer = roles[i - 1];
    const isRefinement = outer === undefined || (role !== outer && isWithin(role, outer));
    if (!isRolePath(role) || role === '*' || !isRefinement)
      throw InputError.expected(
        {},
        text,
        'a role, or a list of roles in which each role is a child of the previous role',
      );
  });
  return roles;
}

/** The resources as parcels. The dimension is the index in `names`. Equal parcels are merged, and amounts of 0 are omitted. */
export function parcelsOf(written: readonly WrittenResource[], names: readonly string[]): Parcels {
  const parcels = written.map(({ name, ...rest }): Parcel => ({ ...rest, dimension: names.indexOf(name) }));
  return parcelsPlus(
    [],
    parcels.filter(({ amount }) => amount > 0),
  );
}

/** The text of parcels in a canonical order, so that equal parcels have equal texts. */
export function resourcesText(parcels: Parcels, names: readonly string[]): string {
  const texts = parcels
    .map((parcel) => ({
      parcel,
      text: `${names[parcel.dimension]}${marksText(parcel)}:${valueText(parcel)}`,
    }))
    .sort((a, b) => a.parcel.dimension - b.parcel.dimension || (a.text < b.text ? -1 : 1))
    .map(({ text }) => text);
  return texts.length === 0 ? 'nothing' : texts.join(';');
}

function marksText({ reservations, supply, form }: Parcel): string {
  const roles = reservations.length === 0 ? '' : `(${reservations.join(',')})`;
  return `${roles}${supply === 'revocable' ? '{rev}' : ''}${form === 'exclusive' ? '{mount}' : ''}`;
}

function valueText({ form, ranges, amount }: Parcel): string {
  if (form === 'ranges') return `[${ranges.map(([from, to]) => `${from}-${to}`).join(',')}]`;
  return String(amount / QUANTA_PER_UNIT);
}
