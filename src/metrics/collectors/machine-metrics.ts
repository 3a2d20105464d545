import {
  type ActualState,
  type Cluster,
  type Column,
  grown,
  isOutOfService,
  type MachineId,
  type Micros,
  type TaskClassId,
} from '../../model/index.js';
import { BinnedSeries } from '../kernels/binned-series.js';

/** Maximum number of rows of the heat map. In larger clusters, neighbouring ranks share a row. */
const MAX_HEAT_ROWS = 250;

/** What a machine was until `until`: its time out of the cluster, and quanta-Micros of its capacity. */
interface MachinePast {
  until: Micros;
  absent: Micros;
  readonly capacity: Float64Array;
}

/** A machine that does not answer. Its time up to `until` is counted. */
interface Outage {
  readonly state: 'cut' | 'off';
  until: Micros;
  isInService: boolean;
}

/** The allocation of each machine over the run, and a heat map of it over time. */
export class MachineMetrics {
  /** `integral[machine * dims + dimension]`: quanta-microseconds allocated. */
  integral = new Float64Array(0);
  started = new Int32Array(0);
  /** Time in which a machine in service was off, whatever the master knew. */
  downTime = new Float64Array(0);
  /** Time in which a machine in service ran, and the master could not reach it. */
  cutTime = new Float64Array(0);
  /** Dominant share allocated on each machine (or group of machines), as means over time. */
  readonly heat: BinnedSeries;
  readonly machinesPerHeatRow: number;

  private readonly cluster: Cluster;
  private readonly dims: number;
  private allocated = new Float64Array(0);
  private since = new Float64Array(0);
  private share = new Float64Array(0);
  /** The actual states of machines that do not answer. */
  private readonly outages = new Map<MachineId, Outage>();
  /** Of machines that were added, removed or updated. */
  private readonly pasts = new Map<MachineId, MachinePast>();
  private readonly origin: Micros;
  private end: Micros;

  constructor(cluster: Cluster, origin: Micros, binWidth: Micros) {
    this.cluster = cluster;
    this.dims = cluster.space.size;
    this.origin = origin;
    this.end = origin;
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

  /** The ledger has another state for the machine. It may be in service from now on, or no longer. */
  stateChanged(machine: MachineId, now: Micros): void {
    const outage = this.outages.get(machine);
    if (outage !== undefined) this.countOutage(machine, outage, now);
  }

  actualStateChanged(machine: MachineId, state: ActualState, now: Micros): void {
    const outage = this.outages.get(machine);
    if (outage !== undefined) this.countOutage(machine, outage, now);
    if (state === 'answering') this.outages.delete(machine);
    else this.outages.set(machine, { state, until: now, isInService: this.isInService(machine) });
  }

  /** Counts an outage up to now. A machine that is switched off, or not in the cluster, is not down. */
  private countOutage(machine: MachineId, outage: Outage, now: Micros): void {
    if (machine >= this.since.length) this.reserve();
    const times = outage.state === 'off' ? this.downTime : this.cutTime;
    if (outage.isInService) times[machine] += now - outage.until;
    outage.until = now;
    outage.isInService = this.isInService(machine);
  }

  private isInService(machine: MachineId): boolean {
    return !isOutOfService(this.cluster.machines.stateOf(machine));
  }

  /** The machine was added, removed or updated. `before` is its capacity until now, empty when it was absent. */
  revised(machine: MachineId, before: Column, now: Micros): void {
    const { dims, heat, share } = this;
    this.count(machine, before, now);
    const { capacity } = this.cluster.machines;
    let after = 0;
    for (let row = machine * dims; row < (machine + 1) * dims; row++)
      if (this.allocated[row] > after * capacity[row]) after = this.allocated[row] / capacity[row];
    heat.add(Math.floor(machine / this.machinesPerHeatRow), after - share[machine], now);
    share[machine] = after;
  }

  private count(machine: MachineId, before: Column, now: Micros): void {
    let past = this.pasts.get(machine);
    if (past === undefined) {
      past = { until: this.origin, absent: 0, capacity: new Float64Array(this.dims) };
      this.pasts.set(machine, past);
    }
    const lasted = now - past.until;
    past.until = now;
    if (before.length === 0) past.absent += lasted;
    for (let d = 0; d < before.length; d++) past.capacity[d] += before[d] * lasted;
  }

  /** Time in which the machine was off, or not in the cluster. */
  awayTime(machine: MachineId): Micros {
    return this.downTime[machine] + (this.pasts.get(machine)?.absent ?? 0);
  }

  /** Time in which the machine was not in the cluster; undefined if it was in it, unchanged, all the time. */
  absentTime(machine: MachineId): Micros | undefined {
    return this.pasts.get(machine)?.absent;
  }

  /** Mean capacity of a machine over an ended run, in quanta. It is 0 while the machine is not in the cluster. */
  capacityOf(machine: MachineId, dimension: number): number {
    const past = this.pasts.get(machine);
    const lasted = this.end - this.origin;
    if (past !== undefined && lasted > 0) return past.capacity[dimension] / lasted;
    return this.cluster.machines.capacity[machine * this.dims + dimension];
  }

  /** Mean capacity of all own machines, in any state, over an ended run. Shares of the cluster are relative to it. */
  ownCapacity(dimension: number): number {
    const { count, specs } = this.cluster.machines;
    let capacity = 0;
    for (let machine = 0; machine < count; machine++)
      if ((specs[machine].supply ?? 'own') === 'own') capacity += this.capacityOf(machine, dimension);
    return capacity;
  }

  /** Counts the time up to the end of the run. */
  close(end: Micros): void {
    this.end = end;
    const { capacity } = this.cluster.machines;
    for (let machine = 0; machine < this.cluster.machines.count; machine++) {
      if (!this.cluster.machines.isPresent(machine)) this.count(machine, [], end);
      else if (this.pasts.has(machine))
        this.count(machine, capacity.subarray(machine * this.dims, (machine + 1) * this.dims), end);
    }
    for (let machine = 0; machine < this.cluster.machines.count; machine++) {
      for (let d = 0; d < this.dims; d++) {
        const row = machine * this.dims + d;
        this.integral[row] += this.allocated[row] * (end - this.since[machine]);
      }
      this.since[machine] = end;
    }
    for (const [machine, outage] of this.outages) this.countOutage(machine, outage, end);
  }

  private reserve(): void {
    const before = this.since.length;
    const machines = this.cluster.machines.count;
    this.integral = grown(this.integral, machines * this.dims);
    this.started = grown(this.started, machines);
    this.downTime = grown(this.downTime, machines);
    this.cutTime = grown(this.cutTime, machines);
    this.allocated = grown(this.allocated, machines * this.dims);
    this.since = grown(this.since, machines, this.origin);
    this.share = grown(this.share, machines);
    if (before === 0) this.since.fill(this.origin);
    const rows = Math.ceil(machines / this.machinesPerHeatRow);
    for (let row = Math.ceil(before / this.machinesPerHeatRow); row < rows; row++) this.heat.addColumn();
  }
}
