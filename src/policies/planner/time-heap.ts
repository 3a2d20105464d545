import type { MachineId, Micros } from '../contract.js';

/** Machines by the time of their next change: a binary heap in typed arrays, the earliest time first. */
export class TimeHeap {
  length = 0;
  private times = new Float64Array(64);
  private machines = new Int32Array(64);

  clear(): void {
    this.length = 0;
  }

  /** The earliest time; Infinity when the heap is empty. */
  get time(): Micros {
    return this.length === 0 ? Number.POSITIVE_INFINITY : this.times[0];
  }

  push(time: Micros, machine: MachineId): void {
    if (this.length === this.times.length) this.grow();
    let place = this.length++;
    for (; place > 0; place = (place - 1) >> 1) {
      const parent = (place - 1) >> 1;
      if (this.times[parent] <= time) break;
      this.times[place] = this.times[parent];
      this.machines[place] = this.machines[parent];
    }
    this.times[place] = time;
    this.machines[place] = machine;
  }

  /** Removes the machine with the earliest time. The heap must not be empty. */
  pop(): MachineId {
    const first = this.machines[0];
    const length = --this.length;
    const [time, machine] = [this.times[length], this.machines[length]];
    let place = 0;
    for (let child = 1; child < length; child = 2 * place + 1) {
      if (child + 1 < length && this.times[child + 1] < this.times[child]) child++;
      if (this.times[child] >= time) break;
      this.times[place] = this.times[child];
      this.machines[place] = this.machines[child];
      place = child;
    }
    this.times[place] = time;
    this.machines[place] = machine;
    return first;
  }

  private grow(): void {
    const times = new Float64Array(this.times.length * 2);
    const machines = new Int32Array(this.machines.length * 2);
    times.set(this.times);
    machines.set(this.machines);
    this.times = times;
    this.machines = machines;
  }
}
