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
import { drfAllocator } from '../allocators/drf.js';
import type { DrfSettings, SorterKind } from '../allocators/hierarchical/drf-settings.js';
import type { Policy } from '../policy.js';
import { LIST_PARAMETER_NAMES, listNeedsTaskMix, listOf, listParameters } from './list-policies.js';
import { OFFER_PARAMETERS, OFFERS_OF_MASTER, offerTerms } from './offer-parameters.js';
import { boundsOf, namesRoles, quotasOf, ROLE_PARAMETERS, rolesOf, weightsOf } from './role-parameters.js';

const SORTERS: readonly SorterKind[] = ['drf', 'random'];

/**
 * The allocator flags of a Mesos master as parameters, with the defaults of Mesos. One default differs: machines are offered in
 * rank order, so that ties have a stated rule.
 */
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
    about:
      'Which framework of a role is next: the one with the lowest dominant share, or a random one by weight.',
  },
  {
    kind: 'choice',
    name: 'machineOrder',
    default: 'rank',
    choices: ['rank', 'random'],
    about: 'Order in which machines are offered: by rank, or shuffled at each allocation as in Mesos.',
  },
  {
    kind: 'text',
    name: 'fairnessExclude',
    default: '',
    form: 'resources joined by commas, such as gpus,disk',
    pattern: /^([a-z]+(,(?=.)|$))*$/,
    about: 'Resources that do not count in dominant shares.',
  },
  {
    kind: 'text',
    name: 'minAllocatable',
    default: 'cpus:0.01|mem:32',
    form: 'sets of resource:amount joined by ";", the sets by "|", such as cpus:0.01|mem:32; empty for anything',
    pattern: /^([a-z]+:\d+(\.\d+)?([;|](?=.)|$))*$/,
    about:
      'Smallest offer: at least the amounts of one of these sets. Sets with a resource that the run does not have are ignored.',
  },
];

/**
 * Weighted dominant-resource fairness over offers, as in Mesos: each machine's free resources are offered whole to the
 * framework with the lowest dominant share. Its scheduler takes what it can use and declines the rest. Frameworks are charged
 * to roles, which form a tree: shares are compared between top-level roles first, then below them. With quota, offers are
 * split: a role's guarantee is served first and kept from others, and its limit is not exceeded. A framework with an empty
 * queue gets offers as soon as a task arrives; the others get them at the next interval.
 *
 * Complexity: machines with something free x roles and frameworks, per allocation. Ties: lowest share, then the fewest
 * offers ever made, then name; machines in rank order.
 * Known limits: a declined machine waits one interval for the next framework; a refusal of at most one interval ends at the
 * next batch (Mesos: at the one after it); simulated machines have no reservations, revocable resources or exclusive disks,
 * although the allocator supports them (docs/studies.md, mesos).
 * Source: Ghodsi et al., "Dominant Resource Fairness", NSDI 2011; Hindman et al., "Mesos", NSDI 2011; apache/mesos,
 * src/master/allocator/mesos/hierarchical.cpp, commit c1b42f7.
 */
export const drf: Policy = {
  name: 'drf',
  parameters: [
    ...ROLE_PARAMETERS,
    ...DRF_PARAMETERS,
    ...OFFER_PARAMETERS,
    ...listParameters({ placement: 'first-fit', backfill: 'any' }),
  ],
  needsForecast: namesRoles,
  needsTaskMix: listNeedsTaskMix,
  masterParameters: [...DRF_PARAMETERS.map(({ name }) => name), ...OFFERS_OF_MASTER],
  frameworkParameters: LIST_PARAMETER_NAMES,
  build(settings, context) {
    const { operator } = context;
    const roles = rolesOf(settings, context);
    const quotas = operator?.quotas ?? quotasOf(settings, context);
    const allocator = drfAllocator({
      ...drfSettings(settings),
      roles,
      weights: operator?.weights ?? weightsOf(settings, context),
      quotas,
    });
    return {
      architecture: 'two-level',
      allocator,
      scheduler: () => listOf('drf', settings, context),
      terms: offerTerms(settings),
      ...boundsOf(quotas, roles, context),
    };
  },
};

/** The allocator's settings from parameters. @throws InputError when a resource is unknown. */
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
