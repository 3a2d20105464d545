import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Expectation, scenarioNotes } from '../../scripts/scenario-notes.mjs';
import { formulaObjective } from '../../src/formulas/objective.js';
import { runWithTenants } from '../../src/lab/extensions/tenants/run-tenants.js';
import { tenantsOf } from '../../src/lab/extensions/tenants/tenants.js';
import { FILES } from '../../src/lab/run/node/run.js';
import { runSpecs } from '../../src/lab/scenario/run-choices.js';
import { readScenarioFile } from '../../src/lab/scenario/scenario.js';
import type { Summary } from '../../src/metrics/catalogue/catalogue.js';
import { metricValue } from '../../src/results/metric.js';
import { textOf } from '../project/sources.js';

const SCENARIOS = readdirSync('scenarios').map((file) => `scenarios/${file}`);

/** Longest check of a scenario on a busy computer. */
const PATIENCE = 120_000;

/** The summaries of a scenario, with these keys in the place of those of the file. */
async function summariesOf(path: string, checkedWith: object): Promise<Summary[]> {
  const { tenants, ...scenario } = readScenarioFile(path).value;
  const choices = {
    ...scenario,
    ...checkedWith,
    set: { ...scenario.set, ...('set' in checkedWith ? (checkedWith.set as Record<string, string>) : {}) },
    ...(tenants !== undefined && { tenants: tenantsOf(tenants) }),
  };
  const summaries: Summary[] = [];
  for (const spec of await runSpecs(choices, () => {}))
    summaries.push((await runWithTenants(spec, FILES)).summary);
  return summaries;
}

/** The runs that do not meet the expectation, and those of which it says nothing. */
function failures({ policy, formula }: Expectation, summaries: readonly Summary[]): string[] {
  const { metrics, isMet } = formulaObjective(formula);
  const own = summaries.filter(({ run }) => policy === undefined || run.policy.name === policy);
  if (own.length === 0) return [`no run of ${policy}`];
  return own.flatMap((summary) => {
    const values = metrics.map((path) => [path, metricValue(summary, path)] as const);
    const isKnown = values.every(([, value]) => value !== undefined);
    if (isKnown && isMet(summary)) return [];
    return [`${summary.run.policy.name}: ${formula} (${values.map((one) => one.join(' ')).join(', ')})`];
  });
}

describe('a scenario', () => {
  it.each(SCENARIOS)('says what to expect, in words and as conditions: %s', (path) => {
    const { prose, expectations } = scenarioNotes(textOf(path));
    expect(prose.split(' ').length).toBeGreaterThan(8);
    expect(expectations).not.toEqual([]);
    for (const { formula } of expectations) expect(formulaObjective(formula).metrics).not.toEqual([]);
  });

  it.each(SCENARIOS)(
    'shows what it says: %s',
    async (path) => {
      const { expectations, checkedWith } = scenarioNotes(textOf(path));
      const summaries = await summariesOf(path, checkedWith);
      expect(expectations.flatMap((one) => failures(one, summaries))).toEqual([]);
    },
    PATIENCE,
  );
});
