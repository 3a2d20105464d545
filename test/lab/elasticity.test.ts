import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { specOf } from '../../src/lab/gate/rerun.js';
import { readScenario } from '../../src/lab/scenario/scenario.js';
import { summarySchema } from '../../src/metrics/catalogue/summary-schema.js';
import { temporaryFolder } from '../cli/simulate-command.js';
import { smallSpec, summaryOf } from './small-runs.js';

describe('a run with elasticity', () => {
  const set = {
    'web.scaling': 'target',
    'vertical.services': 'kafka,cassandra',
    'vertical.warmUp': '10m',
  };

  test('says in its summary what was set and what came of it, in the form of the schema', async () => {
    const summary = await summaryOf(smallSpec({ set }));
    expect(summarySchema.parse(summary)).toEqual(summary);
    expect(summary.run.elasticity).toEqual({
      'vertical.services': 'kafka,cassandra',
      'vertical.warmUp': '10m',
    });
    expect(summary.byFramework.web.scaling).toBeDefined();
    const { limits } = summary.byFramework.kafka;
    expect(limits?.slack.cpus).toBeLessThan(limits?.slackAsked.cpus ?? 0);
    expect(summary.byFramework.spark.limits).toBeUndefined();
  });

  test('can be run again from its summary, to the same one', async () => {
    const summary = await summaryOf(smallSpec({ set }));
    expect(await summaryOf(specOf(summary, { policyFiles: new Map() }))).toEqual(summary);
  });

  test('is left as it was where nothing was set', async () => {
    const summary = await summaryOf(smallSpec());
    expect(summary.run.elasticity).toBeUndefined();
    expect(summary.byFramework.web).not.toHaveProperty('scaling');
    expect(summary.byFramework.kafka).not.toHaveProperty('limits');
  });

  test.each([
    [
      { 'vertical.services': 'kafak' },
      /--set vertical\.services: found "kafak", expected none, all, or some of kafka/,
    ],
    [{ 'vertical.services': 'all', 'vertical.interval': '0s' }, /vertical\.interval: .*longer than 0/],
    [{ 'web.scaling': 'scheduled' }, /schedule: scaling=scheduled needs a schedule/],
    [{ 'web.scaling': 'scheduled', 'web.schedule': '8:3,4:2' }, /hours from 0 to below 24, in order/],
    [{ 'web.scaling': 'target', 'web.least': '9', 'web.most': '3' }, /least: found "?9"?, expected at most/],
    [{ 'web.scaling': 'target', 'web.cpus': '99' }, /no machine of the run can take an instance of web-0/],
  ])('says what is wrong with %j', async (wrong, message) => {
    await expect(summaryOf(smallSpec({ set: wrong as Record<string, string> }))).rejects.toThrow(message);
  });
});

describe('sections of elasticity in a scenario file', () => {
  const scenario = (text: string) => {
    const path = join(temporaryFolder(), 'scenario.yaml');
    writeFileSync(path, text);
    return readScenario(path);
  };

  test('are settings', async () => {
    const { set } = await scenario(
      'vertical: { services: all, margin: 0.1 }\nset: { vertical.margin: 0.2 }\n',
    );
    expect(set).toEqual({ 'vertical.services': 'all', 'vertical.margin': '0.2' });
  });

  test('are checked key by key, with the line', async () => {
    await expect(scenario('policy: drf\nvertical:\n  service: all\n')).rejects.toThrow(
      /scenario\.yaml:3:\d+: vertical\.service/,
    );
  });
});
