import { AllocatorHost, type MadeOffer } from '../../live/allocation/allocator-host.js';
import {
  type Amounts,
  fromSeconds,
  InputError,
  type InputPlace,
  isPlain,
  MACHINE_CAPABILITIES,
  type Parcels,
  parcelsContain,
  parcelsPlus,
  type Quota,
} from '../../model/index.js';
import { drfAllocator } from '../../policies/allocators/drf.js';
import type { Random } from '../../policies/contract.js';
import { parcelsOf, resourcesText, type WrittenResource } from './resource-text.js';
import { type AllocatorStep, type Flags, isSorterStep, type Scenario, stepLabel } from './scenario-file.js';
import { SorterScenario } from './sorter-scenario.js';

/** A difference between the behaviour of the allocator and the scenario in one step. */
export interface Difference {
  readonly step: string;
  readonly expected: string;
  readonly ours: string;
}

/** Text for the absence of an offer. */
export const NO_OFFER = 'no offer';

/** Mesos's default `--min_allocatable_resources`, `cpus:0.01|mem:32`, in quanta. */
const USUAL_MINIMUM: readonly Amounts[] = [{ cpus: 10_000 }, { mem: 32_000_000 }];
const USUAL_INTERVAL_SECONDS = 1;
/** Default capabilities of a framework: only MULTI_ROLE. */
const USUAL_CAPABILITIES = ['MULTI_ROLE'] as const;

/**
 * Runs the steps of a scenario in order.
 * @param file is the file name in error messages.
 * @throws InputError for an impossible step, such as an unknown agent or a return of resources that are not held.
 */
export function runScenario(scenario: Scenario, file: string, random: Random): readonly Difference[] {
  const names = resourceNames(scenario);
  const sorter = new SorterScenario(names);
  const allocator = new AllocatorScenario(names, scenario.flags ?? {}, random);
  return scenario.steps.flatMap((step, i) => {
    const place = { file, field: `scenario ${scenario.id}, ${stepLabel(step, i)}` };
    if (!isSorterStep(step)) return allocator.take(step, place, stepText(step, i));
    const order = sorter.take(step, place)?.join(' ');
    const expected = step.do === 'sort' ? step.expect.join(' ') : undefined;
    return order === expected
      ? []
      : [{ step: stepText(step, i), expected: expected ?? '', ours: order ?? '' }];
  });
}

/** The label of a step in tables: `step 3 (addAgent a1)`. */
function stepText(step: Scenario['steps'][number], index: number): string {
  const subjects = ['a', 'f', 'role', 'client', 'path'].map((key) => (step as Record<string, unknown>)[key]);
  const named = subjects.filter((subject) => typeof subject === 'string').join(' ');
  return `step ${index + 1} (${[step.do, named].filter((word) => word !== '').join(' ')})`;
}

/** All resource names in the scenario, including those of the default minimum. */
function resourceNames(scenario: Scenario): readonly string[] {
  const names = new Set(['cpus', 'mem']);
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('name' in value && 'ranges' in value) names.add(String(value.name));
    else for (const part of Object.values(value)) look(part);
  };
  look(scenario);
  return [...names];
}

class AllocatorScenario {
  private readonly names: readonly string[];
  private readonly host: AllocatorHost;
  /** Removed frameworks and agents. */
  private readonly left = new Set<string>();

  constructor(names: readonly string[], flags: Flags, random: Random) {
    this.names = names;
    this.host = new AllocatorHost({
      names,
      interval: flags.allocation_interval ?? USUAL_INTERVAL_SECONDS,
      random,
      allocator: (operator) =>
        drfAllocator({
          quotaScope: 'role',
          ...operator,
          minimum: flags.min_allocatable_resources?.map(amountsOf) ?? USUAL_MINIMUM,
          fairnessExcluded: new Set(flags.fair_sharing_excluded_resource_names),
          gpuMachines: flags.filter_gpu_resources === false ? 'for-all' : 'for-gpu-frameworks',
          roleSorter: flags.role_sorter ?? 'drf',
          frameworkSorter: flags.framework_sorter ?? 'drf',
          // As in Mesos, which shuffles agents. Scenarios must not depend on their order.
          machineOrder: 'random',
        }),
    });
  }

