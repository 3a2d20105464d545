import type { FrameworkId } from '../ledger/framework.js';
import { LedgerError } from '../ledger/ledger-error.js';
import type { MachineId } from '../ledger/machine.js';
import { isPlain, ownerOf, type Parcels, parcelsContain, parcelsMinus, parcelsPlus } from './parcel.js';
import type { RolePath } from './roles.js';

/**
 * Who holds what on which agent, where agents report their totals themselves, in parcels, and may change them at any time
 * (a Mesos agent after a restart, a resource provider, a reservation). What is offered and what is taken are one thing here:
 * held. An agent may have less than is held of it; then nothing of it is free until enough was given back.
 *
 * Sums are kept up to date at every change. They count scalars, of whatever kind.
 */
export class AgentLedger {
  /** Plain free amounts: `free[agent * dims + dimension]`. */
  free: Float64Array = new Float64Array(0);
  /** All that agents have, per dimension. */
  readonly total: Float64Array;
  /** All that a framework holds: `held[framework * dims + dimension]`. */
  held: Float64Array = new Float64Array(0);
  /** The reserved or revocable part of it. */
  heldBesides: Float64Array = new Float64Array(0);
  /** Reserved, held or not: amounts per dimension by the role that owns them. */
  readonly reserved = new Map<RolePath, Float64Array>();
  /** Reserved and held, per dimension. */
  readonly reservedHeld: Float64Array;
  /** Revocable and not held, per dimension. */
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

  /** Makes room for one more framework and returns its id. */
  addFramework(): FrameworkId {
    const framework = this.frameworkCount;
    this.held = extended(this.held, this.dims);
    this.heldBesides = extended(this.heldBesides, this.dims);
    return framework;
  }

  /** A new agent of which nothing is held. */
  addAgent(total: Parcels): MachineId {
    const agent = this.agents.length;
    this.agents.push({ total: [], held: new Map(), free: [] });
    this.free = extended(this.free, this.dims);
    this.setTotal(agent, total);
    return agent;
  }

  /** Changes what an agent has; what is held of it stays held. */
  setTotal(agent: MachineId, total: Parcels): void {
    const record = this.record(agent);
    this.countTotal(record.total, -1);
    record.total = total;
    this.countTotal(total, 1);
    this.refresh(agent, record);
  }

  /** An agent leaves, and what was held of it is held no more. */
  removeAgent(agent: MachineId): void {
    for (const [framework, parcels] of this.record(agent).held) this.release(framework, agent, parcels);
    this.setTotal(agent, []);
    this.agents[agent] = undefined;
  }

  /** A framework comes to hold this, which need not be free: an agent that joins says what runs on it. */
  hold(framework: FrameworkId, agent: MachineId, parcels: Parcels): void {
    const record = this.record(agent);
    record.held.set(framework, parcelsPlus(record.held.get(framework) ?? [], parcels));
    this.countHeld(framework, parcels, 1);
    this.refresh(agent, record);
  }

  /** A framework gives this back. @throws LedgerError when it does not hold it. */
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

  /** What an agent has. */
  totalOf(agent: MachineId): Parcels {
    return this.record(agent).total;
  }

  /** What a framework holds of an agent. */
  heldBy(framework: FrameworkId, agent: MachineId): Parcels {
    return this.record(agent).held.get(framework) ?? [];
  }

  /** What is free of an agent besides the plain amounts. */
  freeParcels(agent: MachineId): Parcels {
    return this.record(agent).free;
  }

  /** All that is free of an agent. */
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

/** A column that is longer by so many entries, all 0. */
function extended(column: Float64Array, by: number): Float64Array {
  const longer = new Float64Array(column.length + by);
  longer.set(column);
  return longer;
}
