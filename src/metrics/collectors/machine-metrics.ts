import {
  type ActualState,
  type Cluster,
  type Column,
  isOutOfService,
  type MachineId,
  type Micros,
} from '../../model/index.js';
import { BinnedLevel } from '../kernels/binned-level.js';
import type { BinnedAmounts, TimeBins } from '../kernels/time-bins.js';

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
  readonly integral: Float64Array;
  /** Starts of tasks on each machine. */
  readonly started: Int32Array;
  /** Time in which a machine in service was off, whatever the master knew. */
  readonly downTime: Float64Array;
  /** Time in which a machine in service ran, and the master could not reach it. */
  readonly cutTime: Float64Array;
  /** Amounts allocated on each machine (or group of machines) over time: column `row * dims + dimension`. */
  readonly heat: BinnedAmounts;
  readonly machinesPerHeatRow: number;
  /** Number of machines in service that run, whatever the master knows, over time. */
  readonly up: BinnedLevel;

  private readonly cluster: Cluster;
  private readonly dims: number;
  /** The actual states of machines that do not answer. */
  private readonly outages = new Map<MachineId, Outage>();
  /** Of machines that were added, removed or updated. */
  private readonly pasts = new Map<MachineId, MachinePast>();
  /** Whether the machine is in service and runs. */
  private readonly runs: Uint8Array;
  private readonly origin: Micros;
  private end: Micros;

  constructor(cluster: Cluster, origin: Micros, bins: TimeBins) {
    this.cluster = cluster;
    this.dims = cluster.space.size;
    this.origin = origin;
    this.end = origin;
    this.machinesPerHeatRow = Math.max(1, Math.ceil(cluster.machines.count / MAX_HEAT_ROWS));
    this.heat = bins.amounts(Math.ceil(cluster.machines.count / this.machinesPerHeatRow) * this.dims);
    const { count } = cluster.machines;
    this.integral = new Float64Array(count * this.dims);
    this.started = new Int32Array(count);
    this.downTime = new Float64Array(count);
    this.cutTime = new Float64Array(count);
    this.up = new BinnedLevel(bins, origin);
    this.runs = new Uint8Array(count);
    for (let machine = 0; machine < count; machine++) this.countRunning(machine, origin);
  }

  /** A task had the amounts from `amounts[from]` on, on the machine, for this time: the located interval of the bins. */
  allocatedFor(machine: MachineId, amounts: Column, from: number, lasted: Micros): void {
    const { dims, integral, machinesPerHeatRow } = this;
    const row = machine * dims;
    for (let d = 0; d < dims; d++) integral[row + d] += amounts[from + d] * lasted;
    const heatRow = machinesPerHeatRow === 1 ? machine : Math.floor(machine / machinesPerHeatRow);
    this.heat.addRow(heatRow * dims, amounts, from, dims);
  }

  /** The ledger has another state for the machine. It may be in service from now on, or no longer. */
  stateChanged(machine: MachineId, now: Micros): void {
    const outage = this.outages.get(machine);
    if (outage !== undefined) this.countOutage(machine, outage, now);
    this.countRunning(machine, now);
  }

  actualStateChanged(machine: MachineId, state: ActualState, now: Micros): void {
    const outage = this.outages.get(machine);
    if (outage !== undefined) this.countOutage(machine, outage, now);
    if (state === 'answering') this.outages.delete(machine);
    else this.outages.set(machine, { state, until: now, isInService: this.isInService(machine) });
    this.countRunning(machine, now);
  }

  private countRunning(machine: MachineId, now: Micros): void {
    const runs = this.isInService(machine) && this.outages.get(machine)?.state !== 'off' ? 1 : 0;
    if (runs === this.runs[machine]) return;
    this.up.change(runs - this.runs[machine], now);
    this.runs[machine] = runs;
  }

  /** Counts an outage up to now. A machine that is switched off, or not in the cluster, is not down. */
  private countOutage(machine: MachineId, outage: Outage, now: Micros): void {
    const times = outage.state === 'off' ? this.downTime : this.cutTime;
    if (outage.isInService) times[machine] += now - outage.until;
    outage.until = now;
    outage.isInService = this.isInService(machine);
  }

  private isInService(machine: MachineId): boolean {
    return !isOutOfService(this.cluster.machines.stateOf(machine));
  }

  /** The machine was added, removed or updated, or is rented from now on. `before` is its capacity until now, empty when it was absent. */
  revised(machine: MachineId, before: Column, now: Micros): void {
    this.count(machine, before, now);
  }

  /** The machine was rented, or in the cluster, with its capacity until now. */
  wasThere(machine: MachineId, now: Micros): void {
    const { dims } = this;
    this.count(machine, this.cluster.machines.capacity.subarray(machine * dims, (machine + 1) * dims), now);
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

  /** Counts the time up to the end of the run. `isThere`: whether the machine is in the cluster, own or rented. */
  close(end: Micros, isThere: (machine: MachineId) => boolean): void {
    this.end = end;
    this.up.advance(end);
    for (let machine = 0; machine < this.cluster.machines.count; machine++) {
      if (!isThere(machine)) this.count(machine, [], end);
      else if (this.pasts.has(machine)) this.wasThere(machine, end);
    }
    for (const [machine, outage] of this.outages) this.countOutage(machine, outage, end);
  }
}
