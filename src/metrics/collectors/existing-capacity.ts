import type { Cluster, Column, MachineId, MachineRevision, Micros } from '../../model/index.js';
import { BinnedLevel } from '../kernels/binned-level.js';
import type { TimeBins } from '../kernels/time-bins.js';

/**
 * The capacity that exists: that of own machines in the cluster, in any state, and of rented machines from order to return. Shares of
 * the capacity refer to it, so a share does not rise when a machine fails.
 */
export class ExistingCapacity {
  /** In quanta, per dimension. */
  readonly now: Float64Array;
  private readonly cluster: Cluster;
  private readonly rented = new Set<MachineId>();
  private readonly integral: Float64Array;
  private readonly start: Micros;
  private since: Micros;
  private rentedSeries: BinnedLevel | undefined;

  constructor(cluster: Cluster, start: Micros) {
    this.cluster = cluster;
    this.start = start;
    this.since = start;
    this.now = new Float64Array(cluster.space.size);
    this.integral = new Float64Array(cluster.space.size);
    for (let machine = 0; machine < cluster.machines.count; machine++)
      if (this.isOwn(machine) && cluster.machines.isPresent(machine)) this.add(machine, 1);
  }

  /** Records the number of rented machines over time, too, if the run can rent. Call it when the run starts. */
  record(bins: TimeBins): void {
    const canRent = this.cluster.machines.specs.some(({ supply }) => supply === 'rented');
    if (canRent) this.rentedSeries = new BinnedLevel(bins, this.start);
  }

  /** Mean number of rented machines in each bin until `end`; undefined if the run cannot rent. */
  rentedMachines(end: Micros): Float64Array | undefined {
    this.rentedSeries?.advance(end);
    return this.rentedSeries?.means(end);
  }

  /** The machine was added, removed or updated. `before` is its capacity until now, empty when it was absent. */
  machineRevised(machine: MachineId, revision: MachineRevision, before: Column, now: Micros): void {
    if (!this.isOwn(machine) && !this.rented.has(machine)) return;
    this.advance(now);
    for (let d = 0; d < before.length; d++) this.now[d] -= before[d];
    if (revision !== 'removed') this.add(machine, 1);
  }

  /** The machines that are rented at the start. */
  continueFrom(before: ExistingCapacity): void {
    for (const machine of before.rented) this.rented.add(machine);
    this.now.set(before.now);
  }

  machineOrdered(machine: MachineId, now: Micros): void {
    this.advance(now);
    this.rented.add(machine);
    this.rentedSeries?.change(1, now);
    this.add(machine, 1);
  }

  machineGivenBack(machine: MachineId, now: Micros): void {
    this.advance(now);
    this.rented.delete(machine);
    this.rentedSeries?.change(-1, now);
    this.add(machine, -1);
  }

  /** Whether the machine is there now: in the cluster, and rented if it is one to rent. */
  isThere(machine: MachineId): boolean {
    const { specs } = this.cluster.machines;
    return specs[machine].supply === 'rented'
      ? this.rented.has(machine)
      : this.cluster.machines.isPresent(machine);
  }

  /** Counts the time up to `now`. */
  advance(now: Micros): void {
    const lasted = now - this.since;
    this.since = now;
    for (let d = 0; d < this.now.length; d++) this.integral[d] += this.now[d] * lasted;
  }

  /** Quanta x Micros until the latest advance. */
  total(dimension: number): number {
    return this.integral[dimension];
  }

  /** An amount x Micros as a share of the capacity until the latest advance; 0 without capacity. */
  shareOf(integral: number, dimension: number): number {
    const whole = this.integral[dimension];
    return whole > 0 ? integral / whole : 0;
  }

  /** Mean amount in quanta until the latest advance. */
  mean(dimension: number): number {
    const lasted = this.since - this.start;
    return lasted > 0 ? this.integral[dimension] / lasted : this.now[dimension];
  }

  private isOwn(machine: MachineId): boolean {
    return (this.cluster.machines.specs[machine].supply ?? 'own') === 'own';
  }

  private add(machine: MachineId, sign: 1 | -1): void {
    const { space, machines } = this.cluster;
    for (let d = 0; d < space.size; d++) this.now[d] += sign * machines.capacity[machine * space.size + d];
  }
}
