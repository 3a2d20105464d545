import {
  type FrameworkId,
  type MachineId,
  type Parcels,
  parcelsMinus,
  parcelsPlus,
} from '../../model/index.js';

/** What is out in offers, by framework in a role (`client`) and agent. */
export class OutstandingOffers {
  private readonly parcels = new Map<string, Parcels>();

  add(client: FrameworkId, agent: MachineId, offered: Parcels): void {
    const key = keyOf(client, agent);
    this.parcels.set(key, parcelsPlus(this.parcels.get(key) ?? [], offered));
  }

  /** These resources are offered no longer, as far as they were. */
  take(client: FrameworkId, agent: MachineId, taken: Parcels): void {
    const key = keyOf(client, agent);
    const left = parcelsMinus(this.parcels.get(key) ?? [], taken);
    if (left.length === 0) this.parcels.delete(key);
    else this.parcels.set(key, left);
  }

  /** Something of what is out has become other resources of the same amounts. */
  convert(client: FrameworkId, agent: MachineId, consumed: Parcels, converted: Parcels): void {
    const key = keyOf(client, agent);
    const out = this.parcels.get(key);
    if (out !== undefined) this.parcels.set(key, parcelsPlus(parcelsMinus(out, consumed), converted));
  }

  /** All offers are over; tells of each. */
  clear(told: (client: FrameworkId, agent: MachineId, parcels: Parcels) => void): void {
    for (const [key, parcels] of this.parcels) told(...partsOf(key), parcels);
    this.parcels.clear();
  }

  /** Forgets the offers of frameworks or agents that are gone. */
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