  take(step: AllocatorStep, place: InputPlace, label: string): readonly Difference[] {
    // A master ignores resources returned from a removed agent or framework (Mesos: recoverResources).
    if (step.do === 'recover' && (this.left.has(step.a) || this.left.has(step.f))) return [];
    this.check(step, place);
    this.apply(step, place);
    if (step.do === 'removeAgent') this.left.add(step.a);
    if (step.do === 'removeFramework') this.left.add(step.f);
    if (step.do === 'addAgent') this.left.delete(step.a);
    if (step.do === 'addFramework') this.left.delete(step.f);
    const made = this.host.collectOffers();
    return [...this.offersDiffer(step, made, label), ...this.totalsDiffer(step, made, label)];
  }

  private check(step: AllocatorStep, place: InputPlace): void {
    const field = (name: string) => ({ ...place, field: `${place.field}, ${name}` });
    if (
      'f' in step &&
      step.f !== undefined &&
      this.host.hasFramework(step.f) === (step.do === 'addFramework')
    )
      throw new InputError(
        field('f'),
        `framework ${step.f} ${step.do === 'addFramework' ? 'already exists' : 'does not exist'}`,
      );
    if ('a' in step && this.host.hasAgent(step.a) === (step.do === 'addAgent'))
      throw new InputError(
        field('a'),
        `agent ${step.a} ${step.do === 'addAgent' ? 'already exists' : 'does not exist'}`,
      );
    if (step.do === 'recover') this.checkHeld(step.f, step.role, step.a, step.res, field('res'));
    if (step.do === 'convert' && step.f !== undefined)
      this.checkHeld(step.f, step.role ?? '*', step.a, step.consumed, field('consumed'));
    if (step.do === 'convert' && step.f === undefined) {
      const free = this.host.freeOf(step.a);
      if (!parcelsContain(free, this.parcels(step.consumed)))
        throw new InputError(field('consumed'), `the free resources of ${step.a} are ${this.text(free)}`);
    }
    if (step.do === 'setQuota' && step.role.includes('/'))
      throw InputError.expected(field('role'), step.role, 'a top-level role: nested roles cannot have quota');
    if (
      step.do === 'setQuota' &&
      ![...step.guarantee, ...step.limit].every((part) => isPlain({ ...part, dimension: 0 }))
    )
      throw new InputError(field('guarantee'), 'plain amounts, without reservations or other attributes');
  }

  private checkHeld(
    framework: string,
    role: string,
    agent: string,
    written: readonly WrittenResource[],
    place: InputPlace,
  ): void {
    const held = this.host.heldBy(framework, role, agent);
    if (parcelsContain(held, this.parcels(written))) return;
    throw new InputError(place, `${framework} holds only ${this.text(held)} of ${agent} in role ${role}`);
  }

  private apply(step: AllocatorStep, place: InputPlace): void {
    const { host } = this;
    switch (step.do) {
      case 'addAgent':
        host.addAgent(step.a, {
          total: this.parcels(step.total),
          capabilities: new Set(step.capabilities ?? MACHINE_CAPABILITIES),
          region: step.region ?? 'local',
        });
        for (const [framework, { role, res }] of Object.entries(step.used ?? {}))
          host.useAgent(step.a, framework, role, this.parcels(res));
        host.allocateAgent(step.a);
        break;
      case 'removeAgent':
        host.removeAgent(step.a);
        break;
      case 'activateAgent':
      case 'deactivateAgent':
        host.setAgentActive(step.a, step.do === 'activateAgent');
        break;
      case 'setTotal':
        host.setTotal(step.a, this.parcels(step.total));
        break;
      case 'setAttributes':
        host.setAttributes(step.a, step.attributes);
        break;
      case 'setWhitelist':
        host.setWhitelist(step.agents ?? undefined);
        break;
      case 'addFramework':
        host.addFramework(step.f, {
          roles: step.roles,
          suppressed: step.suppressed ?? [],
          capabilities: new Set(step.capabilities ?? USUAL_CAPABILITIES),
          minimums: Object.fromEntries(
            Object.entries(step.minimum ?? {}).map(([role, sets]) => [role, sets.map(amountsOf)]),
          ),
        });
        break;
      case 'setRoles':
        host.setRoles(step.f, step.roles);
        break;
      case 'removeFramework':
        host.removeFramework(step.f);
        break;
      case 'activateFramework':
        host.activateFramework(step.f);
        break;
      case 'deactivateFramework':
        host.deactivateFramework(step.f);
        break;
      case 'suppress':
        host.suppress(step.f, step.roles ?? []);
        break;
      case 'revive':
        host.revive(step.f, step.roles ?? []);
        break;
      case 'recover':
        host.recover(step.f, step.role, step.a, this.parcels(step.res), refusal(step.refuse_seconds));
        break;
      case 'returnAll':
        host.returnAll();
        break;
      case 'convert':
        this.convert(step, place);
        break;
      case 'setWeight':
        host.setWeight(step.role, step.weight);
        break;
      case 'setQuota':
        host.setQuota(step.role, quotaOf(step.guarantee, step.limit));
        break;
      case 'advance':
        host.advance(fromSeconds(step.seconds));
        break;
    }
  }

