import { run } from '../../lab/run/node/run.js';
import type { Summary } from '../../metrics/catalogue/catalogue.js';
import type { DataCentre } from './data-centre.js';
import type { Provision } from './observation.js';

/** Effects of the loss of one rack under one seed. */
export interface BlastRadius {
  /** Number of services that lost instances, and of services that were down (fewer than half of their instances served). */
  readonly hit: number;
  readonly down: number;
  /** The longest downtime, seconds. */
  readonly longestDown: number;
  /** The p95 of the time from the loss of a task to its next start, seconds. */
  readonly restart: number;
}

/** The first rack, because silos get machines in rank order: it contains one or two whole silos. */
const FAULT = 'at 14h: kill rack rack-0 for 1h';

/** Runs all arrangements with a rack failure. The results are by name of the arrangement. */
export async function failRack(
  centre: DataCentre,
  all: readonly Provision[],
): Promise<ReadonlyMap<string, BlastRadius>> {
  const found = new Map<string, BlastRadius>();
  for (const { arrangement, spec } of all) {
    const { summary } = await run({ ...spec, failures: { faults: [FAULT] } });
    found.set(arrangement.name, blastRadius(centre, summary));
  }
  return found;
}

function blastRadius(centre: DataCentre, summary: Summary): BlastRadius {
  const services = centre.frameworks.filter((name) => !centre.isBatch(name));
  const downTimes = services.map(
    (name) => (summary.byFramework[name].health?.down ?? 0) * summary.run.length,
  );
  return {
    hit: services.filter((name) => (summary.byFramework[name].unavailability ?? 0) > 0).length,
    down: downTimes.filter((time) => time > 0).length,
    longestDown: Math.max(0, ...downTimes),
    restart: summary.recovery.timeToRecover?.p95 ?? 0,
  };
}
