import { join } from 'node:path';
import { RandomStreams } from '../../sim/random-streams.js';
import type { Check, Study, StudyRequest } from '../study.js';
import { NO_OFFER, runScenario } from './run-scenario.js';
import { readScenarios, type Scenario } from './scenario-file.js';

/** The usual place of the scenarios in the folder of reference data. */
const USUAL_FILE = join('mesos', 'allocator-scenarios.json');

/**
 * The hierarchical DRF allocator of Apache Mesos. The scenarios are steps of its unit tests (hierarchical_allocator_tests.cpp,
 * sorter_tests.cpp, commit c1b42f7) in our notation. Each offer is compared exactly.
 */
export const mesosStudy: Study = {
  name: 'mesos',
  about:
    'the hierarchical DRF allocator of Apache Mesos, compared offer by offer (its unit tests, or --scenarios FILE)',
  parameters: [
    {
      kind: 'file',
      name: 'scenarios',
      default: '',
      about: 'file of allocator scenarios to run instead of the reference data',
    },
  ],
  needsData: (settings) => settings.text('scenarios') === '',
  run: runStudy,
};

async function runStudy({ data, settings, progress }: StudyRequest): Promise<readonly Check[]> {
  const given = settings.text('scenarios');
  const file = given === '' ? join(data as string, USUAL_FILE) : given;
  return readScenarios(file).flatMap((scenario) => {
    progress(scenario.id);
    return checks(scenario, file);
  });
}

/** One check for a scenario without differences, otherwise one per difference. */
function checks(scenario: Scenario, file: string): readonly Check[] {
  const random = new RandomStreams('1').stream(`mesos/${scenario.id}`);
  const differences = runScenario(scenario, file, random);
  const steps = `${scenario.steps.length} steps`;
  const what = [scenario.id, scenario.upstream].filter((part) => part !== undefined).join(' ');
  if (differences.length === 0)
    return [{ what, published: steps, ours: 'as specified', difference: 'none', passed: true }];
  return differences.map(({ step, expected, ours }) => ({
    what: `${scenario.id}, ${step}`,
    published: expected,
    ours,
    difference: differenceText(expected, ours),
    passed: false,
  }));
}

function differenceText(expected: string, ours: string): string {
  const wanted = offersIn(expected);
  const got = offersIn(ours);
  const missing = wanted.filter((text) => !got.includes(text));
  const extra = got.filter((text) => !wanted.includes(text));
  return `missing ${missing.join(', ') || 'nothing'}; unexpected ${extra.join(', ') || 'nothing'}`;
}

function offersIn(text: string): readonly string[] {
  return text === NO_OFFER ? [] : text.split(', ');
}
