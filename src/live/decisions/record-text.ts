import type { Parcel } from '../../model/index.js';
import type { DecisionRecord } from './decision-log.js';

/** Defaults of parcel fields; a record omits fields with these values. */
const PLAIN: Partial<Parcel> = { ranges: [], reservations: [], supply: 'regular', form: 'divisible' };

/** A record as one line of JSON without the newline: sets are `{"set": […]}`, numbers that JSON lacks `{"number": "Infinity"}`. */
export function recordText(record: DecisionRecord): string {
  return JSON.stringify(record, (_, value: unknown) => {
    if (value instanceof Set) return { set: [...value] };
    if (typeof value === 'number' && !Number.isFinite(value)) return { number: String(value) };
    return isParcel(value) ? shortParcel(value) : value;
  });
}

/** Parses a line; null stands for an omitted argument. @throws SyntaxError when it is not JSON. */
export function parseRecord(line: string): unknown {
  return JSON.parse(line, (_, value: unknown) => {
    if (value === null) return undefined;
    if (typeof value !== 'object') return value;
    if ('set' in value && Array.isArray(value.set)) return new Set(value.set);
    if ('number' in value && Object.keys(value).length === 1) return Number(value.number);
    return isParcel(value) ? { ...PLAIN, ...value } : value;
  });
}

function isParcel(value: unknown): value is Parcel {
  return typeof value === 'object' && value !== null && 'dimension' in value && 'amount' in value;
}

function shortParcel(parcel: Parcel): Partial<Parcel> {
  return Object.fromEntries(
    Object.entries(parcel).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(PLAIN[name as keyof Parcel]),
    ),
  );
}
