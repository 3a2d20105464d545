import {
  AgentLedger,
  Attributes,
  type FrameworkId,
  isChargeable,
  isFor,
  isPlain,
  type MachineCapability,
  type MachineId,
  type MachineResources,
  type MachineTraits,
  type Parcels,
  parcelsContain,
  parcelsMinus,
  parcelsPlus,
  type RolePath,
  resourceKind,
  understands,
} from '../../model/index.js';
import type { Dimension, OfferVerdict, Portion, Space } from '../../policies/contract.js';
import type { ParcelPortion, ParcelView, TraitView } from '../../policies/contract-offers.js';
import type { OfferLedger } from '../../policies/hosting/allocation-host.js';
import type { AllocationColumns } from '../../policies/hosting/allocation-view.js';
import type { OfferNumber } from '../../policies/hosting/open-offers.js';
import { SpaceView } from '../../policies/hosting/space-view.js';
import { OutstandingOffers } from './outstanding-offers.js';
import type { Subscriptions } from './subscriptions.js';

/** An offer as the master would send it: one per framework, role and agent. */
export interface MadeOffer {
  readonly framework: string;
  readonly role: RolePath;
  readonly agent: string;
  readonly parcels: Parcels;
}

/** All offers of an agent to a framework in a role, which the allocator takes back. */
export interface RescindedOffers {
  readonly framework: string;
  readonly role: RolePath;
  readonly agent: string;
}

/** Description of an agent that joins. */
export interface AgentArrival {
  readonly total: Parcels;
  readonly capabilities: ReadonlySet<MachineCapability>;
  readonly region: MachineTraits['region'];
}

/** An agent as the host of the allocator knows it. */
export interface OfferedAgent {
  readonly name: string;
  readonly id: MachineId;
  readonly capabilities: ReadonlySet<MachineCapability>;
  readonly region: MachineTraits['region'];
  attributes: string;
  isActive: boolean;
}

/** The agents and frameworks of a master as the ledger of offers. */
export class AgentOffers implements OfferLedger {
  readonly space: Space;
  readonly parcels: ParcelView;
  readonly traits: TraitView;
  readonly ledger: AgentLedger;
  readonly outstanding = new OutstandingOffers();
  private readonly names: readonly string[];
  private readonly subscriptions: Subscriptions;
  private readonly rescinded: (offer: OfferNumber) => void;
  /** Names of all agents that have been in an allocation. Ids are reused. */
  private readonly agentNames = new Map<MachineId, string>();
  /** The agents of the current allocation. */
  private candidates: ReadonlyMap<MachineId, OfferedAgent> = new Map();
  private candidateIds: readonly MachineId[] = [];
  /** Agents that get no tasks now: deactivated, or not in the whitelist. */
  private closed: readonly MachineId[] = [];
  /** Offers made since they were last collected, by client and agent. */
  private made = new Map<string, MadeOffer>();
  /** Offers that the allocator takes back, since they were last collected. */
  private takenBack: RescindedOffers[] = [];

  constructor(
    names: readonly string[],
    subscriptions: Subscriptions,
    rescinded: (offer: OfferNumber) => void,
  ) {
    this.names = names;
    this.rescinded = rescinded;
    this.subscriptions = subscriptions;
    this.ledger = new AgentLedger(names.length);
    this.space = new SpaceView({ space: namedSpace(names), attributes: new Attributes() });
    this.parcels = this.parcelView();
    this.traits = Object.freeze({
      framework: (client: FrameworkId) => this.subscriptions.traitsOf(client),
      machine: (agent: MachineId) => this.machineTraits(this.candidateOf(agent)),
    });
  }

  /** Sets the agents of the next allocation, and the agents that take no tasks now. */
  setCandidates(agents: readonly OfferedAgent[], closed: readonly OfferedAgent[]): void {
    this.candidates = new Map(agents.map((agent) => [agent.id, agent]));
    this.candidateIds = [...this.candidates.keys()].sort((a, b) => a - b);
    this.closed = closed.map(({ id }) => id);
    for (const { id, name } of [...agents, ...closed]) this.agentNames.set(id, name);
  }

  closedFree(dimension: number): number {
    let sum = 0;
    for (const id of this.closed) {
      sum += this.ledger.free[id * this.names.length + dimension];
      for (const parcel of this.ledger.freeParcels(id))
        if (parcel.dimension === dimension && isChargeable(parcel)) sum += parcel.amount;
    }
    return sum;
  }

  /** The offers made since the last call, ordered by when each was first made. */
  collect(): readonly MadeOffer[] {
    const made = [...this.made.values()];
    this.made = new Map();
    return made;
  }

  /** The offers that the allocator has taken back since the last call. */
  collectTakenBack(): readonly RescindedOffers[] {
    const { takenBack } = this;
    this.takenBack = [];
    return takenBack;
  }

