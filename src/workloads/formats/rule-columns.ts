import { InputError, type PlacementRule, parsePreferences, type Spread } from '../../model/index.js';
import type { RowRecord } from './row-table.js';

/** The columns of placement rules. */
export const RULE_COLUMNS = ['spread', 'together', 'avoid', 'beside', 'prefers'] as const;

/** Reads the columns of placement rules and numbers the rules; 0 is the empty rule. */
export class RuleColumns {
  readonly known: (PlacementRule | undefined)[] = [undefined];
  private readonly numberOf = new Map<string, number>([[RULE_COLUMNS.map(() => '').join('\n'), 0]]);
  /** By the rule as JSON: one rule may be written in several ways, such as `prefers` with and without the weight 1. */
  private readonly numberOfRule = new Map<string, number>([[JSON.stringify(NO_REQUIREMENT), 0]]);

  /** The first column in which two different rules differ. */
  difference(one: number, other: number): string {
    const [rule = NO_REQUIREMENT, otherRule = NO_REQUIREMENT] = [this.known[one], this.known[other]];
    const differs = (column: (typeof RULE_COLUMNS)[number]) =>
      JSON.stringify(rule[column]) !== JSON.stringify(otherRule[column]);
    return RULE_COLUMNS.find(differs) ?? RULE_COLUMNS[0];
  }

  /** The number of the row's rule. @throws InputError */
  of(record: RowRecord): number {
    const key = RULE_COLUMNS.map((column) => record.text(column)).join('\n');
    let number = this.numberOf.get(key);
    if (number === undefined) {
      number = this.numbered(parseRule(record));
      this.numberOf.set(key, number);
    }
    return number;
  }

  private numbered(rule: PlacementRule): number {
    const key = JSON.stringify(rule);
    let number = this.numberOfRule.get(key);
    if (number === undefined) {
      number = this.known.push(rule) - 1;
      this.numberOfRule.set(key, number);
    }
    return number;
  }
}

const NO_REQUIREMENT: PlacementRule = { spread: [], together: [], avoid: [], beside: [], prefers: [] };

function parseRule(record: RowRecord): PlacementRule {
  return {
    spread: parts(record, 'spread', ';').map((part) => parseSpread(record, part)),
    together: parts(record, 'together', ';'),
    avoid: parts(record, 'avoid', '|'),
    beside: parts(record, 'beside', '|'),
    prefers: parsePreferences(record.text('prefers'), record.place('prefers')),
  };
}

function parts(record: RowRecord, column: string, separator: string): string[] {
  const text = record.text(column);
  if (text === '') return [];
  const names = text.split(separator).map((part) => part.trim());
  if (names.includes(''))
    throw InputError.expected(record.place(column), text, `names joined by ${separator}`);
  return names;
}

function parseSpread(record: RowRecord, part: string): Spread {
  const match = /^([^<=|]+?)(?:<=([1-9]\d{0,8}))?$/.exec(part);
  if (match === null) {
    const expected = 'attribute or attribute<=tasks, joined by ;, such as machine;rack<=3';
    throw InputError.expected(record.place('spread'), record.text('spread'), expected);
  }
  return { attribute: match[1], atMost: Number(match[2] ?? 1) };
}
