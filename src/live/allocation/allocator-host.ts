import {
  AgentLedger,
  Attributes,
  type FrameworkId,
  fromSeconds,
  isFor,
  type LookPhase,
  type MachineCapability,
  type MachineId,
  type MachineTraits,
  type Micros,
  type Parcels,
  parcelsContain,
  parcelsMinus,
  parcelsPlus,
  type Quota,
  RefusedOffers,
  type RolePath,
  understands,
} from '../../model/index.js';
import type { Allocator, Dimension, OfferVerdict, Random } from '../../policies/contract.js';
import type { ParcelView, Portion } from '../../policies/contract-offers.js';
import { type AllocationColumns, HostedAllocator } from '../../policies/hosting/allocation-view.js';
import { SpaceView } from '../../policies/hosting/space-view.js';
import type { OperatorSettings } from '../../policies/policy.js';
import { OutstandingOffers } from './outstanding-offers.js';
import { namedSpace, portionParcels } from './resource-rows.js';
import { type FrameworkArrival, Subscriptions } from './subscriptions.js';

/** An offer as the master would send it: one per framework, role and agent. */
export interface MadeOffer {
  readonly framework: string;
  readonly role: RolePath;
  readonly agent: string;
  readonly parcels: Parcels;
}

/** Settings of a host. */
export interface AllocatorHostSetup {
  /** Names of the resources, in the order of their dimensions. */
  readonly names: readonly string[];
  /** Makes the allocator. The operator's weights and quota are those of the host. */
  readonly allocator: (operator: OperatorSettings) => Allocator;
  /** Seconds between batches. With 0, every change that frees or admits resources causes an allocation. */
  readonly interval: number;
  readonly random: Random;
}

interface AgentRecord {
  readonly name: string;
  readonly id: MachineId;
  readonly capabilities: ReadonlySet<MachineCapability>;
  readonly region: MachineTraits['region'];
  attributes: string;
  isActive: boolean;
}

/** Description of an agent that joins. */
export interface AgentArrival {
  readonly total: Parcels;
  readonly capabilities: ReadonlySet<MachineCapability>;
  readonly region: MachineTraits['region'];
}

/**
 * Hosts the allocator of a Mesos master: it keeps the ledger and schedules allocations. A batch runs at every interval; a new
 * agent or framework, a changed agent and a REVIVE cause an immediate allocation. It sends no messages. The live master
 * provides wall-clock time and triggers batches; the study of Mesos's own scenarios drives it in virtual time.
 */
export class AllocatorHost {
  now: Micros = 0;
  private readonly names: readonly string[];
  private readonly interval: Micros;
  private readonly ledger: AgentLedger;
  private readonly refused: RefusedOffers;
  private readonly allocator: HostedAllocator;
  /** Agents and phase of the current allocation. */
  private candidates: ReadonlyMap<MachineId, AgentRecord> = new Map();
  private candidateIds: readonly MachineId[] = [];
  private phase: LookPhase = 'batch';
  private readonly random: Random;
  private readonly weights = new Map<RolePath, number>();
  private readonly quotas = new Map<RolePath, Quota>();
  private readonly subscriptions = new Subscriptions(this.weights);
  private readonly agents = new Map<string, AgentRecord>();
  private isPaused = false;
  private whitelist: ReadonlySet<string> | undefined;
  private readonly outstanding = new OutstandingOffers();
  /** Offers made since they were last collected, by client and agent. */
  private made = new Map<string, MadeOffer>();

  constructor(setup: AllocatorHostSetup) {
    this.names = setup.names;
    this.random = setup.random;
    this.interval = fromSeconds(setup.interval);
    this.ledger = new AgentLedger(setup.names.length);
    this.refused = new RefusedOffers(this.interval);
    this.allocator = new HostedAllocator(setup.allocator({ weights: this.weights, quotas: this.quotas }), {
      space: new SpaceView({ space: namedSpace(this.names), attributes: new Attributes() }),
      random: this.random,
      parcels: this.parcelView(),
      traits: Object.freeze({
        framework: (client: FrameworkId) => this.subscriptions.traitsOf(client),
        machine: (agent: MachineId) => this.machineTraits(this.candidateOf(agent)),
      }),
      wants: (client) => this.subscriptions.wants(client),
      offer: (client, id, portion) => this.offer(client, id, portion),
      columns: () => this.columns(),
    });
  }

