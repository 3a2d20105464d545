import type { PlacementSink, SchedulingView } from '../../src/policies/contract.js';
import { CPUS_MEM_GPUS, machinesOf, simulate } from '../simulate.js';
import { rowsOf, traceOf } from '../traces-in-memory.js';

/** Runs a policy called `mine` with one task and one machine. */
export function runWithOneTask(schedule: (view: SchedulingView, act: PlacementSink) => void) {
  return simulate({
    space: CPUS_MEM_GPUS,
    machines: machinesOf(CPUS_MEM_GPUS, [{ cpus: 4, gpus: 0 }]),
    trace: traceOf(CPUS_MEM_GPUS, rowsOf(CPUS_MEM_GPUS, [{ needs: { cpus: 1 }, runs: 9 }]), {
      frameworks: [{ name: 'a' }],
    }),
    parts: { architecture: 'monolithic', scheduler: { name: 'mine', schedule } },
    until: 20,
  });
}
