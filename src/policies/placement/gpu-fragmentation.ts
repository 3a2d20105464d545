import { admits, MAX_DEVICES } from '../../model/index.js';
import type { DeviceMask, KindId, MachineId, MachineSight, TaskClassId } from '../contract.js';
import { CpuAndGpu } from './cpu-and-gpu.js';
import type { TypicalTask } from './typical-tasks.js';

/**
 * The expected amount of a machine's free GPU that the next task cannot use, in thousandths of a GPU. The next task is drawn
 * from the typical tasks. It cannot use any GPU if it demands none or does not fit (memory is ignored). If it fits, it cannot
 * use the rest of devices that are too full for it.
 *
 * The sums use the published order and bins, because the last bit can change a score that is truncated to an integer
 * (docs/studies.md). One object serves one view.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023, section 4; hkust-adsl/kubernetes-scheduler-simulator 8f3d641.
 */
export class GpuFragmentation {
  private readonly typical: readonly TypicalTask[];
  // One entry per typical task. These are typed arrays because the sums take most of the time of FGD.
  private readonly cpuMilli: Float64Array;
  private readonly gpuCount: Int32Array;
  private readonly probability: Float64Array;
  /** Index of its GPU share in `shares`. */
  private readonly share: Int32Array;
  /** The distinct GPU shares in demand. */
  private readonly shares: Int32Array;
  /** Per share: the number of devices of the current machine that have enough left. */
  private readonly sufficient: Int32Array;
  /** Per share: the amount left on the other devices. */
  private readonly stranded: Int32Array;
  /** The amount left on each device of the current machine. */
  private readonly left = new Int32Array(MAX_DEVICES);
  /** By kind of machine: 1 for each typical task that its attributes allow. */
  private readonly allowedOn: (Uint8Array | undefined)[] = [];
  private readonly isConstrained: boolean;
  private readonly see: MachineSight;
  private readonly amounts: CpuAndGpu;

  constructor(typical: readonly TypicalTask[], see: MachineSight) {
    this.see = see;
    this.amounts = new CpuAndGpu(see);
    const shares = [...new Set(typical.map(({ gpuMilliEach }) => gpuMilliEach))];
    this.typical = typical;
    this.isConstrained = typical.some(({ constraint }) => constraint.length > 0);
    this.cpuMilli = Float64Array.from(typical, ({ cpuMilli }) => cpuMilli);
    this.gpuCount = Int32Array.from(typical, ({ gpuCount }) => gpuCount);
    this.probability = Float64Array.from(typical, ({ probability }) => probability);
    this.share = Int32Array.from(typical, ({ gpuMilliEach }) => shares.indexOf(gpuMilliEach));
    this.shares = Int32Array.from(shares);
    this.sufficient = new Int32Array(shares.length);
    this.stranded = new Int32Array(shares.length);
  }

  /** The fragmentation of the machine in its current state. */
  of(machine: MachineId): number {
    const devices = this.load(machine);
    if (devices === 0) return 0;
    return this.measure(this.allowed(machine), this.amounts.freeCpu(machine), devices);
  }

  /** The fragmentation of the machine after one more task of this class starts on these devices. */
  with(machine: MachineId, taskClass: TaskClassId, taken: DeviceMask): number {
    const devices = this.load(machine);
    if (devices === 0) return 0;
    const milli = this.see.deviceShare(taskClass);
    for (let device = 0; device < devices; device++)
      if ((taken & (1 << device)) !== 0) this.left[device] -= milli;
    const cpuLeft = this.amounts.freeCpu(machine) - this.amounts.askedCpu(taskClass);
    return this.measure(this.allowed(machine), cpuLeft, devices);
  }

  private load(machine: MachineId): number {
    const devices = this.see.devices(machine);
    for (let device = 0; device < devices; device++) this.left[device] = this.see.deviceFree(machine, device);
    return devices;
  }

  private measure(allowed: Uint8Array, cpuLeft: number, devices: number): number {
    const { cpuMilli, gpuCount, probability, share, sufficient, stranded } = this;
    const idle = this.weighDevices(devices);
    // The published bins. Too little: q1 CPU and GPU, q2 GPU (also the stranded GPU beside a task that fits), q4 CPU.
    // Tasks without GPU: xl with enough CPU, xr with too little. na: the constraint forbids the machine.
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

  /** Fills `sufficient` and `stranded`. Returns the amount left on all devices. */
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

  private allowed(machine: MachineId): Uint8Array {
    // Without constraints all kinds are alike, and the score need not tell them apart.
    const kind = this.isConstrained ? this.see.kind(machine) : 0;
    return this.allowedOn[kind] ?? this.fillAllowed(kind, machine);
  }

  private fillAllowed(kind: KindId, machine: MachineId): Uint8Array {
    const row = Uint8Array.from(this.typical, ({ constraint }) =>
      constraint.every((one) => admits(one, this.valueOf(machine, one.attribute))) ? 1 : 0,
    );
    this.allowedOn[kind] = row;
    return row;
  }

  private valueOf(machine: MachineId, name: string): string | undefined {
    const { space } = this.see;
    const attribute = space.attribute(name);
    return space.value(attribute, this.see.domain(machine, attribute));
  }
}
