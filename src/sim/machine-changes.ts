import { isOutOfService, type MachineId, type Micros, NONE } from '../model/index.js';
import type { Architecture } from './architectures/architecture.js';
import { EventClass, type EventQueue } from './event-queue.js';
import type { Execution } from './execution.js';
import type { Fleet } from './failures/fleet.js';
import { MachinePower } from './machine-power.js';

/**
 * A state change of a machine at `time`, relative to the start of the run. The master detects it at once. Tasks on a
 * machine that goes down restart elsewhere.
 */
export interface MachineEvent {
  readonly time: Micros;
  readonly machine: MachineId;
  readonly state: 'up' | 'draining' | 'down';
}

/** What changes of machines act on. */
export interface MachineChangesTerms {
  readonly execution: Execution;
  readonly architecture: Architecture;
  readonly events: EventQueue;
  /** Left out if no machine can fail. */
  readonly fleet: Fleet | undefined;
}

/**
 * Machines of a workload that come, go and drain at known times, and machines that are switched off and on. Subjects of their
 * events are -2 and below: those of the fleet are not negative, and -1 is that of MachineTimeline. Events of machines have the
 * first numbers, then the ends of starts and shutdowns.
 */
export class MachineChanges {
  private readonly changes: readonly MachineEvent[];
  private readonly terms: MachineChangesTerms;
  private readonly power: MachinePower;
  /** The state that a machine that is switched off would have, from events of machines. */
  private readonly stateWhenOn = new Map<MachineId, MachineEvent['state']>();

  constructor(changes: readonly MachineEvent[], terms: MachineChangesTerms) {
    this.changes = changes;
    this.terms = terms;
    const { execution, architecture } = terms;
    this.power = new MachinePower({
      execution,
      architecture,
      schedule: (time, isStart, machine) => this.add(time, isStart, changes.length + machine),
      started: (machine, now) => this.started(machine, now),
    });
    execution.power = this.power;
  }

  /** Schedules the events of machines. */
  begin(start: Micros): void {
    for (const [index, { time, state }] of this.changes.entries())
      this.add(start + time, state === 'up', index);
  }

  private add(time: Micros, isStart: boolean, index: number): void {
    this.terms.events.add(time, isStart ? EventClass.machineUp : EventClass.machineDown, -2 - index);
  }

  /** Handles the event with this negative subject. */
  due(subject: number): void {
    const index = -2 - subject;
    if (index < this.changes.length) this.change(this.changes[index]);
    else this.power.due(index - this.changes.length);
  }

  private started(machine: MachineId, now: Micros): void {
    const { fleet } = this.terms;
    if (fleet !== undefined) fleet.master.begins(machine, now);
    else this.enterState(machine, this.stateWhenOn.get(machine) ?? 'up');
  }

  private change({ machine, state }: MachineEvent): void {
    const { architecture, execution } = this.terms;
    const { cluster, observer } = execution;
    const { machines } = cluster;
    const before = machines.stateOf(machine);
    machines.setDrain(machine, 'operator', state === 'draining');
    if (before === state) return;
    const wasOff = this.stateWhenOn.get(machine) === 'down';
    this.stateWhenOn.set(machine, state);
    if (wasOff !== (state === 'down'))
      observer.actualStateChanged(machine, state === 'down' ? 'off' : 'answering', execution.now);
    if (isOutOfService(before)) return;
    if (state !== 'up') architecture.machineLeaves(machine, execution.now);
    if (state === 'down') {
      observer.machineFailed(machine, 'event', execution.now);
      execution.killTogether(() => {
        for (let task = machines.firstTask[machine]; task !== NONE; task = machines.firstTask[machine])
          execution.kill(task, 'lost');
      });
    }
    this.enterState(machine, state);
  }

  private enterState(machine: MachineId, given: MachineEvent['state']): void {
    const { architecture, execution } = this.terms;
    const { cluster, now, observer } = execution;
    const state = given === 'up' ? cluster.machines.openState(machine) : given;
    if (cluster.machines.stateOf(machine) === state) return;
    cluster.setMachineState(machine, state);
    observer.machineChanged(machine, state, now);
    if (state === 'up') architecture.machineReturned(machine, now);
  }
}
