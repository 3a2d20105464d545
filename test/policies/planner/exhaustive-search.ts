import type { DeviceMask, MachineId, SchedulingView, TaskId } from '../../../src/policies/contract.js';

/**
 * The naive twin of the search: can these tasks stand together in `view.whatIf`? It puts each task on each machine with
 * each set of devices, and the host checks every put. Tasks of one class take places in rising order.
 */
export function standsSomewhere(
  view: SchedulingView,
  members: readonly TaskId[],
  where: (machine: MachineId, task: TaskId) => boolean = () => true,
): boolean {
  const { whatIf, tasks } = view;
  const { machines } = whatIf;
  const sorted = [...members].sort((a, b) => tasks.taskClass(a) - tasks.taskClass(b));
  const place = (at: number, from: MachineId): boolean => {
    if (at === sorted.length) return true;
    const task = sorted[at];
    const isAlike = at > 0 && tasks.taskClass(task) === tasks.taskClass(sorted[at - 1]);
    for (let machine = isAlike ? from : 0; machine < machines.count; machine++) {
      if (!where(machine, task)) continue;
      for (const mask of masksOf(machines.devices(machine), machines.deviceCount(tasks.taskClass(task)))) {
        const mark = whatIf.mark();
        const stands = whatIf.put(task, machine, mask) === 'done' && place(at + 1, machine);
        whatIf.undo(mark);
        if (stands) return true;
      }
    }
    return false;
  };
  return place(0, 0);
}

/** All sets of `count` of these devices; 0 for none. */
function masksOf(devices: number, count: number): DeviceMask[] {
  const masks: DeviceMask[] = [];
  for (let mask = 0; mask < 2 ** devices; mask++) if (bits(mask) === count) masks.push(mask);
  return masks;
}

function bits(mask: DeviceMask): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest >>>= 1) count += rest & 1;
  return count;
}
