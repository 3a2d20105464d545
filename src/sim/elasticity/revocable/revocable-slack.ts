/**
 * What may be given away for a time of one resource of a machine: what its tasks were given and do not use, less a margin of what they were given, in
 * whole quanta. Nothing where it is not known what they use (NaN).
 */
export function revocableSlack(given: number, used: number, margin: number): number {
  return Number.isNaN(used) ? 0 : Math.max(0, Math.floor(given - used - margin * given));
}
