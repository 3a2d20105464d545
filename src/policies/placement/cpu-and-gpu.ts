import type { Dimension, MachineId, MachineSight, TaskClassId } from '../contract.js';

/**
 * The cores of the largest machine of the openb experiment: 128, in thousandths. The published scores are normalized by it
 * (hkust-adsl/kubernetes-scheduler-simulator 8f3d641, MaxSpecCpu).
 */
export const MAX_CPU_MILLI = 128_000;
/** The GPUs of the largest machine: 8, in thousandths. */
export const MAX_GPU_MILLI = 8_000;

/** CPU and GPU amounts in thousandths; 0 in a run without the resource. */
export class CpuAndGpu {
  readonly see: MachineSight;
  private readonly cpus: Dimension | undefined;
  private readonly gpus: Dimension | undefined;

  constructor(see: MachineSight) {
    this.see = see;
    this.cpus = see.space.has('cpus') ? see.space.dimension('cpus') : undefined;
    this.gpus = see.space.has('gpus') ? see.space.dimension('gpus') : undefined;
  }

  freeCpu(machine: MachineId): number {
    return this.cpus === undefined ? 0 : this.see.free(machine, this.cpus);
  }

  /** Over all devices of the machine. */
  freeGpu(machine: MachineId): number {
    return this.gpus === undefined ? 0 : this.see.free(machine, this.gpus);
  }

  askedCpu(taskClass: TaskClassId): number {
    return this.cpus === undefined ? 0 : this.see.demand(taskClass, this.cpus);
  }

  /** Over all devices of the task. */
  askedGpu(taskClass: TaskClassId): number {
    return this.see.deviceCount(taskClass) * this.see.deviceShare(taskClass);
  }
}
