import type { MachineId } from '../../model/index.js';
import type { ProbeGroup } from './probe-group.js';

/** The queue that each worker keeps of the probes that reached it: first come, first served. */
export class WorkerQueues {
  private readonly queues: Queue[] = [];

  length(machine: MachineId): number {
    const queue = this.queues[machine];
    return queue === undefined ? 0 : queue.probes.length - queue.head;
  }

  add(machine: MachineId, group: ProbeGroup): void {
    this.queues[machine] ??= { probes: [], head: 0 };
    this.queues[machine].probes.push(group);
    group.probes++;
  }

  /** Whose probe is at the head, or undefined. */
  first(machine: MachineId): ProbeGroup | undefined {
    const queue = this.queues[machine];
    return queue?.probes[queue.head];
  }

  /** Takes the probe at the head out. */
  drop(machine: MachineId): void {
    const queue = this.queues[machine];
    queue.probes[queue.head++].probes--;
    if (queue.head < 64 || queue.head * 2 < queue.probes.length) return;
    queue.probes.splice(0, queue.head);
    queue.head = 0;
  }
}

interface Queue {
  readonly probes: ProbeGroup[];
  /** Place of the head; what lies before it is gone. */
  head: number;
}