  private convert(step: Extract<AllocatorStep, { do: 'convert' }>, place: InputPlace): void {
    const holder = step.f === undefined ? undefined : { framework: step.f, role: step.role ?? '*' };
    const consumed = this.parcels(step.consumed);
    const converted = this.parcels(step.converted);
    const sizes = (parcels: Parcels) =>
      this.text(
        parcelsPlus(
          [],
          parcels.map((parcel) => ({ ...parcel, reservations: [] })),
        ),
      );
    if (sizes(consumed) !== sizes(converted))
      throw new InputError(
        { ...place, field: `${place.field}, converted` },
        'a conversion changes reservations, not amounts',
      );
    this.host.convert(step.a, holder, consumed, converted);
  }

  private offersDiffer(
    step: AllocatorStep,
    made: readonly MadeOffer[],
    label: string,
  ): readonly Difference[] {
    if (step.expect === undefined) return [];
    const expected = step.expect.map(([framework, role, agent, written]) =>
      this.offerText({ framework, role, agent, parcels: this.parcels(written) }),
    );
    const ours = made.map((offer) => this.offerText(offer));
    return differenceOf(label, expected, ours);
  }

  private totalsDiffer(
    step: AllocatorStep,
    made: readonly MadeOffer[],
    label: string,
  ): readonly Difference[] {
    if (step.expectTotals === undefined) return [];
    const expected = Object.entries(step.expectTotals).map(
      ([framework, written]) => `${framework} ${this.text(this.parcels(written))}`,
    );
    const totals = new Map<string, Parcels>();
    for (const { framework, parcels } of made)
      totals.set(framework, parcelsPlus(totals.get(framework) ?? [], parcels));
    const ours = [...totals].map(([framework, parcels]) => `${framework} ${this.text(parcels)}`);
    return differenceOf(
      label,
      expected.filter((text) => !text.endsWith(' nothing')),
      ours,
    );
  }

  private offerText({ framework, role, agent, parcels }: MadeOffer): string {
    return `${framework} ${role} ${agent} ${this.text(parcels)}`;
  }

  private text(parcels: Parcels): string {
    return resourcesText(parcels, this.names);
  }

  private parcels(written: readonly WrittenResource[]): Parcels {
    return parcelsOf(written, this.names);
  }
}

/** Difference of two unordered collections: missing and unexpected items. */
function differenceOf(
  step: string,
  expected: readonly string[],
  ours: readonly string[],
): readonly Difference[] {
  const sorted = (texts: readonly string[]) =>
    texts.length === 0 ? 'no offer' : [...texts].sort().join(', ');
  return sorted(expected) === sorted(ours) ? [] : [{ step, expected: sorted(expected), ours: sorted(ours) }];
}

function refusal(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : fromSeconds(seconds);
}

/** Without guarantee and limit, the quota is removed. */
function quotaOf(
  guarantee: readonly WrittenResource[],
  limit: readonly WrittenResource[],
): Quota | undefined {
  if (guarantee.length === 0 && limit.length === 0) return undefined;
  return { guarantee: amountsOf(guarantee), limit: amountsOf(limit) };
}

function amountsOf(written: readonly WrittenResource[]): Amounts {
  return Object.fromEntries(written.map(({ name, amount }) => [name, amount]));
}
