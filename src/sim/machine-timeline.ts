import { FOREVER, type MachineId, type Micros, NONE, type TaskId, updateMachine } from '../model/index.js';
import type { MachineChange, MachineVersion } from '../workloads/machine-change.js';
import type { AnnouncedMachines } from './announced-machines.js';
import type { Architecture } from './architectures/architecture.js';
import { EventClass, type EventQueue } from './event-queue.js';
import type { Execution } from './execution.js';
import type { Fleet } from './failures/fleet.js';

/** Subject of the event of the next change. The events of MachineChanges have greater ones. */
export const NEXT_CHANGE = -1;

/** What the changes act on. */
export interface TimelineTerms {
  readonly execution: Execution;
  readonly architecture: Architecture;
  readonly events: EventQueue;
  /** Left out if no machine can fail. */
  readonly fleet: Fleet | undefined;
  /** Called after each change. */
  readonly changed: () => void;
}

/**
 * Machines that are added, removed or changed at times that the trace gives. The master notices each change at once. Policies are not
 * told before. Tasks on a machine that is removed restart elsewhere. When the tasks on a machine exceed its new capacity, the
 * latest started leave first.
 */
export class MachineTimeline {
  private readonly announced: AnnouncedMachines;
  private readonly terms: TimelineTerms;
  private start: Micros = 0;

  constructor(announced: AnnouncedMachines, terms: TimelineTerms) {
    this.announced = announced;
    this.terms = terms;
  }

  begin(start: Micros): void {
    this.start = start;
    this.scheduleNext();
  }

  /** Number of pending events. They alone do not keep a run going. */
  get pending(): 0 | 1 {
    return this.announced.next === undefined ? 0 : 1;
  }

  /** The next change happens. */
  due(): void {
    const change = this.announced.next as MachineChange;
    this.announced.happened++;
    if (change.kind === 'add') this.add(change);
    else if (change.kind === 'update') this.update(change);
    else this.remove(change.machine);
    this.scheduleNext();
    this.terms.changed();
  }

  /** Only one change is scheduled at a time, because a month of a large cell has hundreds of thousands. */
  private scheduleNext(): void {
    const change = this.announced.next;
    if (change === undefined) return;
    // Machines that join do so before tasks end, and others leave after that, as in failures.
    const kind = change.kind === 'add' ? EventClass.machineUp : EventClass.machineDown;
    this.terms.events.add(Math.max(this.start, change.time), kind, NEXT_CHANGE);
  }

  private add(version: MachineVersion): void {
    const { architecture, execution, fleet } = this.terms;
    const { cluster, now, observer } = execution;
    const { machine } = version;
    updateMachine(cluster, machine, version);
    observer.machineRevised(machine, 'added', NOTHING, now);
    if (fleet !== undefined) {
      fleet.master.begins(machine, now);
      return;
    }
    cluster.setMachineState(machine, 'up');
    observer.machineChanged(machine, 'up', now);
    architecture.machineReturned(machine, now);
  }

  private remove(machine: MachineId): void {
    const { architecture, execution, fleet } = this.terms;
    const { cluster, now, observer } = execution;
    const { machines } = cluster;
    const before = this.capacityOf(machine);
    fleet?.master.forgets(machine);
    architecture.machineLeaves(machine, now);
    this.interrupt(tasksOn(execution, machine));
    machines.readyAt[machine] = FOREVER;
    machines.setDrain(machine, 'policy', false);
    machines.setDrain(machine, 'operator', false);
    cluster.setMachineState(machine, 'absent');
    observer.machineRevised(machine, 'removed', before, now);
    observer.machineChanged(machine, 'absent', now);
  }

  private update(version: MachineVersion): void {
    const { architecture, execution } = this.terms;
    const { cluster, now, observer } = execution;
    const { machine, capacity } = version;
    const before = this.capacityOf(machine);
    execution.runTimes.keepSlowdowns(machine);
    architecture.machineLeaves(machine, now);
    this.interrupt(tooMany(execution, machine, capacity));
    updateMachine(cluster, machine, version);
    observer.machineRevised(machine, 'updated', before, now);
    execution.usage.meter.machineUpdated(machine, now);
    if (cluster.machines.isUp(machine)) architecture.machineReturned(machine, now);
  }

  private capacityOf(machine: MachineId): Int32Array {
    const { machines, space } = this.terms.execution.cluster;
    return machines.capacity.slice(machine * space.size, (machine + 1) * space.size);
  }

  private interrupt(tasks: readonly TaskId[]): void {
    const { execution } = this.terms;
    execution.killTogether(() => {
      for (const task of tasks) if (execution.isPlaced(task)) execution.kill(task, 'lost');
    });
  }
}

const NOTHING: ArrayLike<number> = [];

/** The tasks on the machine, in the order of their placement. */
function tasksOn({ cluster: { machines, tasks } }: Execution, machine: MachineId): TaskId[] {
  const all: TaskId[] = [];
  for (let task = machines.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task])
    all.push(task);
  return all;
}

/** The tasks that leave a machine of this capacity: the latest started, of those that have some of what is missing. */
function tooMany(execution: Execution, machine: MachineId, capacity: ArrayLike<number>): TaskId[] {
  const { classes, space, tasks } = execution.cluster;
  const all = tasksOn(execution, machine);
  const demand = (task: TaskId, d: number) => classes.demand[tasks.taskClass[task] * space.size + d];
  const missing = Array.from({ length: space.size }, (_, d) =>
    all.reduce((sum, task) => sum + demand(task, d), -capacity[d]),
  );
  // The sort is stable, so of tasks that started at one instant the last placed leaves first.
  const latest = all.reverse().sort((a, b) => tasks.started[b] - tasks.started[a]);
  return latest.filter((task) => {
    if (!missing.some((amount, d) => amount > 0 && demand(task, d) > 0)) return false;
    for (let d = 0; d < space.size; d++) missing[d] -= demand(task, d);
    return true;
  });
}
