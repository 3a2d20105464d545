import {
  type Amounts,
  InputError,
  type Parameter,
  type ParameterValues,
  quote,
  RESOURCE_NAMES,
  resourceKind,
  toQuanta,
} from '../../model/index.js';
import type { DrfSettings, SorterKind } from '../allocators/hierarchical/drf-settings.js';

const SORTERS: readonly SorterKind[] = ['drf', 'random'];

/** The allocator's flags of a Mesos master as parameters, with Mesos's defaults; machines go by rank, so that ties are stated. */
export const DRF_PARAMETERS: readonly Parameter[] = [
  {
    kind: 'choice',
    name: 'roleSorter',
    default: 'drf',
    choices: SORTERS,
    about: 'Which role is next: the one with the lowest dominant share, or a random one by weight.',
  },
  {
    kind: 'choice',
    name: 'frameworkSorter',
    default: 'drf',
    choices: SORTERS,
    about: 'Which framework of a role is next, likewise.',
  },
  {
    kind: 'choice',
    name: 'machineOrder',
    default: 'rank',
    choices: ['rank', 'random'],
    about: 'In which order machines are offered: by rank, or shuffled at each allocation as in Mesos.',
  },
  {
    kind: 'text',
    name: 'fairnessExclude',
    default: '',
    form: 'resources joined by commas, such as gpus,disk',
    pattern: /^([a-z]+(,(?=.)|$))*$/,
    about: 'Resources that make no dominant share.',
  },
  {
    kind: 'text',
    name: 'minAllocatable',
    default: 'cpus:0.01|mem:32',
    form: 'sets of resource:amount joined by ";", the sets by "|", such as cpus:0.01|mem:32; empty for anything',
    pattern: /^([a-z]+:\d+(\.\d+)?([;|](?=.)|$))*$/,
    about:
      'What is worth offering: as much as one of these sets; sets without a resource of the run are left out.',
  },
];

/** What these settings say. @throws InputError when a resource is unknown. */
export function drfSettings(
  settings: ParameterValues,
): Pick<DrfSettings, 'roleSorter' | 'frameworkSorter' | 'machineOrder' | 'fairnessExcluded' | 'minimum'> {
  const excluded = settings.text('fairnessExclude');
  const minimum = settings.text('minAllocatable');
  return {
    roleSorter: settings.text('roleSorter') as SorterKind,
    frameworkSorter: settings.text('frameworkSorter') as SorterKind,
    machineOrder: settings.text('machineOrder') as DrfSettings['machineOrder'],
    fairnessExcluded: new Set(
      excluded === '' ? [] : excluded.split(',').map((name) => knownName(name, 'fairnessExclude')),
    ),
    minimum: minimum === '' ? [] : minimum.split('|').map(amountsOf),
  };
}

function amountsOf(text: string): Amounts {
  return Object.fromEntries(
    text.split(';').map((part) => {
      const [name, amount] = part.split(':') as [string, string];
      const kind = resourceKind(knownName(name, 'minAllocatable'));
      return [name, kind === undefined ? 0 : toQuanta(kind, Number(amount), { field: 'minAllocatable' })];
    }),
  );
}

function knownName(name: string, field: string): string {
  if (RESOURCE_NAMES.includes(name)) return name;
  throw new InputError(
    { field },
    `unknown resource ${quote(name)}, expected one of ${RESOURCE_NAMES.join(', ')}`,
  );
}
