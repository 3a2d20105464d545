import type { FrameworkId } from '../ledger/framework.js';
import { LedgerError } from '../ledger/ledger-error.js';
import type { MachineId } from '../ledger/machine.js';
import { isPlain, ownerOf, type Parcels, parcelsContain, parcelsMinus, parcelsPlus } from './parcel.js';
import type { RolePath } from './roles.js';

/**
 * The ledger of allocations on agents that report their totals themselves, as parcels. An agent may change its total at
 * any time (a Mesos agent after a restart, a resource provider, a reservation). Offered and allocated resources both
 * count as held. An agent may have less than is held on it. Then nothing on it is free until enough is returned.
 *
 * The sums are updated at every change. They count scalars of every kind.
 */
export class AgentLedger {
  /** Plain free amounts: `free[agent * dims + dimension]`. */
  free: Float64Array = new Float64Array(0);
  /** Total resources of all agents, per dimension. */
  readonly total: Float64Array;
  /** All resources held by a framework: `held[framework * dims + dimension]`. */
  held: Float64Array = new Float64Array(0);
  /** The reserved or revocable part of `held`. */
  heldBesides: Float64Array = new Float64Array(0);
  /** Reserved amounts per dimension, held or not, by the owning role. */
  readonly reserved = new Map<RolePath, Float64Array>();
  /** Amounts both reserved and held, per dimension. */
  readonly reservedHeld: Float64Array;
  /** Revocable amounts that are not held, per dimension. */
  readonly revocableFree: Float64Array;

  private readonly dims: number;
  private readonly agents: (AgentRecord | undefined)[] = [];

  constructor(dims: number) {
    this.dims = dims;
    this.total = new Float64Array(dims);
    this.reservedHeld = new Float64Array(dims);
    this.revocableFree = new Float64Array(dims);
  }

  get frameworkCount(): number {
    return this.held.length / this.dims;
  }

  /** Adds a framework and returns its id. */
  addFramework(): FrameworkId {
    const framework = this.frameworkCount;
    this.held = extended(this.held, this.dims);
    this.heldBesides = extended(this.heldBesides, this.dims);
    return framework;
  }

  /** Adds an agent on which nothing is held. It gets the lowest id that is not in use. */
  addAgent(total: Parcels): MachineId {
    const gap = this.agents.indexOf(undefined);
    const agent = gap < 0 ? this.agents.length : gap;
    this.agents[agent] = { total: [], held: new Map(), free: [] };
    if (gap < 0) this.free = extended(this.free, this.dims);
    this.setTotal(agent, total);
    return agent;
  }

  /** Changes the total of an agent. Held resources stay held. */
  setTotal(agent: MachineId, total: Parcels): void {
    const record = this.record(agent);
    this.countTotal(record.total, -1);
    record.total = total;
    this.countTotal(total, 1);
    this.refresh(agent, record);
  }

  /** Removes an agent and all that is held on it. */
  removeAgent(agent: MachineId): void {
    for (const [framework, parcels] of this.record(agent).held) this.release(framework, agent, parcels);
    this.setTotal(agent, []);
    this.agents[agent] = undefined;
  }

  /** A framework holds these parcels. They need not be free: an agent that joins reports its running tasks. */
  hold(framework: FrameworkId, agent: MachineId, parcels: Parcels): void {
    const record = this.record(agent);
    record.held.set(framework, parcelsPlus(record.held.get(framework) ?? [], parcels));
    this.countHeld(framework, parcels, 1);
    this.refresh(agent, record);
  }

  /** A framework returns these parcels. @throws LedgerError when it does not hold them. */
  release(framework: FrameworkId, agent: MachineId, parcels: Parcels): void {
    const record = this.record(agent);
    const held = record.held.get(framework) ?? [];
    if (!parcelsContain(held, parcels))
      throw new LedgerError(`framework ${framework} does not hold that of agent ${agent}`);
    const left = parcelsMinus(held, parcels);
    if (left.length === 0) record.held.delete(framework);
    else record.held.set(framework, left);
    this.countHeld(framework, parcels, -1);
    this.refresh(agent, record);
  }

  hasAgent(agent: MachineId): boolean {
    return this.agents[agent] !== undefined;
  }

  totalOf(agent: MachineId): Parcels {
    return this.record(agent).total;
  }

  heldBy(framework: FrameworkId, agent: MachineId): Parcels {
    return this.record(agent).held.get(framework) ?? [];
  }

  /** Free parcels of an agent other than plain ones. */
  freeParcels(agent: MachineId): Parcels {
    return this.record(agent).free;
  }

  /** All free parcels of an agent. */
  freeOf(agent: MachineId): Parcels {
    const { total, held } = this.record(agent);
    return [...held.values()].reduce((free, parcels) => parcelsMinus(free, parcels), total);
  }

  private record(agent: MachineId): AgentRecord {
    const record = this.agents[agent];
    if (record === undefined) throw new LedgerError(`no agent ${agent}`);
    return record;
  }

  private refresh(agent: MachineId, record: AgentRecord): void {
    this.countRevocable(record.free, -1);
    const free = this.freeOf(agent);
    record.free = free.filter((parcel) => !isPlain(parcel));
    this.countRevocable(record.free, 1);
    this.free.fill(0, agent * this.dims, (agent + 1) * this.dims);
    for (const parcel of free)
      if (isPlain(parcel)) this.free[agent * this.dims + parcel.dimension] = parcel.amount;
  }

  private countTotal(parcels: Parcels, sign: 1 | -1): void {
    for (const parcel of parcels) {
      if (parcel.form === 'ranges') continue;
      this.total[parcel.dimension] += sign * parcel.amount;
      const owner = ownerOf(parcel);
      if (owner !== undefined) this.reservedFor(owner)[parcel.dimension] += sign * parcel.amount;
    }
  }

  private reservedFor(role: RolePath): Float64Array {
    const known = this.reserved.get(role);
    if (known !== undefined) return known;
    const amounts = new Float64Array(this.dims);
    this.reserved.set(role, amounts);
    return amounts;
  }

  private countHeld(framework: FrameworkId, parcels: Parcels, sign: 1 | -1): void {
    for (const parcel of parcels) {
      if (parcel.form === 'ranges') continue;
      const at = framework * this.dims + parcel.dimension;
      const isReserved = ownerOf(parcel) !== undefined;
      this.held[at] += sign * parcel.amount;
      if (isReserved) this.reservedHeld[parcel.dimension] += sign * parcel.amount;
      if (isReserved || parcel.supply === 'revocable') this.heldBesides[at] += sign * parcel.amount;
    }
  }

  private countRevocable(parcels: Parcels, sign: 1 | -1): void {
    for (const { form, supply, dimension, amount } of parcels)
      if (form !== 'ranges' && supply === 'revocable') this.revocableFree[dimension] += sign * amount;
  }
}

interface AgentRecord {
  total: Parcels;
  readonly held: Map<FrameworkId, Parcels>;
  /** Free parcels that are not plain. */
  free: Parcels;
}

/** A copy of the column with `by` more entries, all 0. */
function extended(column: Float64Array, by: number): Float64Array {
  const longer = new Float64Array(column.length + by);
  longer.set(column);
  return longer;
}
