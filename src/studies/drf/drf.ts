import type { Check, Study, StudyRequest } from '../study.js';
import { dynamicSharing } from './dynamic-sharing.js';
import { wholeTaskTable } from './indivisible-tasks.js';
import { oneTaskBound } from './one-task-bound.js';
import { propertyTable } from './property-table.js';
import { simulatedExample } from './simulated-example.js';
import { workedExamples } from './worked-examples.js';

/**
 * Ghodsi et al., "Dominant Resource Fairness", NSDI 2011: worked examples and counterexamples, tables 1 and 2, the one-task
 * bound of Theorem 7, and the dynamic experiment of section 7.1 under the policy `drf`.
 */
export const drfStudy: Study = {
  name: 'drf',
  about: 'DRF, asset fairness and CEEI: worked examples, properties, whole tasks (Ghodsi et al., NSDI 2011)',
  needsData: () => false,
  parameters: [],
  run: runStudy,
};

async function runStudy({ progress }: StudyRequest): Promise<readonly Check[]> {
  const exact = [...workedExamples(), ...wholeTaskTable()];
  progress('properties on random problems');
  const tried = [...propertyTable(), ...oneTaskBound()];
  progress('policy drf in the simulator');
  return [...exact, ...(await simulatedExample()), ...tried, ...(await dynamicSharing())];
}
