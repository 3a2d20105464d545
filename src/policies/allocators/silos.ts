import type { FrameworkId, MachineId } from '../../model/index.js';
import type { Allocator } from '../contract.js';

/**
 * Static partitions: each machine belongs to one framework and is offered to no other, whether its owner needs it or not.
 * `owner[machine]` is the framework, or NONE for a machine that nobody owns.
 */
export function silosAllocator(owner: ArrayLike<FrameworkId>): Allocator {
  return {
    name: 'silos',
    allocate(view, offers) {
      for (let i = 0; i < view.candidateCount; i++) {
        const machine: MachineId = view.candidates[i];
        if (owner[machine] >= 0) offers.offer(owner[machine], machine);
      }
    },
  };
}