  /** The offers made since the last call, ordered by when each was first made. */
  collectOffers(): readonly MadeOffer[] {
    const made = [...this.made.values()];
    this.made = new Map();
    return made;
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
    return client === undefined ? [] : this.ledger.heldBy(client, this.agent(agent).id);
  }

  /** All resources of an agent, held or not. */
  totalOf(agent: string): Parcels {
    return this.ledger.totalOf(this.agent(agent).id);
  }

  /** Free resources of an agent: neither offered nor allocated. */
  freeOf(agent: string): Parcels {
    return this.ledger.freeOf(this.agent(agent).id);
  }

  // Frameworks

  addFramework(name: string, arrival: FrameworkArrival): void {
    this.subscriptions.join(name, arrival);
    this.makeRoom();
    this.allocateAll('event');
  }

  /** A framework from before a restart: it gets no offers until it is activated. */
  recoverFramework(name: string, arrival: FrameworkArrival): void {
    this.subscriptions.join(name, arrival);
    this.subscriptions.setActive(name, false);
    this.makeRoom();
  }

  /** Updates the description of a subscribed framework; takes effect with the next batch. */
  updateFramework(name: string, arrival: FrameworkArrival): void {
    this.dropFilters(this.subscriptions.setRoles(name, arrival.roles));
    this.subscriptions.join(name, arrival);
    this.makeRoom();
    this.allocateOnChange();
  }

  removeFramework(name: string): void {
    for (const client of this.subscriptions.everyIdOf(name)) {
      for (const { id } of this.agents.values())
        this.ledger.release(client, id, this.ledger.heldBy(client, id));
      this.outstanding.forget((holder) => holder === client);
      this.refused.dropFramework(client);
    }
    this.subscriptions.leave(name);
    this.allocateOnChange();
  }

  activateFramework(name: string): void {
    this.subscriptions.setActive(name, true);
    this.allocateAll('event');
  }

  deactivateFramework(name: string): void {
    this.subscriptions.setActive(name, false);
    this.dropFilters(this.subscriptions.everyIdOf(name));
  }

  /** Changes the roles of a framework; it keeps the resources that it holds in other roles. */
  setRoles(name: string, roles: readonly RolePath[]): void {
    this.dropFilters(this.subscriptions.setRoles(name, roles));
    this.makeRoom();
  }

  /** An empty list means all roles of the framework. */
  suppress(name: string, roles: readonly RolePath[]): void {
    for (const client of this.subscriptions.idsOf(name, roles))
      this.subscriptions.at(client).state = 'suppressed';
    this.allocateOnChange();
  }

  /** An empty list means all roles of the framework. Filters of these roles are removed, suppressed or not. */
  revive(name: string, roles: readonly RolePath[]): void {
    const clients = this.subscriptions.idsOf(name, roles);
    for (const client of clients) this.subscriptions.at(client).state = 'subscribed';
    this.dropFilters(clients);
    this.allocateAll('event');
  }

  // Agents

  addAgent(name: string, { total, capabilities, region }: AgentArrival): void {
    const id = this.ledger.addAgent(total);
    this.agents.set(name, { name, id, capabilities, region, attributes: '', isActive: true });
  }

  /** Accounts for resources of a new agent that running tasks already use. */
  useAgent(agent: string, framework: string, role: RolePath, parcels: Parcels): void {
    const client = this.subscriptions.idOf(framework, role) ?? this.subscriptions.add(framework, role);
    this.makeRoom();
    this.subscriptions.at(client).offersMade++;
    this.ledger.hold(client, this.agent(agent).id, parcels);
  }

