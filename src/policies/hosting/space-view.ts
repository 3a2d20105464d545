import type { Attributes, ResourceSpace } from '../../model/index.js';
import type { Attribute, Dimension, DomainId, Space } from '../contract.js';

/** The part of a ledger that a space reads. */
export interface SpaceLedger {
  readonly space: Pick<ResourceSpace, 'names' | 'kinds' | 'dimensionOf'>;
  readonly attributes: Attributes;
}

/** The space of a run, over the ledger's. */
export class SpaceView implements Space {
  readonly dimensions: readonly Dimension[];
  readonly #ledger: SpaceLedger;

  constructor(ledger: SpaceLedger) {
    this.#ledger = ledger;
    this.dimensions = dimensionsOf(ledger.space.names.length);
    Object.freeze(this);
  }

  has(resource: string): boolean {
    return this.#ledger.space.dimensionOf(resource) >= 0;
  }

  dimension(resource: string): Dimension {
    const dimension = this.#ledger.space.dimensionOf(resource);
    if (dimension >= 0) return dimension as Dimension;
    throw new RangeError(
      `no machine has the resource "${resource}"; machines have ${this.#ledger.space.names.join(', ')}`,
    );
  }

  name(dimension: Dimension): string {
    return this.#ledger.space.names[dimension] as string;
  }

  quantaPerUnit(dimension: Dimension): number {
    return this.#ledger.space.kinds[dimension].quantaPerUnit;
  }

  attribute(name: string): Attribute {
    return this.#ledger.attributes.intern(name) as Attribute;
  }

  domain(attribute: Attribute, value: string): DomainId {
    return this.#ledger.attributes.domainNamed(attribute, value);
  }
}

/** Handles of the first `count` dimensions. */
function dimensionsOf(count: number): readonly Dimension[] {
  return Object.freeze(Array.from({ length: count }, (_, dimension) => dimension as Dimension));
}
