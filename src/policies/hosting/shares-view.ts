import { type Cluster, FOREVER, isWithin, type RolePath } from '../../model/index.js';
import type { Dimension, FrameworkId, ShareFacts } from '../contract.js';
import { shown } from './checked-arguments.js';

/** Roles over the frameworks of the ledger. Guarantees and limits are settings of policies; the ledger has none. */
export class SharesView implements ShareFacts {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    Object.freeze(this);
  }

  get frameworks(): number {
    return this.#cluster.frameworks.length;
  }

  role(framework: FrameworkId): RolePath {
    const known = this.#cluster.frameworks[framework];
    if (known === undefined)
      throw new RangeError(`there is no framework ${shown(framework)}; there are ${this.frameworks}`);
    return known.role;
  }

  weight(role: RolePath): number {
    return this.#cluster.frameworks.find((framework) => framework.role === role)?.weight ?? 1;
  }

  guarantee(_role: RolePath, _dimension: Dimension): number {
    return 0;
  }

  limit(_role: RolePath, _dimension: Dimension): number {
    return FOREVER;
  }

  held(role: RolePath, dimension: Dimension): number {
    const { frameworks, frameworkAllocated, space } = this.#cluster;
    let held = 0;
    for (let framework = 0; framework < frameworks.length; framework++)
      if (isWithin(frameworks[framework].role, role))
        held += frameworkAllocated[framework * space.size + dimension];
    return held;
  }

  total(dimension: Dimension): number {
    return this.#cluster.total[dimension];
  }
}
