import { frameworkIndex, type ParameterValues } from '../../model/index.js';
import type { CommitTerms, Policy, PolicyContext } from '../policy.js';
import { JOB_PARAMETERS, jobPlacer, retryTerms } from './monolithic.js';

/**
 * Shared state with parallel schedulers and transactions: each framework has its own schedulers. Each one copies the cell
 * when its decision begins, and then commits its claims in one transaction. A claim conflicts if another scheduler has
 * filled the machine in the meantime. Its task is tried again with the rest of its job. Without decision times there are no
 * conflicts: set perJob and perTask (100ms and 5ms in the paper).
 *
 * Complexity: one placement per task and attempt; a copy costs the machines that changed since the last one. Ties: schedulers
 * in order of their frameworks; machines by the placement. Known limits: in a busy cell, conflicts waste much work; a gang is
 * all-or-nothing, whatever `transaction` is.
 * Source: Schwarzkopf et al., "Omega", EuroSys 2013, sections 3.4 and 5.
 */
export const omega: Policy = {
  name: 'omega',
  parameters: [
    {
      kind: 'text',
      name: 'schedulers',
      default: '1',
      form: 'a number, and numbers for some frameworks, such as 1,batch:4',
      pattern: /^[1-9]\d{0,3}(,[^:,]+:[1-9]\d{0,3})*$/,
      about: 'Schedulers per framework. The jobs of a framework go to them in turn.',
    },
    {
      kind: 'choice',
      name: 'conflict',
      default: 'resource-fit',
      choices: ['resource-fit', 'sequence-number'],
      about:
        'A claim conflicts when its machine is too full, or when any task was placed there since the copy was made.',
    },
    {
      kind: 'choice',
      name: 'transaction',
      default: 'incremental',
      choices: ['incremental', 'all-or-nothing'],
      about: 'Claims without a conflict are kept, or one conflict undoes the whole transaction.',
    },
    {
      kind: 'choice',
      name: 'numbering',
      default: 'machine',
      choices: ['machine', 'claim'],
      about:
        'With sequence-number: a machine counts the placements of others, or counts as google/cluster-scheduler-simulator does.',
    },
    ...JOB_PARAMETERS,
  ],
  // Numbers of schedulers name frameworks. A misspelt name is an error, so the host must look up all names first.
  needsForecast: (settings) => settings.text('schedulers').includes(':'),
  build: (settings, context) => {
    const numbers = schedulerNumbers(settings.text('schedulers'), context);
    return {
      architecture: 'shared-state',
      scheduler: () => jobPlacer('omega', settings),
      schedulersOf: (framework) => numbers.byFramework.get(framework) ?? numbers.usual,
      commit: commitTerms(settings),
      retry: retryTerms(settings),
    };
  },
};

interface SchedulerNumbers {
  readonly usual: number;
  readonly byFramework: ReadonlyMap<number, number>;
}

/** @throws InputError when a framework is unknown. */
function schedulerNumbers(text: string, context: PolicyContext): SchedulerNumbers {
  const [usual, ...named] = text.split(',');
  const byFramework = new Map<number, number>();
  const known = context.frameworks.map((spec) => spec.name);
  for (const part of named) {
    const [name, number] = part.split(':') as [string, string];
    byFramework.set(frameworkIndex(known, name, { field: 'schedulers' }), Number(number));
  }
  return { usual: Number(usual), byFramework };
}

function commitTerms(settings: ParameterValues): CommitTerms {
  return {
    conflict: settings.text('conflict') as CommitTerms['conflict'],
    transaction: settings.text('transaction') as CommitTerms['transaction'],
    numbering: settings.text('numbering') as CommitTerms['numbering'],
  };
}
