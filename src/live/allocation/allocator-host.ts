import {
  type AllocationCause,
  FOREVER,
  type FrameworkId,
  fromSeconds,
  InputError,
  type Micros,
  type Parcels,
  parcelsMinus,
  type Quota,
  type RolePath,
} from '../../model/index.js';
import type { Allocator, Random } from '../../policies/contract.js';
import { AllocationHost } from '../../policies/hosting/allocation-host.js';
import type { OfferNumber } from '../../policies/hosting/open-offers.js';
import { type MemoryTexts, PolicyMemory } from '../../policies/hosting/policy-memory.js';
import type { OperatorSettings } from '../../policies/policy.js';
import {
  type AgentArrival,
  AgentOffers,
  type MadeOffer,
  type OfferedAgent,
  type RescindedOffers,
} from './agent-offers.js';
import { type FrameworkArrival, Subscriptions } from './subscriptions.js';

export type { AgentArrival, MadeOffer } from './agent-offers.js';

/** Longest refusal, and the refusal for a negative time (Mesos: 365 days; the default of Filters.refuse_seconds). */
const LONGEST_REFUSAL: Micros = fromSeconds(365 * 24 * 3600);
const USUAL_REFUSAL: Micros = fromSeconds(5);

/** Settings of a host. */
export interface AllocatorHostSetup {
  /** Names of the resources, in the order of their dimensions. */
  readonly names: readonly string[];
  /** Makes the allocator. The operator's weights and quota are those of the host. */
  readonly allocator: (operator: OperatorSettings) => Allocator;
  /** Seconds between batches. With 0, every change that frees or admits resources causes an allocation. */
  readonly interval: number;
  readonly random: Random;
  /**
   * Called when an allocator from a file throws. Its offers until then stand, and the next event or batch calls it again. Without
   * it, the error is thrown.
   */
  readonly failed?: (error: InputError) => void;
  /** What the allocator of an earlier process remembered. */
  readonly memory?: MemoryTexts;
  /** Rescinds offers that are not answered in time. Without it, offers stay until they are answered. */
  readonly timeout?: OfferTimeout;
}

/** The timeout of offers, and what a master does at its end. */
export interface OfferTimeout {
  readonly after: Micros;
  /** `expireOffers` is due at this time. Each call replaces the former one. */
  readonly expiryAt: (time: Micros) => void;
  /** The timeout of this offer has ended. The master closes it, and recovers its resources. */
  readonly rescind: (offer: OfferNumber) => void;
}

/**
 * Hosts the allocator of a Mesos master: it keeps the ledger and schedules allocations. A batch runs at every interval; a new
 * agent or framework, a changed agent and a REVIVE cause an immediate allocation. It sends no messages. The live master
 * provides wall-clock time and triggers batches; the study of Mesos's own scenarios drives it in virtual time.
 */
export class AllocatorHost {
  now: Micros = 0;
  private readonly interval: Micros;
  private readonly failed: AllocatorHostSetup['failed'];
  private readonly weights = new Map<RolePath, number>();
  private readonly quotas = new Map<RolePath, Quota>();
  private readonly subscriptions = new Subscriptions(this.weights);
  private readonly offers: AgentOffers;
  private readonly host: AllocationHost;
  private readonly memory = new PolicyMemory();
  private readonly agents = new Map<string, OfferedAgent>();
  private isPaused = false;
  private whitelist: ReadonlySet<string> | undefined;

  constructor(setup: AllocatorHostSetup) {
    this.interval = fromSeconds(setup.interval);
    this.failed = setup.failed;
    const { timeout } = setup;
    this.memory.restore(setup.memory ?? []);
    this.offers = new AgentOffers(setup.names, this.subscriptions, (offer) => timeout?.rescind(offer));
    const time = () => this.now;
    this.host = new AllocationHost({
      allocator: setup.allocator({ weights: this.weights, quotas: this.quotas }),
      ledger: this.offers,
      clock: {
        get now() {
          return time();
        },
        batchAt: (at) => this.batchWanted(at),
        expiryAt: (at) => timeout?.expiryAt(at),
      },
      random: setup.random,
      interval: this.interval,
      timeout: timeout?.after ?? FOREVER,
      memory: this.memory,
    });
  }

  /** The offers made since the last call, ordered by when each was first made. */
  collectOffers(): readonly MadeOffer[] {
    return this.offers.collect();
  }

  /** The offers that the allocator has taken back since the last call. The master closes them, and recovers their resources. */
  collectRescinded(): readonly RescindedOffers[] {
    return this.offers.collectTakenBack();
  }

  /** What the allocator remembers, if it has changed since the last call. */
  changedMemory(): MemoryTexts | undefined {
    return this.memory.takeChanged();
  }

  hasFramework(name: string): boolean {
    return this.subscriptions.has(name);
  }

  hasAgent(name: string): boolean {
    return this.agents.has(name);
  }

