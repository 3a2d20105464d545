import {
  type DeviceMask,
  type FreeTable,
  MAX_DEVICES,
  type MachineId,
  satisfies,
  type TaskClassId,
} from '../../model/index.js';
import { askedCpu, freeCpu } from './cpu-and-gpu.js';
import type { TypicalTask } from './typical-tasks.js';

/**
 * How much of a machine's free GPU the next task, drawn from the typical ones, could not use, in thousandths of a GPU: all of it
 * when the task asks for no GPU or finds no room (memory aside), else what is left on devices too full for it.
 *
 * The sums run in the published order, in the published bins, because scores that are cut to whole numbers turn on the last bit
 * (docs/studies.md). One object serves one cluster.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023, section 4; hkust-adsl/kubernetes-scheduler-simulator 8f3d641.
 */
export class GpuFragmentation {
  private readonly typical: readonly TypicalTask[];
  // Columns, because these sums are most of the work of FGD: one entry per typical task.
  private readonly cpuMilli: Float64Array;
  private readonly gpuCount: Int32Array;
  private readonly probability: Float64Array;
  /** Place of its GPU share among the different shares. */
  private readonly share: Int32Array;
  /** The different GPU shares asked for, and for the machine at hand: devices that suffice, and what is left on the others. */
  private readonly shares: Int32Array;
  private readonly sufficient: Int32Array;
  private readonly stranded: Int32Array;
  /** What is left on each device of the machine at hand. */
  private readonly left = new Int32Array(MAX_DEVICES);
  /** By machine: for each typical task 1 when the attributes of the machine allow it. Machines alike share one. */
  private readonly allowedOn: Uint8Array[] = [];
  private readonly allowedByText = new Map<string, Uint8Array>();

  constructor(typical: readonly TypicalTask[]) {
    const shares = [...new Set(typical.map(({ gpuMilliEach }) => gpuMilliEach))];
    this.typical = typical;
    this.cpuMilli = Float64Array.from(typical, ({ cpuMilli }) => cpuMilli);
    this.gpuCount = Int32Array.from(typical, ({ gpuCount }) => gpuCount);
    this.probability = Float64Array.from(typical, ({ probability }) => probability);
    this.share = Int32Array.from(typical, ({ gpuMilliEach }) => shares.indexOf(gpuMilliEach));
    this.shares = Int32Array.from(shares);
    this.sufficient = new Int32Array(shares.length);
    this.stranded = new Int32Array(shares.length);
  }

  /** Of the machine as it is. */
  of(table: FreeTable, machine: MachineId): number {
    const devices = this.load(table, machine);
    return this.measure(this.allowed(table, machine), freeCpu(table, machine), devices);
  }

  /** Of the machine with one more task of this class, on these devices. */
  with(table: FreeTable, machine: MachineId, taskClass: TaskClassId, taken: DeviceMask): number {
    const devices = this.load(table, machine);
    const milli = table.classes.gpuMilliEach[taskClass];
    for (let device = 0; device < devices; device++)
      if ((taken & (1 << device)) !== 0) this.left[device] -= milli;
    const cpuLeft = freeCpu(table, machine) - askedCpu(table, taskClass);
    return this.measure(this.allowed(table, machine), cpuLeft, devices);
  }

  private load(table: FreeTable, machine: MachineId): number {
    const first = table.machines.gpuStart[machine];
    const devices = table.machines.gpuStart[machine + 1] - first;
    for (let device = 0; device < devices; device++) this.left[device] = table.gpuFree[first + device];
    return devices;
  }

  private measure(allowed: Uint8Array, cpuLeft: number, devices: number): number {
    if (devices === 0) return 0;
    const { cpuMilli, gpuCount, probability, share, sufficient, stranded } = this;
    const idle = this.weighDevices(devices);
    // The published bins: q1 lacks cpu and GPU, q2 lacks GPU (and what stays stranded beside a task that fits), q4 lacks cpu,
    // xl asks for no GPU and finds cpu, xr asks for none and lacks cpu, na accepts no such machine.
    let q1 = 0;
    let q2 = 0;
    let q4 = 0;
    let xl = 0;
    let xr = 0;
    let na = 0;
    for (let i = 0; i < probability.length; i++) {
      const hasCpu = cpuLeft >= cpuMilli[i];
      if (gpuCount[i] === 0) {
        if (hasCpu) xl += probability[i] * idle;
        else xr += probability[i] * idle;
      } else if (allowed[i] === 0) na += probability[i] * idle;
      else if (sufficient[share[i]] >= gpuCount[i]) {
        if (hasCpu) q2 += probability[i] * stranded[share[i]];
        else q4 += probability[i] * idle;
      } else if (hasCpu) q2 += probability[i] * idle;
      else q1 += probability[i] * idle;
    }
    return q1 + q2 + q4 + xl + xr + na;
  }

  /** For each share: how many devices suffice, and what is left on those that do not. Returns what is left on all. */
  private weighDevices(devices: number): number {
    const { left, shares, sufficient, stranded } = this;
    let idle = 0;
    for (let device = 0; device < devices; device++) idle += left[device];
    for (let i = 0; i < shares.length; i++) {
      const milli = shares[i];
      let count = 0;
      let small = 0;
      for (let device = 0; device < devices; device++) {
        if (left[device] >= milli) count++;
        else small += left[device];
      }
      sufficient[i] = count;
      stranded[i] = small;
    }
    return idle;
  }

  private allowed(table: FreeTable, machine: MachineId): Uint8Array {
    const known = this.allowedOn[machine];
    if (known !== undefined) return known;
    const attributes = table.machines.specs[machine].attributes ?? {};
    const row = Uint8Array.from(this.typical, ({ constraint }) =>
      satisfies(attributes, constraint) ? 1 : 0,
    );
    const text = row.join('');
    const shared = this.allowedByText.get(text) ?? row;
    this.allowedByText.set(text, shared);
    this.allowedOn[machine] = shared;
    return shared;
  }
}
