import { InputError, type InputPlace } from '../../model/index.js';
import { type ShareNode, ShareTree } from '../../policies/allocators/hierarchical/share-tree.js';
import { parcelsOf, type WrittenResource } from './resource-text.js';
import type { SorterStep } from './scenario-file.js';

/** Drives the DRF sorter of Mesos directly: adds clients, allocates resources, sorts. */
export class SorterScenario {
  private readonly names: readonly string[];
  private readonly tree: ShareTree;
  private readonly clients: string[] = [];

  /** `names`: all resources of the scenario. */
  constructor(names: readonly string[]) {
    this.names = names;
    this.tree = new ShareTree(names.map(() => true));
  }

  /** Runs one step. @returns the order after a `sort` step. @throws InputError when the client does not exist. */
  take(step: SorterStep, place: InputPlace): readonly string[] | undefined {
    switch (step.do) {
      case 'sort':
        return this.tree.sorted().map(({ client }) => this.clients[client] as string);
      case 'total':
        this.tree.setTotal(this.amounts(step.total));
        return undefined;
      case 'weight':
        this.tree.setWeight(step.path, step.weight);
        return undefined;
      case 'add':
        this.add(step.client, place);
        return undefined;
      case 'remove':
        this.leaf(step.client, place);
        this.tree.remove(step.client.split('/'));
        return undefined;
      case 'activate':
      case 'deactivate':
        this.tree.setActive(this.leaf(step.client, place), step.do === 'activate');
        return undefined;
      case 'allocate':
        this.tree.charge(this.leaf(step.client, place), this.amounts(step.res), 0, 1, 1);
        return undefined;
      case 'unallocate':
        this.tree.charge(this.leaf(step.client, place), this.amounts(step.res), 0, -1, 0);
        return undefined;
    }
  }

  private add(client: string, place: InputPlace): void {
    const path = client.split('/');
    if (this.tree.leafOf(path) !== undefined) throw new InputError(place, `client ${client} already exists`);
    this.tree.setActive(this.tree.add(path, this.clients.push(client) - 1), true);
  }

  private leaf(client: string, place: InputPlace): ShareNode {
    const leaf = this.tree.leafOf(client.split('/'));
    if (leaf === undefined) throw new InputError(place, `client ${client} does not exist`);
    return leaf;
  }

  private amounts(written: readonly WrittenResource[]): Float64Array {
    const amounts = new Float64Array(this.names.length);
    for (const { dimension, amount, form } of parcelsOf(written, this.names))
      if (form !== 'ranges') amounts[dimension] += amount;
    return amounts;
  }
}