  /** Resources of an agent that a framework holds in a role, offered or allocated. */
  heldBy(framework: string, role: RolePath, agent: string): Parcels {
    const client = this.subscriptions.idOf(framework, role);
    return client === undefined ? [] : this.offers.ledger.heldBy(client, this.agent(agent).id);
  }

  /** All resources of an agent, held or not. */
  totalOf(agent: string): Parcels {
    return this.offers.ledger.totalOf(this.agent(agent).id);
  }

  /** Free resources of an agent: neither offered nor allocated. */
  freeOf(agent: string): Parcels {
    return this.offers.ledger.freeOf(this.agent(agent).id);
  }

  // Open offers. Their ends are inputs: `recover`.

  /** A framework has an offer of this agent. */
  offerOpened(framework: string, role: RolePath, agent: string): OfferNumber {
    return this.host.opened(this.subscriptions.idOf(framework, role) as FrameworkId, this.agent(agent).id);
  }

  /** The offer was answered or rescinded. */
  offerClosed(offer: OfferNumber): void {
    this.host.closed(offer);
  }

  /** Rescinds the offers whose timeout has ended. */
  expireOffers(): void {
    this.host.expire();
  }

  // Frameworks

  addFramework(name: string, arrival: FrameworkArrival): void {
    this.join(name, arrival);
    this.makeRoom();
    this.allocateAll('event');
  }

  /** A framework from before a restart: it gets no offers until it is activated. */
  recoverFramework(name: string, arrival: FrameworkArrival): void {
    this.join(name, arrival);
    this.subscriptions.setActive(name, false);
    this.makeRoom();
  }

  /** Updates the description of a subscribed framework; takes effect with the next batch. */
  updateFramework(name: string, arrival: FrameworkArrival): void {
    this.rolesLeft(this.subscriptions.setRoles(name, arrival.roles));
    this.join(name, arrival);
    this.makeRoom();
    this.host.changed();
  }

  private join(name: string, arrival: FrameworkArrival): void {
    this.subscriptions.join(name, arrival);
    for (const client of this.subscriptions.idsOf(name, []))
      if (arrival.suppressed.includes(this.subscriptions.at(client).role)) this.host.suppress(client);
      else this.host.unsuppress(client);
  }

  removeFramework(name: string): void {
    for (const client of this.subscriptions.everyIdOf(name)) {
      for (const { id } of this.agents.values())
        this.offers.ledger.release(client, id, this.offers.ledger.heldBy(client, id));
      this.offers.outstanding.forget((holder) => holder === client);
      this.host.revive(client);
    }
    this.subscriptions.leave(name);
    this.host.changed();
  }

  activateFramework(name: string): void {
    this.subscriptions.setActive(name, true);
    this.allocateAll('event');
  }

  deactivateFramework(name: string): void {
    this.subscriptions.setActive(name, false);
    for (const client of this.subscriptions.everyIdOf(name)) this.host.dropFilters(client);
  }

  /** Changes the roles of a framework; it keeps the resources that it holds in other roles. */
  setRoles(name: string, roles: readonly RolePath[]): void {
    this.rolesLeft(this.subscriptions.setRoles(name, roles));
    this.makeRoom();
  }

  /** An empty list means all roles of the framework. */
  suppress(name: string, roles: readonly RolePath[]): void {
    for (const client of this.subscriptions.idsOf(name, roles)) this.host.suppress(client);
    this.host.changed();
  }

  /** An empty list means all roles of the framework. Filters of these roles are removed, suppressed or not. */
  revive(name: string, roles: readonly RolePath[]): void {
    for (const client of this.subscriptions.idsOf(name, roles)) this.host.revive(client);
    this.allocateAll('event');
  }

  // Agents

  addAgent(name: string, { total, capabilities, region }: AgentArrival): void {
    const id = this.offers.ledger.addAgent(total);
    this.agents.set(name, { name, id, capabilities, region, attributes: '', isActive: true });
  }

  /** Accounts for resources of a new agent that running tasks already use. */
  useAgent(agent: string, framework: string, role: RolePath, parcels: Parcels): void {
    const client = this.subscriptions.idOf(framework, role) ?? this.subscriptions.add(framework, role);
    this.makeRoom();
    this.subscriptions.at(client).offersMade++;
    this.offers.ledger.hold(client, this.agent(agent).id, parcels);
  }

  /** Offers a new or changed agent immediately. */
  allocateAgent(name: string): void {
    this.allocate([this.agent(name)], 'event');
  }

  removeAgent(name: string): void {
    const { id } = this.agent(name);
    this.offers.ledger.removeAgent(id);
    this.host.dropFiltersOn(id);
    this.offers.outstanding.forget((_, agent) => agent === id);
    this.agents.delete(name);
  }

  setAgentActive(name: string, isActive: boolean): void {
    this.agent(name).isActive = isActive;
    this.host.changed();
  }

  /** Undefined allows every agent. */
  setWhitelist(agents: readonly string[] | undefined): void {
    this.whitelist = agents === undefined ? undefined : new Set(agents);
    this.host.changed();
  }

