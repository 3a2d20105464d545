/** Distributions of the jobs of all seeds. */
export interface DistributionData {
  /** The resource of the sizes. */
  readonly resource: string;
  /** The first one has all jobs. */
  readonly groups: readonly DistributionGroup[];
  /** By policy, then by group; null for a policy without distributions. */
  readonly policies: readonly (readonly MeasuredGroup[] | null)[];
}

/** A group of jobs. */
export interface DistributionGroup {
  readonly kind: 'all' | 'framework' | 'size' | 'user';
  readonly label: string;
}

/** The measures of the jobs of a group under a policy. */
export interface MeasuredGroup {
  readonly wait: PackedBars;
  readonly response: PackedBars;
  readonly slowdown: PackedBars;
}

/** A distribution over all seeds, and its percentiles as means over the seeds with intervals. */
export interface PackedBars {
  readonly jobs: number;
  readonly zero: number;
  /** Packed numbers: for values above 0, STEPS_PER_DECADE times their decimal logarithm, as differences; and how many values there are. */
  readonly values: string;
  readonly counts: string;
  /** One for each of PERCENTILES: the mean over the seeds with its interval, as in the comparison table. */
  readonly percentiles: readonly string[];
}

/** Neighbouring values of a curve differ by 2 %. */
export const STEPS_PER_DECADE = 116;

/** The percentiles of the table; 1 is the largest value. */
export const PERCENTILES: readonly number[] = [0.5, 0.9, 0.95, 0.99, 1];
