/**
 * Which priorities may take the place of which. A task stops running tasks of lower bands only, so that tasks of one band
 * cannot push each other out in a cascade (Verma et al., "Large-scale cluster management at Google with Borg", EuroSys
 * 2015, section 2.5: production tasks do not preempt one another).
 */
export interface PriorityBands {
  /** Lowest priority of each band but the first, ascending; empty when each priority is a band of its own. */
  readonly starts: readonly number[];
}

/** The band of a priority; higher bands may preempt lower ones. */
export function bandOf(bands: PriorityBands, priority: number): number {
  if (bands.starts.length === 0) return priority;
  let band = 0;
  while (band < bands.starts.length && priority >= bands.starts[band]) band++;
  return band;
}
