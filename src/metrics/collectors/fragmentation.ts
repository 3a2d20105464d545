import {
  type Cluster,
  type FreeTable,
  grown,
  type MachineId,
  type Micros,
  type TaskClassId,
  UNCONSTRAINED,
} from '../../model/index.js';
import type { BinnedAmounts, TimeBins } from '../kernels/time-bins.js';
import type { UnallocatedTable } from './unallocated-table.js';

/** Number of task classes in a sample, the most frequent ones. Similarly, the published metric covers 95 % of the tasks. */
const TYPICAL_CLASSES = 16;

/** A sample may cost this many fit checks per event since the last sample, so that sampling never dominates a run. */
const CHECKS_PER_EVENT = 4;

/** Fixed cost of a sample, in fit checks. */
const LEAST_CHECKS = 64;

/**
 * Fragmentation as in Weng et al. (FGD, USENIX ATC 2023, section 3), for every resource and any mix. It is the share of the free
 * amount on machines where a task does not fit. The task is drawn from the mix submitted so far. Offered resources count as free.
 * It is sampled, because it visits all machines, and weighted by the time between samples.
 */
export class Fragmentation {
  private readonly cluster: Cluster;
  private readonly dims: number;
  private seen = new Float64Array(64);
  private generation = new Int32Array(64);
  /** Upper bound of the classes seen so far. */
  private bound = 0;
  private events = 0;
  private since: Micros = Number.NaN;
  private readonly typical = new Int32Array(TYPICAL_CLASSES);
  private typicalCount = 0;
  /** Sums of a sample. The array is reused. NaN before the first sample, and if nothing was free. */
  private readonly latest: Float64Array;
  private readonly free: Float64Array;
  private readonly integral: Float64Array;
  private readonly duration: Float64Array;
  private readonly unallocated: UnallocatedTable;
  private series: BinnedAmounts | undefined;

  constructor(cluster: Cluster, unallocated: UnallocatedTable) {
    this.cluster = cluster;
    this.dims = cluster.space.size;
    this.latest = new Float64Array(this.dims).fill(Number.NaN);
    this.free = new Float64Array(this.dims);
    this.integral = new Float64Array(this.dims);
    this.duration = new Float64Array(this.dims);
    this.unallocated = unallocated;
  }

  /** The task mix, the latest sample and the time of the next one are those at the end of another part of the run. */
  continueFrom(before: Fragmentation, now: Micros): void {
    this.seen = before.seen.slice();
    this.generation = before.generation.slice();
    this.bound = before.bound;
    this.events = before.events;
    this.latest.set(before.latest);
    this.since = now;
  }

  /** Records the samples over time, too. Call it when the run starts. */
  record(bins: TimeBins): void {
    this.series = bins.amounts(this.dims);
  }

  /** Mean in each bin until `end`, per dimension. It is 0 where nothing was free, and before the first sample. */
  means(dimension: number, end: Micros): Float64Array {
    return this.series?.means(dimension, end) ?? new Float64Array(0);
  }

  submitted(taskClass: TaskClassId): void {
    if (taskClass >= this.seen.length) {
      this.seen = grown(this.seen, taskClass + 1);
      this.generation = grown(this.generation, taskClass + 1);
    }
    if (taskClass >= this.bound) this.bound = taskClass + 1;
    if (this.generation[taskClass] !== this.cluster.classes.generation[taskClass]) {
      this.generation[taskClass] = this.cluster.classes.generation[taskClass];
      this.seen[taskClass] = 0;
    }
    this.seen[taskClass]++;
  }

  /** An event happened at `now`. Takes a sample after enough events since the last one. */
  changed(now: Micros): void {
    this.events++;
    const cost = Math.max(this.cluster.machines.count * TYPICAL_CLASSES, LEAST_CHECKS);
    if (this.events * CHECKS_PER_EVENT < cost || now === this.since) return;
    this.close(now);
    this.sample();
    this.events = 0;
  }

  /** Counts the time up to `now` at the latest sample. */
  close(now: Micros): void {
    const lasted = now - this.since;
    this.since = now;
    if (!(lasted > 0)) return;
    for (let d = 0; d < this.dims; d++) {
      if (Number.isNaN(this.latest[d])) continue;
      this.series?.addDuring(d, this.latest[d], now - lasted, now);
      this.integral[d] += this.latest[d] * lasted;
      this.duration[d] += lasted;
    }
  }

  /** Mean over the sampled time, per dimension; null if nothing was free or no sample was taken. */
  mean(dimension: number): number | null {
    return this.duration[dimension] === 0 ? null : this.integral[dimension] / this.duration[dimension];
  }

  private sample(): void {
    const { dims, free, latest: stranded } = this;
    this.findTypical();
    let tasks = 0;
    for (let i = 0; i < this.typicalCount; i++) tasks += this.seen[this.typical[i]];
    free.fill(0);
    stranded.fill(0);
    const table = this.unallocated.gather();
    for (let machine = 0; machine < table.count; machine++) {
      if (table.open[machine] === 0) continue;
      const misfits = this.misfits(table, machine);
      for (let d = 0; d < dims; d++) {
        const amount = table.free[machine * dims + d];
        free[d] += amount;
        stranded[d] += (amount * misfits) / tasks;
      }
    }
    for (let d = 0; d < dims; d++) stranded[d] /= free[d];
  }

  /** Number of submitted tasks of the typical classes that do not fit this open machine. */
  private misfits(table: FreeTable, machine: MachineId): number {
    const { seen, dims } = this;
    const { demand } = table.classes;
    const row = machine * dims;
    let misfits = 0;
    for (let i = 0; i < this.typicalCount; i++) {
      const taskClass = this.typical[i];
      const want = taskClass * dims;
      // Most checks fail by amounts. Only the others need the full check of the table.
      let fits = true;
      for (let d = 0; d < dims; d++) fits &&= table.free[row + d] >= demand[want + d];
      if (!fits || (this.needsMore(taskClass) && !table.fits(machine, taskClass))) misfits += seen[taskClass];
    }
    return misfits;
  }

  /** Does a task of this class need more checks than amounts? */
  private needsMore(taskClass: TaskClassId): boolean {
    const { gpuCount, constraint } = this.cluster.classes;
    return gpuCount[taskClass] > 0 || constraint[taskClass] !== UNCONSTRAINED;
  }

  /** The classes with the most tasks, the largest number first, ties in order of class. */
  private findTypical(): void {
    const { bound, seen, typical } = this;
    let count = 0;
    for (let taskClass = 0; taskClass < bound; taskClass++) {
      if (seen[taskClass] === 0 || this.generation[taskClass] !== this.cluster.classes.generation[taskClass])
        continue;
      if (count === TYPICAL_CLASSES && seen[taskClass] <= seen[typical[count - 1]]) continue;
      let place = count < TYPICAL_CLASSES ? count++ : count - 1;
      for (; place > 0 && seen[typical[place - 1]] < seen[taskClass]; place--)
        typical[place] = typical[place - 1];
      typical[place] = taskClass;
    }
    this.typicalCount = count;
  }
}
