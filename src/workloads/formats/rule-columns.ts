import { type Constraint, InputError, type PlacementRule, type Spread } from '../../model/index.js';
import type { CsvRecord } from './csv-records.js';

/** The columns of placement rules. */
export const RULE_COLUMNS = ['spread', 'together', 'avoid', 'beside', 'prefers'] as const;

/** Reads the columns of placement rules and numbers the rules; 0 is the empty rule. */
export class RuleColumns {
  readonly known: (PlacementRule | undefined)[] = [undefined];
  private readonly numberOf = new Map<string, number>([[RULE_COLUMNS.map(() => '').join('\n'), 0]]);

  private readonly keys: string[] = [RULE_COLUMNS.map(() => '').join('\n')];

  /** The first column in which two different rules differ. */
  difference(one: number, other: number): string {
    const [texts, others] = [this.keys[one].split('\n'), this.keys[other].split('\n')];
    return RULE_COLUMNS.find((_, i) => texts[i] !== others[i]) ?? RULE_COLUMNS[0];
  }

  /** The number of the row's rule. @throws InputError */
  of(record: CsvRecord): number {
    const key = RULE_COLUMNS.map((column) => record.text(column)).join('\n');
    let number = this.numberOf.get(key);
    if (number === undefined) {
      number = this.known.push(parseRule(record)) - 1;
      this.numberOf.set(key, number);
      this.keys[number] = key;
    }
    return number;
  }
}

function parseRule(record: CsvRecord): PlacementRule {
  return {
    spread: parts(record, 'spread', ';').map((part) => parseSpread(record, part)),
    together: parts(record, 'together', ';'),
    avoid: parts(record, 'avoid', '|'),
    beside: parts(record, 'beside', '|'),
    prefers: record.text('prefers') === '' ? [] : parseConstraints(record, 'prefers'),
  };
}

function parts(record: CsvRecord, column: string, separator: string): string[] {
  const text = record.text(column);
  if (text === '') return [];
  const names = text.split(separator).map((part) => part.trim());
  if (names.includes(''))
    throw InputError.expected(record.place(column), text, `names joined by ${separator}`);
  return names;
}

function parseSpread(record: CsvRecord, part: string): Spread {
  const match = /^([^<=|]+?)(?:<=([1-9]\d{0,8}))?$/.exec(part);
  if (match === null) {
    const expected = 'attribute or attribute<=tasks, joined by ;, such as machine;rack<=3';
    throw InputError.expected(record.place('spread'), record.text('spread'), expected);
  }
  return { attribute: match[1], atMost: Number(match[2] ?? 1) };
}

/** Reads a conjunction of constraints on attributes from a column. @throws InputError */
export function parseConstraints(record: CsvRecord, column: string): Constraint[] {
  const text = record.text(column);
  return text.split(';').map((part) => {
    const match = /^([^=|]+)=(.+)$/.exec(part.trim());
    if (match === null)
      throw InputError.expected(record.place(column), text, 'attribute=value|value, joined by ;');
    return { attribute: match[1], oneOf: match[2].split('|') };
  });
}
