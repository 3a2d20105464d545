import { type Cluster, FreeTable, grown, type Micros, type TaskClassId } from '../model/index.js';

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
  private readonly table: FreeTable;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.dims = cluster.space.size;
    this.integral = new Float64Array(this.dims);
    this.duration = new Float64Array(this.dims);
    this.table = new FreeTable(cluster.machines, cluster.classes, cluster.constraints);
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
    this.gatherFree();
    for (let machine = 0; machine < machines.count; machine++) {
      if (this.table.open[machine] === 0) continue;
      let misfits = 0;
      for (const taskClass of typical)
        if (!this.table.fits(machine, taskClass)) misfits += this.seen[taskClass];
      for (let d = 0; d < this.dims; d++) {
        const amount = this.table.free[machine * this.dims + d];
        free[d] += amount;
        stranded[d] += (amount * misfits) / tasks;
      }
    }
    return stranded.map((amount, d) => amount / free[d]);
  }

  private typicalClasses(): TaskClassId[] {
    const classes: TaskClassId[] = [];
    for (let taskClass = 0; taskClass < this.seen.length; taskClass++) {
      const isCurrent = this.generation[taskClass] === this.cluster.classes.generation[taskClass];
      if (this.seen[taskClass] > 0 && isCurrent) classes.push(taskClass);
    }
    return classes.sort((a, b) => this.seen[b] - this.seen[a] || a - b).slice(0, TYPICAL_CLASSES);
  }

  /** What is not allocated on each machine that is up: free, or in some framework's offers. */
  private gatherFree(): void {
    const { free, machines, frameworks, offered } = this.cluster;
    const { table } = this;
    table.addRows();
    table.free.set(free.free.subarray(0, free.count * this.dims));
    table.gpuFree.set(free.gpuFree.subarray(0, machines.gpuStart[machines.count]));
    for (let machine = 0; machine < machines.count; machine++)
      table.open[machine] = machines.isUp(machine) ? 1 : 0;
    const outside = [...frameworks.map((_, framework) => offered.of(framework)), ...offered.wholeCells];
    for (const theirs of outside) {
      for (let i = 0; i < machines.count * this.dims; i++) table.free[i] += theirs.free[i];
      for (let i = 0; i < machines.gpuStart[machines.count]; i++) table.gpuFree[i] += theirs.gpuFree[i];
    }
  }
}
