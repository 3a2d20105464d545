import {
  type Cluster,
  type FreeTable,
  grown,
  type MachineId,
  type Micros,
  type TaskClassId,
  UNCONSTRAINED,
} from '../../model/index.js';
import type { UnallocatedTable } from './unallocated-table.js';

/** Task classes looked at: the most frequent ones. The published metric covers 95 % of the tasks likewise. */
const TYPICAL_CLASSES = 16;

/** A sample may cost this many fit checks per event since the last one, so that sampling never dominates a run. */
const CHECKS_PER_EVENT = 4;

/** A sample of the smallest cluster costs so many checks, for what it takes beside them. */
const LEAST_CHECKS = 64;

/**
 * The share of what is free that lies on machines where a task, drawn from the mix submitted so far, would not fit: the
 * fragmentation of Weng et al. (FGD, USENIX ATC 2023, section 3), for every resource and any mix. It looks at what is not
 * allocated, offered or not. Sampled, since it visits all machines; weighed by the time between samples.
 */
export class Fragmentation {
  private readonly cluster: Cluster;
  private readonly dims: number;
  private seen = new Float64Array(64);
  private generation = new Int32Array(64);
  private events = 0;
  private since: Micros = Number.NaN;
  private readonly typical = new Int32Array(TYPICAL_CLASSES);
  private typicalCount = 0;
  /** Sums of a sample, kept to allocate nothing in the next; NaN before the first and where nothing was free. */
  private readonly latest: Float64Array;
  private readonly free: Float64Array;
  private readonly integral: Float64Array;
  private readonly duration: Float64Array;
  private readonly unallocated: UnallocatedTable;

  constructor(cluster: Cluster, unallocated: UnallocatedTable) {
    this.cluster = cluster;
    this.dims = cluster.space.size;
    this.latest = new Float64Array(this.dims).fill(Number.NaN);
    this.free = new Float64Array(this.dims);
    this.integral = new Float64Array(this.dims);
    this.duration = new Float64Array(this.dims);
    this.unallocated = unallocated;
  }

  submitted(taskClass: TaskClassId): void {
    if (taskClass >= this.seen.length) {
      this.seen = grown(this.seen, taskClass + 1);
      this.generation = grown(this.generation, taskClass + 1);
    }
    if (this.generation[taskClass] !== this.cluster.classes.generation[taskClass]) {
      this.generation[taskClass] = this.cluster.classes.generation[taskClass];
      this.seen[taskClass] = 0;
    }
    this.seen[taskClass]++;
  }

  /** Something changed at `now`; takes a sample when enough has happened since the last one. */
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
      this.integral[d] += this.latest[d] * lasted;
      this.duration[d] += lasted;
    }
  }

  /** Mean over the sampled time, per dimension; null where nothing was free or no sample was taken. */
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

  /** Tasks seen of the typical classes that do not fit this machine, which is open. */
  private misfits(table: FreeTable, machine: MachineId): number {
    const { seen, dims } = this;
    const { demand } = table.classes;
    const row = machine * dims;
    let misfits = 0;
    for (let i = 0; i < this.typicalCount; i++) {
      const taskClass = this.typical[i];
      const want = taskClass * dims;
      // Most checks of a sample fail by amounts; the rest is asked of the table.
      let fits = true;
      for (let d = 0; d < dims; d++) fits &&= table.free[row + d] >= demand[want + d];
      if (!fits || (this.needsMore(taskClass) && !table.fits(machine, taskClass))) misfits += seen[taskClass];
    }
    return misfits;
  }

  /** Does it take more than amounts to fit a task of this class? */
  private needsMore(taskClass: TaskClassId): boolean {
    const { gpuCount, constraint } = this.cluster.classes;
    return gpuCount[taskClass] > 0 || constraint[taskClass] !== UNCONSTRAINED;
  }

  /** The classes with the most tasks, most first, ties in their order. */
  private findTypical(): void {
    const { seen, typical } = this;
    let count = 0;
    for (let taskClass = 0; taskClass < seen.length; taskClass++) {
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
