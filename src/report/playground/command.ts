import { shellWord } from '../../results/shell-word.js';
import { SMACK_SERVICES } from '../../workloads/smack.js';
import type { Experiment } from '../experiment.js';
import { useText } from './run-specs.js';

/** The command line that makes the runs of an experiment and their report; undefined if only a scenario file can name its services. */
export function commandOf(experiment: Experiment): string | undefined {
  const added = addedServices(experiment.workload.services);
  if (added === undefined) return undefined;
  const { policies, seeds, versus, machines, until, failures, faults, operations, set, workload } =
    experiment;
  const options: (readonly [option: string, value: string])[] = [
    ...(workload.services === null && workload.name !== DEFAULT_WORKLOAD
      ? [['--workload', workload.name] as const]
      : []),
    ...added.map((service) => ['--add', service] as const),
    ['--policy', policies.map(useText).join(',')],
    ...(versus === null ? [] : [['--versus', versus] as const]),
    ['--seeds', seeds.join(',')],
    ...(machines === '' ? [] : [['--machines', machines] as const]),
    ...(until === '' ? [] : [['--until', until] as const]),
    ...(failures === '' ? [] : [['--failures', failures] as const]),
    ...faults.map((fault) => ['--fault', fault] as const),
    ...operations.map((operation) => ['--operation', operation] as const),
    ...Object.entries(set).map(([key, value]) => ['--set', `${key}=${value}`] as const),
    ['--report', 'report.html'],
  ];
  return ['simulate', ...options.flatMap(([option, value]) => [option, shellWord(value)])].join(' ');
}

const DEFAULT_WORKLOAD = 'smack';

/** The services besides those of the default workload; undefined if the list is another one. */
function addedServices(services: readonly string[] | null): string[] | undefined {
  if (services === null) return [];
  if (SMACK_SERVICES.some(({ name }, i) => services[i] !== name)) return undefined;
  return services.slice(SMACK_SERVICES.length).map((use) => use.slice(use.indexOf('=') + 1));
}
