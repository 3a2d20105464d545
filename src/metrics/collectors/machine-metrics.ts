import {
  type Cluster,
  grown,
  type MachineId,
  type MachineState,
  type Micros,
  type TaskClassId,
} from '../../model/index.js';
import { BinnedSeries } from '../kernels/binned-series.js';

/** Maximum number of rows of the heat map. In larger clusters, neighbouring ranks share a row. */
const MAX_HEAT_ROWS = 250;

/** The allocation of each machine over the run, and a heat map of it over time. */
export class MachineMetrics {
  /** `integral[machine * dims + dimension]`: quanta-microseconds allocated. */
  integral = new Float64Array(0);
  started = new Int32Array(0);
  downTime = new Float64Array(0);
  /** Dominant share allocated on each machine (or group of machines), as means over time. */
  readonly heat: BinnedSeries;
  readonly machinesPerHeatRow: number;

  private readonly cluster: Cluster;
  private readonly dims: number;
  private allocated = new Float64Array(0);
  private since = new Float64Array(0);
  private share = new Float64Array(0);
  private downSince = new Float64Array(0);
  private readonly origin: Micros;

  constructor(cluster: Cluster, origin: Micros, binWidth: Micros) {
    this.cluster = cluster;
    this.dims = cluster.space.size;
    this.origin = origin;
    this.heat = new BinnedSeries(origin, binWidth);
    this.machinesPerHeatRow = Math.max(1, Math.ceil(cluster.machines.count / MAX_HEAT_ROWS));
    this.reserve();
  }

  /** A task of this class started on the machine (sign 1) or left it (sign -1). */
  change(machine: MachineId, taskClass: TaskClassId, sign: 1 | -1, now: Micros): void {
    if (machine >= this.since.length) this.reserve();
    const { dims } = this;
    const { demand } = this.cluster.classes;
    const { capacity } = this.cluster.machines;
    const lasted = now - this.since[machine];
    this.since[machine] = now;
    let share = 0;
    let row = machine * dims;
    let want = taskClass * dims;
    for (let d = 0; d < dims; d++, row++, want++) {
      const before = this.allocated[row];
      const after = before + sign * demand[want];
      this.integral[row] += before * lasted;
      this.allocated[row] = after;
      if (after > share * capacity[row]) share = after / capacity[row];
    }
    if (sign === 1) this.started[machine]++;
    this.heat.add(Math.floor(machine / this.machinesPerHeatRow), share - this.share[machine], now);
    this.share[machine] = share;
  }

  /** A task on the machine changed its class. */
  resized(machine: MachineId, before: TaskClassId, after: TaskClassId, now: Micros): void {
    this.change(machine, before, -1, now);
    this.change(machine, after, 1, now);
    // This is not a start, so undo the count of starts.
    this.started[machine]--;
  }

  stateChanged(machine: MachineId, state: MachineState, now: Micros): void {
    if (machine >= this.since.length) this.reserve();
    const isDown = !Number.isNaN(this.downSince[machine]);
    if (state === 'down' && !isDown) this.downSince[machine] = now;
    if (state !== 'down' && isDown) {
      this.downTime[machine] += now - this.downSince[machine];
      this.downSince[machine] = Number.NaN;
    }
  }

  /** Counts the time up to the end of the run. */
  close(end: Micros): void {
    for (let machine = 0; machine < this.cluster.machines.count; machine++) {
      for (let d = 0; d < this.dims; d++) {
        const row = machine * this.dims + d;
        this.integral[row] += this.allocated[row] * (end - this.since[machine]);
      }
      this.since[machine] = end;
      if (!Number.isNaN(this.downSince[machine])) this.downTime[machine] += end - this.downSince[machine];
    }
  }

  private reserve(): void {
    const before = this.since.length;
    const machines = this.cluster.machines.count;
    this.integral = grown(this.integral, machines * this.dims);
    this.started = grown(this.started, machines);
    this.downTime = grown(this.downTime, machines);
    this.allocated = grown(this.allocated, machines * this.dims);
    this.since = grown(this.since, machines, this.origin);
    this.share = grown(this.share, machines);
    this.downSince = grown(this.downSince, machines, Number.NaN);
    if (before === 0) {
      this.since.fill(this.origin);
      this.downSince.fill(Number.NaN);
    }
    const rows = Math.ceil(machines / this.machinesPerHeatRow);
    for (let row = Math.ceil(before / this.machinesPerHeatRow); row < rows; row++) this.heat.addColumn();
  }
}
