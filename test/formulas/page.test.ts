import { describe, expect, it } from 'vitest';
import { formulaObjective } from '../../src/formulas/objective.js';
import { parseFormula } from '../../src/formulas/parse.js';
import { UNIT_NAMES } from '../../src/formulas/units.js';
import { ORDER_WORDS, SCORE_WORDS } from '../../src/formulas/words.js';
import { RESOURCE_NAMES } from '../../src/model/index.js';
import { blocksOf } from '../docs/pages.js';
import { textOf } from '../project/sources.js';

const PAGE = 'docs/formulas.md';

/** The formulas in the blocks of this language, one per line. */
function formulasIn(language: string): string[] {
  return blocksOf(PAGE)
    .filter((block) => block.language === language)
    .flatMap(({ text }) => text.trim().split('\n'));
}

/** What is in backquotes in the first column of the tables, without arguments. */
function namesIn(section: string): string[] {
  const start = textOf(PAGE).indexOf(`## ${section}`);
  const text = textOf(PAGE).slice(start).split('\n## ')[0];
  const cells = [...text.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell]) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`([A-Za-z]+)[^`]*`/g)].map(([, name]) => name));
}

describe('docs/formulas.md', () => {
  it.each(formulasIn('order'))('has the order %s', (formula) => {
    expect(() => parseFormula(formula, ORDER_WORDS)).not.toThrow();
  });

  it.each(formulasIn('score'))('has the score %s', (formula) => {
    expect(() => parseFormula(formula, SCORE_WORDS)).not.toThrow();
  });

  it.each(formulasIn('objective'))('has the objective %s', (formula) => {
    expect(() => formulaObjective(formula)).not.toThrow();
  });

  it('has examples of all three', () => {
    for (const language of ['order', 'score', 'objective'])
      expect(formulasIn(language).length).toBeGreaterThan(3);
  });

  it('has every name, unit and resource, and no other name', () => {
    const [ofOrders, ofScores] = [namesIn('Names of orders'), namesIn('Names of scores')];
    for (const name of ofOrders) expect(ORDER_WORDS.argumentOf(name), name).toBeDefined();
    for (const name of ofScores) expect(SCORE_WORDS.argumentOf(name), name).toBeDefined();
    const unknown = SCORE_WORDS.unknownText('?');
    const all = unknown.slice(unknown.indexOf('one of ') + 7).split(', ');
    expect([...ofOrders, ...ofScores].sort()).toEqual(all.sort());
    for (const unit of UNIT_NAMES) expect(textOf(PAGE)).toContain(`\`${unit}\``);
    for (const resource of RESOURCE_NAMES) expect(textOf(PAGE)).toContain(`\`${resource}\``);
  });
});
