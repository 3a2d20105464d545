import {
  type FrameworkId,
  type MachineId,
  type Parcels,
  parcelsMinus,
  parcelsPlus,
} from '../../model/index.js';

/** Outstanding offers, by framework and role (`client`) and agent. */
export class OutstandingOffers {
  private readonly parcels = new Map<string, Parcels>();

  add(client: FrameworkId, agent: MachineId, offered: Parcels): void {
    const key = keyOf(client, agent);
    this.parcels.set(key, parcelsPlus(this.parcels.get(key) ?? [], offered));
  }

  /** Removes these resources from the outstanding offers, as far as they were offered. */
  take(client: FrameworkId, agent: MachineId, taken: Parcels): void {
    const key = keyOf(client, agent);
    const left = parcelsMinus(this.parcels.get(key) ?? [], taken);
    if (left.length === 0) this.parcels.delete(key);
    else this.parcels.set(key, left);
  }

  /** Converts offered resources without changing their amounts. */
  convert(client: FrameworkId, agent: MachineId, consumed: Parcels, converted: Parcels): void {
    const key = keyOf(client, agent);
    const out = this.parcels.get(key);
    if (out !== undefined) this.parcels.set(key, parcelsPlus(parcelsMinus(out, consumed), converted));
  }

  /** Removes all offers and reports each. */
  clear(told: (client: FrameworkId, agent: MachineId, parcels: Parcels) => void): void {
    for (const [key, parcels] of this.parcels) told(...partsOf(key), parcels);
    this.parcels.clear();
  }

  /** Removes the offers of removed frameworks or agents. */
  forget(isGone: (client: FrameworkId, agent: MachineId) => boolean): void {
    for (const key of this.parcels.keys()) if (isGone(...partsOf(key))) this.parcels.delete(key);
  }
}

function keyOf(client: FrameworkId, agent: MachineId): string {
  return `${client}/${agent}`;
}

function partsOf(key: string): [FrameworkId, MachineId] {
  return key.split('/').map(Number) as [FrameworkId, MachineId];
}
