import type { SchedulingView, TaskClassId } from '../contract.js';

/**
 * The most that any machine has free of each resource. Starts only reduce it, so it is an upper bound until the end of a pass. It rejects
 * most classes that fit nowhere without visiting the machines.
 */
export class MostFree {
  private readonly most: number[] = [];

  /** A pass begins. */
  update({ machines, space }: SchedulingView): void {
    for (const d of space.dimensions) {
      let most = 0;
      for (let machine = 0; machine < machines.count; machine++)
        most = Math.max(most, machines.free(machine, d));
      this.most[d] = most;
    }
  }

  /** Could a task of the class fit a machine? */
  mayHold({ machines, space }: SchedulingView, taskClass: TaskClassId): boolean {
    for (const d of space.dimensions) if (machines.demand(taskClass, d) > this.most[d]) return false;
    return true;
  }
}
