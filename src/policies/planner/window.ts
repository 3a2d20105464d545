import type { SchedulingView, TaskId } from '../contract.js';
import type { ClusterProfile, Planned } from './cluster-profile.js';

/**
 * Shapes `view.whatIf` as the cluster is planned to be from one time to another, for tasks that start at `from`. The room is the
 * least in this window. Placement rules see every task that is expected on its machine at any time in it; a rule that requires
 * a neighbour sees running tasks only, because it must run when the task starts.
 */
export function shapeWindow(
  view: SchedulingView,
  profile: ClusterProfile,
  planned: Iterable<Planned>,
  from: number,
  to: number,
): void {
  const { whatIf, space } = view;
  whatIf.reset('now');
  for (const run of profile.running) if (run.expectedEnd <= from) whatIf.remove(run.task);
  for (const one of planned) addNeighbours(view, one, from, to);
  for (let machine = 0; machine < profile.machines.length; machine++) {
    const presence = profile.presence[machine];
    const isThere = presence.from <= from && presence.until >= to;
    if (presence.from > view.now && isThere) whatIf.open(machine);
    const least = profile.machines[machine].leastFrom(from, to);
    for (const d of space.dimensions) {
      const room = isThere ? least[d] : 0;
      const surplus = whatIf.machines.free(machine, d) - room;
      if (surplus !== 0) whatIf.block(machine, d, surplus);
    }
    for (let device = 0; device < whatIf.machines.devices(machine); device++) {
      const room = isThere ? least[space.dimensions.length + device] : 0;
      const surplus = whatIf.machines.deviceFree(machine, device) - room;
      if (surplus !== 0) whatIf.blockDevice(machine, device, surplus);
    }
  }
}

function addNeighbours({ whatIf, tasks }: SchedulingView, one: Planned, from: number, to: number): void {
  if (!(one.start < to)) return;
  one.members.forEach((task: TaskId, i) => {
    if (one.start + tasks.estimate(task) > from) whatIf.neighbour(task, one.machines[i]);
  });
}
