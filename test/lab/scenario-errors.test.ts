import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readScenarioFile } from '../../src/lab/scenario/scenario.js';
import { InputError, type InputPlace } from '../../src/model/index.js';
import { temporaryFolder } from '../cli/simulate-command.js';

const folder = temporaryFolder();
let files = 0;

function fileOf(...lines: readonly string[]): string {
  const path = join(folder, `scenario-${files++}.yaml`);
  writeFileSync(path, lines.join('\n'));
  return path;
}

const SCENARIO = fileOf(
  'policies: [drf, dfr]', // 1
  'until: 1h',
  'faults:',
  '  - "at 1h: kill rack rack-0 for 1m"',
  '  - "at 1h: kill rack rack-99 for 1m"', // 5
  'services:',
  '  kafka:',
  '    brokers: -3',
  'add: ["hdfs:nodes=3", "kafka:brokers=4"]',
  'vertical:', // 10
  '  services: all',
  'tenants:',
  '  a:',
  '    frameworks: [kafka]',
  'set:', // 15
  '  drf.hold: soon',
);

const NOTHING_REPLACED = { keys: new Set<string>(), settings: new Set<string>() };

function placeOf(place: InputPlace, replaced = NOTHING_REPLACED): InputPlace {
  return (readScenarioFile(SCENARIO).locate(new InputError(place, 'wrong'), replaced) as InputError).place;
}

describe('a mistake in an entry of a scenario', () => {
  it.each<[string, InputPlace, number, number]>([
    ['a policy of a list', { path: ['policy', 1], field: '--policy' }, 1, 17],
    ['an option', { field: '--until' }, 2, 1],
    ['an item of a list', { path: ['faults', 1], field: '--fault' }, 5, 5],
    ['a list as a whole', { field: '--fault' }, 3, 1],
    ['a service', { path: ['services', 'kafka'] }, 7, 3],
    ['an entry that is missing', { path: ['services', 'kafka', 'after'] }, 7, 3],
    ['a parameter of a service', { path: ['set', 'kafka.brokers'], field: '--set' }, 8, 5],
    ['a parameter of a service that was added', { path: ['set', 'kafka-2.brokers'] }, 9, 23],
    ['a parameter of a section', { path: ['set', 'vertical.services'] }, 11, 3],
    ['a tenant', { path: ['tenants', 'a', 'frameworks'] }, 14, 5],
    ['a setting', { field: '--set drf.hold' }, 16, 3],
    ['a setting by the name of its parameter alone', { field: 'hold' }, 16, 3],
  ])('has its line and column: %s', (_what, place, line, column) => {
    expect(placeOf(place)).toMatchObject({ file: SCENARIO, line, column });
  });

  it.each<[string, InputPlace]>([
    ['a key that is not in the file', { field: '--machines' }],
    ['a setting that is not in the file', { field: '--set spark.cpus' }],
    ['a mistake without a place', {}],
  ])('has none where it is elsewhere: %s', (_what, place) => {
    expect(placeOf(place).file).toBeUndefined();
  });

  it('has none where the command line replaces the entry', () => {
    const replaced = { keys: new Set(['faults']), settings: new Set(['hold']) };
    expect(placeOf({ path: ['faults', 1], field: '--fault' }, replaced).file).toBeUndefined();
    expect(placeOf({ path: ['set', 'drf.hold'] }, replaced).file).toBeUndefined();
    expect(placeOf({ field: '--until' }, replaced).line).toBe(2);
  });

  it('keeps the file that it names itself, and other errors stay as they are', () => {
    const error = new InputError({ file: 'outages.csv', line: 3 }, 'wrong');
    expect(readScenarioFile(SCENARIO).locate(error, NOTHING_REPLACED)).toBe(error);
    const other = new Error('--until: of another kind');
    expect(readScenarioFile(SCENARIO).locate(other, NOTHING_REPLACED)).toBe(other);
  });
});

describe('the form of a scenario', () => {
  it.each([
    [['until: [1, 2]'], ':1:1: until: found a list, expected text or a number'],
    [['policy: drf', 'seed: true'], ':2:1: seed: found "true", expected text or a number'],
    [['policy: drf', 'faults: none'], ':2:1: faults: found "none", expected a list'],
    [['faults:', '  - at 1h', '  - [a]'], ':3:5: faults.1: found a list, expected text or a number'],
    [['services: 5'], ':1:1: services: found "5", expected keys with values'],
    [['services:', '  kafka: 5'], ':2:3: services.kafka: found "5", expected keys with values'],
    [['set:', '  drf.hold: {}'], ':2:3: set.drf.hold: found keys with values, expected text or a number'],
    [['untill: 1h'], ':1:1: untill: unknown key, expected one of policy, '],
    [['untill: 1h'], '; did you mean until?'],
    [['tenants:', '  a:', '    frameworks: [x]', '    wieght: 2'], ':4:5: tenants.a.wieght: unknown key'],
    [['tenants:', '  a:', '    frameworks: x'], ':3:5: tenants.a.frameworks: found "x", expected a list'],
    [['tenants:', '  a: {}'], ':2:3: tenants.a.frameworks: found nothing, expected a list'],
    [['policy: drf', 'policies: [fcfs]'], ':2:1: policies: has the same meaning as policy'],
    [['- a'], ':1:1: the document: found a list, expected keys with values'],
  ])('%j is refused: %s', (lines, message) => {
    expect(() => readScenarioFile(fileOf(...lines))).toThrow(message);
  });
});