  /** Offers a new or changed agent immediately. */
  allocateAgent(name: string): void {
    this.allocate([this.agent(name)], 'event');
  }

  removeAgent(name: string): void {
    const { id } = this.agent(name);
    this.ledger.removeAgent(id);
    this.refused.dropAgent(id);
    this.outstanding.forget((_, agent) => agent === id);
    this.agents.delete(name);
  }

  setAgentActive(name: string, isActive: boolean): void {
    this.agent(name).isActive = isActive;
    this.allocateOnChange();
  }

  /** Undefined allows every agent. */
  setWhitelist(agents: readonly string[] | undefined): void {
    this.whitelist = agents === undefined ? undefined : new Set(agents);
    this.allocateOnChange();
  }

  setTotal(name: string, total: Parcels): void {
    const { id } = this.agent(name);
    const before = this.ledger.totalOf(id);
    if (parcelsMinus(before, total).length === 0 && parcelsMinus(total, before).length === 0) return;
    this.ledger.setTotal(id, total);
    this.allocateAgent(name);
  }

  /** Removes all filters on an agent whose attributes have changed: frameworks may decide differently now. */
  setAttributes(name: string, attributes: string): void {
    const agent = this.agent(name);
    if (agent.attributes === attributes) return;
    agent.attributes = attributes;
    this.refused.dropAgent(agent.id);
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
    this.ledger.release(client, id, parcels);
    this.outstanding.take(client, id, parcels);
    if (refuseFor !== undefined) this.refused.refuse(client, id, parcels, refuseFor, this.now);
    // After a decline without a filter, the framework could get the same offer again at once, without end.
    if (refuseFor !== 0) this.allocateOnChange();
  }

  /** Returns all outstanding offers without filters. */
  returnAll(): void {
    this.outstanding.clear((client, agent, parcels) => this.ledger.release(client, agent, parcels));
    this.allocateOnChange();
  }

  /** Converts resources of an agent (reserve, unreserve, refine) without changing amounts or holders. */
  convert(
    agent: string,
    client: { framework: string; role: RolePath } | undefined,
    consumed: Parcels,
    converted: Parcels,
  ): void {
    const { id } = this.agent(agent);
    const holder = client === undefined ? undefined : this.subscriptions.idOf(client.framework, client.role);
    if (holder !== undefined) this.ledger.release(holder, id, consumed);
    this.ledger.setTotal(id, parcelsPlus(parcelsMinus(this.ledger.totalOf(id), consumed), converted));
    if (holder === undefined) return;
    this.ledger.hold(holder, id, converted);
    this.outstanding.convert(holder, id, consumed, converted);
  }

  // The operator

  setWeight(role: RolePath, weight: number): void {
    this.weights.set(role, weight);
    this.subscriptions.weightsChanged();
    this.allocateOnChange();
  }

  /** Undefined removes the quota. */
  setQuota(role: RolePath, quota: Quota | undefined): void {
    if (quota === undefined) this.quotas.delete(role);
    else this.quotas.set(role, quota);
    this.allocateOnChange();
  }

  /** Stops making offers until `resume`; everything else continues. */
  pause(): void {
    this.isPaused = true;
  }

  /** Resumes making offers, from the next event or batch on. */
  resume(): void {
    this.isPaused = false;
    this.allocateOnChange();
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
    this.allocateAll('batch');
  }

  private allocateOnChange(): void {
    if (this.interval === 0) this.allocateAll('event');
  }

  private allocateAll(phase: LookPhase): void {
    this.allocate([...this.agents.values()], phase);
  }

  private allocate(agents: readonly AgentRecord[], phase: LookPhase): void {
    if (this.isPaused) return;
    const candidates = agents.filter(({ name, isActive }) => isActive && (this.whitelist?.has(name) ?? true));
    this.candidates = new Map(candidates.map((agent) => [agent.id, agent]));
    this.candidateIds = [...this.candidates.keys()].sort((a, b) => a - b);
    this.phase = phase;
    this.allocator.allocate(this.now);
  }