  setTotal(name: string, total: Parcels): void {
    const { id } = this.agent(name);
    const before = this.offers.ledger.totalOf(id);
    if (parcelsMinus(before, total).length === 0 && parcelsMinus(total, before).length === 0) return;
    this.offers.ledger.setTotal(id, total);
    this.allocateAgent(name);
  }

  /** Removes all filters on an agent whose attributes have changed: frameworks may decide differently now. */
  setAttributes(name: string, attributes: string): void {
    const agent = this.agent(name);
    if (agent.attributes === attributes) return;
    agent.attributes = attributes;
    this.host.dropFiltersOn(agent.id);
    this.allocateAgent(name);
  }

  // Resources

  /** Returns resources; with a filter if a refusal timeout is given. */
  recover(
    framework: string,
    role: RolePath,
    agent: string,
    parcels: Parcels,
    refuseFor: Micros | undefined,
  ): void {
    const client = this.subscriptions.idOf(framework, role) as FrameworkId;
    const { id } = this.agent(agent);
    this.offers.ledger.release(client, id, parcels);
    this.offers.outstanding.take(client, id, parcels);
    if (refuseFor !== undefined)
      this.host.refuse(client, id, this.offers.resourcesOf(parcels), refusalTime(refuseFor));
    // After a decline without a filter, the framework could get the same offer again at once, without end.
    if (refuseFor !== 0) this.host.changed();
  }

  /** Returns all outstanding offers without filters. */
  returnAll(): void {
    this.offers.outstanding.clear((client, agent, parcels) =>
      this.offers.ledger.release(client, agent, parcels),
    );
    this.host.changed();
  }

  /** Converts resources of an agent (reserve, unreserve, refine) without changing amounts or holders. */
  convert(
    agent: string,
    client: { framework: string; role: RolePath } | undefined,
    consumed: Parcels,
    converted: Parcels,
  ): void {
    const { framework, role } = client ?? {};
    const holder =
      framework === undefined || role === undefined ? undefined : this.subscriptions.idOf(framework, role);
    this.offers.convert(this.agent(agent).id, holder, consumed, converted);
  }

  // The operator

  setWeight(role: RolePath, weight: number): void {
    this.weights.set(role, weight);
    this.subscriptions.weightsChanged();
    this.host.changed();
  }

  /** Undefined removes the quota. */
  setQuota(role: RolePath, quota: Quota | undefined): void {
    if (quota === undefined) this.quotas.delete(role);
    else this.quotas.set(role, quota);
    this.host.changed();
  }

  /** Stops making offers until `resume`; everything else continues. */
  pause(): void {
    this.isPaused = true;
  }

  /** Resumes making offers, from the next event or batch on. */
  resume(): void {
    this.isPaused = false;
    this.host.changed();
  }

  /** Advances the time and runs a batch at every multiple of the interval. */
  advance(by: Micros): void {
    const end = this.now + by;
    while (this.interval > 0) {
      const batch = (Math.floor(this.now / this.interval) + 1) * this.interval;
      if (batch > end) break;
      this.batch(batch);
    }
    this.now = end;
  }

  /** Runs one batch over all agents. */
  batch(at: Micros): void {
    this.now = at;
    this.host.batchReached();
    this.allocateAll('batch');
  }

  /** A batch runs at every interval in any case. Without an interval, the allocator is called at once, if it is time. */
  private batchWanted(at: Micros): void {
    if (this.interval === 0 && at <= this.now) this.allocateAll('event');
  }

  private allocateAll(cause: AllocationCause): void {
    this.allocate([...this.agents.values()], cause);
  }

  private allocate(agents: readonly OfferedAgent[], cause: AllocationCause): void {
    if (this.isPaused) return;
    const takesTasks = ({ name, isActive }: OfferedAgent) => isActive && (this.whitelist?.has(name) ?? true);
    this.offers.setCandidates(
      agents.filter(takesTasks),
      [...this.agents.values()].filter((agent) => !takesTasks(agent)),
    );
    try {
      this.host.allocate(cause);
    } catch (error) {
      if (this.failed === undefined || !(error instanceof InputError)) throw error;
      this.failed(error);
    }
  }

  /** Ensures that the ledger has a row for every framework and role. */
  private makeRoom(): void {
    while (this.offers.ledger.frameworkCount < this.subscriptions.specs.length)
      this.offers.ledger.addFramework();
  }

  /** Filters and suppression end with a role. */
  private rolesLeft(clients: readonly FrameworkId[]): void {
    for (const client of clients) this.host.revive(client);
  }

  private agent(name: string): OfferedAgent {
    return this.agents.get(name) as OfferedAgent;
  }
}

function refusalTime(refuseFor: Micros): Micros {
  return refuseFor < 0 ? USUAL_REFUSAL : Math.min(refuseFor, LONGEST_REFUSAL);
}
