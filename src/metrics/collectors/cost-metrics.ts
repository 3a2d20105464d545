import {
  type ActualState,
  type Cluster,
  type Column,
  type FrameworkId,
  grown,
  HOUR,
  isOutOfService,
  type MachineId,
  type Micros,
  NONE,
  type TaskClassId,
  type TaskId,
} from '../../model/index.js';
import { BinnedLevel } from '../kernels/binned-level.js';
import type { TimeBins } from '../kernels/time-bins.js';

/** Data sent out of a cloud, and its price. */
export interface EgressPrice {
  /** In 10^6 bytes per second, for each core allocated to tasks on a rented machine. */
  readonly megabytesPerSecondPerCore: number;
  /** Price of 10^9 bytes. */
  readonly pricePerGigabyte: number;
}

/**
 * The cost of machines, and the charges to frameworks. While a task runs, it is charged its share of the machine's price: the mean
 * of its shares of cpus and memory. So the charges of a machine never exceed its price. The rest is the cost of idle resources.
 * Revocable resources are free of charge, because the tasks of their host pay for them.
 */
export class CostMetrics {
  /** Cost of rented machines, and of data sent out of the cloud, in the currency of the prices. */
  rented = 0;
  egress = 0;
  /** Hours of rented machines, from order to return. */
  rentedHours = 0;

  private readonly cluster: Cluster;
  private readonly egressPrice: EgressPrice;
  private readonly dimensions: readonly number[];
  private readonly charged: number[] = [];
  /** Machines that are off, whatever the master knows. They cost nothing, so their tasks are charged nothing. */
  private readonly off = new Set<MachineId>();
  /** By row of the ledger: the start of the charge at the task's current size; NaN if the task is not charged now. */
  private since = new Float64Array(256).fill(Number.NaN);
  private readonly orderedAt = new Map<MachineId, Micros>();
  /** Price of an hour of each machine that costs something now, and their sum over time. */
  private readonly rates: Float64Array;
  private series: BinnedLevel | undefined;

  constructor(cluster: Cluster, egressPrice: EgressPrice) {
    this.cluster = cluster;
    this.egressPrice = egressPrice;
    this.rates = new Float64Array(cluster.machines.count);
    this.dimensions = [cluster.space.dimensionOf('cpus'), cluster.space.dimensionOf('mem')].filter(
      (d) => d >= 0,
    );
  }

  /** Records the cost of an hour over time, from the start of the run. */
  record(bins: TimeBins, start: Micros): void {
    this.series = new BinnedLevel(bins, start);
    for (let machine = 0; machine < this.rates.length; machine++) this.machineChanged(machine, start);
  }

  /** Cost of an hour in each bin until `end`: of own machines that are there and run, and of rented ones. Without data sent out. */
  perHour(end: Micros): Float64Array {
    return this.series?.means(end) ?? new Float64Array(0);
  }

  /** The machine may cost something from now on, or no longer. */
  machineChanged(machine: MachineId, now: Micros): void {
    const { machines } = this.cluster;
    const { supply = 'own', pricePerHour = 0 } = machines.specs[machine];
    const isPaid =
      supply === 'own'
        ? machines.isPresent(machine) &&
          !(this.off.has(machine) && !isOutOfService(machines.stateOf(machine)))
        : this.orderedAt.has(machine);
    const rate = isPaid ? pricePerHour : 0;
    if (rate === this.rates[machine]) return;
    this.series?.change(rate - this.rates[machine], now);
    this.rates[machine] = rate;
  }

  taskStarted(task: TaskId, now: Micros): void {
    if (task >= this.since.length) this.since = grown(this.since, task + 1, Number.NaN);
    this.since[task] = this.off.has(this.cluster.tasks.machine[task]) ? Number.NaN : now;
  }

  taskStopped(task: TaskId, machine: MachineId, now: Micros): void {
    this.charge(task, machine, this.cluster.tasks.taskClass[task], now);
    this.since[task] = Number.NaN;
  }

  /** Charges the tasks on the machine up to now. Its capacity was `before` until now. */
  machineRevised(machine: MachineId, before: Column, now: Micros): void {
    const { machines, tasks } = this.cluster;
    for (let task = machines.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task])
      if (task < this.since.length) this.charge(task, machine, tasks.taskClass[task], now, before);
    this.machineChanged(machine, now);
  }

  /** Charges the tasks on a machine that stops, and charges them again from the time at which it runs. */
  actualStateChanged(machine: MachineId, state: ActualState, now: Micros): void {
    const isOff = state === 'off';
    if (isOff === this.off.has(machine)) return;
    if (isOff) this.off.add(machine);
    else this.off.delete(machine);
    this.machineChanged(machine, now);
    const { machines, tasks } = this.cluster;
    for (let task = machines.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task]) {
      if (task >= this.since.length) continue;
      this.charge(task, machine, tasks.taskClass[task], now);
      this.since[task] = isOff ? Number.NaN : now;
    }
  }

  /**
   * Charges a running task up to now if its machine runs. It had this class since the last charge.
   * `capacity`: that of its machine since then, in quanta per dimension; left out if it has the same now.
   */
  charge(task: TaskId, machine: MachineId, taskClass: TaskClassId, now: Micros, capacity?: Column): void {
    if (Number.isNaN(this.since[task])) return;
    const { machines, classes, space, tasks } = this.cluster;
    const { supply, pricePerHour = 0 } = machines.specs[machine];
    const hours = (now - this.since[task]) / HOUR;
    this.since[task] = now;
    let share = 0;
    for (const d of this.dimensions) {
      const whole = capacity?.[d] ?? machines.capacity[machine * space.size + d];
      const given = classes.demand[taskClass * space.size + d];
      if (whole > 0) share += given / whole / this.dimensions.length;
    }
    const egress = supply === 'rented' ? this.egressOf(taskClass, hours) : 0;
    this.egress += egress;
    const framework = tasks.framework[task];
    this.charged[framework] = this.chargedTo(framework) + share * pricePerHour * hours + egress;
  }

  machineOrdered(machine: MachineId, now: Micros): void {
    this.orderedAt.set(machine, now);
    this.machineChanged(machine, now);
  }

  machineGivenBack(machine: MachineId, now: Micros): void {
    const hours = (now - (this.orderedAt.get(machine) ?? now)) / HOUR;
    this.orderedAt.delete(machine);
    this.machineChanged(machine, now);
    this.rentedHours += hours;
    this.rented += hours * (this.cluster.machines.specs[machine].pricePerHour ?? 0);
  }

  /** Charges running tasks, and counts rented machines, up to the end of the run. */
  close(end: Micros): void {
    const { tasks } = this.cluster;
    this.series?.advance(end);
    for (let task = 0; task < Math.min(tasks.bound, this.since.length); task++)
      this.charge(task, tasks.machine[task], tasks.taskClass[task], end);
    for (const machine of [...this.orderedAt.keys()]) this.machineGivenBack(machine, end);
  }

  /** In the currency of the prices. */
  chargedTo(framework: FrameworkId): number {
    return this.charged[framework] ?? 0;
  }

  private egressOf(taskClass: TaskClassId, hours: number): number {
    const { megabytesPerSecondPerCore, pricePerGigabyte } = this.egressPrice;
    const { classes, space } = this.cluster;
    const [cpus] = this.dimensions;
    const cores = classes.demand[taskClass * space.size + cpus] / space.kinds[cpus].quantaPerUnit;
    // 3,600 s an hour, 1,000 MB to a GB.
    return cores * megabytesPerSecondPerCore * 3.6 * hours * pricePerGigabyte;
  }
}