  private columns(): AllocationColumns {
    const { ledger, subscriptions, candidateIds } = this;
    return {
      frameworks: subscriptions.specs,
      candidates: candidateIds,
      candidateCount: candidateIds.length,
      free: ledger.free,
      total: ledger.total,
      // Offered and allocated resources both count in the shares.
      allocated: ledger.held,
      offered: undefined,
      offersMade: subscriptions.offersMade(),
    };
  }

  private parcelView(): ParcelView {
    const { ledger } = this;
    const dims = this.names.length;
    return Object.freeze({
      free: (agent: MachineId) => ledger.freeParcels(agent),
      get reservedRoles() {
        return [...ledger.reserved.keys()];
      },
      reserved: (role: RolePath, dimension: Dimension) => ledger.reserved.get(role)?.[dimension] ?? 0,
      reservedHeld: (dimension: Dimension) => ledger.reservedHeld[dimension],
      revocableFree: (dimension: Dimension) => ledger.revocableFree[dimension],
      heldBesides: (client: FrameworkId, dimension: Dimension) =>
        ledger.heldBesides[client * dims + dimension],
    });
  }

  private candidateOf(agent: MachineId): AgentRecord {
    return this.candidates.get(agent) as AgentRecord;
  }

  private machineTraits({ id, capabilities, region }: AgentRecord): MachineTraits {
    const gpus = this.names.indexOf('gpus');
    const hasGpus = this.ledger.totalOf(id).some(({ dimension }) => dimension === gpus);
    return { capabilities, region, gpus: hasGpus ? 'some' : 'none' };
  }

  private offer(client: FrameworkId, id: MachineId, portion: Portion | undefined): OfferVerdict {
    const refusal = this.refusal(client, id);
    if (refusal !== undefined) return refusal;
    const parcels = portion === undefined ? this.wholeOffer(client, id) : portionParcels(portion);
    if (parcels.length === 0) return 'nothing-free';
    const { role } = this.subscriptions.at(client);
    const isAllowed = portion === undefined || parcels.every((parcel) => isFor(parcel, role));
    if (!isAllowed || !parcelsContain(this.ledger.freeOf(id), parcels)) return 'not-free';
    if (this.refused.blocks(client, id, parcels, this.now, this.phase)) return 'filtered';
    this.book(client, this.candidateOf(id), parcels);
    return 'done';
  }

  private refusal(client: FrameworkId, id: MachineId): OfferVerdict | undefined {
    if (!this.subscriptions.isPresent(client)) return 'unknown-framework';
    if (!this.ledger.hasAgent(id)) return 'unknown-machine';
    if (!this.candidates.has(id)) return 'machine-not-up';
    return this.subscriptions.wants(client) ? undefined : 'not-wanted';
  }

  private book(client: FrameworkId, agent: AgentRecord, parcels: Parcels): void {
    const record = this.subscriptions.at(client);
    record.offersMade++;
    this.ledger.hold(client, agent.id, parcels);
    this.outstanding.add(client, agent.id, parcels);
    const key = `${client}/${agent.id}`;
    const { framework, role } = record;
    const before = this.made.get(key)?.parcels ?? [];
    this.made.set(key, { framework, role, agent: agent.name, parcels: parcelsPlus(before, parcels) });
  }

  /** All free resources of the agent that the framework may have and can use. */
  private wholeOffer(client: FrameworkId, agent: MachineId): Parcels {
    const { role } = this.subscriptions.at(client);
    const able = this.subscriptions.traitsOf(client);
    return this.ledger.freeOf(agent).filter((parcel) => isFor(parcel, role) && understands(able, parcel));
  }

  /** Ensures that the ledger has a row for every framework and role. */
  private makeRoom(): void {
    while (this.ledger.frameworkCount < this.subscriptions.specs.length) this.ledger.addFramework();
  }

  private dropFilters(clients: readonly FrameworkId[]): void {
    for (const client of clients) this.refused.dropFramework(client);
  }

  private agent(name: string): AgentRecord {
    return this.agents.get(name) as AgentRecord;
  }
}
