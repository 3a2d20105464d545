import {
  type Cluster,
  grown,
  type MachineId,
  type Micros,
  type TaskClassId,
  UNCONSTRAINED,
} from '../model/index.js';
import type { UnallocatedTable } from './unallocated-table.js';

/** Task classes looked at: the most frequent ones. The published metric covers 95 % of the tasks likewise. */
const TYPICAL_CLASSES = 16;

/** A sample may cost this many fit checks per event since the last one, so that sampling never dominates a run. */
const CHECKS_PER_EVENT = 4;

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
  private latest: Float64Array | undefined;
  private readonly integral: Float64Array;
  private readonly duration: Float64Array;
  private readonly unallocated: UnallocatedTable;

  constructor(cluster: Cluster, unallocated: UnallocatedTable) {
    this.cluster = cluster;
    this.dims = cluster.space.size;
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
    if (now === this.since || this.events * CHECKS_PER_EVENT < this.cluster.machines.count * TYPICAL_CLASSES)
      return;
    this.close(now);
    this.latest = this.sample();
    this.events = 0;
  }

  /** Counts the time up to `now` at the latest sample. */
  close(now: Micros): void {
    const lasted = now - this.since;
    this.since = now;
    if (this.latest === undefined || !(lasted > 0)) return;
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

  private sample(): Float64Array {
    const { machines } = this.cluster;
    const typical = this.typicalClasses();
    const tasks = typical.reduce((sum, taskClass) => sum + this.seen[taskClass], 0);
    const free = new Float64Array(this.dims);
    const stranded = new Float64Array(this.dims);
    this.unallocated.gather();
    const { table } = this.unallocated;
    for (let machine = 0; machine < machines.count; machine++) {
      if (table.open[machine] === 0) continue;
      const misfits = this.misfits(machine, typical);
      for (let d = 0; d < this.dims; d++) {
        const amount = table.free[machine * this.dims + d];
        free[d] += amount;
        stranded[d] += (amount * misfits) / tasks;
      }
    }
    return stranded.map((amount, d) => amount / free[d]);
  }

  /** Tasks seen of the typical classes that do not fit this machine, which is open. */
  private misfits(machine: MachineId, typical: readonly TaskClassId[]): number {
    const { seen, dims } = this;
    const { table } = this.unallocated;
    const { demand } = table.classes;
    const row = machine * dims;
    let misfits = 0;
    for (let i = 0; i < typical.length; i++) {
      const taskClass = typical[i];
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

  private typicalClasses(): TaskClassId[] {
    const classes: TaskClassId[] = [];
    for (let taskClass = 0; taskClass < this.seen.length; taskClass++) {
      const isCurrent = this.generation[taskClass] === this.cluster.classes.generation[taskClass];
      if (this.seen[taskClass] > 0 && isCurrent) classes.push(taskClass);
    }
    return classes.sort((a, b) => this.seen[b] - this.seen[a] || a - b).slice(0, TYPICAL_CLASSES);
  }
}
