import { compact } from '../../lab/compaction/compact.js';
import { run } from '../../lab/run/node/run.js';
import type { RunSpec } from '../../lab/run/run-spec.js';
import { type Pool, SILOS } from './arrangements.js';
import type { DataCentre } from './data-centre.js';

/** The fewest machines that meet the objectives under one seed. */
export interface Sizing {
  /** By framework; each runs alone on its machines. */
  readonly silos: ReadonlyMap<string, number>;
  /** By name of the pool. */
  readonly pools: ReadonlyMap<string, number>;
}

/** Upper bound of the search, relative to the mean number of machines. */
const MOST_TIMES = 40;

/** Sizes the silos and pools of one data centre. The result for one seed is the initial guess for the next seed. */
export class Sizer {
  private readonly centre: DataCentre;
  private readonly known = new Map<string, number>();
  private readonly guesses = new Map<string, number>();

  constructor(centre: DataCentre) {
    this.centre = centre;
  }

  async size(pooled: readonly Pool[], seed: string): Promise<Sizing> {
    const { frameworks } = this.centre;
    const silos = new Map<string, number>();
    for (const name of frameworks) silos.set(name, await this.fewest([name], SILOS, `silo of ${name}`, seed));
    const pools = new Map<string, number>();
    for (const pool of pooled) pools.set(pool.name, await this.fewest(frameworks, pool, pool.name, seed));
    return { silos, pools };
  }

  private async fewest(
    frameworks: readonly string[],
    pool: Pool,
    what: string,
    seed: string,
  ): Promise<number> {
    const key = `${what}, seed ${seed}`;
    const fewest = this.known.get(key) ?? (await this.search(frameworks, pool, what, seed));
    this.known.set(key, fewest);
    return fewest;
  }

  private async search(
    frameworks: readonly string[],
    { policy, set }: Pool,
    what: string,
    seed: string,
  ): Promise<number> {
    const { centre, guesses } = this;
    const common = centre.spec(frameworks, seed);
    const mean = centre.meanMachines(frameworks);
    const most = Math.ceil(MOST_TIMES * mean);
    const guess = guesses.get(what) ?? Math.ceil(2 * mean);
    const spec: RunSpec = {
      ...common,
      policy,
      set: { ...common.set, ...set(centre) },
      machines: `${most}x${centre.shape}`,
    };
    const range = { least: 1, most, guess };
    const found = await compact(
      spec,
      centre.objectives(frameworks),
      range,
      async (one) => (await run(one)).summary,
    );
    if (found === undefined) throw new Error(`${what}: ${most} machines are not enough`);
    guesses.set(what, found.machines);
    return found.machines;
  }
}
