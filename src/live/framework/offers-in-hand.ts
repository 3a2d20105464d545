import { type Cluster, type FrameworkId, type MachineId, ownerOf, type Parcels } from '../../model/index.js';
import type { ResourceMessage } from '../wire/messages.js';
import { LEDGER_NAMES, parcelsOfMessages } from '../wire/resources.js';
import type { OfferMessage } from './scheduler-events.js';

/** Minimum allocatable resources, in quanta: a master offers nothing below both (Mesos: min_allocatable_resources, cpus:0.01|mem:32). */
const LEAST_OFFERED: Readonly<Record<string, number>> = { cpus: 10, mem: 32 };

/** Placeable amounts by dimension of the cluster: unreserved, regular scalars. */
export function plainAmounts(cluster: Cluster, resources: readonly ResourceMessage[]): number[] {
  const amounts = cluster.space.names.map(() => 0);
  for (const parcel of plainOf(resources)) {
    const d = cluster.space.dimensionOf(LEDGER_NAMES[parcel.dimension] as string);
    if (d >= 0) amounts[d] = (amounts[d] as number) + parcel.amount;
  }
  return amounts;
}

function plainOf(resources: readonly ResourceMessage[]): Parcels {
  return parcelsOfMessages(resources).filter(
    (parcel) => ownerOf(parcel) === undefined && parcel.supply === 'regular' && parcel.form === 'divisible',
  );
}

/**
 * The offers that the framework holds. For each machine, a row of the ledger shows the sum of its offers to the scheduler.
 */
export class OffersInHand {
  private readonly cluster: Cluster;
  private readonly framework: FrameworkId;
  private readonly byMachine = new Map<MachineId, Map<string, readonly number[]>>();
  /** By machine: requested resources that were not offered, so that others are assumed to hold them. */
  private readonly elsewhere = new Map<MachineId, readonly number[]>();

  constructor(cluster: Cluster, framework: FrameworkId) {
    this.cluster = cluster;
    this.framework = framework;
  }

  get count(): number {
    return this.byMachine.size;
  }

  add(machine: MachineId, { id, resources }: OfferMessage): void {
    const offers = this.byMachine.get(machine) ?? new Map<string, readonly number[]>();
    this.byMachine.set(machine, offers.set(id.value, plainAmounts(this.cluster, resources)));
    this.elsewhere.delete(machine);
    this.show(machine);
  }

  /** Handles a RESCIND. */
  rescind(offerId: string): void {
    for (const [machine, offers] of this.byMachine) {
      if (!offers.delete(offerId)) continue;
      if (offers.size === 0) this.byMachine.delete(machine);
      this.show(machine);
    }
  }

  /** Removes the offers of a machine, because they are used or returned. @returns their ids. */
  take(machine: MachineId): readonly string[] {
    const ids = [...(this.byMachine.get(machine)?.keys() ?? [])];
    this.byMachine.delete(machine);
    this.show(machine);
    return ids;
  }

  takeAll(): readonly string[] {
    return [...this.byMachine.keys()].flatMap((machine) => this.take(machine));
  }

  /**
   * Shows the scheduler the offered resources of a machine that are also free in the ledger. An offer may arrive before the final
   * status of the task that held its resources. They are shown when the status has arrived.
   */
  show(machine: MachineId): void {
    const { cluster, framework } = this;
    // Claims are kept from offers in hand. They are filled anew by what is offered now.
    if (cluster.claims.size > 0) cluster.claims.empty(machine, cluster.free);
    if (cluster.offered.of(framework).open[machine] === 1) cluster.returnOffer(framework, machine);
    const missing = this.missing(machine);
    const held = [...(this.byMachine.get(machine)?.values() ?? [])];
    const amounts = missing.map((free, d) =>
      Math.min(
        free,
        held.reduce((sum, amounts) => sum + (amounts[d] as number), 0),
      ),
    );
    if (cluster.machines.isUp(machine) && amounts.some((amount) => amount > 0))
      cluster.offer(framework, machine, amounts);
  }

  /** Shows all offers in hand anew. */
  showAll(): void {
    for (const machine of [...this.byMachine.keys()]) this.show(machine);
  }

  /** Whether the ledger has a machine with free resources beyond the offers in hand. */
  get isShort(): boolean {
    for (let machine = 0; machine < this.cluster.machines.count; machine++)
      if (this.isWorthAsking(machine)) return true;
    return false;
  }

  /**
   * Requested offers did not arrive: assume that others hold them until the machine is offered again. Claims that lack room there end,
   * unless more of our tasks are about to leave it.
   */
  giveUp(): void {
    const { claims, free, goneBy, machines, tasks } = this.cluster;
    const leaving = new Set([...goneBy.keys()].map((task) => tasks.machine[task] as MachineId));
    for (let machine = 0; machine < machines.count; machine++) {
      if (!this.isWorthAsking(machine)) continue;
      this.elsewhere.set(machine, this.missing(machine));
      if (claims.size > 0 && !leaving.has(machine)) claims.endShortOn(machine, free);
    }
  }

  private isWorthAsking(machine: MachineId): boolean {
    if (!this.cluster.machines.isUp(machine)) return false;
    const elsewhere = this.elsewhere.get(machine);
    return this.missing(machine).some((amount, d) => {
      const name = this.cluster.space.names[d] as string;
      return amount - (elsewhere?.[d] ?? 0) >= (LEAST_OFFERED[name] ?? Number.POSITIVE_INFINITY);
    });
  }

  /** Resources that the ledger counts as free: neither used by our tasks nor in hand. */
  private missing(machine: MachineId): readonly number[] {
    const { free } = this.cluster.free;
    const dims = this.cluster.space.size;
    return this.cluster.space.names.map((_, d) => free[machine * dims + d] as number);
  }
}
