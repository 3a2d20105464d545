import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { placedIn } from '../../src/lab/scenario/mistake-place.js';
import { readScenarioFile } from '../../src/lab/scenario/scenario.js';
import { InputError } from '../../src/model/index.js';
import { temporaryFolder } from '../cli/simulate-command.js';

const PATH = join(temporaryFolder(), 'place.yaml');
writeFileSync(
  PATH,
  [
    'policy: [drf, dfr]',
    'until: 1h',
    'faults:',
    '  - "at 1h: kill rack rack-0 for 1m"',
    '  - "at 1h: kill rack rack-99 for 1m"',
    'services:',
    '  kafka:',
    '    brokers: -3',
    'add: ["hdfs:nodes=x"]',
    'set:',
    '  drf.hold: soon',
  ].join('\n'),
);

function line(message: string): number | undefined {
  return (placedIn(readScenarioFile(PATH), new InputError({}, message)) as InputError).place.line;
}

test.each([
  ['--set kafka.brokers: found "-3", expected a whole number >= 0', 8],
  ['--set: nothing has a parameter "kafka.brokers"; there are none', 8],
  ['--set drf.hold: found "soon", expected a duration', 11],
  ['hold: found "soon", expected a duration', 11],
  ['--fault: found "rack-99", expected one of rack-0', 5],
  ['--add: found "hdfs:nodes=x", expected', 9],
  ['--policy: unknown policy "dfr", expected one of', 1],
  ['services.kafka: an instance needs too much', 7],
])('%s stands in line %i', (message, expected) => {
  expect(line(message)).toBe(expected);
});

test.each([
  '--until: found "never", expected a duration',
  '--fault: found "rack-7", expected one of rack-0',
  '--set kafka.brokers: found "-4", expected a whole number >= 0',
  '--report: cannot be written',
  'no field at all',
])('what was found elsewhere is not put into the file: %s', (message) => {
  expect(line(message)).toBeUndefined();
});

test('a mistake that names a file of its own keeps that', () => {
  const error = new InputError({ file: 'outages.csv', line: 3 }, 'machine: found "m", expected another');
  expect(placedIn(readScenarioFile(PATH), error)).toBe(error);
  const other = new Error('--until: of another kind');
  expect(placedIn(readScenarioFile(PATH), other)).toBe(other);
});