  columns(): AllocationColumns {
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

  wants(client: FrameworkId): boolean {
    return this.subscriptions.isConnected(client);
  }

  mayWant(): Iterable<FrameworkId> {
    return this.subscriptions.specs.keys();
  }

  /** The master closes the offer, and returns its resources. */
  rescind(_client: FrameworkId, _agent: MachineId, offer: OfferNumber): void {
    this.rescinded(offer);
  }

  rescindAll(client: FrameworkId, agent: MachineId): void {
    const { framework, role } = this.subscriptions.at(client);
    const name = this.agentNames.get(agent);
    if (name !== undefined) this.takenBack.push({ framework, role, agent: name });
  }

  refusal(client: FrameworkId, id: MachineId): OfferVerdict | undefined {
    if (!this.subscriptions.isPresent(client)) return 'unknown-framework';
    if (!this.ledger.hasAgent(id)) return 'unknown-machine';
    if (!this.candidates.has(id)) return 'machine-not-up';
    return this.subscriptions.isConnected(client) ? undefined : 'not-wanted';
  }

  contents(
    client: FrameworkId,
    id: MachineId,
    portion: Portion | undefined,
  ): MachineResources | 'nothing-free' | 'not-free' {
    const part = portion === undefined ? undefined : { parcels: [], ...portion };
    const contents = part === undefined ? this.wholeOffer(client, id) : { ...part, row: 0 };
    if (this.isNothing(contents)) return 'nothing-free';
    return part === undefined || this.isFree(client, id, part) ? contents : 'not-free';
  }

  /** All free resources of the agent that the framework may have and can use. */
  private wholeOffer(client: FrameworkId, id: MachineId): MachineResources {
    const { role } = this.subscriptions.at(client);
    const able = this.subscriptions.traitsOf(client);
    const parcels = this.ledger
      .freeParcels(id)
      .filter((parcel) => isFor(parcel, role) && understands(able, parcel));
    return { amounts: this.ledger.free, row: id * this.names.length, parcels };
  }

  private isFree(client: FrameworkId, id: MachineId, { amounts, parcels }: ParcelPortion): boolean {
    const { role } = this.subscriptions.at(client);
    const row = id * this.names.length;
    const fits = (amount: number, d: number) =>
      Number.isInteger(amount) && amount >= 0 && amount <= this.ledger.free[row + d];
    return (
      this.names.every((_, d) => fits(amounts[d], d)) &&
      parcels.every((parcel) => isFor(parcel, role)) &&
      parcelsContain(this.ledger.freeParcels(id), parcels)
    );
  }

  private isNothing({ amounts, row, parcels }: MachineResources): boolean {
    return parcels.length === 0 && this.names.every((_, d) => amounts[row + d] === 0);
  }

  book(client: FrameworkId, id: MachineId, contents: MachineResources): void {
    const parcels = this.parcelsOf(contents);
    const record = this.subscriptions.at(client);
    record.offersMade++;
    this.ledger.hold(client, id, parcels);
    this.outstanding.add(client, id, parcels);
    const key = `${client}/${id}`;
    const { framework, role } = record;
    const before = this.made.get(key)?.parcels ?? [];
    const agent = this.candidateOf(id).name;
    this.made.set(key, { framework, role, agent, parcels: parcelsPlus(before, parcels) });
  }

  /** Changes resources of an agent, or of what one client holds there, into others of the same amounts. */
  convert(id: MachineId, holder: FrameworkId | undefined, consumed: Parcels, converted: Parcels): void {
    const { ledger } = this;
    if (holder !== undefined) ledger.release(holder, id, consumed);
    ledger.setTotal(id, parcelsPlus(parcelsMinus(ledger.totalOf(id), consumed), converted));
    if (holder === undefined) return;
    ledger.hold(holder, id, converted);
    this.outstanding.convert(holder, id, consumed, converted);
  }

  /** The resources as parcels. */
  private parcelsOf({ amounts, row, parcels }: MachineResources): Parcels {
    const plain = this.names.map((_, dimension) => ({
      dimension,
      amount: amounts[row + dimension],
      ranges: [],
      reservations: [],
      supply: 'regular' as const,
      form: 'divisible' as const,
    }));
    return [...plain.filter(({ amount }) => amount > 0), ...parcels];
  }

  /** Parcels as a row and other parcels, the reverse of `parcelsOf`. */
  resourcesOf(parcels: Parcels): MachineResources {
    const amounts = new Float64Array(this.names.length);
    for (const parcel of parcels) if (isPlain(parcel)) amounts[parcel.dimension] += parcel.amount;
    return { amounts, row: 0, parcels: parcels.filter((parcel) => !isPlain(parcel)) };
  }

  private candidateOf(agent: MachineId): OfferedAgent {
    return this.candidates.get(agent) as OfferedAgent;
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

  private machineTraits({ id, capabilities, region }: OfferedAgent): MachineTraits {
    const gpus = this.names.indexOf('gpus');
    const hasGpus = this.ledger.totalOf(id).some(({ dimension }) => dimension === gpus);
    return { capabilities, region, gpus: hasGpus ? 'some' : 'none' };
  }
}

/** Resources of a master. Scalars of Mesos have three decimals. */
function namedSpace(names: readonly string[]) {
  return {
    names,
    kinds: names.map((name) => resourceKind(name) ?? { name, unit: name, quantaPerUnit: 1000 }),
    dimensionOf: (name: string) => names.indexOf(name),
  };
}
