import { describe, expect, it } from 'vitest';
import { derivedMetric } from '../../src/formulas/derived-metric.js';
import { formulaObjective } from '../../src/formulas/objective.js';
import { parseFormula } from '../../src/formulas/parse.js';
import { UNIT_NAMES } from '../../src/formulas/units.js';
import { ORDER_WORDS, SCORE_WORDS } from '../../src/formulas/words.js';
import { RESOURCE_NAMES } from '../../src/model/index.js';
import { textOf } from '../project/sources.js';

const PAGE = 'docs/formulas.md';

function sectionOf(heading: string): string {
  const start = textOf(PAGE).indexOf(`## ${heading}`);
  return textOf(PAGE).slice(start).split('\n## ')[0];
}

/** The formulas in the blocks of a section, one per line. */
function formulasIn(heading: string): string[] {
  return [...sectionOf(heading).matchAll(/^```text\n(.*?)^```$/gms)].flatMap(([, text]) =>
    text.trim().split('\n'),
  );
}

/** What is in backquotes in the first column of the tables, without arguments. */
function namesIn(section: string): string[] {
  const cells = [...sectionOf(section).matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell]) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`([A-Za-z]+)[^`]*`/g)].map(([, name]) => name));
}

/** A metric has a name before its formula. */
const isNamed = (formula: string) => /^[a-z ]+ = /.test(formula);
const isNotNamed = (formula: string) => !isNamed(formula);

describe('docs/formulas.md', () => {
  it.each(formulasIn('Names of orders'))('has the order %s', (formula) => {
    expect(() => parseFormula(formula, ORDER_WORDS)).not.toThrow();
  });

  it.each(formulasIn('Names of scores'))('has the score %s', (formula) => {
    expect(() => parseFormula(formula, SCORE_WORDS)).not.toThrow();
  });

  it.each(formulasIn('Metrics and objectives').filter(isNotNamed))('has the objective %s', (formula) => {
    expect(() => formulaObjective(formula)).not.toThrow();
  });

  it.each(formulasIn('Metrics and objectives').filter(isNamed))('has the metric %s', (formula) => {
    expect(() => derivedMetric(formula)).not.toThrow();
  });

  it('has examples of all four', () => {
    for (const heading of ['Names of orders', 'Names of scores'])
      expect(formulasIn(heading).length).toBeGreaterThan(3);
    const metrics = formulasIn('Metrics and objectives');
    expect(metrics.filter(isNamed).length).toBeGreaterThan(3);
    expect(metrics.filter(isNotNamed).length).toBeGreaterThan(3);
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
