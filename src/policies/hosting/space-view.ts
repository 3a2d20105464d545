import type { Attributes, ResourceKind, ResourceSpace } from '../../model/index.js';
import type { Attribute, Dimension, DomainId, Space } from '../contract.js';
import { shown } from './checked-arguments.js';

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
    return this.#kind(dimension).name;
  }

  quantaPerUnit(dimension: Dimension): number {
    return this.#kind(dimension).quantaPerUnit;
  }

  #kind(dimension: Dimension): ResourceKind {
    const { kinds } = this.#ledger.space;
    if (kinds[dimension] !== undefined) return kinds[dimension];
    throw new RangeError(`there is no dimension ${shown(dimension)}, expected one of Space.dimensions`);
  }

  attribute(name: string): Attribute {
    if (typeof name !== 'string')
      throw new RangeError(`attribute: name: found ${shown(name)}, expected the name of an attribute`);
    return this.#ledger.attributes.internAsked(name) as Attribute;
  }

  domain(attribute: Attribute, value: string): DomainId {
    return this.#ledger.attributes.domainNamed(attribute, value);
  }

  value(attribute: Attribute, domain: DomainId): string | undefined {
    return this.#ledger.attributes.domainText(attribute, domain);
  }
}

/** Handles of the first `count` dimensions. */
function dimensionsOf(count: number): readonly Dimension[] {
  return Object.freeze(Array.from({ length: count }, (_, dimension) => dimension as Dimension));
}
