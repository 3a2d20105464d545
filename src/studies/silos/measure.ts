import type { Cell } from './cells.js';
import type { DataCentre } from './data-centre.js';
import { type Observation, observe, provisions } from './observation.js';
import { type BlastRadius, failRack } from './rack-failure.js';
import { Sizer } from './sizing.js';

/** Results of all arrangements under one seed, with the same arrivals and failures. */
export interface Replication {
  readonly seed: string;
  /** By name of the arrangement. */
  readonly observations: ReadonlyMap<string, Observation>;
  /** Rack failures by name of the arrangement; empty unless the cell measures them. */
  readonly blasts: ReadonlyMap<string, BlastRadius>;
}

/** Sizes and runs one cell, seed by seed. `sizers` caches by data centre, because cells that differ only in headroom share sizes. */
export async function measure(
  { name, centre, pools, headroom, seeds, failsRack }: Cell,
  sizers: Map<DataCentre, Sizer>,
  progress: (what: string) => void,
): Promise<readonly Replication[]> {
  const sizer = sizers.get(centre) ?? new Sizer(centre);
  sizers.set(centre, sizer);
  const replications: Replication[] = [];
  for (let replication = 1; replication <= seeds; replication++) {
    const seed = String(replication);
    progress(`${name}, seed ${seed}`);
    const all = provisions(centre, pools, await sizer.size(pools, seed), headroom, seed);
    replications.push({
      seed,
      observations: await observe(centre, all),
      blasts: failsRack ? await failRack(centre, all) : new Map(),
    });
  }
  return replications;
}
